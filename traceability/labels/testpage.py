"""The test page of a stock: label outlines, two rulers, a cross, a code of each size.

Whoever prints it sees whether labels fall where the paper is cut, and measures with a
school ruler what ``calibration`` needs. It speaks Vietnamese, as labels do.
"""

from io import BytesIO

from reportlab.pdfgen.canvas import Canvas

from traceability.labels.calibration import ABOVE, CROSS, rulers_of
from traceability.labels.geometry import (
    MAX_X,
    MM_PER_INCH,
    PHONE_X,
    POINTS_PER_INCH,
    SAFE,
    to_points,
)
from traceability.labels.label import Label
from traceability.labels.qr import QUIET_ZONE, Symbol
from traceability.labels.setup import Setup
from traceability.labels.stock import Stock, StockKind
from traceability.labels.typeface import BOLD, REGULAR

_GREY = 0.6
_ON_ROLL = 1.5  # mm kept white at the edges of a roll's label
_HINTS = (
    "In đúng cỡ (100 %, Actual size), không chọn “vừa trang”.",
    "1. Đo vạch ngang và vạch dọc, từ nét đầu đến nét cuối.",
    "2. Nhập hai số đo vào trang “Căn máy in”.",
    "3. Khung bị lệch? Đo thêm từ mép giấy đến tâm dấu cộng.",
)


def render_test_page(stock: Stock, setup: Setup) -> bytes:
    """Return the test page as PDF; labels stand where the setup puts them.

    Rulers and cross are drawn as a printer without calibration draws them. Raises
    ``SetupError`` where the setup does not suit the stock.
    """
    setup.check(stock)
    page = _Page(stock, setup)
    page.draw()
    return page.finished()


class _Page:
    """A canvas in millimetres from the upper left corner."""

    def __init__(self, stock: Stock, setup: Setup) -> None:
        self.stock, self.setup = stock, setup
        self.height = to_points(stock.page_height)
        self.buffer = BytesIO()
        size = (to_points(stock.page_width), self.height)
        self.canvas = Canvas(
            self.buffer, pagesize=size, pageCompression=1, invariant=1, lang="vi"
        )
        self.canvas.setTitle(f"Trang thử · {stock.name.vi}")

    def draw(self) -> None:
        """Draw everything that the page has room for."""
        self._outlines()
        if self.stock.kind is StockKind.SHEET:
            self._rulers()
            self._cross()
            self._panel()
        else:
            right, bottom = self.stock.page_width, self.stock.page_height
            self._codes(_ON_ROLL, _ON_ROLL, right - _ON_ROLL, bottom - _ON_ROLL)

    def finished(self) -> bytes:
        """Return the document."""
        self.canvas.save()
        return self.buffer.getvalue()

    def _outlines(self) -> None:
        self.canvas.setLineWidth(0.4)
        width, height = self.setup.label_size(self.stock)
        inset = SAFE if self.stock.kind is StockKind.ROLL else 0.0
        for place in range(self.stock.per_page):
            slot = self.stock.slot(place)
            left, top = self.setup.moved(slot.left, slot.top)
            self.canvas.setStrokeGray(_GREY)
            bottom = self.height - to_points(top + height - inset)
            size = (to_points(width - 2 * inset), to_points(height - 2 * inset))
            self.canvas.rect(to_points(left + inset), bottom, *size)
            if self.stock.per_page > 1:
                self._text(left + 1.5, top + 5.0, str(place + 1), 11, grey=_GREY)

    def _rulers(self) -> None:
        rulers = rulers_of(self.stock)
        left = (self.stock.page_width - rulers.across) / 2
        top, y, x = ABOVE, ABOVE - 9.0, CROSS + 6.0
        self._blank(left - 2, y - 4, rulers.across + 4, 9)
        self._blank(x - 5, top - 2, 9, rulers.down + 4)
        self.canvas.setStrokeGray(0)
        self._line(left, y, left + rulers.across, y)
        for step in range(round(rulers.across / 10) + 1):
            arm = 3.0 if step * 10 in {0, rulers.across} else 1.2
            self._line(left + step * 10, y - arm, left + step * 10, y + arm)
        self._line(x, top, x, top + rulers.down)
        for step in range(round(rulers.down / 10) + 1):
            arm = 3.0 if step * 10 in {0, rulers.down} else 1.2
            self._line(x - arm, top + step * 10, x + arm, top + step * 10)
        middle = self.stock.page_width / 2
        self._note(middle - 14, y + 2.2, f"Vạch ngang: {rulers.across:g} mm")
        self._note(x + 2.5, top + rulers.down - 8, f"Vạch dọc: {rulers.down:g} mm")

    def _cross(self) -> None:
        self._blank(CROSS - 7, CROSS - 7, 14, 14)
        self.canvas.setStrokeGray(0)
        self._line(CROSS - 6, CROSS, CROSS + 6, CROSS)
        self._line(CROSS, CROSS - 6, CROSS, CROSS + 6)
        note = f"Tâm dấu cộng cách mép trái {CROSS:g} mm, mép trên {CROSS:g} mm"
        self._note(CROSS + 8, CROSS - 2.5, note)

    def _panel(self) -> None:
        """Write what to do, and draw the codes below it."""
        left, top = CROSS + 22.0, ABOVE + 9.0
        width = self.stock.page_width - left - 12
        self._blank(left - 3, top - 6, width + 6, 40)
        self._text(left, top, f"Trang thử: {self.stock.name.vi}", 13, bold=True)
        for number, hint in enumerate(_HINTS, start=1):
            self._text(left, top + 2 + number * 7.0, hint, 10.5)
        below = top + 38.0
        self._codes(left, below, left + width, self.stock.page_height - 14)

    def _codes(self, left: float, top: float, right: float, bottom: float) -> None:
        """Draw a code of each module of whole dots that phones read, where it fits."""
        dpi, x, y, tallest = self.setup.dpi, left, top, 0.0
        symbol = Label(link=f"TEM {dpi} DPI").symbol()
        for dots in range(1, round(MAX_X * dpi / MM_PER_INCH) + 1):
            module = dots * MM_PER_INCH / dpi
            side = (symbol.size + 2 * QUIET_ZONE) * module
            if not PHONE_X <= module <= MAX_X or (dpi > 300 and dots % 2):  # noqa: PLR2004 (every second is enough)
                continue
            if x + side > right:
                x, y, tallest = left, y + tallest + 2, 0.0
            if x + side > right or y + side + 4 > bottom:
                return
            self._blank(x, y, side, side + 4)
            self._symbol(symbol, x, y, dots)
            told = f"{module:.3f}".replace(".", ",")
            self._text(x + 1, y + side + 2.5, f"{told} mm", 7)
            x, tallest = x + side + 2, max(tallest, side + 4)

    def _symbol(self, symbol: Symbol, left: float, top: float, dots: int) -> None:
        """Fill the dark runs at whole printer dots."""
        dpi = self.setup.dpi
        point = POINTS_PER_INCH / dpi
        corner = [round(one * dpi / MM_PER_INCH) for one in (left, top)]
        path = self.canvas.beginPath()
        for x, y, length in symbol.runs():
            across = corner[0] + (x + QUIET_ZONE) * dots
            down = corner[1] + (y + QUIET_ZONE + 1) * dots
            bottom = self.height - down * point
            path.rect(across * point, bottom, length * dots * point, dots * point)
        self.canvas.setFillGray(0)
        self.canvas.drawPath(path, stroke=0, fill=1)

    def _note(self, left: float, top: float, text: str) -> None:
        """Write on white, so that outlines do not run through it."""
        width = self.canvas.stringWidth(text, REGULAR, 9) * MM_PER_INCH
        self._blank(left - 0.5, top - 0.5, width / POINTS_PER_INCH + 1, 4.5)
        self._text(left, top + 3, text, 9)

    def _text(
        self,
        left: float,
        baseline: float,
        text: str,
        size: float,
        *,
        bold: bool = False,
        grey: float = 0.0,
    ) -> None:
        self.canvas.setFillGray(grey)
        self.canvas.setFont(BOLD if bold else REGULAR, size)
        self.canvas.drawString(to_points(left), self.height - to_points(baseline), text)

    def _line(self, x1: float, y1: float, x2: float, y2: float) -> None:
        ends = (to_points(x1), self.height - to_points(y1))
        self.canvas.line(*ends, to_points(x2), self.height - to_points(y2))

    def _blank(self, left: float, top: float, width: float, height: float) -> None:
        self.canvas.setFillGray(1)
        bottom = self.height - to_points(top + height)
        size = (to_points(width), to_points(height))
        self.canvas.rect(to_points(left), bottom, *size, stroke=0, fill=1)
