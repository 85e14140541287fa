from contextlib import nullcontext
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from traceability.ocop.rating import (
    RatingAuthorityError,
    RatingPointsError,
    RatingStarsError,
    RecognitionFacts,
    Standing,
    StandingState,
    check_rating,
    expiry_of,
    months_later,
    standing,
    standing_for,
)
from traceability.ocop.rules import (
    VERSIONS,
    Authority,
    RatingRulesError,
    rules_for,
    stars_for,
    versions_on,
)

DAYS = st.dates(date(2023, 2, 24), date(2040, 12, 31))
CURRENT = rules_for(date(2026, 11, 22))


def a_recognition(issued: date, **changed: object) -> RecognitionFacts:
    values: dict[str, object] = {
        "public_id": f"r-{issued}",
        "stars": 4,
        "points": Decimal("81.5"),
        "scope": "",
        "decision_no": "SAMPLE-QD-03",
        "decided_by": "UBND tỉnh mẫu",
        "certificate_no": "SAMPLE-OCOP-003",
        "rules": "26/2026/QĐ-TTg",
        "issued": issued,
        "expires": expiry_of(issued),
    }
    return RecognitionFacts(**(values | changed))  # type: ignore[arg-type]  # a test's facts


@pytest.mark.parametrize(
    ("issued", "last_day"),
    [
        (date(2026, 11, 22), date(2029, 11, 22)),
        (date(2024, 2, 29), date(2027, 2, 28)),
        (date(2025, 2, 28), date(2028, 2, 28)),
        (date(2023, 12, 31), date(2026, 12, 31)),
    ],
)
def test_a_certificate_runs_36_months_to_the_same_day(
    issued: date, last_day: date
) -> None:
    assert expiry_of(issued) == last_day


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 8, 31), 1, date(2026, 9, 30)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
    ],
)
def test_a_month_without_the_day_gives_its_last(
    day: date, months: int, expected: date
) -> None:
    assert months_later(day, months) == expected


@given(DAYS)
def test_36_months_are_three_years_and_never_another_month(issued: date) -> None:
    last_day = expiry_of(issued)
    assert (last_day.year, last_day.month) == (issued.year + 3, issued.month)
    assert last_day.day in {issued.day, issued.day - 1}


@given(DAYS, DAYS)
def test_an_earlier_decision_never_ends_later(one: date, other: date) -> None:
    earlier, later = sorted((one, other))
    assert expiry_of(earlier) <= expiry_of(later)


def test_the_last_day_still_counts_and_the_next_does_not() -> None:
    facts = [a_recognition(date(2023, 6, 20))]
    assert standing(facts, date(2026, 6, 20)).state is StandingState.VALID
    after = standing(facts, date(2026, 6, 21))
    assert (after.state, after.since, after.stars) == (
        StandingState.EXPIRED,
        date(2026, 6, 21),
        0,
    )


def test_a_withdrawal_counts_from_its_day() -> None:
    facts = [a_recognition(date(2025, 2, 15), withdrawn_on=date(2026, 9, 10))]
    assert standing(facts, date(2026, 9, 9)).stars == 4
    found = standing(facts, date(2026, 9, 10))
    assert (found.state, found.since) == (StandingState.WITHDRAWN, date(2026, 9, 10))


def test_a_product_without_a_record_has_no_stars() -> None:
    day = date(2026, 11, 22)
    assert standing([], day) == Standing(day, StandingState.NONE)


def test_a_decision_to_come_gives_no_stars_yet() -> None:
    found = standing([a_recognition(date(2026, 6, 26))], date(2026, 6, 25))
    assert (found.state, found.stars) == (StandingState.NOT_YET, 0)


def test_the_newest_decision_before_the_day_counts() -> None:
    facts = [
        a_recognition(date(2026, 6, 26), stars=4),
        a_recognition(date(2024, 1, 25), stars=3),
    ]
    assert standing(facts, date(2026, 6, 25)).stars == 3
    assert standing(facts, date(2026, 6, 26)).stars == 4


def test_an_older_rating_does_not_come_back_when_the_newer_is_withdrawn() -> None:
    facts = [
        a_recognition(date(2026, 1, 1), withdrawn_on=date(2026, 3, 1)),
        a_recognition(date(2024, 6, 1), stars=3),
    ]
    assert standing(facts, date(2026, 3, 2)).stars == 0


def test_a_batch_made_under_stars_that_lapsed_says_both() -> None:
    facts = [a_recognition(date(2023, 6, 20), stars=3)]
    both = standing_for(
        facts, production_date=date(2026, 6, 1), today=date(2026, 11, 22)
    )
    assert both.made.stars == 3
    assert both.today.state is StandingState.EXPIRED
    assert both.lapsed_since


def test_a_batch_made_after_the_stars_lapsed_never_held_them() -> None:
    facts = [a_recognition(date(2023, 6, 20), stars=3)]
    both = standing_for(
        facts, production_date=date(2026, 7, 1), today=date(2026, 11, 22)
    )
    assert not both.lapsed_since


@st.composite
def histories(draw: st.DrawFn) -> list[RecognitionFacts]:
    facts = []
    for issued in draw(st.lists(DAYS, max_size=4, unique=True)):
        after = draw(st.none() | st.integers(0, 1200))
        withdrawn = None if after is None else issued + timedelta(days=after)
        facts.append(a_recognition(issued, withdrawn_on=withdrawn))
    return facts


@given(histories(), DAYS)
def test_stars_are_held_only_between_first_and_last_day(
    facts: list[RecognitionFacts], day: date
) -> None:
    found = standing(facts, day)
    if found.stars:
        one = found.recognition
        assert one is not None
        assert one.issued <= day <= one.expires
        assert one.withdrawn_on is None or day < one.withdrawn_on
        assert not [f for f in facts if one.issued < f.issued <= day]


@given(histories(), DAYS)
def test_the_order_of_the_records_does_not_matter(
    facts: list[RecognitionFacts], day: date
) -> None:
    assert standing(facts, day) == standing(facts[::-1], day)


@given(histories(), DAYS)
def test_a_state_begins_on_the_day_it_names(
    facts: list[RecognitionFacts], day: date
) -> None:
    found = standing(facts, day)
    if found.since is not None and found.state is not StandingState.NOT_YET:
        assert found.since <= day
        assert standing(facts, found.since).state is found.state


@pytest.mark.parametrize(
    ("points", "stars"),
    [
        *(("0", 1), ("29.99", 1), ("30", 2), ("49.9", 2), ("50", 3)),
        *(("69.99", 3), ("70", 4), ("89.99", 4), ("90", 5), ("100", 5)),
    ],
)
def test_points_fall_into_bands(points: str, stars: int) -> None:
    assert stars_for(Decimal(points)) == stars


@given(st.decimals(0, 100, places=2), st.integers(-1, 9))
def test_stars_pass_only_with_points_of_their_band(points: Decimal, stars: int) -> None:
    authority = CURRENT.recognised_by.get(stars, Authority.PROVINCE)
    belongs = stars in {3, 4, 5} and stars_for(points) == stars
    refused = pytest.raises((RatingStarsError, RatingPointsError))
    with nullcontext() if belongs else refused:
        check_rating(stars, points, authority, CURRENT)


@pytest.mark.parametrize("stars", [-1, 0, 1, 2, 6])
def test_other_than_three_to_five_stars_get_no_certificate(stars: int) -> None:
    with pytest.raises(RatingStarsError) as caught:
        check_rating(stars, Decimal(80), Authority.PROVINCE, CURRENT)
    assert (caught.value.status, caught.value.code) == (422, "rating-stars")


@pytest.mark.parametrize(
    "points", ["89.99", "69", "100.01", "-1", "NaN", "Infinity", "93.001"]
)
def test_points_that_are_not_five_stars_are_refused(points: str) -> None:
    with pytest.raises(RatingPointsError) as caught:
        check_rating(5, Decimal(points), Authority.MINISTER, CURRENT)
    assert (caught.value.code, caught.value.field) == ("rating-points", "points")


def test_the_province_does_not_give_five_stars() -> None:
    with pytest.raises(RatingAuthorityError):
        check_rating(5, Decimal(95), Authority.PROVINCE, CURRENT)


def test_the_district_gave_three_stars_until_july_2025() -> None:
    before = rules_for(date(2025, 7, 5))
    after = rules_for(date(2025, 7, 6), "148/QĐ-TTg")
    check_rating(3, Decimal(55), Authority.DISTRICT, before)
    with pytest.raises(RatingAuthorityError):
        check_rating(3, Decimal(55), Authority.DISTRICT, after)


def test_old_and_new_rules_stand_side_by_side_for_sixty_days() -> None:
    assert [v.document for v in versions_on(date(2026, 7, 21))] == [
        "26/2026/QĐ-TTg",
        "1489/QĐ-TTg",
        "148/QĐ-TTg",
    ]
    assert [v.document for v in versions_on(date(2026, 7, 22))] == ["26/2026/QĐ-TTg"]


def test_each_document_stands_once_on_any_day() -> None:
    for version in VERSIONS:
        documents = [v.document for v in versions_on(version.first_day)]
        assert len(documents) == len(set(documents))


@pytest.mark.parametrize(
    ("day", "document"),
    [
        (date(2023, 2, 23), ""),
        (date(2026, 7, 22), "148/QĐ-TTg"),
        (date(2026, 11, 22), "99/2099/QĐ-TTg"),
    ],
)
def test_rules_not_in_force_are_refused(day: date, document: str) -> None:
    with pytest.raises(RatingRulesError):
        rules_for(day, document)
