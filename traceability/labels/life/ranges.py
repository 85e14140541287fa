"""A run as stretches of numbers that share one fate, in order. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

Range = tuple[int, int]  # both ends included


class Fate(StrEnum):
    """What became of a number; where several things did, the last of these."""

    LEFT = "left"  # neither bound, applied nor void: in a drawer, or still on the press
    REPRINTED = "reprinted"
    BOUND = "bound"  # a stamp, blank until then, that a lot was given
    APPLIED = "applied"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Numbers next to each other with one fate, both ends included."""

    first: int
    last: int
    fate: Fate

    @property
    def count(self) -> int:
        """Return how many numbers it has."""
        return self.last - self.first + 1


def stretches(
    first: int, last: int, ranges: Mapping[Fate, Iterable[Range]]
) -> list[Stretch]:
    """Return a run's numbers from ``first`` to ``last`` by what became of them."""
    steps = sorted(_steps(first, last, ranges))
    order = list(Fate)
    open_: dict[Fate, int] = dict.fromkeys(Fate, 0)
    open_[Fate.LEFT] = 1
    found: list[Stretch] = []
    begin = first
    for at, fate, step in [*steps, (last + 1, Fate.LEFT, 0)]:
        if at > begin:
            now = max((one for one in Fate if open_[one]), key=order.index)
            _add(found, Stretch(begin, at - 1, now))
            begin = at
        open_[fate] += step
    return found


def counts(found: Iterable[Stretch]) -> dict[Fate, int]:
    """Return how many numbers share each fate."""
    total = dict.fromkeys(Fate, 0)
    for one in found:
        total[one.fate] += one.count
    return total


def _steps(
    first: int, last: int, ranges: Mapping[Fate, Iterable[Range]]
) -> Iterator[tuple[int, Fate, int]]:
    for fate, several in ranges.items():
        for begin, end in several:
            begin_in, end_in = max(begin, first), min(end, last)
            if begin_in <= end_in:
                yield begin_in, fate, 1
                yield end_in + 1, fate, -1


def _add(found: list[Stretch], one: Stretch) -> None:
    if found and found[-1].fate is one.fate:
        one = Stretch(found.pop().first, one.last, one.fate)
    found.append(one)
