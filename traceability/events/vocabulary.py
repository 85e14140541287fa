"""The words of EPCIS 2.0 and CBV 2.0 we use, and the stages of work they stand for."""

from dataclasses import dataclass
from enum import StrEnum


class EventType(StrEnum):
    """The kinds of EPCIS event captured here."""

    OBJECT = "ObjectEvent"
    TRANSFORMATION = "TransformationEvent"
    AGGREGATION = "AggregationEvent"


class Action(StrEnum):
    """What an event does to the life of its objects (EPCIS 2.0, 7.3.2)."""

    ADD = "ADD"
    OBSERVE = "OBSERVE"
    DELETE = "DELETE"


class BizStep(StrEnum):
    """Business steps, as the bare words of CBV 2.0."""

    COMMISSIONING = "commissioning"
    CREATING_CLASS_INSTANCE = "creating_class_instance"
    DECOMMISSIONING = "decommissioning"
    DESTROYING = "destroying"
    HOLDING = "holding"
    INSPECTING = "inspecting"
    KILLING = "killing"
    OTHER = "other"
    PACKING = "packing"
    RECEIVING = "receiving"
    RETAIL_SELLING = "retail_selling"
    SHIPPING = "shipping"
    STORING = "storing"
    UNPACKING = "unpacking"


class Disposition(StrEnum):
    """States of objects after an event, as the bare words of CBV 2.0."""

    ACTIVE = "active"
    CONFORMANT = "conformant"
    CONTAINER_CLOSED = "container_closed"
    DESTROYED = "destroyed"
    IN_PROGRESS = "in_progress"
    IN_TRANSIT = "in_transit"
    INACTIVE = "inactive"
    NON_CONFORMANT = "non_conformant"
    RECALLED = "recalled"
    RETAIL_SOLD = "retail_sold"
    RETURNED = "returned"
    SELLABLE_ACCESSIBLE = "sellable_accessible"
    SELLABLE_NOT_ACCESSIBLE = "sellable_not_accessible"


class ErrorReason(StrEnum):
    """Why an event is declared wrong, as the bare words of CBV 2.0."""

    DID_NOT_OCCUR = "did_not_occur"
    INCORRECT_DATA = "incorrect_data"


class TransactionType(StrEnum):
    """Business documents, as the bare words of CBV 2.0."""

    CERTIFICATE = "cert"
    DESPATCH_ADVICE = "desadv"
    INVOICE = "inv"
    PURCHASE_ORDER = "po"
    TEST_RESULT = "testres"


class PartyType(StrEnum):
    """What a source or destination is, as the bare words of CBV 2.0."""

    LOCATION = "location"
    POSSESSING_PARTY = "possessing_party"


class Stage(StrEnum):
    """The kind of work a lot is born from; travels as the extension ``ocop:stage``.

    CBV has no step for growing, milling or processing, so the step alone says little.
    Every other kind of event (``kinds``) travels under its id in the same field.
    """

    HARVEST = "harvest"
    SLAUGHTER = "slaughter"
    PRIMARY_PROCESS = "primary_process"
    MILLING = "milling"
    PROCESS = "process"
    FERMENT = "ferment"
    PACK = "pack"


@dataclass(frozen=True, slots=True)
class Meaning:
    """The CBV words of one stage."""

    biz_step: BizStep
    disposition: Disposition


_MADE = Meaning(BizStep.CREATING_CLASS_INSTANCE, Disposition.IN_PROGRESS)
BORN = Meaning(BizStep.CREATING_CLASS_INSTANCE, Disposition.ACTIVE)
TRANSFORMED = {
    Stage.HARVEST: BORN,
    Stage.SLAUGHTER: Meaning(BizStep.KILLING, Disposition.ACTIVE),
    Stage.PRIMARY_PROCESS: _MADE,
    Stage.MILLING: _MADE,
    Stage.PROCESS: _MADE,
    Stage.FERMENT: _MADE,
    Stage.PACK: Meaning(BizStep.PACKING, Disposition.SELLABLE_NOT_ACCESSIBLE),
}
# What becomes of a lot's state, told as EPCIS events: recall is a kind, the others not.
STATUSES = {
    "recalled": ("recall", Meaning(BizStep.HOLDING, Disposition.RECALLED)),
    "held": ("hold", Meaning(BizStep.HOLDING, Disposition.SELLABLE_NOT_ACCESSIBLE)),
    "released": (
        "release",
        Meaning(BizStep.OTHER, Disposition.SELLABLE_NOT_ACCESSIBLE),
    ),
}
