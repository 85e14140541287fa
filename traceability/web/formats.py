"""Numbers, days and instants as Vietnamese people write them."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from traceability.core.clock import HANOI
from traceability.core.quantity import UNITS, Quantity

_ENGLISH_MARKS = str.maketrans(".,", ",.")


def day(value: date | None) -> str:
    """Return a day as ``22/11/2026``; of an instant, its day in Vietnam."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = value.astimezone(HANOI)
    return f"{value.day:02}/{value.month:02}/{value.year:04}"


def instant(value: datetime | None) -> str:
    """Return an aware instant as ``22/11/2026 10:00`` in Asia/Ho_Chi_Minh."""
    if value is None:
        return ""
    local = value.astimezone(HANOI)
    return f"{day(local)} {local.hour:02}:{local.minute:02}"


def number(value: Decimal | int | None) -> str:
    """Return a number as ``1.234,5``: a dot groups thousands, a comma the decimals."""
    if value is None:
        return ""
    text = format(value, "f") if isinstance(value, Decimal) else str(value)
    sign, text = ("-", text[1:]) if text.startswith("-") else ("", text)
    whole, _, decimals = text.partition(".")
    decimals = decimals.rstrip("0")
    grouped = f"{int(whole):,}".replace(",", ".")
    return f"{sign}{grouped}" + (f",{decimals}" if decimals else "")


def millimetres(value: float) -> str:
    """Return a length as ``52,5``: hundredths at the most."""
    return number(Decimal(f"{value:.2f}") + 0)  # no minus before a zero


def quantity(value: Quantity | None, language: str = "vi") -> str:
    """Return a quantity as ``1.234,5 đơn vị``, in English ``1,234.5 pieces``."""
    if value is None:
        return ""
    unit, amount = UNITS[value.unit], number(value.amount)
    if language == "en":
        return f"{amount.translate(_ENGLISH_MARKS)} {unit.en}"
    return f"{amount} {unit.vi}"


FILTERS: dict[str, Callable[[Any], str]] = {
    "day": day,
    "instant": instant,
    "number": number,
    "mm": millimetres,
}
