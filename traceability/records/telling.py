"""Lay out what a record says, claim by claim, for a page to show. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from traceability.core.errors import DomainError
from traceability.core.quantity import Quantity
from traceability.records.vocabulary import DAYS

# What has a page for everybody at the address it is known by.
_SCANNED = ("/01/", "/X/")
_WITH_PAGE = ("/recognitions/", "/certificates/", "/ip-rights/", "/sites/", "/records/")
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


def told(subject: Mapping[str, Any], origin: str) -> list[Told]:
    """Return what a record says of its subject, in the order it was signed in.

    ``origin`` is ours: only what has a page here is a link.
    """
    lines = [
        line
        for word, value in subject.items()
        if word not in _ELSEWHERE
        for line in _lines(word, value, origin)
    ]
    event = subject.get("event")
    return [*_of_event(event, origin), *lines] if isinstance(event, Mapping) else lines


def path_with_page(value: Any, origin: str) -> str:
    """Return the path of the page an address of ours has for everybody, or nothing.

    A lot's page is named itself: its link would count as a scan. What an address names
    by a fragment has no page.
    """
    if not isinstance(value, str) or not value.startswith(f"{origin}/") or "#" in value:
        return ""
    path = value.removeprefix(origin)
    if path.startswith(_SCANNED):
        return f"/p{path}"
    return path if path.startswith(_WITH_PAGE) else ""


def sealed(subject: Mapping[str, Any]) -> int:
    """Return how many private values are only committed to."""
    found = subject.get("commitments")
    return len(found) if isinstance(found, Mapping) else 0


def _lines(word: str, value: Any, origin: str) -> Iterator[Told]:
    for one in value if isinstance(value, list) else [value]:
        yield _line(word, one, origin)


def _line(word: str, value: Any, origin: str) -> Told:
    if not isinstance(value, Mapping):
        path = path_with_page(value, origin)
        shown = value.removeprefix(origin) if path else _plain(word, value)
        return Told(word, shown, path)
    quantity = _quantity(value)
    if quantity is not None:
        return Told(word, quantity)
    return Told(word, told(value, origin), path_with_page(value.get("id"), origin))


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


def _of_event(event: Mapping[str, Any], origin: str) -> Iterator[Told]:
    """Return what happened, when, where and with which lots."""
    yield Told("step", str(event.get("ocop:stage", "")))
    when = _instant(event.get("eventTime"))
    if when is not None:
        yield Told("eventTime", when)
    place = event.get("ocop:place")
    if isinstance(place, Mapping):
        yield Told("where", told(place, origin))
    for word, names in _EVENT_LISTS.items():
        for one in (one for name in names for one in event.get(name, [])):
            yield _line(word, str(one["epcClass"]), origin)
    wrong = event.get("errorDeclaration")
    if isinstance(wrong, Mapping):
        yield Told("wrong", _instant(wrong.get("declarationTime")) or "")


def _instant(text: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(str(text))
    except ValueError:
        return None
