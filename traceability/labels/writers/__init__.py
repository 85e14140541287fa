"""Writers: a run in one format, made in parts of whole pages that any process makes."""

from collections.abc import Callable, Iterable, Sequence
from typing import BinaryIO, Protocol

from traceability.labels.content import human_text
from traceability.labels.job import PrintJob
from traceability.labels.label import Label
from traceability.labels.layout import LabelLayout
from traceability.labels.readback import ReadBack
from traceability.labels.writers.formats import SheetFormat
from traceability.labels.writers.lists import CsvWriter, XlsxWriter
from traceability.labels.writers.pdf import PdfWriter
from traceability.labels.writers.png import PngWriter
from traceability.labels.writers.singles import PngSingles, SvgSingles
from traceability.labels.writers.svg import SvgWriter
from traceability.labels.writers.tspl import TsplWriter
from traceability.labels.writers.zpl import ZplWriter


class Writer(Protocol):
    """What makes one format: parts, the document of them, and its reading back.

    Positions count printed labels from 0, copies included. A part of ``part_labels``
    is whole pages where the first page is; where it ends within a page, the next part
    goes on there.
    """

    @property
    def suffix(self) -> str:
        """Return what the file's name ends in."""
        ...

    @property
    def media_type(self) -> str:
        """Return the type a browser is told."""
        ...

    @property
    def part_labels(self) -> int:
        """Return how many labels are best made at a time."""
        ...

    def part(self, first: int, labels: Sequence[Label]) -> bytes:
        """Return a part: the labels from position ``first``.

        The same arguments give the same bytes. Raises ``SymbolMismatchError``.
        """
        ...

    def assemble(self, parts: Iterable[bytes], sink: BinaryIO) -> None:
        """Write the document of consecutive parts, whichever is the first of them.

        Raises ``ValueError`` where one is missing or not in order.
        """
        ...

    def read_back(
        self, document: bytes, first: int, labels: Sequence[Label]
    ) -> ReadBack:
        """Compare what a document reads as with what was meant.

        Raises ``ReadBackError``.
        """
        ...


def writer_for(format_: SheetFormat, layout: LabelLayout, job: PrintJob) -> Writer:
    """Return the writer of a format for a run."""
    named = (job.facts.product_name, job.facts.lot_number)
    title = " · ".join(filter(None, named))
    pages = layout.pages_for(job.positions)
    text = human_text(job.facts, job.spec.design)
    copies = job.spec.setup.copies
    makers: dict[SheetFormat, Callable[[], Writer]] = {
        SheetFormat.PDF: lambda: PdfWriter(layout, title),
        SheetFormat.SVG: lambda: SvgWriter(layout, pages),
        SheetFormat.PNG: lambda: PngWriter(layout, pages),
        SheetFormat.ZPL: lambda: ZplWriter(layout),
        SheetFormat.TSPL: lambda: TsplWriter(layout),
        SheetFormat.CSV: lambda: CsvWriter(text, copies),
        SheetFormat.XLSX: lambda: XlsxWriter(text, copies),
        SheetFormat.SINGLES: lambda: PngSingles(layout),
        SheetFormat.SINGLES_SVG: lambda: SvgSingles(layout),
    }
    return makers[format_]()
