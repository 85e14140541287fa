"""Whether the days of withdrawal were kept before a harvest. Pure.

Rule ``withdrawal``: from the last use of a pesticide, fertiliser or medicine to the
harvest or slaughter there are at least as many days as were written down with it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from traceability.batches.errors import WithdrawalDaysError
from traceability.batches.overrides import WithdrawalFault


@dataclass(frozen=True, slots=True)
class Use:
    """A substance that was used on a crop or herd."""

    last: date
    days: int  # of withdrawal


@dataclass(frozen=True, slots=True, kw_only=True)
class Harvest:
    """A harvested or slaughtered lot and what was used before."""

    lot: str
    day: date
    uses: Sequence[Use]


def withdrawal_faults(harvests: Iterable[Harvest]) -> list[WithdrawalFault]:
    """Return the uses that came too close to their harvest, one a lot: the worst.

    What was used after a harvest belongs to the next one.
    """
    found = []
    for harvest in harvests:
        faults = [
            WithdrawalFault(harvest.lot, use.last, harvest.day, use.days)
            for use in harvest.uses
            if use.last <= harvest.day
        ]
        worst = max(faults, key=lambda one: one.missing, default=None)
        if worst is not None and worst.missing:
            found.append(worst)
    return found


def check_withdrawal(faults: Sequence[WithdrawalFault], *, reason: str) -> None:
    """Refuse a harvest that came too early, unless a reason stands for it."""
    if not faults or reason:
        return
    worst = max(faults, key=lambda one: one.missing)
    raise WithdrawalDaysError(
        "Withdrawal days are not kept: last use on %(last_use)s, %(days)s days to "
        "wait, harvest on %(harvested)s. %(missing)s days are missing.",
        last_use=worst.last_use.isoformat(),
        harvested=worst.harvested.isoformat(),
        days=worst.days,
        missing=worst.missing,
        lot=worst.lot,
    )
