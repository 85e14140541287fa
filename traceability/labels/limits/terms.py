"""How many labels may still be printed: by a quota, by a lot's packs. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from traceability.core.canonical import Json
from traceability.labels.counting.tally import Tally

ALLOWED_SHARE = 50  # one label in fifty may be spoiled without a word
ALLOWED_LEAST = 10
EXCESS, MUST_BE_APPLIED = "excess", "must_be_applied"  # keys of a run's facts


class Period(StrEnum):
    """What a quota counts by: calendar years in Vietnam, or everything so far."""

    YEAR = "year"
    TOTAL = "total"


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaUse:
    """How much of a quota is used; void labels are not given back."""

    quota: int | None
    period: Period
    used: int
    asked: str = ""  # the name of the authority that set it

    @property
    def left(self) -> int | None:
        """Return how many labels may still be printed; nothing: as many as wanted."""
        return None if self.quota is None else max(0, self.quota - self.used)


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A lot's packs beside its live labels; no packs where they are not known."""

    packs: int | None
    live: int

    @property
    def allowance(self) -> int:
        """Return how many labels more than packs may be spoiled without a reason."""
        return max(ALLOWED_LEAST, -(-(self.packs or 0) // ALLOWED_SHARE))

    @property
    def left(self) -> int | None:
        """Return how many labels need no reason; nothing where packs are not known."""
        if self.packs is None:
            return None
        return max(0, self.packs + self.allowance - self.live)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What a run's record says of its bounds: why it goes over them, what binds it."""

    packs: int | None = None
    live: int = 0
    reason: str = ""  # empty: not more labels than packs
    must_be_applied: bool = False

    def facts(self) -> dict[str, Any]:
        """Return what a run's row keeps of them."""
        kept: dict[str, Any] = {}
        if self.reason:
            kept[EXCESS] = {
                "packs": self.packs,
                "live": self.live,
                "reason": self.reason,
            }
        if self.must_be_applied:
            kept[MUST_BE_APPLIED] = True
        return kept


def bounds_claims(facts: Mapping[str, Any]) -> dict[str, Json]:
    """Return what is signed of a run's bounds, from its row."""
    claims: dict[str, Json] = {}
    if EXCESS in facts:
        claims["excess"] = facts[EXCESS]
    if facts.get(MUST_BE_APPLIED):
        claims["mustBeApplied"] = True
    return claims


def excess_numbers(facts: Mapping[str, Any]) -> dict[str, object]:
    """Return the numbers of what goes over a lot's packs; reasons are texts."""
    excess = facts.get(EXCESS)
    if excess is None:
        return {}
    return {"excess": {"packs": excess["packs"], "live": excess["live"]}}


def room_in(packs: int | None, tally: Tally) -> Room:
    """Return a lot's room for labels."""
    return Room(packs=packs, live=tally.live)
