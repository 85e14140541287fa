"""Read what is written down of an event into the one form it is kept in. Pure.

Texts stay texts; days are ``2026-11-14``; a quantity is ``{"value", "unitCode"}`` and a
number decimal text; lots are a list of ``{"lot", "quantity"?}``; a commune is its code
and name; a file its name, kind and SHA-256. Nothing is a float.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from urllib.parse import urlsplit

from traceability.catalog import communes
from traceability.core.canonical import Json
from traceability.core.clock import day_in_vietnam
from traceability.core.errors import DomainError
from traceability.core.quantity import UNITS, Dimension
from traceability.core.text import clean_text
from traceability.events.errors import (
    ElementInvalidError,
    ElementMissingError,
    ElementUnknownError,
    EventFutureError,
    EventTooOldError,
    EventZoneError,
)
from traceability.events.kinds import ElementType, Kind, KindElement

EARLIEST = date(2000, 1, 1)
TOP = frozenset({"event_time", "place"})  # said beside the elements, not among them
AFTER_NOW = frozenset({"exp_date"})
ORDERED = (("date_from", "date_to"), ("mfg_date", "exp_date"))
MAX_TEXT = 500
MAX_LOTS = 100
_NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,4})?", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)


def read_elements(
    kind: Kind, raw: Mapping[str, Json], *, today: date
) -> dict[str, Json]:
    """Return every element in its form. Raises the errors of elements, with the field.

    Empty values count as not given; what the kind needs must be there.
    """
    given = {name: value for name, value in raw.items() if value not in ("", None, [])}
    for name in given:
        if name in TOP or kind.element(name) is None:
            raise ElementUnknownError(
                "%(name)s is nothing that is written down here.",
                field=name,
                name=name[:60],
            )
    values: dict[str, Json] = {}
    for one in kind.elements:
        if one.id in given:
            values[one.id] = _read(one, given[one.id])
        elif one.required and one.id not in TOP:
            raise ElementMissingError("Please fill this in.", field=one.id)
    _check_days(values, today)
    return values


def units_of(one: KindElement) -> tuple[str, ...]:
    """Return the units a quantity may have."""
    if one.element.units == "goods":
        return tuple(UNITS)
    if one.element.units == "mass":
        mass = Dimension.MASS
        return tuple(code for code, unit in UNITS.items() if unit.dimension is mass)
    return (one.element.units,)


def check_time(instant: datetime, *, now: datetime) -> datetime:
    """Return when it happened; without a zone, to come, or before 2000 is refused."""
    if instant.tzinfo is None:
        raise EventZoneError(
            "Say the time zone: 2026-11-22T08:00:00+07:00.", field="event_time"
        )
    if instant > now:
        raise EventFutureError("This time is still to come.", field="event_time")
    if day_in_vietnam(instant) < EARLIEST:
        raise EventTooOldError("The year must be from 2000 on.", field="event_time")
    return instant.replace(microsecond=0)


def _read(one: KindElement, raw: Json) -> Json:
    try:
        return _READERS[one.element.type](one, raw)
    except DomainError as error:
        error.field = one.id
        raise
    except (TypeError, ValueError, KeyError, AttributeError, InvalidOperation):
        raise ElementInvalidError("This cannot be read.", field=one.id) from None


def _text(one: KindElement, raw: Json) -> str:
    if not isinstance(raw, str):
        raise TypeError(one.id)
    text = clean_text(raw)
    if not text or len(text) > MAX_TEXT:
        raise ElementInvalidError(
            "Use at most %(most)s characters.", field=one.id, most=MAX_TEXT
        )
    if one.element.choices and text not in {
        choice.id for choice in one.element.choices
    }:
        raise ElementInvalidError("Choose one of the list.", field=one.id)
    if one.id == "shop_url" and not _is_web_address(text):
        raise ElementInvalidError("Give an address that starts with https://.")
    return text


def _is_web_address(text: str) -> bool:
    parts = urlsplit(text)
    return parts.scheme == "https" and bool(parts.hostname) and not parts.username


def _day(one: KindElement, raw: Json) -> str:
    return date.fromisoformat(_text(one, raw)).isoformat()


def _quantity(one: KindElement, raw: Json) -> dict[str, Json]:
    unit = raw["unitCode"]
    if unit not in units_of(one):
        raise ElementInvalidError("This unit does not fit here.")
    return {"value": _number(one, raw["value"]), "unitCode": unit}


def _number(one: KindElement, raw: Json) -> str:
    text = str(raw) if type(raw) is int else raw
    if not _NUMBER.fullmatch(text):
        raise ElementInvalidError("This is not a number.")
    value = Decimal(text)
    least = Decimal(-100) if one.element.units == "CEL" else Decimal(0)
    if value < least:
        raise ElementInvalidError("The number must not be below zero.")
    plain = format(value, "f")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def _bool(_one: KindElement, raw: Json) -> bool:
    if not isinstance(raw, bool):
        raise TypeError
    return raw


def _lots(one: KindElement, raw: Json) -> list[Json]:
    entries = raw if isinstance(raw, list) else [raw]
    if len(entries) > MAX_LOTS:
        raise ElementInvalidError("Use at most %(most)s lots.", most=MAX_LOTS)
    return [_lot(one, entry) for entry in entries]


def _lot(one: KindElement, raw: Json) -> dict[str, Json]:
    if isinstance(raw, str):
        return {"lot": _text(one, raw)}
    lot: dict[str, Json] = {"lot": _text(one, raw["lot"])}
    if raw.get("quantity"):
        quantity = raw["quantity"]
        if quantity["unitCode"] not in UNITS:
            raise ElementInvalidError("This unit does not fit here.")
        amount = _number(one, quantity["value"])
        lot["quantity"] = {"value": amount, "unitCode": quantity["unitCode"]}
    return lot


def _place(one: KindElement, raw: Json) -> Json:
    if one.id != "commune":
        return _text(one, raw)
    said = raw["communeCode"] if isinstance(raw, dict) else raw
    found = communes.read(said, field=one.id)
    return {"communeCode": found.code, "communeName": found.full_name}


def _file(one: KindElement, raw: Json) -> dict[str, Json]:
    if not _SHA256.fullmatch(raw["sha256"]):
        raise ElementInvalidError("A SHA-256 has 64 small hexadecimal digits.")
    return {
        "name": _text(one, raw["name"]),
        "sha256": raw["sha256"],
        "mediaType": _text(one, raw["mediaType"]),
    }


_READERS: Mapping[ElementType, Callable[[KindElement, Json], Json]] = {
    ElementType.TEXT: _text,
    ElementType.PARTY: _text,
    ElementType.DATE: _day,
    ElementType.QUANTITY: _quantity,
    ElementType.NUMBER: _number,
    ElementType.BOOL: _bool,
    ElementType.LOT: _lots,
    ElementType.PLACE: _place,
    ElementType.FILE: _file,
}


def _check_days(values: Mapping[str, Json], today: date) -> None:
    days = {
        name: date.fromisoformat(value)
        for name, value in values.items()
        if name in {"date_from", "date_to", "mfg_date", "exp_date", "last_use_date"}
    }
    for name, day in days.items():
        if day < EARLIEST:
            raise EventTooOldError("The year must be from 2000 on.", field=name)
        if day > today and name not in AFTER_NOW:
            raise EventFutureError("This day is still to come.", field=name)
    for first, last in ORDERED:
        if first in days and last in days and days[last] < days[first]:
            raise ElementInvalidError("The end comes before the beginning.", field=last)
