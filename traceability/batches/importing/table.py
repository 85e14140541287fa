"""A file as rows of cells, before anybody asks what they mean. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from traceability.core.errors import DomainError

MAX_ROWS = 20_000
MAX_COLUMNS = 200
MAX_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Cell:
    """One value: text, or what a workbook keeps as a number or a day.

    ``refusal`` says why the cell cannot be read at all. ``formatted`` marks a number
    that the workbook shows otherwise than as its plain digits.
    """

    text: str = ""
    number: Decimal | None = None
    day: date | None = None
    refusal: DomainError | None = None
    formatted: bool = False

    @property
    def blank(self) -> bool:
        """Return whether nothing stands in the cell."""
        return (
            not self.text.strip()
            and self.number is None
            and self.day is None
            and self.refusal is None
        )


BLANK = Cell()


@dataclass(frozen=True, slots=True)
class Row:
    """One row with its number in the file, as a person counts: the first is 1."""

    number: int
    cells: Sequence[Cell]
    hidden: bool = False
    refusal: DomainError | None = None  # the row cannot be read at all

    @property
    def blank(self) -> bool:
        """Return whether nothing stands in the row."""
        return self.refusal is None and all(cell.blank for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Merged:
    """Merged cells: the first row, the last row and the first column (from 0)."""

    first: int
    last: int
    column: int


@dataclass(slots=True)
class Table:
    """The rows of a file in order; what is merged is known once they are read."""

    kind: str  # "csv" or "xlsx"
    rows: Iterable[Row]
    merged: list[Merged] = field(default_factory=list)
