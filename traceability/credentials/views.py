"""Derived credentials as signed bytes, as JSON, and as a page that explains them."""

import json
from dataclasses import dataclass

from flask import Blueprint, Response, redirect, request
from werkzeug import Response as Answer

from traceability.catalog.queries import site_by_public_id
from traceability.credentials.errors import CredentialNotFoundError
from traceability.credentials.queries import record_naming_place
from traceability.credentials.service import kept_token, sign_derived
from traceability.credentials.source import Variant, address_of
from traceability.credentials.wording import KINDS, MEANINGS, VARIANTS
from traceability.credentials.words import CONTEXT_PATH, context_document
from traceability.events.service import RECORD_TYPE as EVENT
from traceability.records.credential import MEDIA_TYPE
from traceability.records.models import SignedRecord
from traceability.records.notary import notary_of
from traceability.records.queries import latest_record, record_by_public_id
from traceability.signing.keys import decode_base64url
from traceability.signing.keystore import KeyStore
from traceability.web.context import Services, services
from traceability.web.i18n import LazyText
from traceability.web.publishing import cacheable, published
from traceability.web.rendering import render

blueprint = Blueprint("credentials", __name__)
AGE = 3600  # seconds: a credential is only ever signed anew after its key was revoked
PAGE_AGE = 60
YEAR = 365 * 24 * 3600
_DECODED = ("application/ld+json", "application/json")


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialPage:
    """A derived credential as its page shows it."""

    record: SignedRecord
    newest: SignedRecord  # of the versions of that record
    kind: LazyText
    meaning: LazyText
    name: str
    valid_until: str
    payload: str
    lists: list[str]
    others: dict[Variant, str]  # the other forms, and where they are
    url: str


@blueprint.get("/credentials/<public_id>")
def credential(public_id: str) -> Response:
    """Return what is derived from a record, signed; for people a page about it."""
    return _answer(public_id, Variant.UNTP)


@blueprint.get("/credentials/<public_id>/<any(w3c, facility, 'facility-w3c'):variant>")
def other(public_id: str, variant: str) -> Response:
    """Return the place an event names, or the form whose status entries W3C reads."""
    return _answer(public_id, Variant(variant))


@blueprint.get("/credentials/sites/<public_id>")
def of_site(public_id: str) -> Answer:
    """Lead on to the facility record that the newest event at a place gives."""
    use = services()
    with use.database.reading() as session:
        site = site_by_public_id(session, public_id)
        record = record_naming_place(session, site, use.identity)
    if record is None:
        raise CredentialNotFoundError("No such credential is made of this record.")
    response = redirect(address_of(record.public_id, Variant.FACILITY), code=307)
    response.headers["Cache-Control"] = f"public, max-age={PAGE_AGE}"
    return response


@blueprint.get(CONTEXT_PATH)
def context() -> Response:
    """Return the JSON-LD context of our words inside UNTP credentials."""
    body = json.dumps(context_document(services().identity), indent=1).encode()
    return published(body, "application/ld+json", max_age=YEAR // 12)


def _answer(public_id: str, variant: Variant) -> Response:
    use = services()
    record, token = _token(public_id, variant, use)
    kinds = [MEDIA_TYPE, *_DECODED, "text/html"]
    wish = request.accept_mimetypes.best_match(kinds, MEDIA_TYPE)
    body = decode_base64url(token.split(".")[1])
    if wish == "text/html":
        answer = _page(record, body, variant, use)
    elif wish in _DECODED:
        answer = published(body, wish, max_age=AGE)
    else:
        answer = published(token, MEDIA_TYPE, max_age=AGE)
    answer.vary.add("Accept")
    return answer


def _token(public_id: str, variant: Variant, use: Services) -> tuple[SignedRecord, str]:
    """Return the record and its credential, signed now if that was never done."""
    store = use.get(KeyStore)
    with use.database.reading() as session:
        record = record_by_public_id(session, public_id)
        token = kept_token(session, record, variant, lambda: store.ring)
        session.expunge(record)
    if token is not None:
        return record, token
    notary = notary_of(use)
    with use.database.transaction() as session:
        token = sign_derived(session, record, variant, ring=store.ring, notary=notary)
    return record, token


def _page(
    record: SignedRecord, body: bytes, variant: Variant, use: Services
) -> Response:
    payload = json.loads(body)
    with use.database.reading() as session:
        newest = latest_record(session, record.subject, record.type) or record
        session.expunge_all()
    kind, status = payload["type"][0], payload["credentialStatus"]
    page = CredentialPage(
        record=record,
        newest=newest,
        kind=KINDS[kind],
        meaning=MEANINGS[kind],
        name=payload["name"],
        valid_until=payload.get("validUntil", ""),
        payload=_pretty(body),
        lists=[
            one["statusListCredential"]
            for one in (status if isinstance(status, list) else [status])
        ],
        others=_others(record, variant),
        url=use.identity.url(address_of(record.public_id, variant)),
    )
    answer = render(
        "credentials/credential.html", page=page, variants=Variant, labels=VARIANTS
    )
    return cacheable(answer, max_age=PAGE_AGE)


def _others(record: SignedRecord, shown: Variant) -> dict[Variant, str]:
    """Return where the other forms are; only an event's record names a place."""
    named = [one for one in Variant if record.type == EVENT or not one.of_place]
    return {one: address_of(record.public_id, one) for one in named if one != shown}


def _pretty(body: bytes) -> str:
    return json.dumps(json.loads(body), ensure_ascii=False, indent=2)
