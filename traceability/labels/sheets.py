"""Turn a print job into a document, read back before anyone gets it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from io import BytesIO

from traceability.labels.job import LabelKeys, PrintJob
from traceability.labels.writers import Writer, writer_for
from traceability.labels.writers.formats import SheetFormat
from traceability.labels.writers.preview import render_preview

__all__ = ["SheetFormat", "Sheets", "preview", "print_sheets"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheets:
    """A run in one format: one file; several pages of SVG or PNG are a ZIP."""

    format: SheetFormat
    files: list[bytes]
    suffix: str
    media_type: str


def print_sheets(job: PrintJob, format_: SheetFormat, keys: LabelKeys) -> Sheets:
    """Return a run's document; every symbol in it was decoded and is right.

    Raises ``ReadBackError`` (nothing is returned), ``LabelTooSmallError``.
    """
    writer = writer_for(format_, job.layout(), job)
    sink = BytesIO()
    writer.assemble(_parts(job, writer, keys), sink)
    document = sink.getvalue()
    writer.read_back(document, 0, job.labels(keys))
    return Sheets(
        format=format_,
        files=[document],
        suffix=writer.suffix,
        media_type=writer.media_type,
    )


def preview(job: PrintJob, keys: LabelKeys) -> bytes:
    """Return the run's first label as PNG."""
    one = replace(job, spec=replace(job.spec, count=1))
    return render_preview(job.layout(), one.labels(keys)[0])


def _parts(job: PrintJob, writer: Writer, keys: LabelKeys) -> Iterator[bytes]:
    for first in range(0, job.positions, writer.part_labels):
        labels = job.labels(keys, first, first + writer.part_labels)
        yield writer.part(first, labels)
