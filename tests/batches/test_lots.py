"""Lot numbers issued here."""

from datetime import date

import pytest
from hypothesis import given, strategies as st

from traceability.batches.errors import LotFormatError
from traceability.batches.lots import own_lot_number, suggested_lot_number


def test_a_suggestion_tells_the_day_and_counts() -> None:
    assert suggested_lot_number(date(2026, 11, 22), 3) == "261122-03"


def test_small_letters_are_raised() -> None:
    assert own_lot_number(" che-26a ") == "CHE-26A"


@given(st.from_regex(r"[0-9A-Z-]{1,20}", fullmatch=True))
def test_upper_case_digits_and_hyphens_pass(text: str) -> None:
    assert own_lot_number(text) == text


@pytest.mark.parametrize(
    "text",
    ["", "A" * 21, "LÔ-1", "A/B", "A B", "🍵", "١٢٣", "A_B", "ſ", "ﬁ", "A\u200b"],
)
def test_other_characters_and_lengths_are_refused(text: str) -> None:
    with pytest.raises(LotFormatError) as refused:
        own_lot_number(text)
    assert (refused.value.status, refused.value.field) == (422, "lot_number")
