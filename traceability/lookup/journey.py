"""The way of a lot from the field to the shop, as a line of time. Pure.

A step is one event as it was signed. Steps of one kind, of one party, at one place and
with the same to say become one stage: what households of a commune did side by side.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One event on the way, or something bought outside that went into a lot."""

    level: int  # how many lots before the lot shown
    day: date | None = None
    order: int = 0  # among all steps, by the moment they were done
    name: str = ""  # what was done, in the language spoken
    what: str = ""  # to which product
    place: str = ""
    who: str = ""  # empty: not public
    details: tuple[str, ...] = ()
    record: str = ""  # where the signed bytes are
    entered: date | None = None  # where it was written down late: when
    wrong: str = ""  # why it was declared wrong
    outside: bool = False
    birth: bool = False  # of the lot shown
    unproven: bool = False  # its signature does not count: nothing of it is told


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Steps of one kind, from one place and party, at one distance."""

    name: str
    what: str
    place: str
    who: str
    count: int
    first: date | None
    last: date | None
    details: tuple[str, ...]
    records: tuple[str, ...]
    entered: date | None
    wrong: str
    outside: bool
    birth: bool
    unproven: bool
    order: int

    @classmethod
    def group(cls, steps: Iterable[Step]) -> "list[Stage]":
        """Return the stages, the oldest first; of one day the farthest back first.

        What was bought outside stands before the first step of the lot it went into.
        """
        ordered = sorted(steps, key=_kind)
        stages = [
            (group[0].level, cls._of(group))
            for _, same in groupby(ordered, key=_kind)
            for group in [list(same)]
        ]
        begin = _beginnings(stages)
        return [
            stage
            for level, stage in sorted(
                stages,
                key=lambda one: (
                    one[1].first or begin.get(one[0] - 1, date.min),
                    -one[0],
                    one[1].order,
                ),
            )
        ]

    @classmethod
    def _of(cls, steps: list[Step]) -> "Stage":
        days = sorted(one.day for one in steps if one.day is not None)
        first = steps[0]
        late = [one.entered for one in steps if one.entered is not None]
        return cls(
            name=first.name,
            what=first.what,
            place=first.place,
            who=first.who,
            count=len(steps),
            first=days[0] if days else None,
            last=days[-1] if days else None,
            details=first.details,
            records=tuple(one.record for one in steps if one.record),
            entered=max(late, default=None),
            wrong=first.wrong,
            outside=first.outside,
            birth=first.birth,
            unproven=first.unproven,
            order=min(one.order for one in steps),
        )


def _beginnings(stages: Iterable[tuple[int, Stage]]) -> dict[int, date]:
    """Return the day each level's first step was done."""
    begin: dict[int, date] = {}
    for level, stage in stages:
        if stage.first is not None:
            begin[level] = min(stage.first, begin.get(level, stage.first))
    return begin


_Kind = tuple[int, bool, bool, str, str, str, str, tuple[str, ...], str]


def _kind(step: Step) -> _Kind:
    return (
        -step.level,
        step.outside,
        step.unproven,
        step.name,
        step.what,
        step.place,
        step.who,
        step.details,
        step.wrong,
    )
