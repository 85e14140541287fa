"""Labels as SVG: symbols as one path on whole dots, text as text.

Text stays text, so that a print shop can search and edit it; the font is named, not
embedded, and each line fixes its length, so that another font on another machine is
squeezed into the same place instead of running over the edge.
"""

from collections.abc import Sequence
from xml.sax.saxutils import escape

from traceability.labels.geometry import MM_PER_INCH
from traceability.labels.label import Label
from traceability.labels.layout import LabelLayout
from traceability.labels.qr import Symbol
from traceability.labels.typeface import width_of
from traceability.labels.typeset import TextLine

_FAMILY = "'Roboto Condensed', 'Arial Narrow', Arial, sans-serif"


def render_svg_label(layout: LabelLayout, label: Label) -> str:
    """Return one label as a document of its own."""
    return _document(layout, layout.label_size, _label(layout, label, 0, 0))


def render_svg_pages(layout: LabelLayout, labels: Sequence[Label]) -> list[str]:
    """Return one document for each sheet."""
    pages = [_marks(layout, page) for page in range(layout.pages_for(len(labels)))]
    for position, label in enumerate(labels):
        place = layout.place(position)
        pages[place.page].append(_label(layout, label, place.left, place.top))
    return [_document(layout, layout.page_size, "\n".join(page)) for page in pages]


def _marks(layout: LabelLayout, page: int) -> list[str]:
    marks = "".join(
        f"M{line.left} {line.top}h{line.width}v{line.height}h-{line.width}z"
        for line in layout.marks(page)
    )
    return [f'<path shape-rendering="crispEdges" d="{marks}"/>'] if marks else []


def _document(layout: LabelLayout, size: tuple[int, int], body: str) -> str:
    width, height = size
    mm = MM_PER_INCH / layout.dpi
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<svg xmlns="http://www.w3.org/2000/svg" xml:lang="vi" '
        f'width="{width * mm:.4f}mm" height="{height * mm:.4f}mm" '
        f'viewBox="0 0 {width} {height}">\n'
        '<rect width="100%" height="100%" fill="#fff"/>\n'
        f'<g font-family="{_FAMILY}">\n{body}\n</g>\n</svg>\n'
    )


def _label(layout: LabelLayout, label: Label, left: int, top: int) -> str:
    x, y = left + layout.symbol_left, top + layout.symbol_top
    lines = [*layout.static_lines, *layout.serial_lines(label)]
    texts = "".join(_text(layout, line) for line in lines)
    return (
        f'<path transform="translate({x} {y}) scale({layout.fit.dots})" '
        f'shape-rendering="crispEdges" d="{_path(label.symbol())}"/>'
        f'<g transform="translate({left} {top})">{texts}</g>'
    )


def _path(symbol: Symbol) -> str:
    return "".join(f"M{x} {y}h{n}v1h-{n}z" for x, y, n in symbol.runs())


def _text(layout: LabelLayout, line: TextLine) -> str:
    box, point = layout.text_box, layout.point
    weight = ' font-weight="700"' if line.bold else ""
    length = width_of(line.text, line.size, bold=line.bold) * point
    return (
        f'<text x="{box.left * point:.2f}" y="{(box.top + line.baseline) * point:.2f}" '
        f'font-size="{line.size * point:.2f}"{weight} textLength="{length:.2f}" '
        f'lengthAdjust="spacingAndGlyphs">{escape(line.text)}</text>'
    )
