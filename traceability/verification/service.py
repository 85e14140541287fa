"""Gather what this service knows of a link, and check it as a stranger would."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.orm import Session

from traceability.batches.models import Batch
from traceability.batches.queries import batch_by_link, current_record
from traceability.catalog.ip_rights import shown
from traceability.catalog.models import Certificate, Product
from traceability.catalog.queries import (
    certificates_for,
    ip_rights_for,
    product_by_key,
)
from traceability.catalog.records import CertificateRecord, ip_right_claims
from traceability.core.canonical import Json
from traceability.core.errors import DomainError
from traceability.gs1.digital_link import DigitalLink
from traceability.labels.queries import LabelStanding, label_state
from traceability.labels.serials import SerialNumber
from traceability.ocop.models import Recognition
from traceability.ocop.queries import recognitions_of
from traceability.ocop.rating import standing_for
from traceability.ocop.records import recognition_claims
from traceability.records.models import SignedRecord
from traceability.scans.queries import history
from traceability.scans.rules import signs
from traceability.transparency.checkpoint import Checkpoint
from traceability.verification.evidence import (
    Evidence,
    LabelFacts,
    LabelState,
    Mode,
    ScanFacts,
    Shown,
    read_link,
)
from traceability.verification.findings import Problem
from traceability.verification.queries import (
    Prover,
    label_records,
    records_behind,
    records_of,
    runs_holding,
)
from traceability.verification.report import Report, report_of
from traceability.verification.room import KEYS_UNREADABLE, Sources
from traceability.verification.tree import recall_tree


@dataclass(frozen=True, slots=True, kw_only=True)
class _Gathered:
    """Rows about one lot, before they are proven."""

    label: LabelFacts | Problem
    shown: Shown
    records: Sequence[SignedRecord]
    recognitions: Sequence[SignedRecord]
    papers: Sequence[SignedRecord]
    inputs: Sequence[SignedRecord]


def verify_link(session: Session, text: str, *, sources: Sources) -> Report:
    """Return the verdict on a link with its eleven findings; never raises for input."""
    return report_of(own_evidence(session, text, sources=sources))


def own_evidence(session: Session, text: str, *, sources: Sources) -> Evidence:
    """Return what this service itself may judge by.

    A database behind what was published, a restored backup say, proves nothing of
    today: a recall may be among what it lost.
    """
    evidence = evidence_from_database(session, text, sources=sources)
    return replace(evidence, checkpoint="") if sources.behind() else evidence


def evidence_from_database(
    session: Session, text: str, *, sources: Sources, since: int | None = None
) -> Evidence:
    """Return what this service can show about a link, unjudged.

    ``since`` is the log size a verifier saw before, for a consistency proof from it.
    """
    asked = read_link(text)
    evidence = Evidence(
        mode=Mode.ONLINE, now=sources.clock.now(), trust=sources.trust, asked=asked
    )
    link = asked.link
    if link is None or link.origin != sources.identity.origin:
        return evidence
    batch = batch_by_link(session, link) if link.lot is not None else None
    if batch is None:
        return replace(evidence, label=LabelFacts(state=_unregistered(session, link)))
    evidence = replace(evidence, scans=_scans(session, link))
    gathered = _gather(session, batch, link, sources)
    return _proven(session, evidence, gathered, sources, since)


def _unregistered(session: Session, link: DigitalLink) -> LabelState:
    if product_by_key(session, link.key) is None:
        return LabelState.PRODUCT_UNKNOWN
    return LabelState.PRODUCT if link.lot is None else LabelState.LOT_UNKNOWN


def _scans(session: Session, link: DigitalLink) -> ScanFacts:
    known = history(session, str(link), single=link.serial is not None)
    found = signs(known) if link.serial is not None else ()
    return ScanFacts(count=known.count, first=known.first, signs=found)


def _gather(
    session: Session, batch: Batch, link: DigitalLink, sources: Sources
) -> _Gathered:
    today = sources.clock.today()
    label, printed = _label(session, batch, link, sources)
    about = records_of(session, [batch.digital_link])
    given = recognitions_of(session, batch.product_id)
    papers = _valid_papers(session, batch, batch.product, today, sources)
    record = current_record(session, batch)
    two = standing_for(
        [one.facts for one in given],
        production_date=batch.production_date,
        today=today,
    )
    return _Gathered(
        label=label,
        shown=Shown(
            record_sha256=record.digest if record else "",
            status=batch.state,
            stars=min(two.made.stars, two.today.stars),
            papers=tuple(papers),
            words=papers
            | {sources.identity.url(one.path): _star_words(one) for one in given},
        ),
        records=[*about, *printed],
        recognitions=records_of(
            session, [sources.identity.url(one.path) for one in given]
        ),
        papers=records_of(session, papers),
        inputs=records_behind(session, [record] if record else []),
    )


_STATES = {
    LabelStanding.LIVE: LabelState.LIVE,
    LabelStanding.VOID: LabelState.VOID,
    LabelStanding.OTHER_BATCH: LabelState.OTHER_BATCH,
    LabelStanding.UNKNOWN: LabelState.UNKNOWN,
}


def _label(
    session: Session, batch: Batch, link: DigitalLink, sources: Sources
) -> tuple[LabelFacts | Problem, Sequence[SignedRecord]]:
    """Return the service's word on a label, and the records of its printing.

    Where the serial key cannot be read now, nobody knows: never green, never an error.
    """
    if link.serial is None:
        return LabelFacts(state=LabelState.LOT), []
    try:
        known = label_state(session, batch, link.serial, sources.mac_of)
    except DomainError as refusal:  # its words name files: they are for operators
        return Problem(refusal.code, KEYS_UNREADABLE), []
    facts = LabelFacts(
        state=_STATES[known.standing],
        sealed=known.sealed,
        void_on=known.void.at if known.void else None,
        void_reason=known.void.reason if known.void else "",
    )
    mine = known.run is not None and known.run.batch_id == batch.id
    return facts, label_records(session, known.run) if mine and known.run else []


def _valid_papers(
    session: Session, batch: Batch, product: Product, today: date, sources: Sources
) -> dict[str, dict[str, Json]]:
    """Return what may be shown as valid of certificates and rights, by subject."""
    days = (batch.production_date, today)
    url = sources.identity.url
    certificates = {
        url(f"/certificates/{one.public_id}"): _certificate_words(one)
        for one in certificates_for(session, product, batch.site_id)
        if one.term.holds(*days)
    }
    rights = {
        url(f"/ip-rights/{one.public_id}"): _without_product(
            ip_right_claims(one.facts, "")
        )
        for one in ip_rights_for(session, product)
        if shown(one.facts, *days)
    }
    return certificates | rights


def _certificate_words(row: Certificate) -> dict[str, Json]:
    return CertificateRecord(
        kind=row.kind,
        number=row.number,
        body=row.body,
        issued=row.issued,
        expires=row.expires,
        scope=row.scope,
        withdrawn_on=row.withdrawn_on,
        withdrawal_reason=row.withdrawal_reason,
    ).claims()


def _star_words(row: Recognition) -> dict[str, Json]:
    return _without_product(
        recognition_claims(row.facts, product_link="", recognised_by=row.recognised_by)
    )


def _without_product(claims: dict[str, Json]) -> dict[str, Json]:
    return {name: value for name, value in claims.items() if name != "product"}


def _proven(
    session: Session,
    evidence: Evidence,
    gathered: _Gathered,
    sources: Sources,
    since: int | None,
) -> Evidence:
    try:
        note = sources.log.checkpoint(session)
    except DomainError:
        note = ""  # check 6 says that no signed head is at hand
    tree = recall_tree(note)
    size = tree.size if isinstance(tree, Checkpoint) else 0
    consistency = None
    if since is not None and since <= size:
        consistency = sources.log.consistency_proof(session, since, size)
    groups = (
        gathered.records,
        gathered.recognitions,
        gathered.papers,
        gathered.inputs,
    )
    prover = Prover(session, [one for group in groups for one in group], size)
    records, recognitions, papers, inputs = (
        [prover.logged(one) for one in group] for group in groups
    )
    label = gathered.label
    return replace(
        evidence,
        label=None if isinstance(label, Problem) else label,
        silence=label if isinstance(label, Problem) else None,
        shown=gathered.shown,
        records=records,
        recognitions=recognitions,
        papers=papers,
        inputs=inputs,
        checkpoint=note,
        consistency=consistency,
    )


def links_of_serial(session: Session, serial: str, *, sources: Sources) -> list[str]:
    """Return the links of the labels that carry a serial typed by itself.

    The product is part of what the serial's check characters cover, so that a genuine
    one nearly always leads to one label.
    """
    number = SerialNumber.parse(serial)
    found = []
    for run, batch in runs_holding(session, number.index):
        link = replace(DigitalLink.parse(batch.digital_link), serial=serial)
        try:
            known = label_state(session, batch, serial, sources.mac_of)
        except DomainError:
            continue
        if known.run is not None and known.run.id == run.id:
            found.append(str(link))
    return found
