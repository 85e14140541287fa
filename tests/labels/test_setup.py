"""The printer's settings: ranges, positions, and where labels come out with them."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from tests.labels.make_labels import FACTS, lot_labels
from traceability.labels.errors import SetupError, SetupOffPageError
from traceability.labels.layout import LabelLayout, lay_out
from traceability.labels.setup import (
    DEFAULT_SETUP,
    Setup,
    format_positions,
    parse_positions,
)
from traceability.labels.stock import A4_24, A4_40, A4_65, ROLL_50X30, Stock

WRONG: list[dict[str, Any]] = [
    {"dpi": 301},
    {"shift_x": 10.1},
    {"shift_y": -11},
    {"scale_x": 0.96},
    {"scale_y": 1.04},
    {"scale_y": float("nan")},
    {"copies": 0},
    {"copies": 101},
    {"bleed": 5.1},
    {"bleed": -1},
]


def layout_on(stock: Stock, **values: Any) -> LabelLayout:
    return lay_out(stock, FACTS, lot_labels(1)[0], setup=Setup(**values))


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_a_setting_out_of_its_range_names_its_field(wrong: dict[str, Any]) -> None:
    with pytest.raises(SetupError) as refusal:
        Setup(**wrong)
    assert refusal.value.field == next(iter(wrong))


@pytest.mark.parametrize(
    ("stock", "values", "field"),
    [
        (A4_24, {"dpi": 203}, "dpi"),
        (A4_24, {"skip": frozenset({24})}, "skip"),
        (A4_24, {"skip": frozenset(range(24))}, "skip"),
        (ROLL_50X30, {"skip": frozenset({0})}, "skip"),
        (A4_65, {"bleed": 0.2}, "bleed"),
        (A4_24, {"shift_x": 7.5}, "shift_x"),
        (A4_24, {"shift_y": -12.6}, "shift_y"),
        (A4_40, {"scale_x": 0.999}, "shift_x"),
    ],
)
def test_a_setting_that_does_not_suit_the_stock_is_refused(
    stock: Stock, values: dict[str, Any], field: str
) -> None:
    with pytest.raises(SetupError) as refusal:
        layout_on(stock, **values)
    assert refusal.value.field == field


def test_a_sheet_whose_labels_would_leave_the_page_says_by_how_much() -> None:
    with pytest.raises(SetupOffPageError, match=r"leave the page by 0,5 mm"):
        Setup(shift_x=7.5).check(A4_24)


def test_used_labels_of_the_first_sheet_are_passed_over() -> None:
    layout = layout_on(A4_24, skip=parse_positions("1-3,5"))
    assert layout.on_first_page == 20
    plain = layout_on(A4_24)
    assert layout.place(0) == plain.place(3)
    assert layout.place(1) == plain.place(5)
    assert layout.place(20) == replace(plain.place(0), page=1)
    assert layout.place(44).page == 2
    assert [layout.pages_for(count) for count in (0, 1, 20, 21, 44, 45)] == [
        *(0, 1, 1, 2, 2, 3)
    ]


@settings(max_examples=80, deadline=None)
@given(
    st.frozensets(st.integers(0, 23), max_size=23),
    st.integers(0, 120),
)
def test_pages_and_positions_say_the_same(skip: frozenset[int], total: int) -> None:
    layout = layout_on(A4_24, skip=skip)
    pages = [layout.positions_of(n, total) for n in range(layout.pages_for(total))]
    assert [one for page in pages for one in page] == list(range(total))
    for number, page in enumerate(pages):
        assert page
        places = [layout.place(one) for one in page]
        assert {place.page for place in places} == {number}
        assert len(set(places)) == len(places)
    assert not layout.positions_of(len(pages), total)


def test_calibration_moves_labels_and_no_module() -> None:
    plain = layout_on(A4_24)
    moved = layout_on(A4_24, shift_x=0.5, shift_y=-1, scale_x=1.002, scale_y=0.998)
    assert moved.fit == plain.fit
    dots = 300 / 25.4
    corner, last = moved.place(0), moved.place(23)
    assert corner.left == round((7 / 1.002 + 0.5) * dots)
    assert corner.top == round((12.5 / 0.998 - 1) * dots)
    assert last.left == round((139 / 1.002 + 0.5) * dots)
    assert last.top == round((250.5 / 0.998 - 1) * dots)


def test_a_printer_that_enlarges_gets_labels_that_do_not_touch() -> None:
    layout = layout_on(A4_24, scale_x=1.03, scale_y=1.03)
    below = layout.place(3).top - layout.place(0).top
    assert layout.label_size[1] <= below
    assert layout.label_size[1] == int(34 / 1.03 * 300 / 25.4)


def test_bleed_surrounds_a_roll_and_trims_to_the_label() -> None:
    layout = layout_on(ROLL_50X30, bleed=2)
    plain = layout_on(ROLL_50X30)
    edge = round(2 * 300 / 25.4)
    assert layout.page_size == tuple(side + 2 * edge for side in plain.page_size)
    assert (layout.place(0).left, layout.place(0).top) == (edge, edge)
    trim, bleed = layout.boxes.trim, layout.boxes.bleed
    assert trim.width == pytest.approx(50 * 72 / 25.4, abs=0.25)
    assert trim.left - bleed.left == pytest.approx(edge / layout.point)
    assert bleed.left == bleed.top == 0


def test_marks_are_drawn_where_they_are_asked_for() -> None:
    assert not layout_on(A4_24).marks()
    assert len(layout_on(A4_24, cut_marks=True).marks()) > 50
    assert not layout_on(ROLL_50X30, cut_marks=True).marks()  # its printer cuts
    assert len(layout_on(ROLL_50X30, cut_marks=True, bleed=2).marks()) == 8


def test_settings_travel_as_json() -> None:
    setup = Setup(
        dpi=600, shift_x=0.5, scale_y=0.998, skip=frozenset({2, 0}), cut_marks=True
    )
    assert Setup.from_json(json.loads(json.dumps(setup.to_json()))) == setup
    assert Setup.from_json(None) == DEFAULT_SETUP


@given(st.frozensets(st.integers(0, 200)))
def test_positions_are_read_as_they_are_written(positions: frozenset[int]) -> None:
    assert parse_positions(format_positions(positions)) == positions


@pytest.mark.parametrize("text", ["0", "5-3", "a", "1-2-3", "-1", "1;2"])
def test_what_names_no_label_of_a_sheet_is_refused(text: str) -> None:
    with pytest.raises(SetupError, match="1-5,9"):
        parse_positions(text)
