"""Records as they were signed, a page that explains one, and their vocabulary."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, request
from sqlalchemy.orm import Session

from traceability.records import wording
from traceability.records.confirmed.queries import Confirmed, confirmed_by
from traceability.records.credential import MEDIA_TYPE
from traceability.records.models import SignedRecord
from traceability.records.queries import (
    check_signature,
    leaf_of_record,
    record_by_public_id,
    records_about,
)
from traceability.records.telling import Told, path_with_page, sealed, told
from traceability.records.vocabulary import CONTEXT_PATH, context_document
from traceability.signing.envelope import (
    read_unverified,
)
from traceability.signing.errors import SignatureRefusedError, SignerDownError
from traceability.signing.keystore import KeyStore
from traceability.transparency.cosignatures import key_names
from traceability.transparency.service import TransparencyLog
from traceability.transparency.tlog_proof import MEDIA_TYPE as PROOF_TYPE
from traceability.web.context import Services, services
from traceability.web.i18n import LazyText, gettext
from traceability.web.publishing import cacheable, published
from traceability.web.rendering import render

YEAR = 365 * 24 * 3600
PAGE_AGE = 60

blueprint = Blueprint("records", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPage:
    """A record as the page shows it."""

    record: SignedRecord
    versions: Sequence[SignedRecord]  # of the same fact, oldest first
    lines: Sequence[Told]
    about: str  # the path of what it is about, where that has a page
    derived: LazyText | None  # what others read it as, where that exists
    sealed: int  # private values that are only committed to
    header: str
    payload: str
    alg: str
    voucher: str  # in the language spoken
    verdict: str  # "valid", "refused" or "unchecked"
    reason: str  # why it is not valid, in the language spoken
    url: str
    cosigners: tuple[str, ...]  # witnesses that signed the log's newest head
    confirmed: Sequence[Confirmed]  # by parties' own keys


@blueprint.get("/records/<public_id>")
def record(public_id: str) -> Response:
    """Return the signed bytes, or for people a page that explains them."""
    use = services()
    with use.database.reading() as session:
        found = record_by_public_id(session, public_id)
        about = records_about(session, found.subject) if _wants_page() else []
        confirmed = _confirmed(session, found, use) if about else []
        session.expunge_all()
    versions = [one for one in about if one.type == found.type]
    answer = (
        _page(found, versions, confirmed, use) if versions else _signed_bytes(found)
    )
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
    found: SignedRecord,
    versions: Sequence[SignedRecord],
    confirmed: Sequence[Confirmed],
    use: Services,
) -> Response:
    envelope = read_unverified(found.token)
    subject = envelope.payload["credentialSubject"]
    verdict, reason = _checked(found, use)
    head = use.get(TransparencyLog).cosigned_head()
    covered = head is not None and found.log_index < head.checkpoint.size
    page = RecordPage(
        record=found,
        versions=versions,
        lines=told(subject, use.identity.origin),
        derived=_derived(found, subject),
        about=path_with_page(found.subject, use.identity.origin),
        sealed=sealed(subject),
        header=_pretty(envelope.header),
        payload=_pretty(envelope.payload),
        alg=str(envelope.header["alg"]),
        voucher=_voucher(envelope.payload["vouchedBy"]),
        verdict=verdict,
        reason=reason,
        url=use.identity.url(f"/records/{found.public_id}"),
        cosigners=key_names(head.cosignatures) if head and covered else (),
        confirmed=confirmed,
    )
    answer = render("records/record.html", page=page, words=wording)
    return cacheable(answer, max_age=PAGE_AGE)


def _derived(found: SignedRecord, subject: Mapping[str, Any]) -> LazyText | None:
    """Return what is made of a record; of an event that is called wrong nothing is."""
    wrong = "errorDeclaration" in subject.get("event", {})
    return None if wrong else wording.DERIVED.get(found.type)


def _voucher(voucher: dict[str, str]) -> str:
    named, unnamed = wording.BASES[voucher["basis"]]
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
