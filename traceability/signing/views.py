"""Where the public keys are published: the well-known addresses."""

import json
from typing import Any

from flask import Blueprint, Response

from traceability.signing.documents import did_document, jwk_set
from traceability.signing.keystore import KeyStore
from traceability.signing.trust_list import trust_list_json
from traceability.web.context import services
from traceability.web.publishing import published

MAX_AGE = 300  # seconds: how long a new or revoked key may stay unseen

blueprint = Blueprint("signing", __name__, url_prefix="/.well-known")


@blueprint.get("/jwks.json")
def jwks() -> Response:
    """Return the keys of records and status lists as a JWK set."""
    document = jwk_set(services().get(KeyStore).trust_list)
    return published(_json(document), "application/jwk-set+json", max_age=MAX_AGE)


@blueprint.get("/did.json")
def did() -> Response:
    """Return the did:web document."""
    document = did_document(services().get(KeyStore).trust_list)
    return published(_json(document), "application/did+json", max_age=MAX_AGE)


@blueprint.get("/trust-list.json")
def trust_list() -> Response:
    """Return the trust list, unsigned, for people to read."""
    body = trust_list_json(services().get(KeyStore).trust_list)
    return published(body, "application/json", max_age=MAX_AGE)


@blueprint.get("/trust-list.jws")
def trust_list_jws() -> Response:
    """Return the trust list as the root key signed it."""
    token = services().get(KeyStore).trust_list_jws
    return published(token, "application/jose", max_age=MAX_AGE)


def _json(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, indent=1).encode()
