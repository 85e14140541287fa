"""Where everything stands on a label and on its sheet.

Symbols are placed in whole printer dots from the page's upper left corner, text in
points from the label's. Every writer (PDF, SVG, PNG) draws from one layout.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from traceability.labels.content import (
    LabelFacts,
    Paragraph,
    invitation,
    paragraphs_of,
    serial_slot,
)
from traceability.labels.cutting import Line
from traceability.labels.geometry import (
    DEFAULT_DPI,
    EDGE,
    MM_PER_INCH,
    POINTS_PER_INCH,
    SAFE,
    SAFE_WHEN_TALL,
    TALL,
    SymbolFit,
    fit_symbol,
    to_dots,
    to_points,
)
from traceability.labels.label import Label
from traceability.labels.qr import QUIET_ZONE
from traceability.labels.stock import Stock
from traceability.labels.typeset import TextLine, squeezed, typeset

_PREFIX = "Mã: "
_PREFIX_FROM = 25.0  # mm of text width: a narrower column has no room for the prefix


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle in points from the upper left corner of its label or page."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Boxes:
    """What is cut out of a page, and how far print may reach beyond (ISO 32000-1)."""

    trim: Box
    bleed: Box


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A label's corner on its page, in printer dots."""

    page: int
    left: int
    top: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelLayout:
    """One design on one stock: the same for every label of a run."""

    stock: Stock
    fit: SymbolFit
    symbol_left: int  # dots from the label's corner to the first module
    symbol_top: int
    text_box: Box
    prefix: str
    lines: tuple[TextLine, ...]

    @property
    def dpi(self) -> int:
        """Return the printer's dots per inch."""
        return self.fit.dpi

    @property
    def point(self) -> float:
        """Return the dots in one typographic point."""
        return self.dpi / POINTS_PER_INCH

    @property
    def page_size(self) -> tuple[int, int]:
        """Return the page in whole dots: it may differ from A4 by half a dot."""
        stock = self.stock
        width = to_dots(stock.page_width, self.dpi)
        return width, to_dots(stock.page_height, self.dpi)

    @property
    def label_size(self) -> tuple[int, int]:
        """Return the label in whole dots."""
        stock = self.stock
        width = to_dots(stock.label_width, self.dpi)
        return width, to_dots(stock.label_height, self.dpi)

    def place(self, position: int) -> Place:
        """Return where the label at ``position`` (from 0) stands."""
        slot = self.stock.slot(position)
        return Place(
            page=slot.page,
            left=to_dots(slot.left, self.dpi),
            top=to_dots(slot.top, self.dpi),
        )

    def page_of(self, position: int) -> int:
        """Return the page (from 0) of the printed label at ``position``."""
        return position // self.stock.per_page

    def positions_of(self, page: int, total: int) -> range:
        """Return the positions on a page of ``total`` printed labels."""
        per_page = self.stock.per_page
        return range(min(page * per_page, total), min((page + 1) * per_page, total))

    def pages_for(self, positions: int) -> int:
        """Return the pages that so many printed labels take."""
        return self.page_of(positions - 1) + 1 if positions else 0

    def marks(self, page: int = 0) -> list[Line]:  # noqa: ARG002 (no stock has marks yet)
        """Return the cut marks of a page, none where none were asked for."""
        return []

    @property
    def boxes(self) -> Boxes:
        """Return what is cut out of a page: the page itself."""
        width, height = (dots / self.point for dots in self.page_size)
        page = Box(left=0, top=0, width=width, height=height)
        return Boxes(trim=page, bleed=page)

    @property
    def static_lines(self) -> list[TextLine]:
        """Return the text that every label shares."""
        return [line for line in self.lines if not line.slot]

    def serial_lines(self, label: Label) -> list[TextLine]:
        """Return the label's own text: its serial, where it has one."""
        text = self.prefix + label.readable
        return [
            TextLine(
                text=text,
                size=squeezed(text, line.size, self.text_box.width),
                bold=line.bold,
                baseline=line.baseline,
            )
            for line in self.lines
            if line.slot
        ]


def lay_out(
    stock: Stock, facts: LabelFacts, sample: Label, *, dpi: int = DEFAULT_DPI
) -> LabelLayout:
    """Return the layout of a run whose labels carry links as long as the sample's.

    Raises ``LabelTooSmallError``.
    """
    plain = Label(link=sample.link).symbol().size if sample.seal else None
    fit = fit_symbol(stock, sample.symbol().size, plain=plain, dpi=dpi)
    quiet = QUIET_ZONE * fit.dots
    edge = to_dots(EDGE, dpi)
    top = (to_dots(stock.label_height, dpi) - fit.outer) // 2
    box = _text_box(stock, edge + fit.outer, dpi)
    wide = box.width >= to_points(_PREFIX_FROM)
    prefix = _PREFIX if wide else ""
    return LabelLayout(
        stock=stock,
        fit=fit,
        symbol_left=edge + quiet,
        symbol_top=top + quiet,
        text_box=box,
        prefix=prefix,
        lines=_lines(_said(facts, sample, prefix), box),
    )


def _text_box(stock: Stock, from_dot: int, dpi: int) -> Box:
    left = from_dot * MM_PER_INCH / dpi
    margin = SAFE_WHEN_TALL if stock.label_height >= TALL else SAFE
    return Box(
        left=to_points(left),
        top=to_points(margin),
        width=to_points(stock.label_width - left - SAFE),
        height=to_points(stock.label_height - 2 * margin),
    )


def _said(facts: LabelFacts, sample: Label, prefix: str) -> list[Paragraph]:
    slot = [serial_slot(prefix)] if sample.serial else []
    return [*paragraphs_of(facts), *slot, invitation()]


def _lines(said: Sequence[Paragraph], box: Box) -> tuple[TextLine, ...]:
    return typeset(said, box.width, box.height)
