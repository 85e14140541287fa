"""An event's record as a UNTP Digital Traceability Event. Pure.

Transformations and births make, shipping and receiving move, all else changes a
product's state without making another: UNTP calls that ModifyEvent.
"""

from collections.abc import Iterable

from traceability.core.canonical import Json
from traceability.core.clock import HANOI
from traceability.core.errors import DomainError
from traceability.core.identity import Identity
from traceability.credentials.places import place_of
from traceability.credentials.source import Around, Source, filled
from traceability.credentials.stages import stage_name
from traceability.credentials.untp import (
    EVENT,
    NOT_PUBLIC,
    Derived,
    classification,
    measure,
    named,
    source_link,
    voucher_party,
)
from traceability.events.event import Endpoint, EpcisEvent, LotQuantity
from traceability.events.vocabulary import (
    Action,
    BizStep,
    Disposition,
    EventType,
    PartyType,
)
from traceability.gs1.digital_link import DigitalLink

GROWING = "Cây trồng, vật nuôi · Crop or herd"
CBV_STEPS = "https://ref.gs1.org/cbv/BizStep"
_BIRTHS = frozenset({BizStep.CREATING_CLASS_INSTANCE})
_MOVES = frozenset({BizStep.SHIPPING, BizStep.RECEIVING})
_STATES = {
    Disposition.IN_TRANSIT: "inTransit",
    Disposition.RECALLED: "recalled",
    Disposition.DESTROYED: "disposed",
    Disposition.ACTIVE: "active",
    Disposition.IN_PROGRESS: "active",
    Disposition.SELLABLE_ACCESSIBLE: "active",
    Disposition.SELLABLE_NOT_ACCESSIBLE: "active",
}


def traceability_event(
    source: Source, event: EpcisEvent, around: Around, identity: Identity
) -> Derived:
    """Return the event in UNTP's words."""
    name = stage_name(event.stage)
    type_, members = _members(event, around)
    subject = {
        **named(type_, event.event_id, name),
        "type": [type_, "LifecycleEvent"],
        "eventDate": event.time.astimezone(HANOI).isoformat(timespec="seconds"),
        "relatedDocument": [source_link(source, identity)],
        "activityType": classification(
            event.biz_step.value, name, CBV_STEPS, "GS1 CBV business steps"
        ),
        "relatedParty": [
            {"role": _role(event, type_), "party": voucher_party(source.voucher)}
        ],
        **members,
    }
    return Derived(kind=EVENT, name=name, subject=[subject])


def _members(event: EpcisEvent, around: Around) -> tuple[str, dict[str, Json]]:
    born = event.action is Action.ADD and event.biz_step in _BIRTHS
    if event.type is EventType.TRANSFORMATION or born:
        return "MakeEvent", _made(event, around)
    if event.biz_step in _MOVES:
        return "MoveEvent", _moved(event, around)
    return "ModifyEvent", _modified(event, around)


def _role(event: EpcisEvent, type_: str) -> str:
    if event.biz_step is BizStep.INSPECTING:
        return "inspector"
    return "producer" if type_ == "MakeEvent" else "operator"


def _made(event: EpcisEvent, around: Around) -> dict[str, Json]:
    made = event.outputs or event.objects
    grown = (LotQuantity(event.growing),) if event.growing else ()
    place = place_of(event)
    return {
        "inputProduct": _products(event.inputs or grown, around, event, "consumed"),
        "outputProduct": _products(made, around, event, "new"),
        "madeAtFacility": named("Facility", place.id, place.name),
    }


def _moved(event: EpcisEvent, around: Around) -> dict[str, Json]:
    return {
        "movedProduct": _products(event.objects, around, event, _state(event)),
        "fromFacility": _end(event, event.sources, "from"),
        "toFacility": _end(event, event.destinations, "to"),
    }


def _modified(event: EpcisEvent, around: Around) -> dict[str, Json]:
    place = place_of(event)
    touched = event.objects + event.children
    products = _products(touched, around, event, _state(event))
    if event.parent:
        products.append({"product": _container(event.parent)})
    return {
        "modifiedProduct": products,
        "modifiedAtFacility": named("Facility", place.id, place.name),
    }


def _state(event: EpcisEvent) -> str:
    return _STATES.get(event.disposition, "")


def _end(event: EpcisEvent, ends: Iterable[Endpoint], which: str) -> dict[str, Json]:
    """Return where goods come from or go to; one that is private is only called so."""
    known = {one.type: one.id for one in ends}
    address = known.get(PartyType.LOCATION) or known.get(PartyType.POSSESSING_PARTY)
    if address == event.place:
        return named("Facility", event.place, place_of(event).name)
    return named("Facility", address or f"{event.event_id}#{which}", NOT_PUBLIC)


def _products(
    lots: Iterable[LotQuantity], around: Around, event: EpcisEvent, state: str
) -> list[Json]:
    return [
        filled(
            {
                "product": _product(one.epc_class, around, event),
                "quantity": measure(one.quantity) if one.quantity else None,
                "disposition": state,
            }
        )
        for one in lots
    ]


def _product(address: str, around: Around, event: EpcisEvent) -> dict[str, Json]:
    """Return a lot under its product's name; a crop or herd has no lot yet."""
    lot = _lot_number(address)
    if "#" in address and address not in around.names:
        return {**named("Product", address, NOT_PUBLIC), "idGranularity": "model"}
    crop = str(event.values.get("crop") or event.values.get("species") or "")
    name = around.names.get(address) or lot or crop or GROWING
    return filled(
        {
            **named("Product", address, name),
            "idGranularity": "batch" if lot else "model",
            "batchNumber": lot,
        }
    )


def _container(address: str) -> dict[str, Json]:
    name = "Thùng, kiện · Container"
    return {**named("Product", address, name), "idGranularity": "item"}


def _lot_number(address: str) -> str:
    try:
        return DigitalLink.parse(address).lot or ""
    except DomainError:
        return ""
