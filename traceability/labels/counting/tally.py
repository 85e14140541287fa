"""Count a lot's labels from what was signed of their printing. Pure.

What is counted are labels, not scans or packs: a spoiled sheet that nobody declared
void counts too.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from traceability.core.canonical import Json
from traceability.core.quantity import Dimension, Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many labels were printed for a lot, in how many runs, less void ones.

    A number printed twice is one label: ``reprinted`` says of how many that is told.
    ``reasons`` are those given for more labels than packs, one for each such run
    or binding.
    """

    runs: int = 0
    printed: int = 0
    void: int = 0
    reprinted: int = 0
    reasons: tuple[str, ...] = ()
    bound: int = 0  # of those printed: stamps that were blank first

    @property
    def live(self) -> int:
        """Return how many labels count."""
        return self.printed - self.void

    def beyond(self, packs: int | None) -> int:
        """Return how many labels there are more than packs; none where unknown."""
        return 0 if packs is None else max(0, self.live - packs)


def tally_of(
    runs: Iterable[Mapping[str, Json]],
    voids: Iterable[Mapping[str, Json]],
    reprints: Iterable[Mapping[str, Json]] = (),
    bindings: Iterable[Mapping[str, Json]] = (),
) -> Tally:
    """Return what the claims of a lot's label runs and ranges of them add up to.

    Blank stamps count for the lot they are bound to. Ranges that overlap count once;
    what no run was signed for is not subtracted.
    """
    bound = [_bound(one) for one in bindings]
    parts = [*runs, *bound]
    counted = [(str(one.get("id")), _whole(one.get("count")), one) for one in parts]
    void, again = _by_run(voids), _by_run(reprints)
    return Tally(
        runs=len(counted),
        printed=sum(count for _, count, _ in counted),
        void=sum(_covered(one, void.get(name, ())) for name, _, one in counted),
        reprinted=sum(_covered(one, again.get(name, ())) for name, _, one in counted),
        reasons=tuple(reason for _, _, one in counted if (reason := _reason(one))),
        bound=sum(_whole(one["count"]) for one in bound),
    )


def _by_run(
    ranges: Iterable[Mapping[str, Json]],
) -> Mapping[str, Sequence[tuple[int, int]]]:
    found: dict[str, list[tuple[int, int]]] = {}
    for one in ranges:
        first, last = _whole(one.get("from")), _whole(one.get("to"))
        found.setdefault(str(one.get("run")), []).append((first, last))
    return found


def _reason(run: Mapping[str, Json]) -> str:
    excess = run.get("excess")
    return str(excess.get("reason", "")) if isinstance(excess, dict) else ""


def _bound(binding: Mapping[str, Json]) -> Mapping[str, Json]:
    """Return a bound range as the part of its run that it is."""
    first, last = _whole(binding.get("from")), _whole(binding.get("to"))
    return {
        "id": binding.get("run"),
        "firstIndex": first,
        "count": max(last - first + 1, 0),
        "excess": binding.get("excess"),
    }


def packs_of(quantity: Quantity, net: Quantity | None) -> int | None:
    """Return how many packs a lot makes at the most, if that can be known.

    Pieces are packs; else the net content of a pack must be of the same dimension. A
    rest counts as a pack: nobody is suspected over a rounding.
    """
    if quantity.dimension is Dimension.COUNT:
        return _up(quantity.base)
    if net is None or net.dimension is not quantity.dimension:
        return None
    return _up(quantity.base / net.base)


def _up(amount: Decimal) -> int:
    return int(amount.to_integral_value(rounding=ROUND_CEILING))


def _covered(run: Mapping[str, Json], ranges: Sequence[tuple[int, int]]) -> int:
    """Return how many indexes of a run lie in one of the ranges."""
    if "firstIndex" not in run:
        return 0
    begin = _whole(run["firstIndex"])
    end, covered = begin + _whole(run.get("count")), 0
    for first, last in sorted(ranges):
        begin, upto = max(begin, first), min(end, last + 1)
        covered += max(0, upto - begin)
        begin = max(begin, upto)
    return covered


def _whole(value: Json) -> int:
    return value if isinstance(value, int) and value > 0 else 0
