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
    ErrorReason,
    EventType,
    PartyType,
    Stage,
    TransactionType,
)

EPCIS_CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
OFFSET = "+07:00"
PREFIX = "ocop:"
_STAGE, _GROWING, _NOTE = "ocop:stage", "ocop:growing", "ocop:note"


@dataclass(frozen=True, slots=True)
class LotQuantity:
    """A lot as a Digital Link LGTIN, and how much of it where that is public."""

    epc_class: str
    quantity: Quantity | None = None

    def json(self) -> dict[str, Json]:
        """Return a QuantityElement; a count of pieces has no unit (EPCIS 2.0, 7.3.3.3).

        The amount is a Decimal: ``core.json_text`` writes it as a JSON number.
        """
        element: dict[str, Json] = {"epcClass": self.epc_class}
        if self.quantity is None:
            return element
        element["quantity"] = self.quantity.amount
        if self.quantity.dimension is not Dimension.COUNT:
            element["uom"] = self.quantity.unit
        return element


@dataclass(frozen=True, slots=True)
class Transaction:
    """A business document; where its number is private, the name it is kept under."""

    type: TransactionType
    id: str


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where or whom goods come from or go to; private ones by the name of the value."""

    type: PartyType
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorDeclaration:
    """That an event is wrong: since when, why, and what stands in its place."""

    declared_at: datetime
    reason: ErrorReason
    corrective: tuple[str, ...] = ()  # eventIDs
    note: str = ""

    def json(self) -> dict[str, Json]:
        """Return the errorDeclaration (EPCIS 2.0, 7.4.1.3)."""
        members: dict[str, Json] = {
            "declarationTime": _instant(self.declared_at),
            "reason": self.reason.value,
            "correctiveEventIDs": list(self.corrective),
            _NOTE: self.note,
        }
        return _filled(members)


@dataclass(frozen=True, slots=True, kw_only=True)
class EpcisEvent:
    """What happened to which lots, when and where."""

    id: UUID
    type: EventType
    time: datetime
    biz_step: BizStep
    disposition: Disposition
    stage: str  # the kind's id
    place: str  # a GLN's Digital Link, or the address of a site of ours
    action: Action | None = None  # transformations have none
    objects: tuple[LotQuantity, ...] = ()
    inputs: tuple[LotQuantity, ...] = ()
    outputs: tuple[LotQuantity, ...] = ()
    parent: str = ""  # of an aggregation: an SSCC's Digital Link, or a code of ours
    children: tuple[LotQuantity, ...] = ()
    transactions: tuple[Transaction, ...] = ()
    sources: tuple[Endpoint, ...] = ()
    destinations: tuple[Endpoint, ...] = ()
    ilmd: Mapping[str, str] = field(default_factory=dict)
    growing: str = ""  # the class id of the crop or herd a lot comes from
    values: Mapping[str, Json] = field(default_factory=dict)  # public elements
    error: ErrorDeclaration | None = None

    @property
    def event_id(self) -> str:
        """Return the eventID: ``urn:uuid:…``."""
        return self.id.urn

    def json(self, identity: Identity) -> dict[str, Json]:
        """Return the event as EPCIS 2.0 JSON-LD; empty members are left out."""
        error = self.error.json() if self.error else None
        members: dict[str, Json] = {
            "@context": [EPCIS_CONTEXT, {"ocop": identity.url("/contexts/v1#")}],
            "type": self.type.value,
            "eventID": self.event_id,
            "eventTime": _instant(self.time),
            "eventTimeZoneOffset": OFFSET,
            "errorDeclaration": error,
            "action": self.action.value if self.action else "",
            "parentID": self.parent,
            "quantityList": [one.json() for one in self.objects],
            "childQuantityList": [one.json() for one in self.children],
            "inputQuantityList": [one.json() for one in self.inputs],
            "outputQuantityList": [one.json() for one in self.outputs],
            "bizStep": self.biz_step.value,
            "disposition": self.disposition.value,
            "readPoint": {"id": self.place},
            "bizLocation": {"id": self.place},
            "bizTransactionList": [
                {"type": one.type.value, "bizTransaction": one.id}
                for one in self.transactions
            ],
            "sourceList": [
                {"type": one.type.value, "source": one.id} for one in self.sources
            ],
            "destinationList": [
                {"type": one.type.value, "destination": one.id}
                for one in self.destinations
            ],
            "ilmd": dict(self.ilmd),
            _STAGE: str(self.stage),
            _GROWING: self.growing,
        }
        extra = {f"{PREFIX}{name}": value for name, value in self.values.items()}
        return _filled(members) | extra


def _instant(instant: datetime) -> str:
    return instant.astimezone(HANOI).isoformat(timespec="seconds")


def _filled(members: dict[str, Json]) -> dict[str, Json]:
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
    values: Mapping[str, Json] = field(default_factory=dict)


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
            values=birth.values,
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
        values=birth.values,
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
            stage=document[_STAGE],
            place=document["readPoint"]["id"],
            objects=_read_lots(document, "quantityList"),
            inputs=_read_lots(document, "inputQuantityList"),
            outputs=_read_lots(document, "outputQuantityList"),
            parent=document.get("parentID", ""),
            children=_read_lots(document, "childQuantityList"),
            transactions=tuple(
                Transaction(TransactionType(one["type"]), one["bizTransaction"])
                for one in document.get("bizTransactionList", [])
            ),
            sources=_read_endpoints(document, "source"),
            destinations=_read_endpoints(document, "destination"),
            ilmd=document.get("ilmd", {}),
            growing=document.get(_GROWING, ""),
            values=_read_values(document),
            error=_read_error(document.get("errorDeclaration")),
        )
    except (KeyError, TypeError, AttributeError) as fault:
        raise ValueError("this is no event of ours") from fault


def _read_lots(document: Mapping[str, Json], name: str) -> tuple[LotQuantity, ...]:
    return tuple(
        LotQuantity(one["epcClass"], _read_quantity(one))
        for one in document.get(name, [])
    )


def _read_quantity(element: Mapping[str, Json]) -> Quantity | None:
    if "quantity" not in element:
        return None
    return Quantity.parse(_plain(element["quantity"]), element.get("uom", "H87"))


def _read_endpoints(document: Mapping[str, Json], end: str) -> tuple[Endpoint, ...]:
    return tuple(
        Endpoint(PartyType(one["type"]), one[end])
        for one in document.get(f"{end}List", [])
    )


def _read_values(document: Mapping[str, Json]) -> dict[str, Json]:
    return {
        name.removeprefix(PREFIX): value
        for name, value in document.items()
        if name.startswith(PREFIX) and name not in {_STAGE, _GROWING}
    }


def _read_error(document: Mapping[str, Json] | None) -> ErrorDeclaration | None:
    if document is None:
        return None
    return ErrorDeclaration(
        declared_at=datetime.fromisoformat(document["declarationTime"]),
        reason=ErrorReason(document["reason"]),
        corrective=tuple(document.get("correctiveEventIDs", [])),
        note=document.get(_NOTE, ""),
    )


def _plain(number: Json) -> str:
    """Return a JSON number, however it was parsed, as a plain decimal."""
    return format(Decimal(str(number)), "f")
