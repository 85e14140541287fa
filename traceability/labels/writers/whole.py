"""The present renderers as writers: parts are labels, drawn when the file is made."""

import json
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from io import BytesIO
from typing import BinaryIO

from traceability.labels.content import human_text
from traceability.labels.errors import ReadBackError
from traceability.labels.job import PrintJob
from traceability.labels.label import Label
from traceability.labels.layout import LabelLayout
from traceability.labels.listing import csv_head, csv_rows
from traceability.labels.pdf import render_pdf
from traceability.labels.png import render_png_pages
from traceability.labels.readback import (
    ReadBack,
    read_back_pdf,
    read_back_png,
    read_back_svg,
)
from traceability.labels.sheets import SheetFormat
from traceability.labels.svg import render_svg_pages


class SheetWriter:
    """Sheets as PDF, or as a ZIP of one SVG or PNG for each page."""

    def __init__(
        self, format_: SheetFormat, layout: LabelLayout, job: PrintJob
    ) -> None:
        self._format, self._layout, self._job = format_, layout, job
        zipped = format_ is not SheetFormat.PDF
        self.suffix = f"{format_}.zip" if zipped else str(format_)
        self.media_type = "application/zip" if zipped else format_.media_type
        self.part_labels = max(1, 1000 // layout.stock.per_page) * layout.stock.per_page

    def part(self, _first: int, labels: Sequence[Label]) -> bytes:
        """Return the labels themselves."""
        return json.dumps([asdict(label) for label in labels]).encode()

    def assemble(self, parts: Iterable[bytes], sink: BinaryIO) -> None:
        """Draw all labels."""
        labels = [Label(**one) for part in parts for one in json.loads(part)]
        pages = self._drawn(labels)
        if self._format is SheetFormat.PDF:
            sink.write(pages[0])
            return
        with zipfile.ZipFile(sink, "w") as archive:
            for number, page in enumerate(pages, start=1):
                archive.writestr(zipfile.ZipInfo(f"{number:05}.{self._format}"), page)

    def _drawn(self, labels: Sequence[Label]) -> list[bytes]:
        if self._format is SheetFormat.PDF:
            title = f"{self._job.facts.product_name} · {self._job.facts.lot_number}"
            return [render_pdf(self._layout, labels, title=title)]
        if self._format is SheetFormat.PNG:
            return list(render_png_pages(self._layout, labels))
        return [page.encode() for page in render_svg_pages(self._layout, labels)]

    def read_back(
        self, document: bytes, _first: int, labels: Sequence[Label]
    ) -> ReadBack:
        """Decode every symbol. Raises ``ReadBackError``."""
        if self._format is SheetFormat.PDF:
            return read_back_pdf(document, self._layout, labels)
        with zipfile.ZipFile(BytesIO(document)) as archive:
            pages = [archive.read(name) for name in archive.namelist()]
        if self._format is SheetFormat.PNG:
            return read_back_png(pages, self._layout, labels)
        return read_back_svg([page.decode() for page in pages], self._layout, labels)


class ListWriter:
    """The list of a run as CSV."""

    suffix = "csv"
    media_type = SheetFormat.CSV.media_type
    part_labels = 10_000

    def __init__(self, job: PrintJob) -> None:
        self._text = human_text(job.facts)

    def part(self, first: int, labels: Sequence[Label]) -> bytes:
        """Return the lines of these labels."""
        return csv_rows(labels, self._text, first).encode()

    def assemble(self, parts: Iterable[bytes], sink: BinaryIO) -> None:
        """Write the head and the lines."""
        sink.write(csv_head().encode())
        sink.writelines(parts)

    def read_back(
        self, document: bytes, first: int, labels: Sequence[Label]
    ) -> ReadBack:
        """Find no symbols: the list holds none. Raises ``ReadBackError``."""
        meant = csv_head() + csv_rows(labels, self._text, first)
        if document != meant.encode():
            raise ReadBackError("The list is not what was meant; nothing was released.")
        return ReadBack(symbols=0, dpi=0)
