from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from traceability.catalog.places import (
    AreaInvalidError,
    PlaceFacts,
    Point,
    PointInvalidError,
    area_code_looks_odd,
    checked_area,
    may_be_named,
)

TAN_CUONG = Point(Decimal("21.59422"), Decimal("105.84817"))


@pytest.mark.parametrize(
    "text",
    [
        "21.59422, 105.84817",
        "21.59422,105.84817",
        "21.59422 105.84817",
        " 21.59422; 105.84817 ",
        "21,59422; 105,84817",
        "21,59422 105,84817",
        "+21.594220, 105.8481700",
    ],
)
def test_a_point_is_read_as_maps_give_it(text: str) -> None:
    assert Point.parse(text) == TAN_CUONG


@pytest.mark.parametrize(
    "text",
    [
        "",
        "21.59422",
        "105.84817, 21.59422",  # longitude first
        "91, 0",
        "0, 180.5",
        "21.5, 105.8, 3",
        "1e1, 2",
        "NaN, 1",
        "٢١, ١٠٥",
        "21°35'39\"N 105°50'53\"E",
        "21,59422,105,84817",
    ],
)
def test_what_is_no_point_is_refused(text: str) -> None:
    with pytest.raises(PointInvalidError) as caught:
        Point.parse(text)
    assert (caught.value.status, caught.value.field) == (422, "point")


@given(
    st.decimals(-90, 90, allow_nan=False, allow_infinity=False, places=6),
    st.decimals(-180, 180, allow_nan=False, allow_infinity=False, places=6),
)
def test_points_come_back_as_they_were_written(
    latitude: Decimal, longitude: Decimal
) -> None:
    point = Point(latitude, longitude)
    assert Point.parse(str(point)) == point


def test_a_point_keeps_six_decimals() -> None:
    assert str(Point(Decimal("21.12345678"), Decimal(105))) == "21.123457, 105"


@pytest.mark.parametrize("area", ["0", "-1", "100000.1", "NaN", "Infinity"])
def test_an_area_is_a_bearable_number_of_hectares(area: str) -> None:
    with pytest.raises(AreaInvalidError):
        checked_area(Decimal(area))


@pytest.mark.parametrize(
    ("code", "odd"),
    [
        ("", False),
        ("VN-LDOR-0123", False),
        ("VN-TGPH-12", False),
        ("VN-LDOR-1", True),
        ("vn-ldor-0123", True),
        ("VN-LDOR-0123\n", True),
        ("mã 12", True),
    ],
)
def test_an_unusual_growing_area_code_is_only_noticed(code: str, *, odd: bool) -> None:
    assert area_code_looks_odd(code) is odd


@pytest.mark.parametrize(
    ("plot", "public", "household", "named"),
    [
        (True, True, True, False),  # a household's plot: never, whatever was ticked
        (True, True, False, True),
        (False, True, True, True),  # a household's shop
        (False, False, False, False),
    ],
)
def test_of_a_households_plot_strangers_see_only_the_commune(
    *, plot: bool, public: bool, household: bool, named: bool
) -> None:
    facts = PlaceFacts(is_plot=plot, is_public=public, of_household=household)
    assert may_be_named(facts) is named
