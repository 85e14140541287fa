"""One label as people see it on a screen: grey at the edges of letters."""

from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from traceability.labels.label import Label
from traceability.labels.layout import LabelLayout
from traceability.labels.typeface import FILES, font_of

_WHITE = 255


def render_picture(layout: LabelLayout, label: Label) -> bytes:
    """Return a PNG of a label, at the printer's dots."""
    image = Image.new("L", layout.label_size, _WHITE)
    draw = ImageDraw.Draw(image)
    box, point = layout.text_box, layout.point
    for line in [*layout.static_lines, *layout.serial_lines(label)]:
        at = box.left * point, (box.top + line.baseline) * point
        font = _font(font_of(bold=line.bold), line.size * point)
        draw.text(at, line.text, fill=0, font=font, anchor="ls")
    symbol = label.symbol()
    size = (symbol.size, symbol.size)
    dark = Image.frombytes("1", size, symbol.packed_rows(), "raw", "1;I")
    side = symbol.size * layout.fit.dots
    dots = dark.resize((side, side), Image.Resampling.NEAREST)
    image.paste(dots.convert("L"), (layout.symbol_left, layout.symbol_top))
    buffer = BytesIO()
    image.save(buffer, "PNG", dpi=(layout.dpi, layout.dpi), compress_level=6)
    return buffer.getvalue()


@lru_cache(maxsize=64)
def _font(name: str, size: float) -> ImageFont.FreeTypeFont:
    basic = ImageFont.Layout.BASIC  # no ligatures: widths stay as they were measured
    return ImageFont.truetype(str(FILES[name]), size, layout_engine=basic)
