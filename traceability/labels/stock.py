"""Label stock: sheets of known page, grid and pitch, in millimetres."""

from dataclasses import dataclass

from traceability.core.text import Bilingual
from traceability.labels.errors import StockUnknownError

_TOLERANCE = 1e-6  # millimetres lost to binary fractions


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One label's place: page from 0, and its upper left corner in mm."""

    page: int
    left: float
    top: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """One kind of sheet. Raises ``ValueError`` when its labels leave it or overlap.

    ``gap`` is what lies between two pages of a roll, in mm.
    """

    id: str
    name: Bilingual
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
        right = self.left + (self.columns - 1) * self.pitch_x + self.label_width
        bottom = self.top + (self.rows - 1) * self.pitch_y + self.label_height
        inside = self.left >= 0 and self.top >= 0
        fits = right <= self.page_width and bottom <= self.page_height
        apart = (
            self.pitch_x >= self.label_width - _TOLERANCE
            and self.pitch_y >= self.label_height - _TOLERANCE
        )
        if not (inside and fits and apart):
            raise ValueError(f"the labels of {self.id} do not fit their page")

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


# The grids of the common 65-up and 24-up sheets: labels of a row stand apart.
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
STOCKS = {stock.id: stock for stock in (A4_65, A4_24)}


def stock_of(stock_id: str) -> Stock:
    """Return the stock of this id. Raises ``StockUnknownError``."""
    stock = STOCKS.get(stock_id)
    if stock is None:
        raise StockUnknownError(
            "There is no stock %(stock)s; there are %(known)s.",
            field="stock",
            stock=stock_id,
            known=", ".join(STOCKS),
        )
    return stock
