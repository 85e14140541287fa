"""From what a person measures on the test page to what corrects the printer.

A printer draws a point that is meant at ``p`` mm from the paper's edge at
``p × scale + offset``. Two rulers tell the scales; a cross near the corner tells the
offsets, where they matter.
"""

from dataclasses import asdict, dataclass

from traceability.labels.errors import SetupError
from traceability.labels.setup import LEAST_SCALE, MOST_SCALE, MOST_SHIFT, Setup
from traceability.labels.stock import Stock
from traceability.web.formats import millimetres

CROSS = 20.0  # mm of the cross from the left and the upper edge of the paper
_LENGTHS = (200.0, 150.0, 120.0, 100.0, 80.0, 60.0, 40.0, 20.0, 10.0)
BESIDE = 14.0  # mm that the rulers keep from the edges of the paper …
ABOVE = 45.0  # … and the one that runs down from the upper one
_BELOW = 8.0
_LONGEST_ACROSS = 150.0  # a school ruler has 20 cm; across is the cramped way


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulers:
    """The lengths of a test page's two rulers in mm."""

    across: float
    down: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What was measured on the paper in mm; the cross only where it stands wrong."""

    across: float
    down: float
    left: float = CROSS
    top: float = CROSS


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """What corrects one printer: see ``Setup``."""

    shift_x: float
    shift_y: float
    scale_x: float
    scale_y: float


def rulers_of(stock: Stock) -> Rulers:
    """Return the rulers that a sheet has room for."""
    across = min(stock.page_width - 2 * BESIDE, _LONGEST_ACROSS)
    return Rulers(
        across=_longest(across), down=_longest(stock.page_height - ABOVE - _BELOW)
    )


def calibrate(stock: Stock, measured: Measured) -> Calibration:
    """Return what corrects a printer. Raises ``SetupError`` beside what was typed."""
    rulers = rulers_of(stock)
    scale_x = _scale(measured.across, rulers.across, "across")
    scale_y = _scale(measured.down, rulers.down, "down")
    found = Calibration(
        shift_x=_shift(measured.left, scale_x, "left"),
        shift_y=_shift(measured.top, scale_y, "top"),
        scale_x=scale_x,
        scale_y=scale_y,
    )
    _check_room(stock, found)
    return found


def _longest(room: float) -> float:
    return next((one for one in _LENGTHS if one <= room), _LENGTHS[-1])


def _scale(measured: float, meant: float, field: str) -> float:
    scale = round(measured / meant, 5)
    if not LEAST_SCALE <= scale <= MOST_SCALE:
        raise SetupError(
            "The line should be %(meant)s mm long. Print the page again at actual "
            "size, without “fit to page”, and measure from the first mark to the last.",
            field=field,
            meant=millimetres(meant),
        )
    return scale


def _shift(measured: float, scale: float, field: str) -> float:
    offset = measured - CROSS * scale
    if abs(offset) > MOST_SHIFT * LEAST_SCALE:
        raise SetupError(
            "The cross should stand %(meant)s mm from the paper's edge. Put the paper "
            "against the guides of the tray and print the page again.",
            field=field,
            meant=millimetres(CROSS),
        )
    return round(-offset / scale, 2)


def _check_room(stock: Stock, found: Calibration) -> None:
    """Refuse beside what was measured what the stock cannot be printed with."""
    setup = Setup(**asdict(found))
    try:
        setup.check(stock)
    except SetupError as error:
        error.field = {"shift_x": "left", "shift_y": "top"}.get(error.field or "")
        raise
