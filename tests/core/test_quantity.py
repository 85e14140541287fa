"""Quantities never pass through a float and never lie about size."""

from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from traceability.core.quantity import (
    UNITS,
    Quantity,
    QuantityError,
    UnitError,
    parse_vietnamese,
)

amounts = st.decimals(min_value=Decimal("0.0001"), max_value=Decimal(10**11), places=4)


@given(amounts, st.sampled_from(sorted(UNITS)))
def test_a_quantity_comes_back_as_it_went(amount: Decimal, unit: str) -> None:
    quantity = Quantity(amount, unit)
    assert Quantity.parse(quantity.plain(), unit) == quantity


@pytest.mark.parametrize(
    "amount", ["0", "-5", "1e18", "NaN", "Infinity", "12kg", "1_000", "１２", " 1", ""]
)
def test_amounts_that_are_none_are_refused(amount: str) -> None:
    with pytest.raises(QuantityError):
        Quantity.parse(amount, "KGM")


@pytest.mark.parametrize("unit", ["Kg", "tạ", "cân", ""])
def test_units_are_un_ece_codes(unit: str) -> None:
    with pytest.raises(UnitError):
        Quantity.parse("1", unit)


def test_a_quintal_is_a_hundred_kilograms() -> None:
    assert Quantity.parse("1.5", "DTN").base == Decimal(150)
    assert Quantity.parse("250", "GRM").base == Decimal("0.250")


@pytest.mark.parametrize(
    ("typed", "plain"),
    [("1.234,5", "1234.5"), ("12", "12"), ("0,25", "0.25"), ("1.000.000", "1000000")],
)
def test_vietnamese_numbers_are_read(typed: str, plain: str) -> None:
    assert parse_vietnamese(typed) == plain


@pytest.mark.parametrize("typed", ["1.5", "1,2,3", "1.23.456", "abc", ".5", "12kg"])
def test_ambiguous_numbers_are_not_guessed(typed: str) -> None:
    with pytest.raises(QuantityError):
        parse_vietnamese(typed)
