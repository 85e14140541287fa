"""Plain builders for stock: what a person types who measures a sheet."""

from typing import Any

from traceability.labels.stock import StockKind
from traceability.labels.stocks.drafts import StockDraft

# As a form is sent: a sheet of eight, with decimals as they are written here.
FORM = {
    "name": "Decal 8 tem mẫu",
    "kind": "sheet",
    "page_width": "210",
    "page_height": "297",
    "label_width": "99,1",
    "label_height": "67,7",
    "columns": "2",
    "rows": "4",
    "left": "4,7",
    "top": "13,1",
    "pitch_x": "101,6",
    "pitch_y": "",
    "gap": "",
}
ROLL = {
    "name": "Cuộn 3 tem mẫu",
    "kind": "roll",
    "page_width": "109",
    "label_width": "35",
    "label_height": "22",
    "columns": "3",
    "left": "1",
    "pitch_x": "36",
    "gap": "2",
}


def make_draft(**changes: Any) -> StockDraft:
    values = {
        "name": "Decal 8 tem mẫu",
        "kind": StockKind.SHEET,
        "page_width": 210.0,
        "page_height": 297.0,
        "label_width": 99.1,
        "label_height": 67.7,
        "columns": 2,
        "rows": 4,
        "left": 4.7,
        "top": 13.1,
        "pitch_x": 101.6,
    }
    return StockDraft(**{**values, **changes})
