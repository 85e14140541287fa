"""What stars a product holds on a day. Pure: the same facts give the same answer.

A certificate runs 36 months to the same calendar day, or to the last day of a month
that has no such day. Whether that day still counts the decision does not say; here it
does, in the holder's favour. Of several recognitions the one issued last before the
day decides; an older one does not come back when the newer is withdrawn.
"""

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from traceability.core.errors import InvalidError
from traceability.ocop.rules import (
    CERTIFICATE_MONTHS,
    CERTIFIED_STARS,
    MAX_POINT_DECIMALS,
    MAX_POINTS,
    Authority,
    RulesVersion,
    stars_for,
)


class RatingStarsError(InvalidError):
    """Only 3, 4 and 5 stars are recognised with a certificate."""

    code = "rating-stars"


class RatingPointsError(InvalidError):
    """The points are no points, or belong to another number of stars."""

    code = "rating-points"


class RatingAuthorityError(InvalidError):
    """This level does not recognise this number of stars."""

    code = "rating-authority"


class StandingState(StrEnum):
    """What a product's rating is worth on a day."""

    VALID = "valid"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    NOT_YET = "not-yet"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecognitionFacts:
    """One recognition as its record tells it."""

    public_id: str
    stars: int
    points: Decimal
    scope: str
    decision_no: str
    decided_by: str
    certificate_no: str
    rules: str
    issued: date
    expires: date
    withdrawn_on: date | None = None
    withdrawal_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """A product's rating on a day."""

    on: date
    state: StandingState
    since: date | None = None  # first day of the state; a future one for NOT_YET
    recognition: RecognitionFacts | None = None

    @property
    def stars(self) -> int:
        """Return the stars held on the day: 0 unless the rating is valid."""
        held = self.state is StandingState.VALID and self.recognition
        return held.stars if held else 0


@dataclass(frozen=True, slots=True)
class TwoStandings:
    """A batch's rating: when it was made, and today."""

    made: Standing
    today: Standing

    @property
    def lapsed_since(self) -> bool:
        """Return whether the batch was made under a rating that holds no more."""
        held = self.made.state is StandingState.VALID
        return held and self.today.state is not StandingState.VALID


def standing(recognitions: Iterable[RecognitionFacts], on: date) -> Standing:
    """Return what a product's recognitions are worth on a day."""
    known = sorted(recognitions, key=lambda one: (one.issued, one.public_id))
    begun = [one for one in known if one.issued <= on]
    if begun:
        return _standing_of(begun[-1], on)
    if known:
        return Standing(on, StandingState.NOT_YET, known[0].issued, known[0])
    return Standing(on, StandingState.NONE)


def standing_for(
    recognitions: Iterable[RecognitionFacts], *, production_date: date, today: date
) -> TwoStandings:
    """Return a batch's rating on its production date and today."""
    known = list(recognitions)
    return TwoStandings(standing(known, production_date), standing(known, today))


def months_later(day: date, months: int) -> date:
    """Return the same calendar day so many months later, or that month's last day."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def expiry_of(issued: date) -> date:
    """Return the last day a certificate of that day holds."""
    return months_later(issued, CERTIFICATE_MONTHS)


def check_rating(
    stars: int, points: Decimal, authority: Authority, rules: RulesVersion
) -> None:
    """Refuse stars, points and level that do not go together.

    Raises ``RatingStarsError``, ``RatingPointsError`` or ``RatingAuthorityError``.
    """
    if stars not in CERTIFIED_STARS:
        raise RatingStarsError(
            "Only 3, 4 and 5 stars are recognised with a certificate.", field="stars"
        )
    _check_points(stars, points)
    if rules.recognised_by[stars] is not authority:
        raise RatingAuthorityError(
            "By decision %(document)s this level does not recognise %(stars)s stars.",
            field="recognised_by",
            document=rules.document,
            stars=stars,
        )


def _check_points(stars: int, points: Decimal) -> None:
    if not points.is_finite() or not 0 <= points <= MAX_POINTS:
        raise RatingPointsError("Points run from 0 to 100.", field="points")
    exponent = points.normalize().as_tuple().exponent
    if isinstance(exponent, int) and exponent < -MAX_POINT_DECIMALS:
        raise RatingPointsError("Points have at most two decimals.", field="points")
    if stars_for(points) != stars:
        raise RatingPointsError(
            "These points make %(band)s stars, not %(stars)s.",
            field="points",
            band=stars_for(points),
            stars=stars,
        )


def _standing_of(one: RecognitionFacts, on: date) -> Standing:
    if one.withdrawn_on is not None and one.withdrawn_on <= on:
        return Standing(on, StandingState.WITHDRAWN, one.withdrawn_on, one)
    if one.expires < on:
        first_day_after = one.expires + timedelta(days=1)
        return Standing(on, StandingState.EXPIRED, first_day_after, one)
    return Standing(on, StandingState.VALID, one.issued, one)
