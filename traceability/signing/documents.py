"""The trust list as other people's tools read it: a JWK set and a DID document."""

from typing import Any

from traceability.signing.keys import KeyRole, KeyStatus, PublicKey
from traceability.signing.trust_list import TrustList

DID_CONTEXT = "https://www.w3.org/ns/did/v1"
JWK_CONTEXT = "https://w3id.org/security/jwk/v1"


_ASSERTING = (KeyRole.RECORD, KeyRole.STATUS)  # records, and lists of their status


def asserting_keys(trust_list: TrustList) -> list[PublicKey]:
    """Return the keys whose credentials others may accept, each role's newest first.

    Which of them signs what, the trust list alone says. Ended ones stay, for what they
    signed stays true. Revoked ones are left out: a JOSE library cannot look into the
    log to see which of their signatures count.
    """
    keys = [key for role in _ASSERTING for key in trust_list.of_role(role)]
    return [key for key in keys if key.status is not KeyStatus.REVOKED]


def jwk_set(trust_list: TrustList) -> dict[str, Any]:
    """Return the asserting keys as a JWK set (RFC 7517 5)."""
    return {"keys": [_jwk(key) for key in asserting_keys(trust_list)]}


def did_document(trust_list: TrustList) -> dict[str, Any]:
    """Return the did:web document: whose keys may assert (DID Core 5)."""
    keys = asserting_keys(trust_list)
    keys = [key for key in keys if key.party == trust_list.issuer]
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
