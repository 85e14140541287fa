"""The trust list as other people's tools read it: a JWK set and a DID document."""

from collections.abc import Iterable
from typing import Any

from traceability.signing.keys import KeyRole, KeyStatus, PublicKey
from traceability.signing.trust_list import TrustList

DID_CONTEXT = "https://www.w3.org/ns/did/v1"
JWK_CONTEXT = "https://w3id.org/security/jwk/v1"
_ASSERTING = (KeyRole.RECORD, KeyRole.STATUS)  # records, and lists of their status


def asserting_keys(trust_list: TrustList, party: str = "") -> list[PublicKey]:
    """Return a party's keys whose credentials others may accept, newest first.

    Without a party named: the service's own, never mixed with those of others. Which of
    them signs what, the trust list alone says. Ended ones stay, for what they signed
    stays true. Revoked ones are left out: a JOSE library cannot look into the log to
    see which of their signatures count.
    """
    did = party or trust_list.issuer
    keys = [key for role in _ASSERTING for key in trust_list.of_role(role)]
    keys = [key for key in keys if key.party == did]
    return [key for key in keys if key.status is not KeyStatus.REVOKED]


def jwk_set(trust_list: TrustList, parties: Iterable[str] = ()) -> dict[str, Any]:
    """Return the service's asserting keys as a JWK set (RFC 7517 5).

    Those of ``parties``, by their did, come after them where they are named.
    """
    dids = dict.fromkeys([trust_list.issuer, *parties])
    keys = [key for did in dids for key in asserting_keys(trust_list, did)]
    return {"keys": [_jwk(key) for key in keys]}


def did_document(trust_list: TrustList, party: str = "") -> dict[str, Any]:
    """Return the did:web document of the service, or of a party that is named.

    Each of its asserting keys may assert (DID Core 5).
    """
    did = party or trust_list.issuer
    keys = asserting_keys(trust_list, did)
    return {
        "@context": [DID_CONTEXT, JWK_CONTEXT],
        "id": did,
        "verificationMethod": [
            {
                "id": key.kid,
                "type": "JsonWebKey",
                "controller": did,
                "publicKeyJwk": {**key.jwk, "alg": key.alg},
            }
            for key in keys
        ],
        "assertionMethod": [key.kid for key in keys],
    }


def _jwk(key: PublicKey) -> dict[str, str]:
    return {**key.jwk, "kid": key.kid, "alg": key.alg, "use": "sig"}
