"""Which stars are drawn, how, and what is said of them. Pure."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from traceability.ocop.rating import (
    RecognitionFacts,
    Standing,
    StandingState,
    TwoStandings,
)


class Held(StrEnum):
    """What a recognition is worth for what is shown."""

    VALID = "valid"  # held at production and holds today
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    LATER = "later"  # holds today, was given after this lot was made


@dataclass(frozen=True, slots=True, kw_only=True)
class Stars:
    """Stars as they are drawn: filled where they hold, grey outlines elsewhere."""

    count: int
    held: Held
    held_then: bool  # when this lot was made
    since: date | None  # first day of the state
    recognition: RecognitionFacts

    @property
    def filled(self) -> bool:
        """Return whether they are drawn filled."""
        return self.held is Held.VALID


_LAPSED = {
    StandingState.EXPIRED: Held.EXPIRED,
    StandingState.WITHDRAWN: Held.WITHDRAWN,
}


def stars_of_product(today: Standing) -> Stars | None:
    """Return a product's stars today, whatever lot."""
    return stars_of_lot(TwoStandings(today, today))


def stars_of_lot(two: TwoStandings) -> Stars | None:
    """Return a lot's stars; nothing at all where none were ever given by today.

    As many as held on both days: a lot made under three stars shows three, also where
    its product has four today.
    """
    made, today = two.made, two.today
    if today.recognition is None or today.state is StandingState.NOT_YET:
        return None
    held_then = made.state is StandingState.VALID
    if today.state in _LAPSED:
        return _stars(today, _LAPSED[today.state], held_then=held_then)
    if not held_then:
        return _stars(today, Held.LATER, held_then=False)
    fewer = min(made, today, key=lambda one: (one.stars, one is made))
    return _stars(fewer, Held.VALID, held_then=True)


def _stars(standing: Standing, held: Held, *, held_then: bool) -> Stars:
    recognition = standing.recognition
    if recognition is None:
        raise AssertionError("a standing with a state has its recognition")
    return Stars(
        count=recognition.stars,
        held=held,
        held_then=held_then,
        since=standing.since,
        recognition=recognition,
    )
