"""What ends soon or has ended, the most urgent first. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

URGENT_DAYS = 30
SOON_DAYS = 120
AHEAD_DAYS = 180  # a recognition may be renewed from then on
BACK_DAYS = 365


class Urgency(StrEnum):
    """How near the end is."""

    ENDED = "ended"
    URGENT = "urgent"
    SOON = "soon"
    AHEAD = "ahead"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """A dated paper and its last day, which still counts."""

    kind: str  # "certificate", "ip-right" or "recognition"
    public_id: str
    name: str  # as people speak of it: its number or sign
    detail: str  # what kind of paper: a code of its room, or words
    product: str  # empty where it is for all of them
    owner_id: int
    owner: str
    begins: date | None
    ends: date


@dataclass(frozen=True, slots=True)
class Due:
    """An ending as seen on a day."""

    ending: Ending
    days: int  # left; negative once it is over

    @property
    def urgency(self) -> Urgency:
        """Return how near the end is."""
        if self.days < 0:
            return Urgency.ENDED
        if self.days <= URGENT_DAYS:
            return Urgency.URGENT
        return Urgency.SOON if self.days <= SOON_DAYS else Urgency.AHEAD

    @property
    def share_left(self) -> int:
        """Return what is left of the last 180 days, 0 to 100."""
        return max(0, min(100, round(self.days * 100 / AHEAD_DAYS)))


def due(endings: Iterable[Ending], today: date) -> list[Due]:
    """Return what ended within a year or ends within half a year, most urgent first.

    First what is over (the latest loss first: buyers no longer see it), then what ends
    next.
    """
    found = [Due(one, (one.ends - today).days) for one in endings]
    near = [one for one in found if -BACK_DAYS <= one.days <= AHEAD_DAYS]
    return sorted(near, key=_order)


def _order(one: Due) -> tuple[bool, int, str, str]:
    return one.days >= 0, abs(one.days), one.ending.owner, one.ending.name
