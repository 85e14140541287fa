"""Read captured events by the lots they touch."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from traceability.events.models import TraceEvent, TraceEventLot
from traceability.records.models import SignedRecord


@dataclass(frozen=True, slots=True)
class CapturedEvent:
    """An event's row, the record that holds it, and what the lot was in it."""

    event: TraceEvent
    record: SignedRecord
    part: str  # object, input or output


def events_of(session: Session, lot: str) -> list[CapturedEvent]:
    """Return every event that touches a lot (its canonical link), oldest first."""
    rows = session.execute(
        select(TraceEvent, SignedRecord, TraceEventLot.part)
        .join(TraceEventLot, TraceEventLot.event_id == TraceEvent.id)
        .join(SignedRecord, SignedRecord.id == TraceEvent.record_id)
        .where(TraceEventLot.lot == lot)
        .order_by(TraceEvent.event_time, TraceEvent.id)
    )
    return [CapturedEvent(event, record, part) for event, record, part in rows]


def lots_of(session: Session, event: TraceEvent) -> Sequence[TraceEventLot]:
    """Return the lots of one event, in the order they were written."""
    return session.scalars(
        select(TraceEventLot)
        .where(TraceEventLot.event_id == event.id)
        .order_by(TraceEventLot.id)
    ).all()
