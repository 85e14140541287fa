"""What a workbook's cell means: a text, a number or a day, by its kind and format."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from traceability.batches.importing.errors import CellFormulaError, CellKindError
from traceability.batches.importing.table import Cell

_EPOCH = date(1899, 12, 30)  # so that serials after the 1900 that was no leap year fit
_EPOCH_1904 = date(1904, 1, 1)
_LAST = 2_958_465  # 31 December 9999
_DAY_FORMATS = {*range(14, 18), 22, *range(27, 32), 36, *range(50, 55), 57, 58}
_TIME_FORMATS = {*range(18, 22), *range(32, 36), 45, 46, 47, 55, 56}
_PLAIN_FORMATS = {0, 1, 2}  # General, 0, 0.00
_WORDS = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.')


@dataclass(frozen=True, slots=True)
class Format:
    """A number format: its id and, where it is the workbook's own, its code."""

    id: int
    code: str

    @property
    def shows_day(self) -> bool:
        """Return whether a number is shown as a day."""
        letters = _WORDS.sub("", self.code).lower()
        return self.id in _DAY_FORMATS or bool(re.search(r"[dy]", letters))

    @property
    def shows_time(self) -> bool:
        """Return whether a number is shown as a time of day only."""
        letters = _WORDS.sub("", self.code).lower()
        return self.id in _TIME_FORMATS or bool(re.search(r"[hs]", letters))

    @property
    def plain(self) -> bool:
        """Return whether a number is shown by its own digits."""
        return self.id in _PLAIN_FORMATS or self.code.lower() in {"0", "general", "@"}


@dataclass(frozen=True, slots=True)
class Formats:
    """The formats of a workbook's styles, and from which day it counts."""

    styles: Sequence[Format]
    from_1904: bool

    def of(self, style: int) -> Format:
        """Return a style's format; without styles everything is General."""
        return self.styles[style] if 0 <= style < len(self.styles) else Format(0, "")


@dataclass(frozen=True, slots=True)
class RawCell:
    """A cell as stored: text, n (number), b, e, d or formula; its style's place."""

    kind: str
    value: str
    style: int


def cell_of(raw: RawCell, formats: Formats) -> Cell:
    """Return a cell's value, or why there is none."""
    if raw.kind == "text":
        return Cell(raw.value)
    if raw.kind == "formula":
        return Cell(
            refusal=CellFormulaError(
                "The cell holds a formula. Copy it and paste the value only."
            )
        )
    if raw.kind == "d":
        return _iso_day(raw.value)
    if raw.kind == "n":
        return _number(raw, formats)
    return Cell(
        refusal=CellKindError("The cell holds “%(value)s”.", value=_shown(raw.value))
    )


def _shown(value: str) -> str:
    return {"0": "FALSE", "1": "TRUE"}.get(value, value[:40])


def _iso_day(value: str) -> Cell:
    try:
        return Cell(day=date.fromisoformat(value[:10]))
    except ValueError:
        return Cell(
            refusal=CellKindError("The cell holds “%(value)s”.", value=value[:40])
        )


def _number(raw: RawCell, formats: Formats) -> Cell:
    try:
        number = Decimal(raw.value)
    except InvalidOperation:
        return Cell(refusal=CellKindError("This is not a number."))
    shape = formats.of(raw.style)
    if shape.shows_day:
        return _day(number, from_1904=formats.from_1904)
    if shape.shows_time or not number.is_finite():
        return Cell(refusal=CellKindError("The cell holds a time of day."))
    return Cell(number=number, formatted=not shape.plain)


def _day(serial: Decimal, *, from_1904: bool) -> Cell:
    if not 0 <= serial <= _LAST or serial != int(serial):
        return Cell(refusal=CellKindError("The cell holds a time with the day."))
    return Cell(day=(_EPOCH_1904 if from_1904 else _EPOCH) + timedelta(int(serial)))
