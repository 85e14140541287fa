"""When a history of scans looks like copying."""

import pytest
from hypothesis import given, strategies as st

from traceability.scans.rules import (
    IN_A_DAY,
    IN_A_WEEK,
    IN_AN_HOUR,
    MANY_IN_A_DAY,
    MANY_IN_A_WEEK,
    MANY_IN_AN_HOUR,
    History,
    signs,
)


@pytest.mark.parametrize(
    ("history", "found"),
    [
        (History(), ()),
        (History(count=5000, busiest_hour=2, busiest_day=3, busiest_week=9), ()),
        (History(busiest_hour=IN_AN_HOUR - 1), ()),
        (History(busiest_hour=IN_AN_HOUR), (MANY_IN_AN_HOUR,)),
        (History(busiest_day=IN_A_DAY), (MANY_IN_A_DAY,)),
        (History(busiest_week=IN_A_WEEK), (MANY_IN_A_WEEK,)),
    ],
)
def test_a_sign_starts_at_its_threshold(
    history: History, found: tuple[str, ...]
) -> None:
    assert signs(history) == found


def test_the_thresholds_grow_with_the_time() -> None:
    assert IN_AN_HOUR < IN_A_DAY < IN_A_WEEK


@given(st.integers(0, 10**9))
def test_one_device_never_is_a_sign_however_often_it_scans(count: int) -> None:
    assert not signs(
        History(count=count, busiest_hour=1, busiest_day=1, busiest_week=7)
    )
