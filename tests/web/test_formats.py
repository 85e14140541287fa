"""Numbers, days and quantities as people of each language write them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from traceability.core.quantity import Quantity
from traceability.web.formats import day, instant, number, quantity


def test_days_and_instants_are_those_of_viet_nam() -> None:
    late = datetime(2026, 11, 21, 18, 5, tzinfo=UTC)
    assert day(date(2026, 11, 2)) == "02/11/2026"
    assert day(late) == "22/11/2026"
    assert instant(late) == "22/11/2026 01:05"
    assert (day(None), instant(None), number(None), quantity(None)) == ("",) * 4


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Decimal("1234.50"), "1.234,5"),
        (Decimal("0.25"), "0,25"),
        (-1000, "-1.000"),
        (Decimal("1E+3"), "1.000"),
    ],
)
def test_numbers_take_a_dot_for_thousands_and_a_comma(
    value: Decimal | int, written: str
) -> None:
    assert number(value) == written


def test_a_quantity_speaks_the_language_of_the_page() -> None:
    packs = Quantity(Decimal("1234.5"), "H87")
    assert quantity(packs) == "1.234,5 đơn vị"
    assert quantity(packs, "en") == "1,234.5 pieces"
