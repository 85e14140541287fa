"""Capture events: sign, log and keep them in the caller's transaction."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import uuid4

from sqlalchemy.orm import Session

from traceability.core.canonical import Json
from traceability.core.clock import day_in_vietnam
from traceability.core.identity import Identity
from traceability.core.ports import Clock, Notary
from traceability.core.quantity import Quantity
from traceability.db.translating import translating
from traceability.events.errors import EventTakenError, LotBornError
from traceability.events.event import (
    EpcisEvent,
    ErrorDeclaration,
    LotQuantity,
)
from traceability.events.kinds import MAKES_LOT
from traceability.events.models import TraceEvent, TraceEventLot
from traceability.events.queries import birth_of_lot, private_values, signed_event
from traceability.events.vocabulary import STATUSES, Action, ErrorReason, EventType
from traceability.records.credential import RecordDraft, Voucher
from traceability.records.models import SignedRecord
from traceability.records.service import publish_record

RECORD_TYPE = "TraceEventRecord"


@dataclass(frozen=True, slots=True)
class CapturedBy:
    """Whose hand an event is from, and at which of its places it happened."""

    organisation_id: int | None = None
    site_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusChange:
    """A hold, recall or release, as its event tells it."""

    status: str  # "held", "recalled" or "released"
    lot: str
    place: str
    quantity: Quantity | None = None
    values: Mapping[str, Json] = field(default_factory=dict)  # public elements


def capture(
    session: Session,
    event: EpcisEvent,
    *,
    vouched_by: Voucher,
    notary: Notary,
    by: CapturedBy | None = None,
    private: Mapping[str, Json] | None = None,
) -> SignedRecord:
    """Sign and log an event, and index it by its lots. The caller commits.

    ``private`` values enter the signed bytes only as commitments. Raises
    ``EventTakenError`` for an eventID seen before, ``LotBornError`` where the lot came
    into being by another event.
    """
    draft = record_draft(
        event, vouched_by=vouched_by, identity=notary.identity, private=private
    )
    record = publish_record(session, draft, notary=notary)
    store_events(session, [(event, record.id)], by=by, clock=notary.clock)
    return record


def record_draft(
    event: EpcisEvent,
    *,
    vouched_by: Voucher,
    identity: Identity,
    private: Mapping[str, Json] | None = None,
) -> RecordDraft:
    """Return what is signed for an event."""
    return RecordDraft(
        type=RECORD_TYPE,
        subject=event.event_id,
        claims={"event": event.json(identity)},
        vouched_by=vouched_by,
        private=private or {},
    )


def store_events(
    session: Session,
    events: Sequence[tuple[EpcisEvent, int]],
    *,
    clock: Clock,
    by: CapturedBy | None = None,
) -> None:
    """Keep the rows of events whose records (by id) are signed and logged already."""
    now = clock.now()
    rows = [_row(event, record_id, by, now) for event, record_id in events]
    session.add_all(rows)
    taken = EventTakenError("This event was captured before.", field="eventID")
    born = LotBornError(
        "The lot came into being already. Correct that entry instead.",
        field="output_lot",
    )
    names = {"uq_trace_event_event_id": taken, "uq_trace_event_born_lot": born}
    with translating(names):
        session.flush()
    session.add_all(
        lot
        for row, (event, _) in zip(rows, events, strict=True)
        for lot in _lots(event, row.id)
    )
    session.flush()


def bear(
    session: Session,
    event: EpcisEvent,
    *,
    vouched_by: Voucher,
    notary: Notary,
    by: CapturedBy | None = None,
) -> SignedRecord | None:
    """Capture the event a lot comes into being by, unless its producer did before."""
    lot = born_lot(event)
    if lot is not None and birth_of_lot(session, lot) is not None:
        return None
    return capture(session, event, vouched_by=vouched_by, notary=notary, by=by)


def rebear(
    session: Session,
    event: EpcisEvent,
    *,
    vouched_by: Voucher,
    notary: Notary,
    by: CapturedBy | None = None,
) -> SignedRecord | None:
    """Put a lot's birth right after its record was corrected, if the two now differ.

    The old event is declared wrong and its elements go over into the new one.
    """
    lot = born_lot(event)
    old = birth_of_lot(session, lot) if lot else None
    if old is None:
        return bear(session, event, vouched_by=vouched_by, notary=notary, by=by)
    before = signed_event(session, old)
    if _same_birth(before, event):
        return None
    private = private_values(session, old)
    values = {**before.values, **event.values}
    after = replace(event, values=values, growing=before.growing)
    mark_wrong(
        session,
        old,
        ErrorDeclaration(
            declared_at=notary.clock.now().replace(microsecond=0),
            reason=ErrorReason.INCORRECT_DATA,
            corrective=(after.event_id,),
        ),
        vouched_by=vouched_by,
        notary=notary,
    )
    return capture(
        session, after, vouched_by=vouched_by, notary=notary, by=by, private=private
    )


def tell_status(
    session: Session,
    change: StatusChange,
    *,
    vouched_by: Voucher,
    notary: Notary,
    by: CapturedBy | None = None,
) -> SignedRecord:
    """Capture the EPCIS counterpart of a hold, recall or release.

    A recall is ``holding`` with ``recalled``.
    """
    stage, meaning = STATUSES[change.status]
    event = EpcisEvent(
        id=uuid4(),
        type=EventType.OBJECT,
        time=notary.clock.now().replace(microsecond=0),
        action=Action.OBSERVE,
        biz_step=meaning.biz_step,
        disposition=meaning.disposition,
        stage=stage,
        place=change.place,
        objects=(LotQuantity(change.lot, change.quantity),),
        values=change.values,
    )
    return capture(session, event, vouched_by=vouched_by, notary=notary, by=by)


def mark_wrong(
    session: Session,
    row: TraceEvent,
    declaration: ErrorDeclaration,
    *,
    vouched_by: Voucher,
    notary: Notary,
) -> SignedRecord:
    """Sign a version of an event that declares it wrong; the original stays as it is.

    A lot born by it may be born anew. The caller commits.
    """
    event = replace(signed_event(session, row), error=declaration)
    draft = record_draft(event, vouched_by=vouched_by, identity=notary.identity)
    record = publish_record(session, draft, notary=notary)
    row.error_reason = declaration.reason.value
    row.error_note = declaration.note or None
    row.error_at = declaration.declared_at
    row.error_record_id = record.id
    row.corrected_by = declaration.corrective[0] if declaration.corrective else None
    row.born_lot = None
    session.flush()
    return record


def born_lot(event: EpcisEvent) -> str | None:
    """Return the lot that comes into being by an event."""
    if event.stage not in MAKES_LOT:
        return None
    made = event.outputs or event.objects
    return made[0].epc_class if made else None


def _same_birth(one: EpcisEvent, other: EpcisEvent) -> bool:
    """Return whether two births tell the same, as far as both tell it."""
    facts, others = _facts(one), _facts(other)
    return (
        day_in_vietnam(one.time) == day_in_vietnam(other.time)
        and one.place == other.place
        and _links(one) == _links(other)
        and all(facts[name] == others[name] for name in facts.keys() & others.keys())
    )


def _links(event: EpcisEvent) -> set[str]:
    """Return the lots of ours that went in; outside ones are only described."""
    return {lot.epc_class for lot in event.inputs if "#" not in lot.epc_class}


def _facts(event: EpcisEvent) -> dict[str, object]:
    made = (*event.outputs, *event.objects, *event.inputs)
    amounts = {lot.epc_class: lot.quantity for lot in made if lot.quantity}
    return {**event.ilmd, **amounts}


def _row(
    event: EpcisEvent, record_id: int, by: CapturedBy | None, now: datetime
) -> TraceEvent:
    return TraceEvent(
        event_id=event.event_id,
        type=event.type.value,
        action=event.action.value if event.action else None,
        biz_step=event.biz_step.value,
        disposition=event.disposition.value,
        stage=str(event.stage),
        place=event.place,
        event_time=event.time,
        record_time=now,
        record_id=record_id,
        organisation_id=by.organisation_id if by else None,
        site_id=by.site_id if by else None,
        born_lot=born_lot(event),
    )


def lots_in(event: EpcisEvent) -> Iterator[tuple[str, LotQuantity]]:
    """Return every lot an event touches, and what it is in it."""
    parts: dict[str, tuple[LotQuantity, ...]] = {
        "object": event.objects,
        "input": event.inputs,
        "output": event.outputs,
        "child": event.children,
        "parent": (LotQuantity(event.parent),) if event.parent else (),
        "growing": (LotQuantity(event.growing),) if event.growing else (),
    }
    for part, lots in parts.items():
        for one in lots:
            yield part, one


def _lots(event: EpcisEvent, event_row: int) -> Iterator[TraceEventLot]:
    for part, one in lots_in(event):
        yield TraceEventLot(
            event_id=event_row,
            lot=one.epc_class,
            part=part,
            amount=one.quantity.amount if one.quantity else None,
            unit=one.quantity.unit if one.quantity else None,
        )
