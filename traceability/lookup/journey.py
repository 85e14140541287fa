"""The way of a lot from the field to the pack, as a list of stages. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One lot behind a lot, or something bought outside that went into one."""

    level: int  # how many steps before the lot shown
    what: str
    place: str = ""
    who: str = ""  # empty: not public
    day: date | None = None
    outside: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Lots of one kind, from one place and party, at one distance."""

    what: str
    place: str
    who: str
    lots: int
    first: date | None
    last: date | None
    outside: bool

    @classmethod
    def group(cls, steps: Iterable[Step]) -> "list[Stage]":
        """Return the stages, the farthest back first.

        Lots of private parties in one commune become one stage, with their number.
        """
        ordered = sorted(steps, key=_order)
        return [cls._of(list(same)) for _, same in groupby(ordered, key=_kind)]

    @classmethod
    def _of(cls, steps: list[Step]) -> "Stage":
        days = [one.day for one in steps if one.day is not None]
        return cls(
            what=steps[0].what,
            place=steps[0].place,
            who=steps[0].who,
            lots=len(steps),
            first=min(days, default=None),
            last=max(days, default=None),
            outside=steps[0].outside,
        )


def _kind(step: Step) -> tuple[int, bool, str, str, str]:
    return (-step.level, step.outside, step.what, step.place, step.who)


def _order(step: Step) -> tuple[tuple[int, bool, str, str, str], date]:
    return (_kind(step), step.day or date.max)
