"""Whether the days of a lot's steps follow the order of its product's chain. Pure.

Rule ``order``. Only what is recorded is judged: of each kind of step the first day it
happened. Several farms do the early steps side by side, each with its own lots, so that
lots are compared with what they became and never with each other.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations

from traceability.batches.errors import ChainOrderError
from traceability.batches.overrides import OrderFault, Step
from traceability.events.chains import Chain, chains, chains_of_set
from traceability.events.kinds import kind

PACK = "pack"
MOVED = frozenset({"aggregate", "receive", "retail"})  # packed goods only
_ONCE_FOR_MANY = frozenset({"farm_setup", "input_use"})  # a crop is treated on and on


@dataclass(frozen=True, slots=True, kw_only=True)
class LotSteps:
    """One lot: how it came to be, and the other steps that are recorded of it."""

    product: str
    birth: Step
    others: Sequence[Step] = ()


def chains_for(ocop_set: str) -> tuple[Chain, ...]:
    """Return the chains a product may have come by: those of its set, else all."""
    return chains_of_set(ocop_set) or chains()


def order_faults(
    lot: LotSteps, behind: Sequence[LotSteps], chains: Sequence[Chain]
) -> list[OrderFault]:
    """Return the steps of a lot, and of the lots behind it, that are out of order."""
    found = [*_within(lot, chains)]
    for source in behind:
        found += _across(source, lot, chains)
    return found


def check_order(faults: Sequence[OrderFault], *, reason: str) -> None:
    """Refuse steps out of order, unless a reason stands for it."""
    if not faults or reason:
        return
    first, second = faults[0].first, faults[0].second
    raise ChainOrderError(
        "The steps are out of order: %(first)s on %(first_day)s stands before "
        "%(second)s on %(second_day)s.",
        first=kind(first.kind).name.en,
        first_day=first.day.isoformat(),
        first_kind=first.kind,
        second=kind(second.kind).name.en,
        second_day=second.day.isoformat(),
        second_kind=second.kind,
        lot=first.lot,
    )


def comes_after(one: str, other: str, chains: Sequence[Chain]) -> bool:
    """Return whether a kind stands after another in every chain that has both."""
    if other == PACK and one in MOVED:
        return True
    places = [(each.position(one), each.position(other)) for each in chains]
    both = [(a, b) for a, b in places if a is not None and b is not None]
    return bool(both) and all(a > b for a, b in both)


def _within(lot: LotSteps, chains: Sequence[Chain]) -> Iterator[OrderFault]:
    """Compare the steps of one lot, and nothing happens to it before it is there."""
    firsts = _firsts([lot.birth, *lot.others])
    for one, other in permutations(firsts, 2):
        if one.day < other.day and comes_after(one.kind, other.kind, chains):
            yield OrderFault(one, other)


def _across(
    source: LotSteps, lot: LotSteps, chains: Sequence[Chain]
) -> Iterator[OrderFault]:
    """Compare a lot behind with the lot it became."""
    birth = lot.birth
    for step in _firsts([source.birth, *source.others]):
        if birth.day < step.day and comes_after(birth.kind, step.kind, chains):
            yield OrderFault(birth, step)
    same = source.product == lot.product
    if same and comes_after(source.birth.kind, birth.kind, chains):
        yield OrderFault(source.birth, birth)


def _firsts(steps: Iterable[Step]) -> list[Step]:
    """Return the first step of each kind, the oldest first."""
    found: dict[str, Step] = {}
    for step in sorted(steps, key=lambda one: (one.day, one.kind)):
        if step.kind not in _ONCE_FOR_MANY:
            found.setdefault(step.kind, step)
    return list(found.values())


def missing_steps(kinds: set[str], born_by: str, chains: Sequence[Chain]) -> list[str]:
    """Return the required steps nobody recorded on the way to a lot.

    Its likeliest chain is the one with the fewest gaps. Steps after the one the lot
    came into being by are still to come. Nothing where no chain has that one.
    """
    candidates = [each for each in chains if each.position(born_by) is not None]
    gaps = [
        [
            step.kind
            for step in each.steps[: _last_place(each, born_by)]
            if not step.optional and step.kind not in kinds
        ]
        for each in candidates
    ]
    fewest = min((len(gap) for gap in gaps), default=0)
    return list(dict.fromkeys(next((gap for gap in gaps if len(gap) == fewest), [])))


def _last_place(chain: Chain, kind_id: str) -> int:
    return max(place for place, one in enumerate(chain.steps) if one.kind == kind_id)
