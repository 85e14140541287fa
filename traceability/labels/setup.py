"""How a printer is set for a run: resolution, calibration, what of the sheet is used.

Calibration moves labels and stretches the distances between them; the modules of a
symbol stay whole printer dots. A printer that prints a distance too long by ``scale``
and too far by an offset is answered with its inverse: ``place / scale + shift``.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from traceability.labels.errors import SetupError, SetupOffPageError
from traceability.labels.stock import Stock, StockKind
from traceability.web.formats import millimetres

DEFAULT_DPI = 300
MOST_SHIFT = 10.0  # mm
LEAST_SCALE, MOST_SCALE = 0.97, 1.03
MOST_COPIES = 100
MOST_BLEED = 5.0  # mm
_PLAY = 1e-6  # mm lost to binary fractions
_RANGE = re.compile(r"(\d{1,4})(?:-(\d{1,4}))?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """One printer's settings. Raises ``SetupError`` where one is out of its range.

    ``shift_x`` and ``shift_y`` in mm, to the right and down; ``scale_x`` and
    ``scale_y`` are measured over meant; ``skip`` holds positions of the first sheet
    (from 0) whose labels are used already; ``bleed`` in mm.
    """

    dpi: int = DEFAULT_DPI
    shift_x: float = 0.0
    shift_y: float = 0.0
    scale_x: float = 1.0
    scale_y: float = 1.0
    skip: frozenset[int] = field(default_factory=frozenset)
    copies: int = 1
    cut_marks: bool = False
    bleed: float = 0.0

    def __post_init__(self) -> None:
        resolutions = StockKind.ROLL.resolutions
        if self.dpi not in resolutions:
            known = ", ".join(map(str, resolutions))
            raise SetupError("Choose one of %(known)s dpi.", field="dpi", known=known)
        for name in ("shift_x", "shift_y"):
            _within(name, getattr(self, name), -MOST_SHIFT, MOST_SHIFT)
        for name in ("scale_x", "scale_y"):
            _within(name, getattr(self, name), LEAST_SCALE, MOST_SCALE)
        _within("copies", self.copies, 1, MOST_COPIES)
        _within("bleed", self.bleed, 0, MOST_BLEED)

    def moved(self, left: float, top: float) -> tuple[float, float]:
        """Return where a point of the stock is to be drawn to come out in its place."""
        x = left / self.scale_x + self.shift_x
        return x, top / self.scale_y + self.shift_y

    def label_size(self, stock: Stock) -> tuple[float, float]:
        """Return the room to draw a label in, in mm.

        It is smaller than the label where the printer makes everything larger.
        """
        width = stock.label_width / max(self.scale_x, 1.0)
        return width, stock.label_height / max(self.scale_y, 1.0)

    def check(self, stock: Stock) -> None:
        """Raise ``SetupError`` or ``SetupOffPageError`` unless it fits the stock."""
        if self.dpi not in stock.resolutions:
            known = ", ".join(map(str, stock.resolutions))
            raise SetupError(
                "On this stock one prints at %(known)s dpi.", field="dpi", known=known
            )
        self._check_skip(stock)
        self._check_bleed(stock)
        self._check_page(stock)

    def _check_skip(self, stock: Stock) -> None:
        if self.skip and not 0 <= min(self.skip) <= max(self.skip) < stock.per_page:
            raise SetupError(
                "The sheet has labels 1 to %(most)d.", field="skip", most=stock.per_page
            )
        if len(self.skip) >= stock.per_page:
            raise SetupError(
                "No label of the first sheet is left: take a new sheet.", field="skip"
            )

    def _check_bleed(self, stock: Stock) -> None:
        most = MOST_BLEED if stock.kind is StockKind.ROLL else _half_gap(stock)
        if self.bleed > most + _PLAY:
            raise SetupError(
                "Between these labels there is room for %(most)s mm of bleed.",
                field="bleed",
                most=millimetres(most),
            )

    def _check_page(self, stock: Stock) -> None:
        last = stock.slot(stock.per_page - 1)
        left, top = self.moved(stock.left, stock.top)
        right, bottom = self.moved(last.left, last.top)
        width, height = self.label_size(stock)
        beyond = {
            "shift_x": max(-left, right + width - stock.page_width),
            "shift_y": max(-top, bottom + height - stock.page_height),
        }
        for name, much in beyond.items():
            if much > _PLAY:
                raise SetupOffPageError(
                    "So corrected, labels would leave the page by %(much)s mm. Align "
                    "the paper in the printer, or take stock with wider margins.",
                    field=name,
                    much=millimetres(round(much, 1)),
                )

    def to_json(self) -> dict[str, Any]:
        """Return the settings as JSON, to print a run again by."""
        return {
            "dpi": self.dpi,
            "shift_x": self.shift_x,
            "shift_y": self.shift_y,
            "scale_x": self.scale_x,
            "scale_y": self.scale_y,
            "skip": sorted(self.skip),
            "copies": self.copies,
            "cut_marks": self.cut_marks,
            "bleed": self.bleed,
        }

    @classmethod
    def from_json(cls, kept: dict[str, Any] | None) -> "Setup":
        """Read ``to_json`` back; runs from before there were settings have none."""
        return cls(**{**kept, "skip": frozenset(kept["skip"])}) if kept else cls()


def parse_positions(text: str) -> frozenset[int]:
    """Read ``1-5,9`` as people count labels of a sheet. Raises ``SetupError``."""
    found: set[int] = set()
    for part in filter(None, text.replace(" ", "").split(",")):
        match = _RANGE.fullmatch(part)
        first = int(match[1]) if match else 0
        last = int(match[2] or first) if match else 0
        if not 1 <= first <= last:
            raise SetupError("Write labels of the sheet as 1-5,9.", field="skip")
        found.update(range(first - 1, last))
    return frozenset(found)


def format_positions(positions: Iterable[int]) -> str:
    """Return positions as ``parse_positions`` reads them."""
    ranges: list[list[int]] = []
    for position in sorted(positions):
        if ranges and ranges[-1][1] == position - 1:
            ranges[-1][1] = position
        else:
            ranges.append([position, position])
    return ",".join(
        f"{first + 1}" if first == last else f"{first + 1}-{last + 1}"
        for first, last in ranges
    )


def _within(name: str, value: float, least: float, most: float) -> None:
    if not least <= value <= most:  # not a number is in no range
        raise SetupError(
            "This must lie between %(least)s and %(most)s.",
            field=name,
            least=millimetres(least),
            most=millimetres(most),
        )


def _half_gap(stock: Stock) -> float:
    """Return how far labels of a sheet may bleed before they meet or leave it."""
    gaps = [stock.left, stock.top, stock.right, stock.bottom]
    if stock.columns > 1:
        gaps.append((stock.pitch_x - stock.label_width) / 2)
    if stock.rows > 1:
        gaps.append((stock.pitch_y - stock.label_height) / 2)
    return max(min(gaps), 0.0)


DEFAULT_SETUP = Setup()
