"""Read and check everything the public page of a link shows."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from traceability.batches.models import Batch
from traceability.batches.queries import current_record, latest_status
from traceability.batches.record import BatchRecord, read_batch_record
from traceability.catalog.ip_rights import shown
from traceability.catalog.records import CERTIFICATE, IP_RIGHT
from traceability.core.errors import DomainError
from traceability.core.identity import Identity
from traceability.gs1.digital_link import DigitalLink
from traceability.labels.room import label_keys_of
from traceability.lookup.page import (
    Lot,
    Paper,
    PublicPage,
    SignedFact,
    best_before_passed,
    voice_of,
)
from traceability.lookup.queries import (
    Background,
    Found,
    Lead,
    background,
    find,
)
from traceability.lookup.stars import Stars, stars_of_lot, stars_of_product
from traceability.lookup.verdict_line import not_found, verdict_line
from traceability.lookup.way.queries import way_here
from traceability.ocop.rating import standing, standing_for
from traceability.ocop.records import RECOGNITION
from traceability.records.models import SignedRecord
from traceability.records.queries import latest_record
from traceability.scans.service import ScanCounter
from traceability.signing.envelope import read_unverified
from traceability.verification.evidence import Evidence
from traceability.verification.report import report_of
from traceability.verification.room import sources_of
from traceability.verification.service import own_evidence
from traceability.web.context import Services
from traceability.web.i18n import language


@dataclass(frozen=True, slots=True)
class Asked:
    """A link and the whole text it came in, with its seal."""

    link: DigitalLink
    raw_query: str

    @property
    def text(self) -> str:
        """Return the absolute link as it was asked for."""
        return f"{self.link}?{self.raw_query}" if self.raw_query else str(self.link)


def found_by(session: Session, link: DigitalLink, use: Services) -> Found:
    """Return what a link leads to here."""
    return find(session, link, label_keys_of(use).mac_of)


def public_page(session: Session, asked: Asked, use: Services) -> PublicPage:
    """Return the page of a link in any state, checked as a stranger would check it."""
    found = found_by(session, asked.link, use)
    if found.product is None:
        return PublicPage(found=found, verdict=not_found())
    if found.lead is Lead.PRODUCT:
        return _with_background(session, PublicPage(found=found), use)
    evidence = own_evidence(session, asked.text, sources=sources_of(use))
    report = report_of(_with_waiting_scans(evidence, use))
    page = PublicPage(found=found, report=report, verdict=verdict_line(report))
    if found.batch is not None:
        page = _with_lot(session, page, found.batch, use)
    return _with_background(session, page, use)


def _with_waiting_scans(evidence: Evidence, use: Services) -> Evidence:
    """Count the scan that led here: it may not be stored yet."""
    scans, link = evidence.scans, evidence.link
    if scans is None or link is None:
        return evidence
    waiting = use.get(ScanCounter).waiting(str(link))
    first = scans.first or (use.clock.today() if waiting else None)
    return replace(
        evidence, scans=replace(scans, count=scans.count + waiting, first=first)
    )


def _with_lot(
    session: Session, page: PublicPage, batch: Batch, use: Services
) -> PublicPage:
    record = current_record(session, batch)
    if record is None:
        return page
    facts = _claimed(record)
    if facts is None:
        return page  # the verdict says what is wrong with it
    lot = Lot(
        record=facts,
        fact=fact_of(record),
        site_name=batch.site.name if batch.site.is_public else "",
        old_address=batch.site.old_address if batch.site.is_public else "",
        best_before_passed=best_before_passed(facts, use.clock.today()),
    )
    stop = latest_status(session, batch)
    stopped = stop is not None and stop.status != "released"
    stop_record = session.get(SignedRecord, stop.record_id) if stop else None
    return replace(
        page,
        lot=lot,
        way=way_here(session, batch, language()),
        stop_fact=fact_of(stop_record) if stopped and stop_record else None,
    )


def _claimed(record: SignedRecord) -> BatchRecord | None:
    try:
        payload = read_unverified(record.token).payload
        return read_batch_record(payload.get("credentialSubject", {}))
    except DomainError:
        return None


def fact_of(record: SignedRecord) -> SignedFact:
    """Return a record as the page points to it."""
    try:
        voucher = read_unverified(record.token).payload.get("vouchedBy", {})
    except DomainError:
        voucher = {}
    return SignedFact(
        path=f"/records/{record.public_id}",
        digest=record.digest,
        kid=record.kid,
        version=record.version,
        log_index=record.log_index,
        issued_at=record.issued_at,
        voice=voice_of(voucher),
    )


def _with_background(session: Session, page: PublicPage, use: Services) -> PublicPage:
    product = page.found.product
    if product is None or page.brief or page.doubtful:
        return page
    known = background(session, product, page.found.batch)
    stars = _stars(page, known, use)
    path = f"/recognitions/{stars.recognition.public_id}" if stars else ""
    return replace(
        page,
        stars=stars,
        stars_fact=_fact(session, path, RECOGNITION, use.identity) if stars else None,
        papers=list(_papers(session, page, known, use)),
    )


def _stars(page: PublicPage, known: Background, use: Services) -> Stars | None:
    today = use.clock.today()
    if page.lot is None:
        return stars_of_product(standing(known.recognitions, today))
    made = page.lot.record.production_date
    return stars_of_lot(
        standing_for(known.recognitions, production_date=made, today=today)
    )


def _papers(
    session: Session, page: PublicPage, known: Background, use: Services
) -> Iterable[Paper]:
    """Return the papers that hold on every day that counts (check 9 looks at them)."""
    days = [use.clock.today()]
    if page.lot is not None:
        days.append(page.lot.record.production_date)
    for one in known.certificates:
        if one.term.holds(*days):
            path = f"/certificates/{one.public_id}"
            fact = _fact(session, path, CERTIFICATE, use.identity)
            yield Paper(certificate=one, fact=fact)
    for right in known.rights:
        seen = shown(right.facts, *days)
        if seen is not None:
            path = f"/ip-rights/{right.public_id}"
            fact = _fact(session, path, IP_RIGHT, use.identity)
            yield Paper(right=seen, fact=fact)


def _fact(
    session: Session, path: str, type_: str, identity: Identity
) -> SignedFact | None:
    record = latest_record(session, identity.url(path), type_)
    return fact_of(record) if record else None
