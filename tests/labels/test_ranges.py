"""A run's numbers by their fate: every number once, in order, the gravest word wins."""

from itertools import pairwise

from hypothesis import given, strategies as st

from traceability.labels.life.ranges import Fate, Stretch, counts, stretches

FIRST, LAST = 100, 149
SOME = st.lists(
    st.tuples(st.integers(80, 170), st.integers(0, 40)).map(
        lambda one: (one[0], one[0] + one[1])
    ),
    max_size=6,
)


def test_a_run_nobody_touched_is_one_stretch() -> None:
    assert stretches(5, 9, {}) == [Stretch(5, 9, Fate.LEFT)]


def test_void_wins_over_applied_and_neighbours_join() -> None:
    found = stretches(
        100, 149, {Fate.APPLIED: [(100, 119), (120, 129)], Fate.VOID: [(110, 112)]}
    )
    assert found == [
        Stretch(100, 109, Fate.APPLIED),
        Stretch(110, 112, Fate.VOID),
        Stretch(113, 129, Fate.APPLIED),
        Stretch(130, 149, Fate.LEFT),
    ]
    assert counts(found)[Fate.APPLIED] == 27


@given(SOME, SOME, SOME)
def test_each_number_has_the_last_fate_that_some_range_gives_it(
    reprinted: list[tuple[int, int]],
    applied: list[tuple[int, int]],
    void: list[tuple[int, int]],
) -> None:
    ranges = {Fate.REPRINTED: reprinted, Fate.APPLIED: applied, Fate.VOID: void}
    found = stretches(FIRST, LAST, ranges)
    told = [
        (index, one.fate) for one in found for index in range(one.first, one.last + 1)
    ]
    assert told == [(index, _fate(index, ranges)) for index in range(FIRST, LAST + 1)]
    assert all(one.fate is not after.fate for one, after in pairwise(found))


def _fate(index: int, ranges: dict[Fate, list[tuple[int, int]]]) -> Fate:
    held = [
        fate
        for fate, several in ranges.items()
        if any(first <= index <= last for first, last in several)
    ]
    return held[-1] if held else Fate.LEFT
