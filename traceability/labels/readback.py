"""Read a sheet back before it is released: every symbol, in its place."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pypdfium2
import zxingcpp
from PIL import Image

from traceability.labels.errors import ReadBackError
from traceability.labels.geometry import POINTS_PER_INCH
from traceability.labels.label import Label
from traceability.labels.layout import LabelLayout

READ_DPI = 200  # coarser than any printer we serve: what reads here reads on paper
_CORRECTION = "M"
_QR_ONLY = zxingcpp.barcode_formats_from_str("QRCode")


@dataclass(frozen=True, slots=True)
class ReadBack:
    """How many symbols were read and how finely the sheet was rasterised."""

    symbols: int
    dpi: int


def read_back(
    document: bytes,
    layout: LabelLayout,
    labels: Sequence[Label],
    *,
    dpi: int = READ_DPI,
) -> ReadBack:
    """Decode every label of a PDF and compare it with what was meant there.

    Raises ``ReadBackError`` for the first label that is missing, unreadable or another.
    """
    per_page = layout.stock.per_page
    pages = 0
    for page, image in enumerate(_pages(document, dpi)):
        pages += 1
        for place, label in enumerate(labels[page * per_page : (page + 1) * per_page]):
            check_symbol(
                _cell(image, layout, place, dpi), label, page * per_page + place
            )
    if pages != layout.stock.pages_for(len(labels)):
        raise ReadBackError("The sheet has %(pages)d pages.", pages=pages)
    return ReadBack(symbols=len(labels), dpi=dpi)


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


def _pages(document: bytes, dpi: int) -> Iterator[Image.Image]:
    with pypdfium2.PdfDocument(document) as sheets:
        for sheet in sheets:
            scale = dpi / POINTS_PER_INCH
            yield sheet.render(scale=scale, grayscale=True).to_pil()


def _cell(image: Image.Image, layout: LabelLayout, place: int, dpi: int) -> Image.Image:
    corner = layout.place(place)
    width, height = layout.label_size
    scale = dpi / layout.dpi
    left, top = corner.left * scale, corner.top * scale
    right, bottom = left + width * scale, top + height * scale
    return image.crop((round(left), round(top), round(right), round(bottom)))
