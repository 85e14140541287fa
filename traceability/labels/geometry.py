"""How large a module is: whole printer dots and a quiet zone."""

import math
from dataclasses import dataclass

from traceability.labels.errors import LabelTooSmallError
from traceability.labels.qr import QUIET_ZONE
from traceability.labels.setup import DEFAULT_DPI
from traceability.labels.stock import Stock
from traceability.web.formats import millimetres

MM_PER_INCH = 25.4
POINTS_PER_INCH = 72
PHONE_X = 0.33  # mm: the smallest module that phones read well from paper
RETAIL_X = 0.396  # mm: the smallest that retail scanners are specified for
MAX_X = 0.99  # mm
EDGE = 0.25  # mm between the label's left edge and the quiet zone
SAFE = 0.6  # mm that cutting may take from every other side
SAFE_WHEN_TALL = 1.5  # mm above and below the text where there is room for it
TALL = 30.0  # mm
_ROUNDING = 1e-6  # dots lost to binary fractions
_SHARE = 0.46  # of the width that the symbol may take …
_SHARE_AT_MOST = 0.55  # … and where only that lets a phone read it


@dataclass(frozen=True, slots=True, kw_only=True)
class SymbolFit:
    """The size a symbol gets: printer dots for each module."""

    modules: int
    dots: int
    dpi: int

    @property
    def x_dimension(self) -> float:
        """Return the width of a module in mm."""
        return self.dots * MM_PER_INCH / self.dpi

    @property
    def smaller(self) -> "SymbolFit | None":
        """Return the next smaller size that phones still read, if there is one."""
        fit = SymbolFit(modules=self.modules, dots=self.dots - 1, dpi=self.dpi)
        return fit if fit.x_dimension >= PHONE_X else None

    @property
    def outer(self) -> int:
        """Return the side with its quiet zone in dots."""
        return (self.modules + 2 * QUIET_ZONE) * self.dots

    @property
    def profile(self) -> str:
        """Return ``retail`` where shop scanners read it too, else ``phone``."""
        return "retail" if self.x_dimension >= RETAIL_X else "phone"


def fit_symbol(stock: Stock, modules: int, *, dpi: int = DEFAULT_DPI) -> SymbolFit:
    """Return the largest module of whole dots that leaves room for the text.

    Raises ``LabelTooSmallError``; ``PrintJob.layout`` adds to it what would fit.
    """
    high = stock.label_height - SAFE
    for share, least in ((_SHARE, RETAIL_X), (_SHARE_AT_MOST, PHONE_X)):
        room = min(high, share * stock.label_width)
        x_dimension = min(room / (modules + 2 * QUIET_ZONE), MAX_X)
        dots = int(x_dimension * dpi / MM_PER_INCH)
        fit = SymbolFit(modules=modules, dots=dots, dpi=dpi)
        if fit.x_dimension >= least:
            return fit
    raise LabelTooSmallError(
        "The symbol does not fit a label of %(width)s × %(height)s mm at %(dpi)d dpi.",
        field="stock",
        width=millimetres(stock.label_width),
        height=millimetres(stock.label_height),
        dpi=dpi,
    )


def to_dots(millimetres: float, dpi: int) -> int:
    """Return the nearest whole number of printer dots, halves upwards.

    Equal distances of whole dots so stay equal wherever they begin.
    """
    return math.floor(millimetres * dpi / MM_PER_INCH + 0.5 + _ROUNDING)


def dots_within(millimetres: float, dpi: int) -> int:
    """Return the whole printer dots that lie within a distance."""
    return math.floor(millimetres * dpi / MM_PER_INCH + _ROUNDING)


def to_points(millimetres: float) -> float:
    """Return typographic points."""
    return millimetres * POINTS_PER_INCH / MM_PER_INCH
