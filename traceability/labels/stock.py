"""Label stock: sheets and rolls of known page, grid and pitch, in millimetres."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from traceability.core.text import Bilingual
from traceability.labels.errors import StockUnknownError

_MM_PER_INCH = 25.4
_MOST_DOTS = 40_000_000  # of a page; each is a byte where it is read back
_TOLERANCE = 1e-6  # millimetres lost to binary fractions


class StockKind(StrEnum):
    """What feeds the printer: sheets, or a roll whose page is one row of labels."""

    SHEET = "sheet"
    ROLL = "roll"

    @property
    def resolutions(self) -> tuple[int, ...]:
        """Return the dots per inch that printers of this kind have."""
        return (300, 600) if self is StockKind.SHEET else (203, 300, 600)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One label's place: page from 0, and its upper left corner in mm."""

    page: int
    left: float
    top: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """One kind of sheet or roll, A4 unless it says otherwise.

    ``gap`` is what lies between two pages of a roll. Raises ``ValueError`` when labels
    leave the page or overlap.
    """

    id: str
    name: Bilingual
    kind: StockKind = StockKind.SHEET
    page_width: float = 210.0
    page_height: float = 297.0
    label_width: float
    label_height: float
    columns: int
    rows: int
    left: float
    top: float
    pitch_x: float
    pitch_y: float
    gap: float = 0.0

    def __post_init__(self) -> None:
        inside = self.left >= 0 and self.top >= 0
        fits = self.right >= -_TOLERANCE and self.bottom >= -_TOLERANCE
        apart = (
            self.pitch_x >= self.label_width - _TOLERANCE
            and self.pitch_y >= self.label_height - _TOLERANCE
        )
        if not (inside and fits and apart):
            raise ValueError(f"the labels of {self.id} do not fit their page")

    @property
    def resolutions(self) -> tuple[int, ...]:
        """Return the dots per inch that it is printed at.

        Pages of more dots than an A4 sheet has at 600 dpi are too large to be drawn.
        """
        area = self.page_width * self.page_height / _MM_PER_INCH**2
        known = self.kind.resolutions
        return tuple(
            dpi for dpi in known if area * dpi**2 <= _MOST_DOTS or dpi == known[0]
        )

    @property
    def right(self) -> float:
        """Return the margin on the right."""
        used = self.left + (self.columns - 1) * self.pitch_x + self.label_width
        return self.page_width - used

    @property
    def bottom(self) -> float:
        """Return the margin below the last row."""
        used = self.top + (self.rows - 1) * self.pitch_y + self.label_height
        return self.page_height - used

    @property
    def per_page(self) -> int:
        """Return the labels on one page."""
        return self.columns * self.rows

    def pages_for(self, count: int) -> int:
        """Return the pages that so many labels take."""
        return -(-count // self.per_page)

    def slot(self, position: int) -> Slot:
        """Return the place of the label at ``position`` (from 0, row by row)."""
        page, place = divmod(position, self.per_page)
        row, column = divmod(place, self.columns)
        return Slot(
            page=page,
            left=self.left + column * self.pitch_x,
            top=self.top + row * self.pitch_y,
        )

    def to_json(self) -> dict[str, Any]:
        """Return the whole stock, so that a run can be printed again without it."""
        return {**asdict(self), "kind": self.kind.value}

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> "Stock":
        """Read ``to_json`` back."""
        name, kind = Bilingual(**kept["name"]), StockKind(kept["kind"])
        return cls(**{**kept, "name": name, "kind": kind})


def _roll(width: float, height: float, gap: float) -> Stock:
    """Return a roll of one label in a row; its page is the label."""
    size = f"{width:g} × {height:g} mm"
    return Stock(
        id=f"roll-{width:g}x{height:g}",
        name=Bilingual(f"Cuộn, tem {size}", f"Roll, labels of {size}"),
        kind=StockKind.ROLL,
        page_width=width,
        page_height=height,
        label_width=width,
        label_height=height,
        columns=1,
        rows=1,
        left=0.0,
        top=0.0,
        pitch_x=width,
        pitch_y=height,
        gap=gap,
    )


# The grids of sheets that are sold. Makers differ by tenths of a millimetre; that, and
# the printer's own play, is what the test page is for.
A4_65 = Stock(
    id="a4-65",
    name=Bilingual("A4, 65 tem 38 × 21 mm", "A4, 65 labels of 38 × 21 mm"),
    label_width=38.0,
    label_height=21.0,
    columns=5,
    rows=13,
    left=4.8,
    top=10.8,
    pitch_x=40.6,
    pitch_y=21.2,
)
A4_40 = Stock(
    id="a4-40",
    name=Bilingual("A4, 40 tem 52,5 × 29,7 mm", "A4, 40 labels of 52.5 × 29.7 mm"),
    label_width=52.5,
    label_height=29.7,
    columns=4,
    rows=10,
    left=0.0,
    top=0.0,
    pitch_x=52.5,
    pitch_y=29.7,
)
A4_24 = Stock(
    id="a4-24",
    name=Bilingual("A4, 24 tem 64 × 34 mm", "A4, 24 labels of 64 × 34 mm"),
    label_width=64.0,
    label_height=34.0,
    columns=3,
    rows=8,
    left=7.0,
    top=12.5,
    pitch_x=66.0,
    pitch_y=34.0,
)
A4_24_WIDE = Stock(
    id="a4-24-70x37",
    name=Bilingual("A4, 24 tem 70 × 37 mm", "A4, 24 labels of 70 × 37 mm"),
    label_width=70.0,
    label_height=37.0,
    columns=3,
    rows=8,
    left=0.0,
    top=0.5,
    pitch_x=70.0,
    pitch_y=37.0,
)
A4_21 = Stock(
    id="a4-21",
    name=Bilingual("A4, 21 tem 63,5 × 38,1 mm", "A4, 21 labels of 63.5 × 38.1 mm"),
    label_width=63.5,
    label_height=38.1,
    columns=3,
    rows=7,
    left=7.25,
    top=15.15,
    pitch_x=66.0,
    pitch_y=38.1,
)
A5_18 = Stock(
    id="a5-18",
    name=Bilingual("A5, 18 tem 44 × 32 mm", "A5, 18 labels of 44 × 32 mm"),
    page_width=148.0,
    page_height=210.0,
    label_width=44.0,
    label_height=32.0,
    columns=3,
    rows=6,
    left=4.0,
    top=4.0,
    pitch_x=48.0,
    pitch_y=34.0,
)
A5_10 = Stock(
    id="a5-10",
    name=Bilingual("A5, 10 tem 68 × 38 mm", "A5, 10 labels of 68 × 38 mm"),
    page_width=148.0,
    page_height=210.0,
    label_width=68.0,
    label_height=38.0,
    columns=2,
    rows=5,
    left=4.0,
    top=6.0,
    pitch_x=72.0,
    pitch_y=40.0,
)
ROLL_30X20 = _roll(30.0, 20.0, 2.0)
ROLL_35X22 = _roll(35.0, 22.0, 2.0)
ROLL_50X30 = _roll(50.0, 30.0, 3.0)
ROLL_100X50 = _roll(100.0, 50.0, 3.0)
STOCKS = {
    stock.id: stock
    for stock in (
        *(A4_65, A4_40, A4_24, A4_24_WIDE, A4_21, A5_18, A5_10),
        *(ROLL_30X20, ROLL_35X22, ROLL_50X30, ROLL_100X50),
    )
}


def stock_of(stock_id: str) -> Stock:
    """Return the built-in stock of this id. Raises ``StockUnknownError``."""
    stock = STOCKS.get(stock_id)
    if stock is None:
        raise StockUnknownError(
            "There is no stock %(stock)s; there are %(known)s.",
            field="stock",
            stock=stock_id,
            known=", ".join(STOCKS),
        )
    return stock
