"""The 23 kinds of event, their elements and values (``data/README.md``). Pure."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

from traceability.core.text import Bilingual
from traceability.events.errors import KindUnknownError
from traceability.events.vocabulary import Action, BizStep, Disposition, EventType

_DATA = files("traceability.events") / "data"
GROWING = frozenset({"planting", "input_use", "raising"})
MAKES_LOT = frozenset(
    {
        *("harvest", "slaughter", "primary_process", "milling"),
        *("process", "ferment", "pack"),
    }
)


class ElementType(StrEnum):
    """What the values of an element are."""

    TEXT = "text"
    DATE = "date"
    QUANTITY = "quantity"
    PLACE = "place"
    PARTY = "party"
    LOT = "lot"
    NUMBER = "number"
    BOOL = "bool"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Choice:
    """One value an element is chosen from."""

    id: str
    name: Bilingual


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """One thing that is written down about an event."""

    id: str
    type: ElementType
    name: Bilingual
    units: str  # "goods", "mass", one Rec 20 code, or empty
    personal: bool
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KindElement:
    """An element as one kind of event uses it."""

    element: Element
    required: bool
    public: bool

    @property
    def id(self) -> str:
        """Return the element's id."""
        return self.element.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of event; without a type it is master data of a place, no event."""

    id: str
    name: Bilingual
    type: EventType | None
    action: Action | None
    biz_step: BizStep | None
    dispositions: tuple[Disposition, ...]
    actors: tuple[str, ...]
    elements: tuple[KindElement, ...]

    @property
    def makes_lot(self) -> bool:
        """Return whether a lot comes into being by it."""
        return self.id in MAKES_LOT

    @property
    def about_growing(self) -> bool:
        """Return whether it speaks of a plot or herd, before there is a lot."""
        return self.id in GROWING

    def element(self, element_id: str) -> KindElement | None:
        """Return one of its elements, or nothing."""
        return next((one for one in self.elements if one.id == element_id), None)


def kind(kind_id: str) -> Kind:
    """Return a kind by its id. Raises ``KindUnknownError``."""
    found = _kinds().get(kind_id)
    if found is None:
        raise KindUnknownError(
            "There is no kind of event %(kind)s.", field="kind", kind=kind_id[:40]
        )
    return found


def kinds() -> tuple[Kind, ...]:
    """Return every kind in the order of the table."""
    return tuple(_kinds().values())


def rows_of(name: str) -> Iterator[dict[str, str]]:
    """Return the rows of one table of this room."""
    with (_DATA / name).open(encoding="utf-8") as stream:
        yield from csv.DictReader(stream)


@cache
def _elements() -> dict[str, Element]:
    choices: dict[str, list[Choice]] = {}
    for row in rows_of("choices.csv"):
        choice = Choice(row["value"], Bilingual(row["vi"], row["en"]))
        choices.setdefault(row["element"], []).append(choice)
    return {
        row["element"]: Element(
            id=row["element"],
            type=ElementType(row["type"]),
            name=Bilingual(row["vi"], row["en"]),
            units=row["units"],
            personal=row["personal"] == "personal",
            choices=tuple(choices.get(row["element"], ())),
        )
        for row in rows_of("elements.csv")
    }


@cache
def _kinds() -> dict[str, Kind]:
    used: dict[str, list[KindElement]] = {}
    for row in rows_of("kind_elements.csv"):
        element = _elements()[row["element"]]
        shown = row["shown"] == "public" and not element.personal
        need = row["need"] == "required"
        one = KindElement(element=element, required=need, public=shown)
        used.setdefault(row["kind"], []).append(one)
    return {row["kind"]: _kind(row, used[row["kind"]]) for row in rows_of("kinds.csv")}


def _kind(row: dict[str, str], elements: list[KindElement]) -> Kind:
    return Kind(
        id=row["kind"],
        name=Bilingual(row["vi"], row["en"]),
        type=EventType(row["type"]) if row["type"] else None,
        action=Action(row["action"]) if row["action"] else None,
        biz_step=BizStep(row["biz_step"]) if row["biz_step"] else None,
        dispositions=tuple(Disposition(one) for one in row["dispositions"].split()),
        actors=tuple(row["actors"].split()),
        elements=tuple(elements),
    )
