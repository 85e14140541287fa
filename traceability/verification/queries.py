"""Read the records a verifier needs, each with its leaf and its proof."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from traceability.batches.models import Batch
from traceability.batches.record import RECORD_TYPE, LotInput, read_batch_record
from traceability.batches.rules import MAX_LEVELS
from traceability.catalog.ip_rights import shown
from traceability.catalog.models import Certificate
from traceability.catalog.queries import certificates_for, ip_rights_for
from traceability.catalog.records import CertificateRecord, ip_right_claims
from traceability.core.canonical import Json
from traceability.core.errors import DomainError
from traceability.core.identity import Identity
from traceability.labels.life.models import LabelReprint
from traceability.labels.life.queries import applied_in
from traceability.labels.limits.terms import MUST_BE_APPLIED
from traceability.labels.models import LabelBinding, LabelRun, LabelVoid
from traceability.labels.queries import number_in
from traceability.ocop.models import Recognition
from traceability.ocop.records import recognition_claims
from traceability.records.models import SignedRecord
from traceability.signing.envelope import read_unverified
from traceability.transparency.merkle import HASH_BYTES, NodeId
from traceability.transparency.models import LogLeaf
from traceability.transparency.proofs import prove_inclusion
from traceability.transparency.queries import read_hashes
from traceability.verification.opened import LoggedRecord
from traceability.verification.wire import MAX_RECORDS

_PLACEHOLDER = bytes(HASH_BYTES)


def records_of(session: Session, subjects: Iterable[str]) -> Sequence[SignedRecord]:
    """Return every record about some subjects, in the order of the log."""
    return session.scalars(
        select(SignedRecord)
        .where(SignedRecord.subject.in_(list(subjects)))
        .order_by(SignedRecord.log_index)
    ).all()


def label_records(
    session: Session, run: LabelRun, binding: LabelBinding | None = None
) -> Sequence[SignedRecord]:
    """Return the records of a label run, its void ranges and its second printings.

    With them that of one binding; those of a run's other stamps are left out: there
    may be thousands.
    """
    voids = select(LabelVoid.record_id).where(LabelVoid.run_id == run.id)
    again = select(LabelReprint.record_id).where(LabelReprint.run_id == run.id)
    own = [run.record_id, *([binding.record_id] if binding else [])]
    record = SignedRecord.id
    return session.scalars(
        select(SignedRecord)
        .where(or_(record.in_(own), record.in_(voids), record.in_(again)))
        .order_by(SignedRecord.log_index)
    ).all()


def applied_record(session: Session, run: LabelRun, serial: str) -> list[SignedRecord]:
    """Return the record that a label was put on goods, where its run asks for one.

    One of a run's many is enough: none that is kept back makes a label look better.
    """
    number = number_in(serial)
    if number is None or not run.facts.get(MUST_BE_APPLIED):
        return []
    found = session.scalars(applied_in(run, number.index, number.index)).first()
    return [session.get_one(SignedRecord, found.record_id)] if found else []


def runs_holding(session: Session, index: int) -> list[tuple[LabelRun, Batch | None]]:
    """Return the label runs, of any product, whose range holds an index.

    Blank stamps have no batch.
    """
    rows = session.execute(
        select(LabelRun, Batch)
        .outerjoin(Batch, Batch.id == LabelRun.batch_id)
        .options(joinedload(Batch.product))
        .where(
            LabelRun.first_index <= index,
            LabelRun.first_index + LabelRun.count > index,
        )
        .order_by(LabelRun.id)
        .limit(MAX_RECORDS)
    )
    return [(run, batch) for run, batch in rows]


def records_behind(
    session: Session, records: Iterable[SignedRecord]
) -> list[SignedRecord]:
    """Return the records that batch records name as their inputs, level by level.

    What is missing is left out: check 10 says so. At most 20 levels and 2,000 records.
    """
    found: dict[str, SignedRecord] = {}
    wanted = _inputs(records)
    for _ in range(MAX_LEVELS + 1):
        wanted -= found.keys()
        if not wanted or len(found) >= MAX_RECORDS:
            break
        rows = session.scalars(
            select(SignedRecord)
            .where(SignedRecord.digest.in_(sorted(wanted)[:MAX_RECORDS]))
            .order_by(SignedRecord.log_index)
        ).all()
        found |= {row.digest: row for row in rows}
        wanted = _inputs(rows)
    return list(found.values())[:MAX_RECORDS]


def _inputs(records: Iterable[SignedRecord]) -> set[str]:
    digests: set[str] = set()
    for record in records:
        if record.type != RECORD_TYPE:
            continue
        try:
            payload = read_unverified(record.token).payload
            lot = read_batch_record(payload.get("credentialSubject", {}))
        except DomainError:
            continue
        digests |= {
            source.record_sha256
            for source in lot.inputs
            if isinstance(source, LotInput)
        }
    return digests


def read_entries(
    session: Session, records: Iterable[SignedRecord]
) -> Mapping[int, bytes]:
    """Return what the log holds at the records' places, by index."""
    indexes = sorted({one.log_index for one in records})
    rows = session.execute(
        select(LogLeaf.index, LogLeaf.data).where(LogLeaf.index.in_(indexes))
    )
    return dict(iter(rows))


class Prover:
    """Proves many records under one head of the log, with one statement in all."""

    def __init__(
        self, session: Session, records: Iterable[SignedRecord], size: int
    ) -> None:
        """Read every hash the proofs need."""
        self._size = size
        indexes = sorted({one.log_index for one in records if one.log_index < size})
        wanted: set[NodeId] = set()

        def note(ids: Sequence[NodeId]) -> Mapping[NodeId, bytes]:
            wanted.update(ids)
            return dict.fromkeys(ids, _PLACEHOLDER)

        for index in indexes:
            prove_inclusion(index, size, note)
        self._hashes = read_hashes(session, sorted(wanted))

    def logged(
        self, record: SignedRecord, entries: Mapping[int, bytes]
    ) -> LoggedRecord:
        """Return a record with its leaf and proof; one not yet published has none."""
        index = record.log_index
        published = index < self._size
        return LoggedRecord(
            token=record.token,
            leaf=entries.get(index, b"") if published else b"",
            log_index=index,
            proof=(
                prove_inclusion(index, self._size, lambda _: self._hashes)
                if published
                else None
            ),
        )


def valid_papers(
    session: Session, batch: Batch, *, today: date, identity: Identity
) -> dict[str, dict[str, Json]]:
    """Return what may be shown as valid of certificates and rights, by subject."""
    days = (batch.production_date, today)
    product, url = batch.product, identity.url
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


def star_words(row: Recognition) -> dict[str, Json]:
    """Return what a page prints of a recognition, as it was signed."""
    return _without_product(
        recognition_claims(row.facts, product_link="", recognised_by=row.recognised_by)
    )


def _without_product(claims: dict[str, Json]) -> dict[str, Json]:
    return {name: value for name, value in claims.items() if name != "product"}
