"""A run as a list for print shops: serial, link and words, nothing secret."""

import csv
import zlib
from collections.abc import Iterable, Sequence
from io import StringIO
from typing import BinaryIO

from traceability.core.spreadsheet import guarded
from traceability.labels.errors import ReadBackError
from traceability.labels.label import Label
from traceability.labels.readback import ReadBack
from traceability.labels.writers.parts import Frame, pack, pages_of
from traceability.labels.writers.xlsx import read_workbook, row_xml, write_workbook

COLUMNS = ("number", "serial", "serial_for_reading", "link", "text")
_BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"  # spreadsheets read UTF-8 only behind it
_PART_LABELS = 10_000
_WIDTHS = (9, 16, 20, 70, 60)  # characters


class _ListWriter:
    part_labels = _PART_LABELS

    def __init__(self, text: str, copies: int = 1) -> None:
        """List labels that all say ``text``, each once however often it is printed."""
        self._text = guarded(text)
        self._copies = copies

    def _rows(self, first: int, labels: Sequence[Label]) -> list[list[str]]:
        """Return the cells of the labels from position ``first``, in printing order."""
        return [
            [
                str(position // self._copies + 1),
                guarded(label.serial),
                guarded(label.readable),
                guarded(label.qr_text),
                self._text,
            ]
            for position, label in enumerate(labels, start=first)
            if position % self._copies == 0
        ]

    def _compare(
        self, read: Iterable[Sequence[str]], first: int, labels: Sequence[Label]
    ) -> ReadBack:
        """Compare rows, the head's first, with what was meant."""
        meant = [list(COLUMNS), *self._rows(first, labels)]
        if [list(row) for row in read] != meant:
            raise ReadBackError("The list is not what was meant; nothing was released.")
        return ReadBack(symbols=0, dpi=0)


class CsvWriter(_ListWriter):
    """Makes the list as CSV."""

    suffix = "csv"
    media_type = "text/csv; charset=utf-8"

    def part(self, first: int, labels: Sequence[Label]) -> bytes:
        """Return the lines of the labels from position ``first``."""
        lines = _csv(self._rows(first, labels)).encode("utf-8")
        return pack(first, len(labels), [Frame(first, lines)])

    def assemble(self, parts: Iterable[bytes], sink: BinaryIO) -> None:
        """Write the head and the lines; one part is in memory at a time."""
        sink.write((_BOM + _csv([COLUMNS])).encode("utf-8"))
        for _, pieces in pages_of(parts):
            sink.writelines(pieces)

    def read_back(
        self, document: bytes, first: int, labels: Sequence[Label]
    ) -> ReadBack:
        """Parse the list and compare it. Raises ``ReadBackError``."""
        text = document.decode("utf-8", "replace").removeprefix(_BOM)
        return self._compare(csv.reader(StringIO(text, newline="")), first, labels)


class XlsxWriter(_ListWriter):
    """Makes the list as a workbook of one sheet."""

    suffix = "xlsx"
    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

    def part(self, first: int, labels: Sequence[Label]) -> bytes:
        """Return the rows of the labels from position ``first``, compressed."""
        rows = "".join(row_xml(row) for row in self._rows(first, labels))
        data = zlib.compress(rows.encode("utf-8"), 1)
        return pack(first, len(labels), [Frame(first, data)])

    def assemble(self, parts: Iterable[bytes], sink: BinaryIO) -> None:
        """Write the workbook; one part is in memory at a time."""
        rows = (zlib.decompress(one) for _, pieces in pages_of(parts) for one in pieces)
        write_workbook(sink, COLUMNS, rows, widths=_WIDTHS)

    def read_back(
        self, document: bytes, first: int, labels: Sequence[Label]
    ) -> ReadBack:
        """Parse the workbook and compare it. Raises ``ReadBackError``."""
        return self._compare(read_workbook(document), first, labels)


def _csv(rows: Iterable[Sequence[str]]) -> str:
    buffer = StringIO()
    csv.writer(buffer).writerows(rows)
    return buffer.getvalue()
