"""Writers: a run in one format, made in parts of whole pages that any process makes."""

from collections.abc import Iterable, Sequence
from typing import BinaryIO, Protocol

from traceability.labels.job import PrintJob
from traceability.labels.label import Label
from traceability.labels.layout import LabelLayout
from traceability.labels.readback import ReadBack
from traceability.labels.sheets import SheetFormat
from traceability.labels.writers.whole import ListWriter, SheetWriter


class Writer(Protocol):
    """What makes one format: parts, the file of them, and its reading back."""

    suffix: str
    media_type: str
    part_labels: int

    def part(self, first: int, labels: Sequence[Label]) -> bytes:
        """Return a part; the same arguments give the same bytes."""
        ...

    def assemble(self, parts: Iterable[bytes], sink: BinaryIO) -> None:
        """Write the file of consecutive parts."""
        ...

    def read_back(
        self, document: bytes, first: int, labels: Sequence[Label]
    ) -> ReadBack:
        """Compare what a document reads as with what was meant."""
        ...


def writer_for(format_: SheetFormat, layout: LabelLayout, job: PrintJob) -> Writer:
    """Return the writer of a format for a run."""
    if format_ is SheetFormat.CSV:
        return ListWriter(job)
    return SheetWriter(format_, layout, job)
