"""Keep many captured births: rows to find them by, in a few statements."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from traceability.core.ports import Clock
from traceability.events.event import EpcisEvent
from traceability.events.models import TraceEvent, TraceEventLot

_CHUNK = 500
Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event whose record is signed, logged and stored already."""

    event: EpcisEvent
    record_id: int


def store_events(
    session: Session, recorded: Sequence[Recorded], *, clock: Clock
) -> None:
    """Index events by their lots, as ``events.service.capture`` does for one."""
    if not recorded:
        return
    now = clock.now()
    connection = session.connection()
    connection.execute(insert(TraceEvent), [_row(one, now) for one in recorded])
    ids = _ids(session, [one.record_id for one in recorded])
    lots = [row for one in recorded for row in _lots(one, ids[one.record_id])]
    connection.execute(insert(TraceEventLot), lots)


def _row(one: Recorded, now: datetime) -> Row:
    event = one.event
    return {
        "event_id": event.event_id,
        "type": event.type.value,
        "action": event.action.value if event.action else None,
        "biz_step": event.biz_step.value,
        "disposition": event.disposition.value,
        "stage": str(event.stage),
        "place": event.place,
        "event_time": event.time,
        "record_time": now,
        "record_id": one.record_id,
    }


def _ids(session: Session, record_ids: Sequence[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for begin in range(0, len(record_ids), _CHUNK):
        rows = session.execute(
            select(TraceEvent.record_id, TraceEvent.id).where(
                TraceEvent.record_id.in_(record_ids[begin : begin + _CHUNK])
            )
        )
        found |= dict(rows.tuples().all())
    return found


def _lots(one: Recorded, event_row: int) -> Iterator[Row]:
    event = one.event
    for part, lots in (
        ("object", event.objects),
        ("input", event.inputs),
        ("output", event.outputs),
    ):
        for lot in lots:
            yield {
                "event_id": event_row,
                "lot": lot.epc_class,
                "part": part,
                "amount": lot.quantity.amount if lot.quantity else None,
                "unit": lot.quantity.unit if lot.quantity else None,
            }
