"""The report on a file: by row, column and rule; as a table, CSV or JSON. Pure."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import StringIO
from typing import Any

from traceability.core.errors import DomainError
from traceability.core.quantity import UNITS
from traceability.core.spreadsheet import guarded

SHOWN = 1000
COLUMNS = ("row", "column", "rule", "message")
_BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"  # spreadsheets read UTF-8 only behind it


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one cell; row 0 is the file, an empty column the row."""

    row: int
    column: str
    error: DomainError

    @property
    def rule(self) -> str:
        """Return the permanent code of the rule."""
        return self.error.code


@dataclass(slots=True)
class Report:
    """What an import found in a file."""

    rows: int = 0
    faults: list[Fault] = field(default_factory=list)
    hidden: list[int] = field(default_factory=list)  # rows the sheet does not show
    units: dict[str, str] = field(default_factory=dict)  # words read as units

    @classmethod
    def of_file(cls, error: DomainError) -> "Report":
        """Return the report on a file that could not be read as a whole."""
        row = error.params.get("row", 0)
        return cls(faults=[Fault(row if isinstance(row, int) else 0, "", error)])

    @property
    def sound(self) -> bool:
        """Return whether nothing is wrong."""
        return not self.faults

    def in_order(self) -> list[Fault]:
        """Return the faults from the top of the file down, as many as are shown."""
        return sorted(self.faults, key=lambda fault: fault.row)[:SHOWN]

    @property
    def left_out(self) -> int:
        """Return how many faults are not shown."""
        return max(0, len(self.faults) - SHOWN)

    def notes(self) -> Iterator[str]:
        """Return what is worth knowing though nothing is wrong, in English."""
        if self.hidden:
            shown = ", ".join(map(str, self.hidden[:20]))
            more = " …" if len(self.hidden) > 20 else ""  # noqa: PLR2004 (twenty rows named)
            yield f"hidden rows, read like the others: {shown}{more}"
        for word, size in self.conversions():
            yield f"“{word}” is read as {size}"
        if self.left_out:
            yield f"{self.left_out} more faults are not shown"

    def conversions(self) -> list[tuple[str, str]]:
        """Return words read as units, and what each came to: ``100 kg (DTN)``."""
        base = {"mass": "kg", "volume": "lít", "count": ""}
        found = []
        for word, code in sorted(self.units.items()):
            unit = UNITS[code]
            size = f"{format(unit.factor, 'f')} {base[unit.dimension]}".strip()
            found.append((word, f"{size} ({code})"))
        return found

    def as_table(self) -> str:
        """Return lines for a terminal; control characters are taken out."""
        lines = [COLUMNS, *_cells(self)]
        widths = [max(len(line[place]) for line in lines) for place in range(3)]
        shown = [
            "  ".join(
                part.ljust(width) for part, width in zip(line, widths, strict=False)
            )
            + f"  {line[3]}"
            for line in lines
        ]
        return "\n".join([*shown, *self.notes()])

    def as_csv(self) -> str:
        """Return CSV whose cells no spreadsheet runs as formulas."""
        buffer = StringIO()
        writer = csv.writer(buffer)
        writer.writerow(COLUMNS)
        writer.writerows([guarded(cell) for cell in line] for line in _cells(self))
        return _BOM + buffer.getvalue()

    def as_data(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return {
            "rows": self.rows,
            "faults": [
                dict(zip(COLUMNS, _row(one), strict=True)) for one in self.in_order()
            ],
            "faults_not_shown": self.left_out,
            "hidden_rows": self.hidden,
            "units": dict(self.conversions()),
        }


def _row(fault: Fault) -> tuple[int, str, str, str]:
    return fault.row, fault.column, fault.rule, str(fault.error)


def _cells(report: Report) -> Iterator[tuple[str, str, str, str]]:
    for fault in report.in_order():
        row, column, rule, message = _row(fault)
        yield (str(row) if row else "-", _visible(column), rule, _visible(message))


def _visible(text: str) -> str:
    return "".join(one if one.isprintable() else " " for one in text)
