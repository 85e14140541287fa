"""Dates as GS1 writes them in an element string: six digits, YYMMDD."""

import re
from calendar import monthrange
from datetime import date
from typing import Final

from traceability.gs1.errors import AiDateInvalidError

_SIX_DIGITS = re.compile(r"[0-9]{6}")
_CENTURY: Final = 100
_FUTURE: Final = 50
_LEAP_CENTURY: Final = date(2000, 1, 1)  # year 00 may have a 29 February


def year_of(two_digits: int, *, today: date) -> int:
    """Return the year nearest to today: 49 years back to 50 years ahead.

    GS1 General Specifications, 7.12.
    """
    century = today.year - today.year % _CENTURY
    distance = two_digits - today.year % _CENTURY
    if distance > _FUTURE:
        return century - _CENTURY + two_digits
    if distance <= -_FUTURE:
        return century + _CENTURY + two_digits
    return century + two_digits


def parse_ai_date(text: str, *, today: date) -> date:
    """Return the day; ``DD`` 00 is the month's last. Raises ``AiDateInvalidError``."""
    if not _SIX_DIGITS.fullmatch(text):
        raise AiDateInvalidError("A GS1 date is six digits: year, month, day.")
    year = year_of(int(text[:2]), today=today)
    month, day = int(text[2:4]), int(text[4:])
    try:
        return date(year, month, day or monthrange(year, month)[1])
    except ValueError:
        raise AiDateInvalidError(
            "%(text)s is no day of the calendar.", text=text
        ) from None


def format_ai_date(day: date) -> str:
    """Return the day as ``YYMMDD``."""
    return f"{day:%y%m%d}"


def is_ai_date(text: str) -> bool:
    """Say whether six digits are a day of some century."""
    if not _SIX_DIGITS.fullmatch(text):
        return False
    try:
        parse_ai_date(text, today=_LEAP_CENTURY)
    except AiDateInvalidError:
        return False
    return True
