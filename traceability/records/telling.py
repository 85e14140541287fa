"""Lay out what a record says, claim by claim, for a page to show. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from traceability.core.errors import DomainError
from traceability.core.quantity import Quantity
from traceability.records.vocabulary import DAYS

# Beside what a page shows elsewhere: its own id, the seals on private values.
_ELSEWHERE = frozenset({"id", "commitments", "event"})
_EVENT_LISTS = {
    "lots": ("quantityList", "childQuantityList"),
    "used": ("inputQuantityList",),
    "made": ("outputQuantityList",),
}


@dataclass(frozen=True, slots=True)
class Told:
    """One thing a record says: its word, and its value in a form a page can show.

    ``value`` is text, a number, a day, an instant, a quantity, or what is told inside.
    """

    word: str
    value: Any
    link: str = ""


def told(subject: Mapping[str, Any]) -> list[Told]:
    """Return what a record says of its subject, in the order it was signed in."""
    lines = [
        line
        for word, value in subject.items()
        if word not in _ELSEWHERE
        for line in _lines(word, value)
    ]
    event = subject.get("event")
    return [*lines, *_of_event(event)] if isinstance(event, Mapping) else lines


def sealed(subject: Mapping[str, Any]) -> int:
    """Return how many private values are only committed to."""
    found = subject.get("commitments")
    return len(found) if isinstance(found, Mapping) else 0


def _lines(word: str, value: Any) -> Iterator[Told]:
    for one in value if isinstance(value, list) else [value]:
        yield _line(word, one)


def _line(word: str, value: Any) -> Told:
    if not isinstance(value, Mapping):
        return Told(word, _plain(word, value), _web(value))
    quantity = _quantity(value)
    if quantity is not None:
        return Told(word, quantity)
    return Told(word, told(value), _web(value.get("id")))


def _plain(word: str, value: Any) -> Any:
    if word in DAYS and isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return value
    return value


def _quantity(value: Mapping[str, Any]) -> Quantity | None:
    if set(value) != {"value", "unitCode"}:
        return None
    try:
        return Quantity.parse(str(value["value"]), str(value["unitCode"]))
    except DomainError:
        return None


def _web(value: Any) -> str:
    """Return an address a page may link to."""
    if isinstance(value, str) and value.startswith(("https://", "http://")):
        return value
    return ""


def _of_event(event: Mapping[str, Any]) -> Iterator[Told]:
    """Return when, where and with which lots something happened."""
    when = _instant(event.get("eventTime"))
    if when is not None:
        yield Told("eventTime", when)
    place = event.get("ocop:place")
    if isinstance(place, Mapping):
        yield Told("place", told(place))
    for word, names in _EVENT_LISTS.items():
        for one in (one for name in names for one in event.get(name, [])):
            yield Told(word, str(one["epcClass"]), _web(one["epcClass"]))
    wrong = event.get("errorDeclaration")
    if isinstance(wrong, Mapping):
        since = _instant(wrong.get("declarationTime"))
        yield Told("wrong", since or "")


def _instant(text: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(str(text))
    except ValueError:
        return None
