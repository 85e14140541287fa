"""The trust list as other people's tools read it: a JWK set and a DID document."""

from typing import Any

from traceability.signing.keys import KeyRole, KeyStatus, PublicKey
from traceability.signing.trust_list import TrustList

DID_CONTEXT = "https://www.w3.org/ns/did/v1"
JWK_CONTEXT = "https://w3id.org/security/jwk/v1"


def record_keys(trust_list: TrustList) -> list[PublicKey]:
    """Return the keys whose records others may accept, newest first.

    Ended ones stay, for what they signed stays true. Revoked ones are left out: a
    JOSE library cannot look into the log to see which of their signatures count.
    """
    keys = trust_list.of_role(KeyRole.RECORD)
    return [key for key in keys if key.status is not KeyStatus.REVOKED]


def jwk_set(trust_list: TrustList) -> dict[str, Any]:
    """Return the record keys as a JWK set (RFC 7517 5)."""
    return {"keys": [_jwk(key) for key in record_keys(trust_list)]}


def did_document(trust_list: TrustList) -> dict[str, Any]:
    """Return the did:web document: each record key may assert (DID Core 5)."""
    keys = [key for key in record_keys(trust_list) if key.party == trust_list.issuer]
    return {
        "@context": [DID_CONTEXT, JWK_CONTEXT],
        "id": trust_list.issuer,
        "verificationMethod": [
            {
                "id": key.kid,
                "type": "JsonWebKey",
                "controller": trust_list.issuer,
                "publicKeyJwk": {**key.jwk, "alg": key.alg},
            }
            for key in keys
        ],
        "assertionMethod": [key.kid for key in keys],
    }


def _jwk(key: PublicKey) -> dict[str, str]:
    return {**key.jwk, "kid": key.kid, "alg": key.alg, "use": "sig"}
