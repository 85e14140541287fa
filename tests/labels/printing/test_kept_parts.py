"""Parts in the archive: only what was made here gets into a file."""

from datetime import timedelta
from typing import Any

import pytest

from tests.conftest import FixedClock
from tests.labels.printing.make_printing import (
    LineWriter,
    Room,
    content,
    expected,
    killed_after,
)
from traceability.labels.printing.state import TaskState
from traceability.labels.sheets import SheetFormat

PATIENCE = 0.3  # seconds in which an act that does not wait would be done


def test_a_part_that_was_kept_before_the_kill_is_not_made_again(
    room: Room, clock: FixedClock
) -> None:
    task = room.ask()
    killed_after(room, task, 0, "dead")
    place = room.now(task).place
    labels = room.row.job.labels(room.press.keys, 0, 3)
    kept = room.press.print(room.row.job, SheetFormat.CSV)
    kept.keep(place, 0, LineWriter().part(0, labels))
    clock.instant += room.press.stale + timedelta(seconds=1)
    room.work(task)
    assert content(room, task) == expected(room)
    assert room.writer.made == [1, 2, 3]
    assert room.writer.read == [0, 1, 2, 3]


@pytest.mark.parametrize("other", [b"lie", b"", bytes(32) + b"0 lie\n"])
def test_a_part_that_nobody_here_made_is_made_anew(
    room: Room, clock: FixedClock, other: bytes
) -> None:
    task = room.ask()
    killed_after(room, task, 0, "dead")
    room.press.archive.put_part(room.now(task).place, "plain", 0, other)
    clock.instant += room.press.stale + timedelta(seconds=1)
    room.work(task)
    assert content(room, task) == expected(room)
    assert room.writer.made == [0, 1, 2, 3]


@pytest.mark.parametrize("swapped", ["altered", "another's"])
def test_a_part_altered_after_it_was_read_back_is_not_released(
    room: Room, swapped: str
) -> None:
    class Meddled(LineWriter):
        def assemble(self, parts: Any, sink: Any) -> None:
            if not isinstance(parts, list):  # the file, not a part to be read
                archive, place = room.press.archive, room.now(task).place
                good = archive.part(place, "plain", 1)
                other = good[:-2] + b"X\n" if swapped == "altered" else good
                archive.put_part(place, "plain", 2, other)
            super().assemble(parts, sink)

    task = room.ask()
    room.work(task, writer=Meddled())
    now = room.now(task)
    assert now.standing is TaskState.FAILED
    assert now.failure
    assert now.failure["code"] == "print-part-altered"
    assert room.press.archive.files() == []


def test_a_restored_database_s_run_is_finished_without_the_old_archive(
    room: Room, clock: FixedClock
) -> None:
    task = room.ask()
    killed_after(room, task, 2, "w1")
    room.press.archive.remove_parts(room.now(task).place)  # no backup holds them
    clock.instant += timedelta(minutes=2)
    again = LineWriter()
    room.work(task, "w2", writer=again)
    assert content(room, task) == expected(room)
    assert sorted(set(again.read)) == sorted(set(again.made))
    assert 0 in again.made
