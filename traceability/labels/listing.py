"""A run as CSV for print shops: serial, link and words, nothing secret."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

from traceability.core.spreadsheet import guarded
from traceability.labels.label import Label

COLUMNS = ("number", "serial", "serial_for_reading", "link", "text")
_BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"  # spreadsheets read UTF-8 only behind it


def render_csv(labels: Sequence[Label], text: str) -> str:
    """Return the labels in printing order; ``text`` is what all of them say."""
    return csv_head() + csv_rows(labels, text)


def csv_head() -> str:
    """Return what stands before the labels."""
    return _BOM + _written([COLUMNS])


def csv_rows(labels: Sequence[Label], text: str, first: int = 0) -> str:
    """Return the lines of labels of which ``first`` others stand before."""
    rows = (
        [number, *map(guarded, (label.serial, label.readable, label.qr_text, text))]
        for number, label in enumerate(labels, start=first + 1)
    )
    return _written(rows)


def _written(rows: Iterable[Sequence[object]]) -> str:
    buffer = StringIO()
    csv.writer(buffer).writerows(rows)
    return buffer.getvalue()
