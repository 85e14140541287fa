"""One EPCIS 2.0 event as a value, and its JSON-LD."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from uuid import UUID

from traceability.core.canonical import Json
from traceability.core.clock import HANOI
from traceability.core.identity import Identity
from traceability.core.quantity import Dimension, Quantity
from traceability.events.vocabulary import (
    BORN,
    TRANSFORMED,
    Action,
    BizStep,
    Disposition,
    EventType,
    Stage,
)

EPCIS_CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
OFFSET = "+07:00"


@dataclass(frozen=True, slots=True)
class LotQuantity:
    """How much of one lot: an LGTIN as a Digital Link, and an amount."""

    epc_class: str
    quantity: Quantity

    def json(self) -> dict[str, Json]:
        """Return a QuantityElement; a count of pieces has no unit (EPCIS 2.0, 7.3.3.3).

        The amount is a Decimal: ``core.json_text`` writes it as a JSON number.
        """
        element: dict[str, Json] = {
            "epcClass": self.epc_class,
            "quantity": self.quantity.amount,
        }
        if self.quantity.dimension is not Dimension.COUNT:
            element["uom"] = self.quantity.unit
        return element


@dataclass(frozen=True, slots=True, kw_only=True)
class EpcisEvent:
    """What happened to which lots, when and where."""

    id: UUID
    type: EventType
    time: datetime
    biz_step: BizStep
    disposition: Disposition
    stage: Stage
    place: str  # a GLN's Digital Link, or the address of a site of ours
    action: Action | None = None  # transformations have none
    objects: tuple[LotQuantity, ...] = ()
    inputs: tuple[LotQuantity, ...] = ()
    outputs: tuple[LotQuantity, ...] = ()
    ilmd: Mapping[str, str] = field(default_factory=dict)

    @property
    def event_id(self) -> str:
        """Return the eventID: ``urn:uuid:…``."""
        return self.id.urn

    def json(self, identity: Identity) -> dict[str, Json]:
        """Return the event as EPCIS 2.0 JSON-LD; empty members are left out."""
        members: dict[str, Json] = {
            "@context": [EPCIS_CONTEXT, {"ocop": identity.url("/contexts/v1#")}],
            "type": self.type.value,
            "eventID": self.event_id,
            "eventTime": self.time.astimezone(HANOI).isoformat(timespec="seconds"),
            "eventTimeZoneOffset": OFFSET,
            "action": self.action.value if self.action else "",
            "quantityList": [one.json() for one in self.objects],
            "inputQuantityList": [one.json() for one in self.inputs],
            "outputQuantityList": [one.json() for one in self.outputs],
            "bizStep": self.biz_step.value,
            "disposition": self.disposition.value,
            "readPoint": {"id": self.place},
            "bizLocation": {"id": self.place},
            "ilmd": dict(self.ilmd),
            "ocop:stage": self.stage.value,
        }
        return {name: value for name, value in members.items() if value}


@dataclass(frozen=True, slots=True, kw_only=True)
class Birth:
    """What is known of a lot's coming into being."""

    id: UUID
    day: date  # only the day is known: the event's time is its first moment
    lot: LotQuantity
    inputs: tuple[LotQuantity, ...]
    place: str
    stage: Stage
    ilmd: Mapping[str, str]


def birth_event(birth: Birth) -> EpcisEvent:
    """Return the event a lot is born with.

    Without inputs it is an ObjectEvent ADD, else a TransformationEvent of its inputs.
    """
    instant = datetime.combine(birth.day, time(), tzinfo=HANOI)
    if not birth.inputs:
        return EpcisEvent(
            id=birth.id,
            type=EventType.OBJECT,
            time=instant,
            action=Action.ADD,
            biz_step=BORN.biz_step,
            disposition=BORN.disposition,
            stage=birth.stage,
            place=birth.place,
            objects=(birth.lot,),
            ilmd=birth.ilmd,
        )
    meaning = TRANSFORMED[birth.stage]
    return EpcisEvent(
        id=birth.id,
        type=EventType.TRANSFORMATION,
        time=instant,
        biz_step=meaning.biz_step,
        disposition=meaning.disposition,
        stage=birth.stage,
        place=birth.place,
        inputs=birth.inputs,
        outputs=(birth.lot,),
        ilmd=birth.ilmd,
    )


def read_event(document: Mapping[str, Json]) -> EpcisEvent:
    """Read JSON-LD that ``EpcisEvent.json`` wrote. Raises ``ValueError``."""
    try:
        return EpcisEvent(
            id=UUID(document["eventID"]),
            type=EventType(document["type"]),
            time=datetime.fromisoformat(document["eventTime"]),
            action=Action(document["action"]) if "action" in document else None,
            biz_step=BizStep(document["bizStep"]),
            disposition=Disposition(document["disposition"]),
            stage=Stage(document["ocop:stage"]),
            place=document["readPoint"]["id"],
            objects=_read_lots(document, "quantityList"),
            inputs=_read_lots(document, "inputQuantityList"),
            outputs=_read_lots(document, "outputQuantityList"),
            ilmd=document.get("ilmd", {}),
        )
    except (KeyError, TypeError, AttributeError) as fault:
        raise ValueError("this is no event of ours") from fault


def _read_lots(document: Mapping[str, Json], name: str) -> tuple[LotQuantity, ...]:
    return tuple(
        LotQuantity(
            one["epcClass"],
            Quantity.parse(_plain(one["quantity"]), one.get("uom", "H87")),
        )
        for one in document.get(name, [])
    )


def _plain(number: Json) -> str:
    """Return a JSON number, however it was parsed, as a plain decimal."""
    return format(Decimal(str(number)), "f")
