"""What a page rests on, and whether that still stands."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass

from traceability.core.ports import Clock
from traceability.db.stamps import Stamps
from traceability.lookup.showing.looking import Asked, Moment
from traceability.scans.service import ScanCounter
from traceability.verification.room import Outside, outside_of
from traceability.web.context import Services


def state_of(moment: Moment, waiting: int) -> tuple[Hashable, ...]:
    """Return what a page made in a moment, with so many scans waiting, rests on."""
    return moment.stamp, moment.day, moment.interval, moment.head, waiting


@dataclass(frozen=True, slots=True)
class _Guard:
    """Tells whether anything changed that a page of a link rests on."""

    link: str
    state: Hashable
    outside: Outside
    stamps: Stamps
    counter: ScanCounter
    clock: Clock

    def holds(self) -> bool:
        """Return whether the page would be rendered in the same state now."""
        outside = self.outside.state()
        if outside is None:
            return False
        stamp, waiting = self.stamps.now(), self.counter.waiting(self.link)
        return (stamp, self.clock.today(), *outside, waiting) == self.state


def guard(use: Services, asked: Asked, state: Hashable) -> Callable[[], bool]:
    """Return what tells whether a page of a link would be the same now."""
    return _Guard(
        asked.canonical,
        state,
        outside_of(use),
        use.get(Stamps),
        use.get(ScanCounter),
        use.clock,
    ).holds
