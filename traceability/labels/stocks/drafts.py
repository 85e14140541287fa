"""A stock as a person measures it with a ruler, checked field by field."""

from dataclasses import dataclass

from traceability.core.text import Bilingual
from traceability.labels.errors import StockMeasureError
from traceability.labels.stock import Stock, StockKind
from traceability.web.formats import millimetres

MOST_COLUMNS = 12
MOST_ROWS = 40
_PLAY = 0.05  # mm by which what was measured may contradict itself
_RANGES = {
    "page_width": (10.0, 450.0),
    "page_height": (10.0, 450.0),
    "label_width": (10.0, 300.0),
    "label_height": (10.0, 300.0),
    "columns": (1, MOST_COLUMNS),
    "rows": (1, MOST_ROWS),
    "left": (0.0, 100.0),
    "top": (0.0, 100.0),
    "pitch_x": (0.0, 450.0),
    "pitch_y": (0.0, 450.0),
    "gap": (0.0, 20.0),
}
_LEAST_SHEET = 100.0  # mm: the test page needs room for its rulers


@dataclass(frozen=True, slots=True, kw_only=True)
class StockDraft:
    """Measures in mm; a pitch of 0 means that labels touch.

    Of a roll, the page is one row of labels: its height, margin above and rows are
    those of a label. Raises ``StockMeasureError`` beside the field that is wrong.
    """

    name: str
    kind: StockKind
    page_width: float
    page_height: float = 0.0
    label_width: float
    label_height: float
    columns: int = 1
    rows: int = 1
    left: float = 0.0
    top: float = 0.0
    pitch_x: float = 0.0
    pitch_y: float = 0.0
    gap: float = 0.0

    def __post_init__(self) -> None:
        self._check_ranges()
        across = _used(self.left, self.label_width, self._across, self.columns)
        down = _used(self._top, self.label_height, self._down, self._rows)
        _check_apart("pitch_x", self.label_width, self._across)
        _check_apart("pitch_y", self.label_height, self._down)
        _check_inside("page_width", across, self.page_width)
        _check_inside("page_height", down, self._height)

    @property
    def is_roll(self) -> bool:
        """Return whether it is a roll."""
        return self.kind is StockKind.ROLL

    @property
    def _rows(self) -> int:
        return 1 if self.is_roll else self.rows

    @property
    def _top(self) -> float:
        return 0.0 if self.is_roll else self.top

    @property
    def _height(self) -> float:
        return self.label_height if self.is_roll else self.page_height

    @property
    def _across(self) -> float:
        return self.pitch_x or self.label_width

    @property
    def _down(self) -> float:
        return self.label_height if self.is_roll else self.pitch_y or self.label_height

    def _check_ranges(self) -> None:
        ignored = {"page_height", "rows", "top", "pitch_y"} if self.is_roll else {"gap"}
        for name, (least, most) in _RANGES.items():
            smallest = least
            if name.startswith("page_") and not self.is_roll:
                smallest = _LEAST_SHEET
            if name not in ignored and not smallest <= getattr(self, name) <= most:
                raise StockMeasureError(
                    "This must lie between %(least)s and %(most)s.",
                    field=name,
                    least=millimetres(smallest),
                    most=millimetres(most),
                )

    def stock(self, stock_id: str) -> Stock:
        """Return the stock under its id."""
        across = _used(self.left, self.label_width, self._across, self.columns)
        down = _used(self._top, self.label_height, self._down, self._rows)
        return Stock(
            id=stock_id,
            name=Bilingual(self.name),
            kind=self.kind,
            page_width=max(self.page_width, across),
            page_height=max(self._height, down),
            label_width=self.label_width,
            label_height=self.label_height,
            columns=self.columns,
            rows=self._rows,
            left=self.left,
            top=self._top,
            pitch_x=self._across,
            pitch_y=self._down,
            gap=self.gap if self.is_roll else 0.0,
        )


def _used(margin: float, label: float, pitch: float, count: int) -> float:
    return margin + (count - 1) * pitch + label


def _check_apart(field: str, label: float, pitch: float) -> None:
    if pitch < label:
        raise StockMeasureError(
            "Labels would overlap: from one to the next it is at least the label, "
            "%(least)s mm.",
            field=field,
            least=millimetres(label),
        )


def _check_inside(field: str, used: float, page: float) -> None:
    if used > page + _PLAY:
        raise StockMeasureError(
            "Labels would leave the page: margin and labels take %(used)s mm.",
            field=field,
            used=millimetres(used),
        )
