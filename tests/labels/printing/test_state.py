"""How far a task is, and which parts are read back."""

from hypothesis import given, strategies as st

from traceability.labels.printing.state import (
    Progress,
    ReadPolicy,
    TaskState,
    parts_of,
    parts_read,
)


def test_everything_is_read_up_to_20000_labels_and_on_request() -> None:
    assert ReadPolicy.for_run(20_000, everything=False) is ReadPolicy.ALL
    assert ReadPolicy.for_run(20_001, everything=False) is ReadPolicy.SAMPLE
    assert ReadPolicy.for_run(1_000_000, everything=True) is ReadPolicy.ALL


@given(st.integers(1, 2000), st.text("0123456789abcdef", min_size=1))
def test_a_sample_holds_the_ends_and_a_twentieth_of_the_parts(
    parts: int, seed: str
) -> None:
    chosen = parts_read(ReadPolicy.SAMPLE, parts, seed)
    assert {0, parts - 1} <= chosen <= set(range(parts))
    assert parts / 20 <= len(chosen) <= parts / 20 + 3
    assert chosen == parts_read(ReadPolicy.SAMPLE, parts, seed)
    assert parts_read(ReadPolicy.ALL, parts, seed) == set(range(parts))


def test_another_seed_draws_other_parts() -> None:
    drawn = {parts_read(ReadPolicy.SAMPLE, 1000, str(seed)) for seed in range(5)}
    assert len(drawn) == 5


def test_parts_cover_a_run() -> None:
    assert [parts_of(total, 10) for total in (1, 10, 11)] == [1, 1, 2]


def progress(state: TaskState, done: int, **others: float) -> Progress:
    return Progress(state=state, done=done, total=1000, **others)  # type: ignore[arg-type]  # workers


def test_time_left_follows_from_the_pace_so_far_and_the_workers_now() -> None:
    assert progress(TaskState.QUEUED, 0).seconds_left is None
    assert progress(TaskState.CHECKING, 1000, busy=9.0).seconds_left is None
    one = progress(TaskState.MAKING, 250, busy=30.0, workers=1)
    assert (one.percent, one.seconds_left) == (25, 90.0)
    assert progress(TaskState.MAKING, 250, busy=30.0, workers=3).seconds_left == 30.0
    assert one.running
    assert not progress(TaskState.READY, 1000).running
    assert progress(TaskState.MAKING, 999).percent == 99
