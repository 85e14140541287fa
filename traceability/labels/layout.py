"""Where everything stands on a label and on its sheet.

Symbols are placed in whole printer dots from the page's upper left corner, text in
points from the label's. Every writer draws from one layout.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache, partial

from traceability.labels.content import LabelFacts, Paragraph, laid_out_of
from traceability.labels.cutting import Line, cut_marks
from traceability.labels.design import DEFAULT_DESIGN, Design, LabelField
from traceability.labels.errors import LabelTooSmallError
from traceability.labels.geometry import (
    EDGE,
    MM_PER_INCH,
    POINTS_PER_INCH,
    SAFE,
    SAFE_WHEN_TALL,
    TALL,
    SymbolFit,
    dots_within,
    fit_symbol,
    to_dots,
    to_points,
)
from traceability.labels.label import Label
from traceability.labels.qr import QUIET_ZONE
from traceability.labels.setup import DEFAULT_SETUP, Setup
from traceability.labels.stock import Stock, StockKind
from traceability.labels.typeset import TextLine, squeezed, typeset

_PREFIX = "Mã: "
_PREFIX_FROM = 25.0  # mm of text width: a narrower column has no room for the prefix


Said = Callable[[str | None], list[Paragraph]]  # by the serial's prefix, if any


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
    """One design on one stock, one printer: the same for every label of a run."""

    stock: Stock
    fit: SymbolFit
    symbol_left: int  # dots from the label's corner to the first module
    symbol_top: int
    text_box: Box
    prefix: str
    lines: tuple[TextLine, ...]
    setup: Setup = DEFAULT_SETUP
    left_out: frozenset[LabelField] = frozenset()  # found no room
    shortened: frozenset[LabelField] = frozenset()  # end in an ellipsis

    @property
    def unfit(self) -> frozenset[LabelField]:
        """Return the fields that stand on the label in part or not at all."""
        return self.left_out | self.shortened

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
        """Return the page in whole dots; a roll's has its bleed around it."""
        around = 2 * _margin(self.stock, self.setup)
        width = to_dots(self.stock.page_width, self.dpi) + around
        return width, to_dots(self.stock.page_height, self.dpi) + around

    @property
    def label_size(self) -> tuple[int, int]:
        """Return the whole dots within a label."""
        width, height = self.setup.label_size(self.stock)
        return dots_within(width, self.dpi), dots_within(height, self.dpi)

    @property
    def on_first_page(self) -> int:
        """Return the labels of the first page, which may be used in part."""
        return self.stock.per_page - len(self.setup.skip)

    def place(self, position: int) -> Place:
        """Return where the printed label at ``position`` (from 0) stands."""
        page = self.page_of(position)
        corners = _corners(self.stock, self.setup)
        if page == 0:
            left, top = corners[_free(self.stock.per_page, self.setup.skip)[position]]
        else:
            rest = position - self.on_first_page
            left, top = corners[rest % self.stock.per_page]
        return Place(page=page, left=left, top=top)

    def page_of(self, position: int) -> int:
        """Return the page (from 0) of the printed label at ``position``."""
        rest = position - self.on_first_page
        return 0 if rest < 0 else 1 + rest // self.stock.per_page

    def positions_of(self, page: int, total: int) -> range:
        """Return the positions on a page of ``total`` printed labels."""
        per_page = self.stock.per_page
        first = 0 if page == 0 else self.on_first_page + (page - 1) * per_page
        stop = self.on_first_page + page * per_page
        return range(min(first, total), min(stop, total))

    def pages_for(self, positions: int) -> int:
        """Return the pages that so many printed labels take."""
        return self.page_of(positions - 1) + 1 if positions else 0

    def marks(self, page: int = 0) -> list[Line]:  # noqa: ARG002 (all pages alike, so far)
        """Return the cut marks of a page, none where none were asked for."""
        if not self.setup.cut_marks:
            return []
        corners = _corners(self.stock, self.setup)
        return list(cut_marks(corners, self.label_size, self.page_size, self.dpi))

    @property
    def boxes(self) -> Boxes:
        """Return what is cut out of a page: all its labels in one block."""
        corners = _corners(self.stock, self.setup)
        width, height = self.label_size
        left, top = (min(side) for side in zip(*corners, strict=True))
        right, bottom = (max(side) for side in zip(*corners, strict=True))
        bleed = to_dots(self.setup.bleed, self.dpi)
        edges = left, top, right + width, bottom + height
        return Boxes(
            trim=self._box(*edges),
            bleed=self._box(
                max(edges[0] - bleed, 0),
                max(edges[1] - bleed, 0),
                min(edges[2] + bleed, self.page_size[0]),
                min(edges[3] + bleed, self.page_size[1]),
            ),
        )

    def _box(self, left: int, top: int, right: int, bottom: int) -> Box:
        point = self.point
        return Box(
            left=left / point,
            top=top / point,
            width=(right - left) / point,
            height=(bottom - top) / point,
        )

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
    stock: Stock,
    facts: LabelFacts,
    sample: Label,
    *,
    setup: Setup = DEFAULT_SETUP,
    design: Design = DEFAULT_DESIGN,
) -> LabelLayout:
    """Return the layout of a run whose labels carry links as long as the sample's.

    Raises ``LabelTooSmallError``, and ``SetupError`` where the setup does not suit
    the stock.
    """
    setup.check(stock)
    width, height = setup.label_size(stock)
    room = replace(stock, label_width=width, label_height=height)
    fit = fit_symbol(room, sample.symbol().size, dpi=setup.dpi)
    said = partial(laid_out_of, facts, design)
    while True:
        try:
            layout = _laid_out(room, said, sample, fit, setup)
        except LabelTooSmallError:
            if fit.smaller is None:
                raise
            fit = fit.smaller  # the text needs the room
        else:
            return replace(layout, stock=stock)


def _laid_out(
    room: Stock, said: Said, sample: Label, fit: SymbolFit, setup: Setup
) -> LabelLayout:
    quiet = QUIET_ZONE * fit.dots
    edge = to_dots(EDGE, fit.dpi)
    top = (dots_within(room.label_height, fit.dpi) - fit.outer) // 2
    box = _text_box(room, edge + fit.outer, fit.dpi)
    wide = box.width >= to_points(_PREFIX_FROM)
    prefix = _PREFIX if wide else ""
    told = said(prefix if sample.serial else None)
    text = typeset(told, box.width, box.height)
    return LabelLayout(
        stock=room,
        fit=fit,
        symbol_left=edge + quiet,
        symbol_top=top + quiet,
        text_box=box,
        prefix=prefix,
        lines=text.lines,
        left_out=text.left_out,
        shortened=text.shortened,
        setup=setup,
    )


def _margin(stock: Stock, setup: Setup) -> int:
    """Return the dots that a roll's page is larger than its label on each side."""
    bleeds = stock.kind is StockKind.ROLL
    return to_dots(setup.bleed, setup.dpi) if bleeds else 0


@lru_cache(maxsize=64)
def _corners(stock: Stock, setup: Setup) -> tuple[tuple[int, int], ...]:
    """Return the dots where each label of a page begins, row by row."""
    margin = _margin(stock, setup)
    moved = (
        setup.moved(slot.left, slot.top)
        for slot in (stock.slot(place) for place in range(stock.per_page))
    )
    return tuple(
        (to_dots(left, setup.dpi) + margin, to_dots(top, setup.dpi) + margin)
        for left, top in moved
    )


@lru_cache(maxsize=64)
def _free(per_page: int, skip: frozenset[int]) -> tuple[int, ...]:
    """Return the places of a page that are not used yet."""
    return tuple(place for place in range(per_page) if place not in skip)


def _text_box(room: Stock, from_dot: int, dpi: int) -> Box:
    left = from_dot * MM_PER_INCH / dpi
    margin = SAFE_WHEN_TALL if room.label_height >= TALL else SAFE
    return Box(
        left=to_points(left),
        top=to_points(margin),
        width=to_points(room.label_width - left - SAFE),
        height=to_points(room.label_height - 2 * margin),
    )
