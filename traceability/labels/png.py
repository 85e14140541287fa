"""Labels as PNG: each module a whole number of dots, text drawn at the same dots."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from traceability.labels.label import Label
from traceability.labels.layout import LabelLayout
from traceability.labels.qr import Symbol
from traceability.labels.typeface import FILES, font_of
from traceability.labels.typeset import TextLine

_WHITE = 255


def render_png_label(layout: LabelLayout, label: Label) -> bytes:
    """Return one label."""
    image = Image.new("L", layout.label_size, _WHITE)
    image.paste(_shared_text(layout))
    _draw_own(image, layout, label, (0, 0))
    return _png(image, layout)


def render_png_pages(layout: LabelLayout, labels: Sequence[Label]) -> Iterator[bytes]:
    """Yield each sheet in turn; one page is in memory at a time."""
    shared = _shared_text(layout)
    for page in range(layout.pages_for(len(labels))):
        image = Image.new("L", layout.page_size, _WHITE)
        for position in layout.positions_of(page, len(labels)):
            place = layout.place(position)
            corner = (place.left, place.top)
            image.paste(shared, corner)
            _draw_own(image, layout, labels[position], corner)
        _draw_marks(image, layout, page)
        yield _png(image, layout)


def _draw_marks(image: Image.Image, layout: LabelLayout, page: int) -> None:
    draw = ImageDraw.Draw(image)
    for line in layout.marks(page):
        right, bottom = line.left + line.width - 1, line.top + line.height - 1
        draw.rectangle((line.left, line.top, right, bottom), fill=0)


def _shared_text(layout: LabelLayout) -> Image.Image:
    image = Image.new("L", layout.label_size, _WHITE)
    draw = ImageDraw.Draw(image)
    for line in layout.static_lines:
        _draw_line(draw, layout, line, (0, 0))
    return image


def _draw_own(
    image: Image.Image, layout: LabelLayout, label: Label, corner: tuple[int, int]
) -> None:
    left, top = corner
    draw = ImageDraw.Draw(image)
    for line in layout.serial_lines(label):
        _draw_line(draw, layout, line, corner)
    symbol = _symbol_image(label.symbol(), layout.fit.dots)
    image.paste(symbol, (left + layout.symbol_left, top + layout.symbol_top))


def _symbol_image(symbol: Symbol, dots: int) -> Image.Image:
    size = (symbol.size, symbol.size)
    dark = Image.frombytes("1", size, symbol.packed_rows(), "raw", "1;I")
    side = symbol.size * dots
    return dark.resize((side, side), Image.Resampling.NEAREST).convert("L")


def _draw_line(
    draw: ImageDraw.ImageDraw,
    layout: LabelLayout,
    line: TextLine,
    corner: tuple[int, int],
) -> None:
    box, point = layout.text_box, layout.point
    x = corner[0] + box.left * point
    y = corner[1] + (box.top + line.baseline) * point
    font = _font(font_of(bold=line.bold), line.size * point)
    draw.text((x, y), line.text, fill=0, font=font, anchor="ls")


@lru_cache(maxsize=64)
def _font(name: str, size: float) -> ImageFont.FreeTypeFont:
    basic = ImageFont.Layout.BASIC  # no ligatures: widths stay as they were measured
    return ImageFont.truetype(str(FILES[name]), size, layout_engine=basic)


def _png(image: Image.Image, layout: LabelLayout) -> bytes:
    buffer = BytesIO()
    dpi = (layout.dpi, layout.dpi)
    image.save(buffer, "PNG", dpi=dpi, compress_level=6)
    return buffer.getvalue()
