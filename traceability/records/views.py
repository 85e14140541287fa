"""Records as they were signed, a page that explains one, and their vocabulary."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, request
from sqlalchemy.orm import Session

from traceability.records.confirmed.queries import Confirmed, confirmed_by
from traceability.records.credential import MEDIA_TYPE
from traceability.records.models import SignedRecord
from traceability.records.queries import (
    check_signature,
    leaf_of_record,
    record_by_public_id,
)
from traceability.records.vocabulary import CONTEXT_PATH, context_document
from traceability.signing.envelope import (
    read_unverified,
)
from traceability.signing.errors import SignatureRefusedError, SignerDownError
from traceability.signing.keystore import KeyStore
from traceability.transparency.service import TransparencyLog
from traceability.transparency.tlog_proof import MEDIA_TYPE as PROOF_TYPE
from traceability.web.context import Services, services
from traceability.web.i18n import gettext, lazy_gettext as _l
from traceability.web.publishing import cacheable, published
from traceability.web.rendering import render

YEAR = 365 * 24 * 3600
PAGE_AGE = 60

# Who says so: with the party's name, and where that is private.
BASES = {
    "declared": (
        _l("Declared by the producer: %(name)s"),
        _l("Declared by the producer"),
    ),
    "entered-by-officer": (
        _l("Entered by an officer of %(name)s, signed by this system"),
        _l("Entered by an officer, signed by this system"),
    ),
    "confirmed": (
        _l("Confirmed by %(name)s"),
        _l("Confirmed by the party itself"),
    ),
    "service": (
        _l("Stated by this system: %(name)s"),
        _l("Stated by this system"),
    ),
}

blueprint = Blueprint("records", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPage:
    """A record as the page shows it."""

    record: SignedRecord
    header: str
    payload: str
    alg: str
    voucher: str  # in the language spoken
    verdict: str  # "valid", "refused" or "unchecked"
    reason: str  # why it is not valid, in the language spoken
    url: str
    confirmed: Sequence[Confirmed]  # by parties' own keys


@blueprint.get("/records/<public_id>")
def record(public_id: str) -> Response:
    """Return the signed bytes, or for people a page that explains them."""
    use = services()
    with use.database.reading() as session:
        found = record_by_public_id(session, public_id)
        confirmed = _confirmed(session, found, use) if _wants_page() else []
        session.expunge(found)
    answer = _page(found, use, confirmed) if _wants_page() else _signed_bytes(found)
    answer.vary.add("Accept")
    return answer


@blueprint.get("/records/<public_id>/proof")
def proof(public_id: str) -> Response:
    """Return the proof that the record is in the log (C2SP tlog-proof)."""
    use = services()
    log = use.get(TransparencyLog)
    log.publish(use.database)
    with use.database.reading() as session:
        found = record_by_public_id(session, public_id)
        text = log.proof_text(session, found.log_index, leaf_of_record(found))
    return published(text, PROOF_TYPE, max_age=PAGE_AGE)


@blueprint.get(CONTEXT_PATH)
def context() -> Response:
    """Return the JSON-LD context that defines the words of our records."""
    body = json.dumps(context_document(services().identity), indent=1).encode()
    return published(body, "application/ld+json", max_age=YEAR // 12)


def _wants_page() -> bool:
    kinds = [MEDIA_TYPE, "text/html"]
    return request.accept_mimetypes.best_match(kinds, MEDIA_TYPE) == "text/html"


def _signed_bytes(found: SignedRecord) -> Response:
    return published(found.token, MEDIA_TYPE, max_age=YEAR, immutable=True)


def _confirmed(session: Session, found: SignedRecord, use: Services) -> list[Confirmed]:
    """Return who confirms the record; nobody where the trust list cannot be read."""
    return confirmed_by(session, found, lambda: use.get(KeyStore).ring)


def _page(
    found: SignedRecord, use: Services, confirmed: Sequence[Confirmed]
) -> Response:
    envelope = read_unverified(found.token)
    verdict, reason = _checked(found, use)
    page = RecordPage(
        record=found,
        header=_pretty(envelope.header),
        payload=_pretty(envelope.payload),
        alg=str(envelope.header["alg"]),
        voucher=_voucher(envelope.payload["vouchedBy"]),
        verdict=verdict,
        reason=reason,
        url=use.identity.url(f"/records/{found.public_id}"),
        confirmed=confirmed,
    )
    return cacheable(render("records/record.html", page=page), max_age=PAGE_AGE)


def _voucher(voucher: dict[str, str]) -> str:
    named, unnamed = BASES[voucher["basis"]]
    name = voucher.get("name", "")
    return gettext(named.message, name=name) if name else str(unnamed)


def _checked(found: SignedRecord, use: Services) -> tuple[str, str]:
    try:
        check_signature(found, use.get(KeyStore).ring)
    except SignerDownError as error:
        return "unchecked", gettext(error.message, **error.params)
    except SignatureRefusedError as error:
        return "refused", gettext(error.message, **error.params)
    return "valid", ""


def _pretty(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2, default=str)
