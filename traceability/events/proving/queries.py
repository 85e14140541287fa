"""Compare the rows events are found by with what was signed of them."""

from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from traceability.core.errors import DomainError
from traceability.events.event import EpcisEvent
from traceability.events.models import TraceEvent, TraceEventLot
from traceability.events.queries import read_signed
from traceability.events.service import RECORD_TYPE, lots_in
from traceability.records.models import SignedRecord

_CHUNK = 500


def event_faults(session: Session) -> Iterator[str]:
    """Return every event whose rows are gone or say something else, a line each."""
    after: int | None = 0
    while after is not None:
        query = (
            select(SignedRecord)
            .where(SignedRecord.type == RECORD_TYPE, SignedRecord.id > after)
            .order_by(SignedRecord.id)
            .limit(_CHUNK)
        )
        records = session.scalars(query).all()
        yield from _faults(session, records)
        after = records[-1].id if records else None
        session.expunge_all()


def _faults(session: Session, records: Sequence[SignedRecord]) -> Iterator[str]:
    subjects = {one.subject for one in records}
    found = select(TraceEvent).where(TraceEvent.event_id.in_(subjects))
    rows = {row.event_id: row for row in session.scalars(found)}
    lots = _lots_of(session, rows.values())
    wrong = select(SignedRecord.subject).where(
        SignedRecord.subject.in_(subjects), SignedRecord.version > 1
    )
    declared = set(session.scalars(wrong))
    for record in records:
        row = rows.get(record.subject)
        try:
            event = read_signed(record)
        except (DomainError, KeyError, ValueError):
            continue  # that the record is another than was logged is told elsewhere
        if row is None:
            yield f"record {record.public_id} has lost its row in trace_event"
        elif not _says_so(row, lots.get(row.id, set()), event, record):
            yield f"the rows of {row.event_id} are not what was signed"
        elif row.wrong and row.event_id not in declared:
            yield f"{row.event_id} is called wrong, but nobody signed that"


def _lots_of(
    session: Session, rows: Iterable[TraceEvent]
) -> dict[int, set[tuple[str, str]]]:
    wanted = [row.id for row in rows]
    found: dict[int, set[tuple[str, str]]] = {}
    query = select(TraceEventLot).where(TraceEventLot.event_id.in_(wanted))
    for one in session.scalars(query):
        found.setdefault(one.event_id, set()).add((one.part, one.lot))
    return found


def _says_so(
    row: TraceEvent,
    lots: set[tuple[str, str]],
    event: EpcisEvent,
    record: SignedRecord,
) -> bool:
    """Return whether rows tell what a version of their event says."""
    signed = {(part, one.epc_class) for part, one in lots_in(event)}
    same = (row.stage, row.event_time, row.place) == (
        *(event.stage, event.time, event.place),
    )
    if record.version == 1:
        return same and lots == signed and row.record_id == record.id
    error = event.error
    told = (row.error_reason, row.error_note or "")
    return error is not None and told == (error.reason.value, error.note)
