"""Six-digit dates."""

from datetime import date, timedelta

import pytest
from hypothesis import given, strategies as st

from traceability.gs1.dates import (
    format_ai_date,
    is_ai_date,
    parse_ai_date,
    year_of,
)
from traceability.gs1.errors import AiDateInvalidError

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("261122", date(2026, 11, 22)),
        ("261100", date(2026, 11, 30)),
        ("270200", date(2027, 2, 28)),
        ("280200", date(2028, 2, 29)),
        ("760101", date(2076, 1, 1)),
        ("770101", date(1977, 1, 1)),
    ],
)
def test_a_date_is_read(text: str, day: date) -> None:
    assert parse_ai_date(text, today=TODAY) == day


@pytest.mark.parametrize(
    "text", ["260230", "261301", "260001", "26112", "26-1-1", "²60101", ""]
)
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(AiDateInvalidError):
        parse_ai_date(text, today=TODAY)
    assert not is_ai_date(text)


def test_a_leap_day_is_a_day_of_some_century() -> None:
    assert is_ai_date("000229")
    assert is_ai_date("280229")
    assert not is_ai_date("270229")


@given(st.integers(0, 99), st.dates(date(1950, 1, 1), date(2150, 12, 31)))
def test_the_year_is_within_the_window_of_the_standard(
    two_digits: int, today: date
) -> None:
    year = year_of(two_digits, today=today)
    assert year % 100 == two_digits
    assert -49 <= year - today.year <= 50


@given(st.dates(TODAY - timedelta(days=365 * 48), TODAY + timedelta(days=365 * 49)))
def test_a_date_is_read_as_it_is_written(day: date) -> None:
    assert parse_ai_date(format_ai_date(day), today=TODAY) == day
