"""Turn a print job into files, each read back before anyone gets it."""

from dataclasses import dataclass, replace
from enum import StrEnum

from traceability.labels.content import human_text
from traceability.labels.job import LabelKeys, PrintJob
from traceability.labels.listing import render_csv
from traceability.labels.pdf import render_pdf
from traceability.labels.png import render_png_label, render_png_pages
from traceability.labels.readback import (
    read_back_pdf,
    read_back_png,
    read_back_svg,
)
from traceability.labels.svg import render_svg_pages


class SheetFormat(StrEnum):
    """What a run can be had as."""

    PDF = "pdf"
    SVG = "svg"
    PNG = "png"
    CSV = "csv"

    @property
    def media_type(self) -> str:
        """Return the type a browser is told."""
        return _MEDIA_TYPES[self]


_MEDIA_TYPES = {
    SheetFormat.PDF: "application/pdf",
    SheetFormat.SVG: "image/svg+xml",
    SheetFormat.PNG: "image/png",
    SheetFormat.CSV: "text/csv; charset=utf-8",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheets:
    """A run in one format: one file, or for SVG and PNG one for each page."""

    format: SheetFormat
    files: list[bytes]


def print_sheets(job: PrintJob, format_: SheetFormat, keys: LabelKeys) -> Sheets:
    """Return a run's files; every symbol in them was decoded and is right.

    Raises ``ReadBackError`` (nothing is returned), ``LabelTooSmallError``.
    """
    labels = job.labels(keys)
    if format_ is SheetFormat.CSV:
        listing = render_csv(labels, human_text(job.facts))
        return Sheets(format=format_, files=[listing.encode("utf-8")])
    layout = job.layout()
    if format_ is SheetFormat.PDF:
        named = (job.facts.product_name, job.facts.lot_number)
        title = " · ".join(filter(None, named))
        document = render_pdf(layout, labels, title=title)
        read_back_pdf(document, layout, labels)
        return Sheets(format=format_, files=[document])
    if format_ is SheetFormat.PNG:
        images = list(render_png_pages(layout, labels))
        read_back_png(images, layout, labels)
        return Sheets(format=format_, files=images)
    pages = render_svg_pages(layout, labels)
    read_back_svg(pages, layout, labels)
    return Sheets(format=format_, files=[page.encode("utf-8") for page in pages])


def preview(job: PrintJob, keys: LabelKeys) -> bytes:
    """Return the run's first label as PNG."""
    one = replace(job, spec=replace(job.spec, count=1))
    return render_png_label(job.layout(), one.labels(keys)[0])
