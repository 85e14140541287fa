"""A party's did:web document, where its identifier says it lies (did:web 3.2)."""

import json

from flask import Blueprint, Response

from traceability.parties.errors import PartyKeyNotFoundError
from traceability.signing.documents import did_document
from traceability.signing.keystore import KeyStore
from traceability.signing.parties import party_did
from traceability.web.context import services
from traceability.web.publishing import published

MAX_AGE = 300  # seconds: how long a new or revoked key may stay unseen

blueprint = Blueprint("party_documents", __name__)


@blueprint.get("/organisations/<public_id>/did.json")
def did(public_id: str) -> Response:
    """Return the did:web document of a party that the trust list names."""
    use = services()
    trust_list = use.get(KeyStore).trust_list
    party = party_did(use.identity, public_id)
    if not any(one.id == party for one in trust_list.parties):
        raise PartyKeyNotFoundError("There is no such key.")
    document = json.dumps(did_document(trust_list, party), indent=1).encode()
    return published(document, "application/did+json", max_age=MAX_AGE)
