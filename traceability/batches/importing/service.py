"""Store a file's lots: all of them in the caller's transaction, or none.

Lots go in by the thousand: one statement a table, one checkpoint for all the leaves of
a group. What each lot leaves behind is what ``batches.service`` leaves for one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import uuid4

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from traceability.accounts.models import Organisation
from traceability.accounts.trail.service import audit_all
from traceability.batches.assembly import Parts, SignedInput, birth_of, record_draft
from traceability.batches.errors import LotTakenError
from traceability.batches.importing.lines import Reading
from traceability.batches.importing.queries import (
    Lot,
    Progress,
    Target,
    check_lines,
)
from traceability.batches.models import Batch, BatchInput, BatchState
from traceability.batches.queries import InputRow
from traceability.batches.record import RecognitionClaim
from traceability.batches.recording.service import recognition_claim, voucher_for
from traceability.core.permissions import Actor
from traceability.core.ports import Clock, Notary
from traceability.db.translating import translating
from traceability.events.event import EpcisEvent, birth_event
from traceability.events.service import (
    CapturedBy,
    record_draft as event_draft,
    store_events,
)
from traceability.records.credential import RecordDraft, Voucher
from traceability.records.models import SignedRecord
from traceability.records.service import Published, publish_records

GROUP = 1000
Row = dict[str, Any]


def checked_lots(
    session: Session, reading: Reading, target: Target, progress: Progress | None = None
) -> list[Lot]:
    """Return the lots of a file, every row checked; faults stand in its report.

    Before lots are issued their sources are locked and everything is checked once
    more, so that nobody else takes a source's last kilogram in between.
    """
    lots = check_lines(session, reading, target, progress)
    sources = {one.id for lot in lots for one in lot.sources if one is not None}
    if not (target.issue and sources and reading.report.sound):
        return lots
    _lock(session, sorted(sources))
    return check_lines(session, reading, target)


def _lock(session: Session, ids: Sequence[int]) -> None:
    for begin in range(0, len(ids), GROUP):
        session.execute(
            select(Batch.id)
            .where(Batch.id.in_(ids[begin : begin + GROUP]))
            .order_by(Batch.id)
            .with_for_update()
        )


def store_drafts(
    session: Session,
    lots: Sequence[Lot],
    target: Target,
    *,
    actor: Actor,
    clock: Clock,
    progress: Progress | None = None,
) -> None:
    """Store checked lots as drafts. The caller commits.

    Raises ``LotTakenError`` where somebody else took a number meanwhile.
    """
    for group in _groups(lots):
        pairs = [(lot.batch(target), lot.inputs()) for lot in group]
        _insert(session, [(batch, rows, None) for batch, rows in pairs])
        acts = [("batch-registered", batch.digital_link) for batch, _ in pairs]
        audit_all(session, actor, acts, clock)
        if progress is not None:
            progress(len(group))


def store_issued(
    session: Session,
    lots: Sequence[Lot],
    target: Target,
    *,
    actor: Actor,
    notary: Notary,
    progress: Progress | None = None,
) -> None:
    """Sign, log and store checked lots with their births (I3). The caller commits.

    The log's head stays locked until then. Raises what ``store_drafts`` raises, and
    the refusals of signing and logging.
    """
    known = _Known(session, notary)
    for group in _groups(lots):
        signing = [_signing(lot, target, actor, known, notary) for lot in group]
        drafts = [draft for one in signing for draft in (one.record, one.born)]
        published = publish_records(session, drafts, notary=notary)
        records, births = published[::2], published[1::2]
        _insert(
            session,
            [
                (one.batch, one.inputs, record)
                for one, record in zip(signing, records, strict=True)
            ],
        )
        _store_births(session, signing, births, notary)
        links = [one.batch.digital_link for one in signing]
        acts = [
            (act, link)
            for link in links
            for act in ("batch-registered", "batch-issued")
        ]
        audit_all(session, actor, acts, notary.clock)
        if progress is not None:
            progress(len(group))


def _groups(lots: Sequence[Lot]) -> Iterator[Sequence[Lot]]:
    for begin in range(0, len(lots), GROUP):
        yield lots[begin : begin + GROUP]


@dataclass(frozen=True, slots=True)
class _Signing:
    """One lot on its way: its row, its inputs, what is signed about it."""

    batch: Batch
    inputs: list[InputRow]
    record: RecordDraft
    event: EpcisEvent
    born: RecordDraft


@dataclass(slots=True)
class _Known:
    """What many lots share, looked up once."""

    session: Session
    notary: Notary
    digests: dict[int, str] = field(default_factory=dict)
    recognitions: dict[tuple[int, date], RecognitionClaim | None] = field(
        default_factory=dict
    )
    vouchers: dict[int, Voucher] = field(default_factory=dict)

    def digest(self, source: Batch) -> str:
        """Return the digest of a source's current record."""
        if source.id not in self.digests:
            record = self.session.get_one(SignedRecord, source.record_id)
            self.digests[source.id] = record.digest
        return self.digests[source.id]

    def recognition(self, batch: Batch) -> RecognitionClaim | None:
        """Return the recognition a product held on a lot's production date."""
        key = (batch.product_id, batch.production_date)
        if key not in self.recognitions:
            self.recognitions[key] = recognition_claim(
                self.session, batch, self.notary.identity
            )
        return self.recognitions[key]

    def voucher(self, batch: Batch, actor: Actor) -> Voucher:
        """Return whose word the records are: one producer's, for the whole file."""
        owner = batch.organisation_id
        if owner not in self.vouchers:
            self.vouchers[owner] = voucher_for(batch, actor, self.notary.identity)
        return self.vouchers[owner]


def _signing(
    lot: Lot, target: Target, actor: Actor, known: _Known, notary: Notary
) -> _Signing:
    batch, inputs = lot.batch(target), lot.inputs()
    signed = [_signed_input(row, known) for row in inputs]
    parts = Parts(inputs=signed, override=None, recognition=known.recognition(batch))
    voucher = known.voucher(batch, actor)
    event = birth_event(birth_of(batch, signed, uuid4(), notary.identity))
    born = event_draft(event, vouched_by=voucher, identity=notary.identity)
    record = record_draft(batch, parts, voucher, notary.identity)
    return _Signing(batch, inputs, record, event, born)


def _signed_input(row: InputRow, known: _Known) -> SignedInput:
    if row.source is None:
        return SignedInput(row.input)
    return SignedInput(row.input, row.source.digital_link, known.digest(row.source))


def _store_births(
    session: Session,
    signing: Sequence[_Signing],
    births: Sequence[Published],
    notary: Notary,
) -> None:
    """Index the births, those of each place under who captured them there."""
    by_place: dict[CapturedBy, list[tuple[EpcisEvent, int]]] = {}
    for one, birth in zip(signing, births, strict=True):
        by = CapturedBy(one.batch.organisation_id, one.batch.site_id)
        by_place.setdefault(by, []).append((one.event, birth.id))
    for by, events in by_place.items():
        store_events(session, events, by=by, clock=notary.clock)


def _insert(
    session: Session,
    stored: Sequence[tuple[Batch, list[InputRow], Published | None]],
) -> None:
    taken = LotTakenError("A lot number of the file has just been taken.", field="file")
    names = ("uq_batch_product_id_lot_number", "uq_batch_digital_link")
    rows = [_batch_row(batch, record) for batch, _, record in stored]
    with translating(dict.fromkeys(names, taken)):
        session.connection().execute(insert(Batch), rows)
    if not any(inputs for _, inputs, _ in stored):
        return
    found = session.execute(
        select(Batch.public_id, Batch.id).where(
            Batch.public_id.in_([batch.public_id for batch, _, _ in stored])
        )
    )
    ids = {row.public_id: row.id for row in found}
    made_of = [
        _input_row(row.input, ids[batch.public_id])
        for batch, inputs, _ in stored
        for row in inputs
    ]
    session.connection().execute(insert(BatchInput), made_of)


_BATCH = [
    one.key
    for one in Batch.__table__.columns
    if one.key not in {"id", "state", "issued_at", "record_id"}
]
_INPUT = [
    one.key for one in BatchInput.__table__.columns if one.key not in {"id", "batch_id"}
]


def _batch_row(batch: Batch, record: Published | None) -> Row:
    state = BatchState.DRAFT if record is None else BatchState.ISSUED
    return {
        **{name: getattr(batch, name) for name in _BATCH},
        "state": state.value,
        "issued_at": record.issued_at if record else None,
        "record_id": record.id if record else None,
    }


def _input_row(row: BatchInput, batch_id: int) -> Row:
    return {"batch_id": batch_id, **{name: getattr(row, name) for name in _INPUT}}


def actor_for(organisation: Organisation) -> Actor:
    """Return the service acting for a producer, as the command line does."""
    return Actor(kind="system", id=None, name="system", organisation_id=organisation.id)
