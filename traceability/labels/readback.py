"""Read a sheet back before it is released: every symbol, in its place.

What is read is the finished document, rasterised: a PDF by pdfium, a PNG as it is, an
SVG by drawing its paths. The reader is zxing-cpp, which has no part in the making.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO

import zxingcpp
from PIL import Image, ImageDraw

from traceability.labels.errors import ReadBackError
from traceability.labels.label import Label
from traceability.labels.layout import LabelLayout
from traceability.labels.raster import pdf_pages

READ_DPI = 200  # coarser than any printer we serve: what reads here reads on paper
_CORRECTION = "M"
_QR_ONLY = zxingcpp.barcode_formats_from_str("QRCode")
_WHITE = 255
_SVG_SYMBOL = re.compile(
    r'<path transform="translate\((\d+) (\d+)\) scale\((\d+)\)"[^>]* d="([^"]*)"'
)
_SVG_RUN = re.compile(r"M(\d+) (\d+)h(\d+)v1h-\3z")


@dataclass(frozen=True, slots=True)
class ReadBack:
    """How many symbols were read and how finely the sheet was rasterised."""

    symbols: int
    dpi: int


def read_back_pdf(
    document: bytes, layout: LabelLayout, labels: Sequence[Label], dpi: int = READ_DPI
) -> ReadBack:
    """Decode every label of a PDF and compare it with what was meant there.

    Raises ``ReadBackError`` for the first label that is missing, unreadable or another.
    """
    return _compare(pdf_pages(document, dpi), layout, labels, dpi)


def read_back_png(
    pages: Sequence[bytes], layout: LabelLayout, labels: Sequence[Label]
) -> ReadBack:
    """Decode every label of PNG sheets. Raises ``ReadBackError``."""
    images = (Image.open(BytesIO(page)) for page in pages)
    return _compare(images, layout, labels, layout.dpi)


def read_back_svg(
    pages: Sequence[str], layout: LabelLayout, labels: Sequence[Label]
) -> ReadBack:
    """Draw the symbols of SVG sheets and decode them. Raises ``ReadBackError``."""
    images = (_drawn(page, layout.page_size) for page in pages)
    return _compare(images, layout, labels, layout.dpi)


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


def _compare(
    images: Iterable[Image.Image],
    layout: LabelLayout,
    labels: Sequence[Label],
    dpi: int,
) -> ReadBack:
    pages = 0
    for pages, image in enumerate(images, start=1):
        for position in layout.positions_of(pages - 1, len(labels)):
            cell = _cell(image, layout, position, dpi)
            check_symbol(cell, labels[position], position)
    if pages != layout.pages_for(len(labels)):
        raise ReadBackError(
            "The sheet has %(pages)d pages; nothing was released.", pages=pages
        )
    return ReadBack(symbols=len(labels), dpi=dpi)


def _drawn(page: str, size: tuple[int, int]) -> Image.Image:
    image = Image.new("L", size, _WHITE)
    draw = ImageDraw.Draw(image)
    for symbol in _SVG_SYMBOL.finditer(page):
        left, top, dots = (int(part) for part in symbol.groups()[:3])
        for run in _SVG_RUN.finditer(symbol[4]):
            x, y, length = (int(part) for part in run.groups())
            corner = (left + x * dots, top + y * dots)
            end = (corner[0] + length * dots - 1, corner[1] + dots - 1)
            draw.rectangle((corner, end), fill=0)
    return image


def _cell(
    image: Image.Image, layout: LabelLayout, position: int, dpi: int
) -> Image.Image:
    corner = layout.place(position)
    width, height = layout.label_size
    scale = dpi / layout.dpi
    left, top = corner.left * scale, corner.top * scale
    right, bottom = left + width * scale, top + height * scale
    return image.crop((round(left), round(top), round(right), round(bottom)))
