"""Which stars are drawn, and how."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from traceability.lookup.stars import Held, stars_of_lot, stars_of_product
from traceability.ocop.rating import RecognitionFacts, standing, standing_for

GIVEN = date(2025, 6, 1)
TODAY = date(2026, 11, 22)
DAY = timedelta(days=1)


def recognition(
    stars: int = 4,
    issued: date = GIVEN,
    expires: date = date(2028, 6, 1),
    withdrawn_on: date | None = None,
) -> RecognitionFacts:
    return RecognitionFacts(
        public_id=f"r{issued}",
        stars=stars,
        points=Decimal(80),
        scope="",
        decision_no="12/QĐ",
        decided_by="UBND tỉnh mẫu",
        certificate_no="M-12",
        rules="148/QĐ-TTg",
        issued=issued,
        expires=expires,
        withdrawn_on=withdrawn_on,
    )


def shown(
    made: date, *known: RecognitionFacts
) -> tuple[int, Held, bool, date | None] | None:
    two = standing_for(known, production_date=made, today=TODAY)
    found = stars_of_lot(two)
    if found is None:
        return None
    return found.count, found.held, found.held_then, found.since


def test_without_a_recognition_nothing_is_shown() -> None:
    assert shown(TODAY) is None
    assert stars_of_product(standing([], TODAY)) is None


def test_a_recognition_to_come_shows_nothing() -> None:
    assert shown(TODAY, recognition(issued=TODAY + DAY)) is None


def test_stars_that_held_at_production_and_hold_today_are_filled() -> None:
    assert shown(GIVEN, recognition()) == (4, Held.VALID, True, GIVEN)


def test_stars_that_lapsed_since_say_both() -> None:
    lapsed = recognition(expires=date(2026, 6, 1))
    assert shown(GIVEN, lapsed) == (4, Held.EXPIRED, True, date(2026, 6, 2))


def test_a_lot_made_after_they_lapsed_never_had_them() -> None:
    lapsed = recognition(expires=date(2026, 6, 1))
    made = date(2026, 7, 1)
    assert shown(made, lapsed) == (4, Held.EXPIRED, False, date(2026, 6, 2))


def test_withdrawn_stars_are_outlines() -> None:
    gone = recognition(withdrawn_on=date(2026, 9, 10))
    assert shown(GIVEN, gone) == (4, Held.WITHDRAWN, True, date(2026, 9, 10))


def test_stars_given_after_the_lot_was_made_do_not_count_for_it() -> None:
    assert shown(GIVEN - DAY, recognition()) == (4, Held.LATER, False, GIVEN)


@pytest.mark.parametrize(("then", "now", "count"), [(3, 4, 3), (4, 3, 3), (4, 4, 4)])
def test_a_lot_shows_the_fewer_of_then_and_today(
    then: int, now: int, count: int
) -> None:
    newer = recognition(now, issued=date(2026, 8, 1))
    found = stars_of_lot(
        standing_for([recognition(then), newer], production_date=GIVEN, today=TODAY)
    )
    assert found is not None
    assert (found.count, found.filled) == (count, True)
    assert found.recognition.stars == count


def test_a_product_shows_its_stars_of_today() -> None:
    found = stars_of_product(standing([recognition()], TODAY))
    assert found is not None
    assert (found.count, found.filled) == (4, True)
