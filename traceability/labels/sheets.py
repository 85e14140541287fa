"""Turn a print job into a document, read back before anyone gets it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from io import BytesIO

from traceability.labels.job import LabelKeys, PrintJob, printed
from traceability.labels.label import Label
from traceability.labels.writers import Writer, writer_for
from traceability.labels.writers.formats import SheetFormat
from traceability.labels.writers.preview import render_picture

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
    labels = printed(job.labels(keys), job.spec.setup.copies)
    writer.assemble(_parts(writer, labels), sink)
    document = sink.getvalue()
    writer.read_back(document, 0, labels)
    return Sheets(
        format=format_,
        files=[document],
        suffix=writer.suffix,
        media_type=writer.media_type,
    )


def preview(job: PrintJob, keys: LabelKeys) -> bytes:
    """Return the run's first label as PNG."""
    one = replace(job, spec=replace(job.spec, count=1))
    return render_picture(job.layout(), one.labels(keys)[0])


def _parts(writer: Writer, labels: Sequence[Label]) -> Iterator[bytes]:
    for first in range(0, len(labels), writer.part_labels):
        yield writer.part(first, labels[first : first + writer.part_labels])
