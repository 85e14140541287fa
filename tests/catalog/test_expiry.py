from datetime import date, timedelta

import pytest

from traceability.catalog.expiry import Ending, Urgency, due

TODAY = date(2026, 11, 22)


def ending(days: int, name: str = "A", owner: str = "HTX") -> Ending:
    return Ending(
        kind="certificate",
        public_id=name,
        name=name,
        detail="haccp",
        product="",
        owner_id=1,
        owner=owner,
        begins=None,
        ends=TODAY + timedelta(days=days),
    )


def test_what_is_lost_comes_first_then_what_ends_next() -> None:
    found = due([ending(100), ending(-3), ending(0), ending(-200), ending(29)], TODAY)
    assert [one.days for one in found] == [-3, -200, 0, 29, 100]


@pytest.mark.parametrize(
    ("days", "urgency"),
    [
        (-1, Urgency.ENDED),
        (0, Urgency.URGENT),
        (30, Urgency.URGENT),
        (31, Urgency.SOON),
        (120, Urgency.SOON),
        (121, Urgency.AHEAD),
        (180, Urgency.AHEAD),
    ],
)
def test_the_last_day_still_counts(days: int, urgency: Urgency) -> None:
    [one] = due([ending(days)], TODAY)
    assert one.urgency is urgency


def test_what_is_far_away_or_long_over_is_left_out() -> None:
    assert due([ending(181), ending(-366)], TODAY) == []
    assert len(due([ending(180), ending(-365)], TODAY)) == 2


@pytest.mark.parametrize(("days", "share"), [(-5, 0), (0, 0), (90, 50), (180, 100)])
def test_the_bar_shows_what_is_left(days: int, share: int) -> None:
    [one] = due([ending(days)], TODAY)
    assert one.share_left == share
