"""Take turns and compare: A B A B …, the median of the rounds' ratios."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

ROUNDS = 5
Seconds = Callable[[], float]
Clock = Callable[[], float]


def timed(work: Callable[[], object], clock: Clock = time.perf_counter) -> float:
    begin = clock()
    work()
    return clock() - begin


@dataclass(frozen=True, slots=True)
class Compared:
    """How fast a variant is beside its yardstick; both medians in seconds."""

    ratio: float
    variant: float
    yardstick: float


def compare(variant: Seconds, yardstick: Seconds, rounds: int = ROUNDS) -> Compared:
    """Run both in turns, each after one turn that does not count."""
    variant(), yardstick()
    pairs = [(variant(), yardstick()) for _ in range(rounds)]
    return Compared(
        ratio=statistics.median(plain / ours for ours, plain in pairs),
        variant=statistics.median(ours for ours, _ in pairs),
        yardstick=statistics.median(plain for _, plain in pairs),
    )


def show(
    name: str, compared: Compared, count: int, target: float | None = None
) -> None:
    """Print one line: microseconds each, the ratio, and the target if there is one."""
    wanted = "" if target is None else f"  (target {target:g})"
    print(
        f"{name:46} {compared.variant / count * 1e6:9.1f} us, "
        f"{compared.ratio:6.2f} x the yardstick{wanted}",
        flush=True,
    )
