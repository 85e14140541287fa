"""Sheets as PDF: 1-bit symbols at whole printer dots, an embedded subset font.

A symbol is an image mask of one bit per module and not a heap of rectangles: it has no
seams between modules on any viewer, and a label takes a few hundred bytes. The page is
as many whole dots as A4, so that a printer at that resolution meets every edge.
"""

from collections.abc import Sequence
from io import BytesIO

from reportlab.pdfgen.canvas import Canvas

from traceability.labels.label import Label
from traceability.labels.layout import Box, LabelLayout, Place
from traceability.labels.qr import Symbol
from traceability.labels.typeface import font_of
from traceability.labels.typeset import TextLine

_FORM = "label"
# Renderers paint every dot that an image touches. A fiftieth of a dot keeps rounding
# from touching one more, which would stretch the symbol by a fraction.
_INSET = 0.02


def render_pdf(layout: LabelLayout, labels: Sequence[Label], *, title: str) -> bytes:
    """Return the sheets of these labels; the same labels give the same bytes."""
    buffer = BytesIO()
    width, height = layout.page_size
    canvas = Canvas(
        buffer,
        pagesize=(width / layout.point, height / layout.point),
        pageCompression=1,
        invariant=1,
        lang="vi",
        trimBox=_page_box(layout, layout.boxes.trim),
        bleedBox=_page_box(layout, layout.boxes.bleed),
    )
    canvas.setTitle(title)
    _shared_text(canvas, layout)
    marks = _marks(layout)
    if marks:
        canvas.addLiteral(marks)
    page = 0
    for position, label in enumerate(labels):
        place = layout.place(position)
        if place.page != page:
            canvas.showPage()
            if marks:
                canvas.addLiteral(marks)
            page = place.page
        _draw_label(canvas, layout, label, place)
    canvas.save()
    return buffer.getvalue()


def _page_box(layout: LabelLayout, box: Box) -> tuple[float, ...] | None:
    """Return a box as PDF counts, from below, where print is to bleed at all."""
    if not layout.setup.bleed:
        return None
    top = layout.page_size[1] / layout.point - box.top
    return box.left, top - box.height, box.left + box.width, top


def _marks(layout: LabelLayout) -> str:
    """Return the operators that paint the cut marks, which all pages share."""
    height, point = layout.page_size[1], layout.point
    paths = [
        f"{line.left / point:.4f} {(height - line.top - line.height) / point:.4f} "
        f"{line.width / point:.4f} {line.height / point:.4f} re"
        for line in layout.marks()
    ]
    return " ".join([*paths, "f"]) if paths else ""


def _shared_text(canvas: Canvas, layout: LabelLayout) -> None:
    """Keep what all labels say as one form that each of them shows."""
    width, height = (dots / layout.point for dots in layout.label_size)
    canvas.beginForm(_FORM, 0, 0, width, height)
    for line in layout.static_lines:
        _draw_line(canvas, layout, line, 0, height)
    canvas.endForm()


def _draw_label(
    canvas: Canvas, layout: LabelLayout, label: Label, place: Place
) -> None:
    point = layout.point
    page_height = layout.page_size[1]
    bottom = page_height - place.top - layout.label_size[1]
    canvas.saveState()
    canvas.translate(place.left / point, bottom / point)
    canvas.doForm(_FORM)
    canvas.restoreState()
    top = (page_height - place.top) / point
    for line in layout.serial_lines(label):
        _draw_line(canvas, layout, line, place.left / point, top)
    symbol = label.symbol()
    dots = symbol.size * layout.fit.dots
    x = place.left + layout.symbol_left + _INSET
    y = page_height - place.top - layout.symbol_top - dots + _INSET
    side = dots - 2 * _INSET
    canvas.addLiteral(_image(symbol, x / point, y / point, side / point))


def _draw_line(
    canvas: Canvas, layout: LabelLayout, line: TextLine, left: float, top: float
) -> None:
    box = layout.text_box
    canvas.setFont(font_of(bold=line.bold), line.size)
    canvas.drawString(left + box.left, top - box.top - line.baseline, line.text)


def _image(symbol: Symbol, x: float, y: float, side: float) -> str:
    """Return the operators that paint the symbol (ISO 32000-1, 8.9.7)."""
    bits = symbol.packed_rows().hex()
    return (
        f"q {side:.5f} 0 0 {side:.5f} {x:.5f} {y:.5f} cm "
        f"BI /W {symbol.size} /H {symbol.size} /IM true /BPC 1 /D [1 0] /F /AHx ID "
        f"{bits}> EI Q"
    )
