"""Capture events: sign, log and keep them in the caller's transaction."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from traceability.core.errors import ConflictError
from traceability.core.ports import Notary
from traceability.db.translating import translating
from traceability.events.event import EpcisEvent, LotQuantity
from traceability.events.models import TraceEvent, TraceEventLot
from traceability.records.credential import RecordDraft, Voucher
from traceability.records.models import SignedRecord
from traceability.records.service import publish_record

RECORD_TYPE = "TraceEventRecord"


class EventTakenError(ConflictError):
    """An event with this eventID was captured before."""

    code = "event-id-taken"


def capture(
    session: Session, event: EpcisEvent, *, vouched_by: Voucher, notary: Notary
) -> SignedRecord:
    """Sign and log an event, and index it by its lots. The caller commits.

    Raises ``EventTakenError`` for an eventID seen before.
    """
    row = TraceEvent(
        event_id=event.event_id,
        type=event.type.value,
        action=event.action.value if event.action else None,
        biz_step=event.biz_step.value,
        disposition=event.disposition.value,
        stage=event.stage.value,
        place=event.place,
        event_time=event.time,
        record_time=notary.clock.now(),
    )
    record = _signed(session, event, vouched_by, notary)
    row.record_id = record.id
    session.add(row)
    taken = EventTakenError("This event was captured before.", field="eventID")
    with translating({"uq_trace_event_event_id": taken}):
        session.flush()
    session.add_all(_lots(event, row.id))
    session.flush()
    return record


def _signed(
    session: Session, event: EpcisEvent, vouched_by: Voucher, notary: Notary
) -> SignedRecord:
    draft = RecordDraft(
        type=RECORD_TYPE,
        subject=event.event_id,
        claims={"event": event.json(notary.identity)},
        vouched_by=vouched_by,
    )
    return publish_record(session, draft, notary=notary)


def _lots(event: EpcisEvent, event_row: int) -> Iterator[TraceEventLot]:
    parts: dict[str, tuple[LotQuantity, ...]] = {
        "object": event.objects,
        "input": event.inputs,
        "output": event.outputs,
    }
    for part, lots in parts.items():
        for one in lots:
            yield TraceEventLot(
                event_id=event_row,
                lot=one.epc_class,
                part=part,
                amount=one.quantity.amount,
                unit=one.quantity.unit,
            )
