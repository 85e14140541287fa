"""A run as CSV for print shops: serial, link and words, nothing secret."""

import csv
from collections.abc import Sequence
from io import StringIO

from traceability.core.spreadsheet import guarded
from traceability.labels.label import Label

COLUMNS = ("number", "serial", "serial_for_reading", "link", "text")
_BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"  # spreadsheets read UTF-8 only behind it


def render_csv(labels: Sequence[Label], text: str) -> str:
    """Return the labels in printing order; ``text`` is what all of them say."""
    buffer = StringIO()
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    for number, label in enumerate(labels, start=1):
        cells = (label.serial, label.readable, label.qr_text, text)
        writer.writerow([number, *(guarded(cell) for cell in cells)])
    return _BOM + buffer.getvalue()
