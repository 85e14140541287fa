"""Stock: grids that lie on their page and do not overlap."""

import json
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from traceability.labels.errors import SetupError, StockUnknownError
from traceability.labels.setup import Setup
from traceability.labels.stock import (
    A4_24,
    A4_65,
    STOCKS,
    Stock,
    StockKind,
    stock_of,
)

WHOLE_PAGE = {"a4-40", "a4-24-70x37", *(one for one in STOCKS if "roll" in one)}


@pytest.mark.parametrize("stock", STOCKS.values(), ids=[*STOCKS])
def test_labels_lie_on_the_page_side_by_side(stock: Stock) -> None:
    slots = [stock.slot(position) for position in range(stock.per_page)]
    assert {slot.page for slot in slots} == {0}
    margin = 0 if stock.id in WHOLE_PAGE else 4  # what home printers leave white
    assert min(stock.left, stock.top, stock.right, stock.bottom) >= margin - 1e-6
    for one, other in pairwise(slots):
        beside = other.left - one.left >= stock.label_width - 1e-6
        below = other.top - one.top >= stock.label_height - 1e-6
        assert beside or below


@pytest.mark.parametrize("stock", STOCKS.values(), ids=[*STOCKS])
def test_a_stock_names_its_kind_its_count_and_its_size(stock: Stock) -> None:
    assert len(stock.id) <= 16  # the column of a run
    vi, en = stock.name.vi, stock.name.en
    assert f"{stock.label_width:g}".replace(".", ",") in vi
    assert f"{stock.label_height:g}" in en
    if stock.kind is StockKind.ROLL:
        assert vi.startswith("Cuộn")
        assert (stock.per_page, stock.kind.resolutions) == (1, (203, 300, 600))
        assert stock.gap >= 2
    else:
        assert f"{stock.per_page} tem" in vi
        assert vi[:2] == en[:2] == stock.id[:2].upper()
        assert stock.kind.resolutions == (300, 600)
    assert Stock.from_json(json.loads(json.dumps(stock.to_json()))) == stock


def test_a_page_too_large_for_fine_dots_is_printed_at_coarse_ones() -> None:
    large = replace(A4_24, page_width=450.0, page_height=450.0)
    assert (A4_24.resolutions, large.resolutions) == ((300, 600), (300,))
    with pytest.raises(SetupError):
        Setup(dpi=600).check(large)


def test_the_sheets_have_the_labels_in_their_names() -> None:
    assert (A4_65.per_page, A4_65.label_width, A4_65.label_height) == (65, 38, 21)
    assert (A4_24.per_page, A4_24.label_width, A4_24.label_height) == (24, 64, 34)


def test_a_new_page_begins_at_the_first_place() -> None:
    last, first = A4_65.slot(64), A4_65.slot(65)
    assert (last.page, first.page) == (0, 1)
    assert (first.left, first.top) == (A4_65.left, A4_65.top)
    assert [A4_65.pages_for(count) for count in (1, 65, 66)] == [1, 1, 2]


@pytest.mark.parametrize(
    "wrong",
    [{"left": 30.0}, {"top": 40.0}, {"pitch_x": 37.0}, {"pitch_y": 20.0}, {"left": -1}],
)
def test_a_grid_that_does_not_fit_is_no_stock(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="a4-65"):
        replace(A4_65, **wrong)


def test_an_unknown_stock_names_those_there_are() -> None:
    assert stock_of("a4-65") is A4_65
    with pytest.raises(StockUnknownError, match="a4-65, a4-40, a4-24"):
        stock_of("a4-99")
