"""The words of EPCIS 2.0 and CBV 2.0 we use, and the stages of work they stand for."""

from dataclasses import dataclass
from enum import StrEnum


class EventType(StrEnum):
    """The kinds of event captured so far."""

    OBJECT = "ObjectEvent"
    TRANSFORMATION = "TransformationEvent"


class Action(StrEnum):
    """What an event does to the life of its objects (EPCIS 2.0, 7.3.2)."""

    ADD = "ADD"
    OBSERVE = "OBSERVE"
    DELETE = "DELETE"


class BizStep(StrEnum):
    """Business steps, as the bare words of CBV 2.0."""

    CREATING_CLASS_INSTANCE = "creating_class_instance"
    PACKING = "packing"
    KILLING = "killing"


class Disposition(StrEnum):
    """States of objects after an event, as the bare words of CBV 2.0."""

    ACTIVE = "active"
    IN_PROGRESS = "in_progress"
    SELLABLE_NOT_ACCESSIBLE = "sellable_not_accessible"


class Stage(StrEnum):
    """The kind of work a lot is born from; travels as the extension ``ocop:stage``.

    CBV has no step for growing, milling or processing, so the step alone says little.
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
