"""Read captured events by the lots they touch, and what was written down of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session, aliased

from traceability.catalog.models import Site
from traceability.core.canonical import Json
from traceability.core.clock import HANOI
from traceability.core.permissions import Actor, Role
from traceability.core.quantity import Quantity
from traceability.db.window import Window
from traceability.events.errors import EventNotFoundError, GrowingUnknownError
from traceability.events.event import EpcisEvent, LotQuantity, read_event
from traceability.events.kinds import GROWING, MAKES_LOT
from traceability.events.models import (
    Growing,
    TraceEvent,
    TraceEventLot,
)
from traceability.records.models import SignedRecord, StoredDisclosure
from traceability.records.queries import disclosures_by_record, disclosures_of
from traceability.signing.envelope import read_unverified

SEASON = timedelta(days=365)
TAKEN_IN = ("receive", "collect")  # what makes a lot of others one's own to speak of


@dataclass(frozen=True, slots=True)
class CapturedEvent:
    """An event's row, the record that holds it, and what the lot was in it."""

    event: TraceEvent
    record: SignedRecord
    part: str  # object, input, output, child, parent or growing
    lot: str = ""


def events_of(session: Session, lot: str) -> list[CapturedEvent]:
    """Return every event that touches a lot (its canonical link), oldest first.

    Those declared wrong are among them: ``event.wrong``.
    """
    return _captured(session, TraceEventLot.lot == lot)


def events_of_lots(session: Session, lots: Iterable[str]) -> list[CapturedEvent]:
    """Return every event that touches one of some lots, oldest first, in one query.

    What was done to the crop or herd a lot was harvested from belongs to it.
    """
    wanted = list(lots)
    harvest, growing = aliased(TraceEventLot), aliased(TraceEventLot)
    grown = (
        select(growing.lot)
        .join(harvest, harvest.event_id == growing.event_id)
        .where(harvest.lot.in_(wanted), growing.part == "growing")
    )
    return _captured(
        session, or_(TraceEventLot.lot.in_(wanted), TraceEventLot.lot.in_(grown))
    )


def before_harvest(
    session: Session, lot: str, *, site_id: int, day: date
) -> list[CapturedEvent]:
    """Return planting, use of inputs and raising behind a harvested lot.

    Those of the crop or herd its birth names; where it names none, those at the site in
    the year before ``day``. Without the ones declared wrong.
    """
    birth = birth_of_lot(session, lot)
    grown = select(TraceEventLot.lot).where(
        TraceEventLot.event_id == (birth.id if birth else None),
        TraceEventLot.part == "growing",
    )
    if birth is not None and session.scalar(grown.limit(1)) is not None:
        found = _captured(session, TraceEventLot.lot.in_(grown))
    else:
        end = datetime.combine(day + timedelta(days=1), time(), tzinfo=HANOI)
        found = _captured(
            session,
            TraceEvent.site_id == site_id,
            TraceEvent.event_time.between(end - SEASON, end),
            TraceEvent.stage.in_(GROWING),  # births at a busy site are many
        )
    return [one for one in found if one.event.stage in GROWING and not one.event.wrong]


def birth_of_lot(session: Session, lot: str) -> TraceEvent | None:
    """Return the standing event a lot came into being by."""
    return session.scalar(select(TraceEvent).where(TraceEvent.born_lot == lot))


def _captured(session: Session, *where: ColumnElement[bool]) -> list[CapturedEvent]:
    rows = session.execute(
        select(TraceEvent, SignedRecord, TraceEventLot.part, TraceEventLot.lot)
        .join(TraceEventLot, TraceEventLot.event_id == TraceEvent.id)
        .join(SignedRecord, SignedRecord.id == TraceEvent.record_id)
        .where(*where)
        .order_by(TraceEvent.event_time, TraceEvent.id, TraceEventLot.id)
    )
    return [CapturedEvent(*row) for row in rows]


def lots_of(session: Session, event: TraceEvent) -> Sequence[TraceEventLot]:
    """Return the lots of one event, in the order they were written."""
    return session.scalars(
        select(TraceEventLot)
        .where(TraceEventLot.event_id == event.id)
        .order_by(TraceEventLot.id)
    ).all()


def signed_event(session: Session, event: TraceEvent) -> EpcisEvent:
    """Return an event as it was signed first."""
    return read_signed(session.get_one(SignedRecord, event.record_id))


def read_signed(record: SignedRecord) -> EpcisEvent:
    """Return the event a record holds. Raises ``ValueError`` where it holds none."""
    return read_event(
        read_unverified(record.token).payload["credentialSubject"]["event"]
    )


def elements_of(session: Session, event: TraceEvent) -> Mapping[str, Json]:
    """Return what was written down of an event, private values too, by element."""
    return elements_by_event(session, [event])[event.id]


def elements_by_event(
    session: Session, events: Sequence[TraceEvent]
) -> dict[int, Mapping[str, Json]]:
    """Return the elements of several events by their row's id, in two queries.

    Private values are there as far as they were not erased, nor altered since.
    """
    ids = {event.record_id: event for event in events}
    wanted = select(SignedRecord).where(SignedRecord.id.in_(ids))
    records = session.scalars(wanted).all()
    found: dict[int, dict[str, Json]] = {}
    for record in records:
        event = ids[record.id]
        found[event.id] = _public_elements(read_signed(record))
    for record_id, kept in disclosures_by_record(session, records).items():
        found[ids[record_id].id] |= {one.name: one.value for one in kept}
    return {event.id: found[event.id] for event in events}


def visible_elements(
    session: Session, event: TraceEvent, *, actor: Actor
) -> Mapping[str, Json]:
    """Return the elements an actor may see: private ones only of one's own events."""
    return visible_by_event(session, [event], actor=actor)[event.id]


def visible_by_event(
    session: Session, events: Sequence[TraceEvent], *, actor: Actor
) -> dict[int, Mapping[str, Json]]:
    """Return what an actor may see of several events, by their row's id."""
    own = [one for one in events if owns(actor, one)]
    others = {one.record_id: one for one in events if not owns(actor, one)}
    found = elements_by_event(session, own) if own else {}
    if not others:
        return found
    records = records_by_id(session, others)
    return found | {
        event.id: _public_elements(read_signed(records[record_id]))
        for record_id, event in others.items()
    }


def records_by_id(session: Session, ids: Iterable[int]) -> dict[int, SignedRecord]:
    """Return records by their row's id, in one query."""
    wanted = select(SignedRecord).where(SignedRecord.id.in_(ids))
    return {record.id: record for record in session.scalars(wanted)}


def _public_elements(event: EpcisEvent) -> dict[str, Json]:
    """Return what the signed event says by itself, lots and public amounts too."""
    born = event.stage in MAKES_LOT
    listed: dict[str, tuple[LotQuantity, ...]] = {
        "output_lot": event.outputs or (event.objects if born else ()),
        "input_lots": event.inputs,
        "lot": () if born else event.objects + event.children,
    }
    amount = next((one.quantity for one in event.objects if one.quantity), None)
    said: dict[str, Json] = {
        name: [_lot_value(one) for one in lots] for name, lots in listed.items() if lots
    }
    if amount is not None:
        said["qty"] = _quantity_value(amount)
    instant = event.time.astimezone(HANOI).isoformat(timespec="seconds")
    return {"event_time": instant, **said, **event.values}


def _lot_value(lot: LotQuantity) -> dict[str, Json]:
    if lot.quantity is None:
        return {"lot": lot.epc_class}
    return {"lot": lot.epc_class, "quantity": _quantity_value(lot.quantity)}


def _quantity_value(quantity: Quantity) -> dict[str, Json]:
    return {"value": quantity.plain(), "unitCode": quantity.unit}


def private_values(session: Session, event: TraceEvent) -> dict[str, Json]:
    """Return the private values of an event, as far as they still exist."""
    record = session.get_one(SignedRecord, event.record_id)
    return {one.name: one.value for one in disclosures_of(session, record)}


def event_by_uuid(session: Session, uuid: str, *, actor: Actor) -> TraceEvent:
    """Return an event the actor may look into: its own, or for officers any.

    Raises ``EventNotFoundError`` for everybody else's, as if there were none.
    """
    event = session.scalar(
        select(TraceEvent).where(TraceEvent.event_id == f"urn:uuid:{uuid}")
    )
    if event is None or not (owns(actor, event) or actor.has(Role.OFFICER)):
        raise EventNotFoundError("There is no such entry.")
    return event


def event_by_record(session: Session, record_id: int) -> TraceEvent:
    """Return the event whose first version is a record."""
    return session.scalars(
        select(TraceEvent).where(TraceEvent.record_id == record_id)
    ).one()


def parent_of_case(session: Session, code: str, organisation_id: int) -> str | None:
    """Return the name an organisation's case has in events, if it was in one before."""
    return session.scalar(
        select(TraceEventLot.lot)
        .join(TraceEvent, TraceEvent.id == TraceEventLot.event_id)
        .join(StoredDisclosure, StoredDisclosure.record_id == TraceEvent.record_id)
        .where(
            TraceEventLot.part == "parent",
            TraceEvent.organisation_id == organisation_id,
            StoredDisclosure.name == "parent_code",
            StoredDisclosure.value == code,
        )
        .limit(1)
    )


def owns(actor: Actor, event: TraceEvent) -> bool:
    """Return whether an event is of the actor's own organisation."""
    owner = event.organisation_id
    return owner is not None and owner == actor.organisation_id


def received_lot(session: Session, lot: str, organisation_id: int) -> bool:
    """Return whether an organisation took a lot in, by a standing event of its own."""
    found = session.scalar(
        select(TraceEvent.id)
        .join(TraceEventLot, TraceEventLot.event_id == TraceEvent.id)
        .where(
            TraceEventLot.lot == lot,
            TraceEvent.organisation_id == organisation_id,
            TraceEvent.stage.in_(TAKEN_IN),
            TraceEvent.error_reason.is_(None),
        )
        .limit(1)
    )
    return found is not None


def growing_of(session: Session, public_id: str, *, organisation_id: int) -> Growing:
    """Return a producer's own crop or herd. Raises ``GrowingUnknownError``."""
    found = session.scalar(
        select(Growing).where(
            Growing.public_id == public_id, Growing.organisation_id == organisation_id
        )
    )
    if found is None:
        raise GrowingUnknownError("There is no such crop or herd.", field="growing")
    return found


def growings_of(
    session: Session, organisation_id: int, site_id: int | None = None
) -> Sequence[Growing]:
    """Return a producer's crops and herds, the newest first."""
    query = select(Growing).where(Growing.organisation_id == organisation_id)
    if site_id is not None:
        query = query.where(Growing.site_id == site_id)
    return session.scalars(query.order_by(Growing.id.desc())).all()


@dataclass(frozen=True, slots=True, kw_only=True)
class EventSearch:
    """Which entries a list shows."""

    organisation_id: int | None = None
    lot: str = ""
    site_id: int | None = None
    site: str = ""  # public id
    kind: str = ""
    since: datetime | None = None
    until: datetime | None = None


def search_events(search: EventSearch) -> Select[TraceEvent]:
    """Return the query for what is looked for; the caller orders and cuts it."""
    query = select(TraceEvent)
    if search.organisation_id is not None:
        query = query.where(TraceEvent.organisation_id == search.organisation_id)
    if search.lot:
        touched = select(TraceEventLot.event_id).where(TraceEventLot.lot == search.lot)
        query = query.where(TraceEvent.id.in_(touched))
    if search.site_id is not None:
        query = query.where(TraceEvent.site_id == search.site_id)
    if search.site:
        place = select(Site.id).where(Site.public_id == search.site)
        query = query.where(TraceEvent.site_id.in_(place))
    if search.kind:
        query = query.where(TraceEvent.stage == search.kind)
    if search.since is not None:
        query = query.where(TraceEvent.event_time >= search.since)
    if search.until is not None:
        query = query.where(TraceEvent.event_time < search.until)
    return query


def events_in(
    session: Session, search: EventSearch, window: Window
) -> Sequence[TraceEvent]:
    """Return a window of what is looked for, what was entered last first."""
    query = window.cut(search_events(search), TraceEvent.id)
    return session.scalars(query).all()


def locked_event(session: Session, event_id: int) -> TraceEvent:
    """Lock an event's row, so that two corrections wait for each other."""
    return session.scalars(
        select(TraceEvent)
        .where(TraceEvent.id == event_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
