"""Lot numbers issued here: upper-case letters, digits and the hyphen."""

import re
from datetime import date

from traceability.batches.errors import LotFormatError

MAX_CHARACTERS = 20
_PLAIN = re.compile(r"[0-9A-Z-]{1,20}", re.ASCII)


def own_lot_number(text: str) -> str:
    """Return a lot number as we issue it; small letters are raised.

    Raises ``LotFormatError``. Foreign lots keep GS1's CSET 82 and are only inputs.
    """
    number = text.strip()
    number = number.upper() if number.isascii() else number
    if not _PLAIN.fullmatch(number):
        raise LotFormatError(
            "A lot number has up to 20 characters: 0-9, A-Z and -.", field="lot_number"
        )
    return number


def suggested_lot_number(day: date, counter: int) -> str:
    """Return ``261122-01``: the day, and which lot of the day it is."""
    return f"{day:%y%m%d}-{counter:02d}"
