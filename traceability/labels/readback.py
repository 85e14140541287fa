"""Read a sheet back before it is released: every symbol, in its place.

What is read is the finished document, rasterised: a PDF by pdfium, a PNG as it is, the
others by interpreters of ours (``writers/``). The reader is zxing-cpp, which has no
part in the making.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import zxingcpp
from PIL import Image

from traceability.labels.errors import ReadBackError
from traceability.labels.label import Label
from traceability.labels.layout import LabelLayout
from traceability.labels.raster import PdfUnreadableError, pdf_pages

READ_DPI = 200  # coarser than any printer we serve: what reads here reads on paper
_CORRECTION = "M"
_QR_ONLY = zxingcpp.barcode_formats_from_str("QRCode")


@dataclass(frozen=True, slots=True)
class ReadBack:
    """How many symbols were read and how finely the sheet was rasterised."""

    symbols: int
    dpi: int


def read_back_pdf(
    document: bytes,
    layout: LabelLayout,
    first: int,
    labels: Sequence[Label],
    dpi: int = READ_DPI,
) -> ReadBack:
    """Decode every label of a PDF and compare it with what was meant there.

    ``first`` is the position of the document's first label. Raises ``ReadBackError``
    for the first label that is missing, unreadable or another.
    """
    try:
        return read_back_images(pdf_pages(document, dpi), layout, first, labels, dpi)
    except PdfUnreadableError as error:
        raise ReadBackError(
            "The document cannot be opened; nothing was released."
        ) from error


def check_symbol(image: Image.Image, label: Label, position: int) -> None:
    """Check that the image of one label holds its symbol and no other."""
    found = zxingcpp.read_barcodes(
        image,
        formats=_QR_ONLY,
        try_rotate=False,
        try_downscale=False,
        try_invert=False,
    )
    read = [(code.text, code.ec_level) for code in found]
    if read != [(label.qr_text, _CORRECTION)]:
        raise ReadBackError(
            "Label %(number)d does not read as it should; nothing was released.",
            number=position + 1,
        )


def read_back_images(
    images: Iterable[Image.Image],
    layout: LabelLayout,
    first: int,
    labels: Sequence[Label],
    dpi: int,
) -> ReadBack:
    """Decode every label of rasterised pages. Raises ``ReadBackError``."""
    stop = first + len(labels)
    page = layout.page_of(first)
    for image in images:
        for position in layout.positions_of(page, stop):
            if position >= first:
                cell = _cell(image, layout, position, dpi)
                check_symbol(cell, labels[position - first], position)
        page += 1
    pages = page - layout.page_of(first)
    if pages != layout.page_of(stop - 1) - layout.page_of(first) + 1:
        raise ReadBackError(
            "The sheet has %(pages)d pages; nothing was released.", pages=pages
        )
    return ReadBack(symbols=len(labels), dpi=dpi)


def _cell(
    image: Image.Image, layout: LabelLayout, position: int, dpi: int
) -> Image.Image:
    corner = layout.place(position)
    width, height = layout.label_size
    scale = dpi / layout.dpi
    left, top = corner.left * scale, corner.top * scale
    right, bottom = left + width * scale, top + height * scale
    return image.crop((round(left), round(top), round(right), round(bottom)))
