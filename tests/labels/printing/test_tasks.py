"""Workers make a run's parts, each once; whatever kills them, the file is the same."""

import errno
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.conftest import FixedClock
from tests.labels.printing.make_printing import (
    Killed,
    LineWriter,
    Room,
    content,
    expected,
    killed_after,
    make_room,
)
from tests.web.make_web import make_services
from traceability.db.database import Database
from traceability.jobs.consuming import work_off
from traceability.jobs.queueing import JobQueue
from traceability.labels.job import LabelKind
from traceability.labels.label import Label
from traceability.labels.printing import service
from traceability.labels.printing.models import PrintClaim
from traceability.labels.printing.room import PRINT, sweep, tidy, worker_queue
from traceability.labels.printing.state import ReadPolicy, TaskState
from traceability.labels.sheets import SheetFormat
from traceability.signing.keys import KeyRole
from traceability.signing.keystore import KeyStore

PATIENCE = 0.3  # seconds in which an act that does not wait would be done


def claims(room: Room) -> int:
    with room.use.database.reading() as session:
        return session.scalar(select(func.count(PrintClaim.id))) or 0


def test_a_run_is_made_read_back_and_released(room: Room) -> None:
    task = room.ask()
    assert room.now(task).standing is TaskState.QUEUED
    assert not room.work(task)
    assert content(room, task) == expected(room)
    now = room.now(task)
    assert (now.done, now.total, now.symbols, now.policy) == (10, 10, 10, "all")
    assert room.writer.made == room.writer.read == [0, 1, 2, 3]
    assert room.press.archive.places_with_parts() == []
    assert claims(room) == 0


def test_a_killed_worker_s_parts_are_taken_over_when_it_was_long_not_heard_of(
    room: Room, clock: FixedClock
) -> None:
    task = room.ask()
    dead = killed_after(room, task, 2, "dead")
    assert room.now(task).done == 6
    assert not room.work(task, "soon")  # the others; what the dead one held is its own
    assert room.now(task).standing is TaskState.MAKING
    clock.instant += room.press.stale + timedelta(seconds=1)
    assert not room.work(task, "late")
    assert content(room, task) == expected(room)
    assert sorted([*dead.made, *room.writer.made]) == [0, 1, 2, 3]


def test_a_worker_killed_while_it_puts_the_file_together_is_taken_over(
    room: Room, clock: FixedClock
) -> None:
    class Dying(LineWriter):
        def assemble(self, parts: Any, sink: Any) -> None:
            if not isinstance(parts, list):  # the file, not a part to be read
                next(iter(parts))
                raise Killed
            super().assemble(parts, sink)

    task = room.ask()
    with pytest.raises(Killed):
        room.work(task, "dead", writer=Dying())
    assert room.now(task).standing is TaskState.CHECKING
    assert not room.work(task, "soon")
    assert room.now(task).standing is TaskState.CHECKING
    clock.instant += room.press.stale + timedelta(seconds=1)
    room.work(task, "late")
    assert content(room, task) == expected(room)
    assert room.writer.made == []
    assert room.press.archive.places_with_parts() == []


def test_two_workers_share_a_run_and_make_no_part_twice(room: Room) -> None:
    task = room.ask()
    met = Event()

    class Waiting(LineWriter):
        """Makes its first part only when the other worker has begun too."""

        def part(self, first: int, labels: Sequence[Label]) -> bytes:
            assert met.wait(60)
            return super().part(first, labels)

    class Meeting(LineWriter):
        def part(self, first: int, labels: Sequence[Label]) -> bytes:
            met.set()
            return super().part(first, labels)

    slow, quick = Waiting(), Meeting()
    one = Thread(target=room.work, args=(task, "a"), kwargs={"writer": slow})
    one.start()
    while claims(room) == 0:
        met.wait(0.01)
    room.work(task, "b", writer=quick)
    one.join()
    room.work(task, "c")
    assert content(room, task) == expected(room)
    assert sorted([*slow.made, *quick.made, *room.writer.made]) == [0, 1, 2, 3]
    assert slow.made
    assert quick.made


def test_a_worker_that_was_thought_dead_counts_nothing(
    room: Room, clock: FixedClock
) -> None:
    task = room.ask()

    class Slow(LineWriter):
        """Is overtaken by another worker in the middle of its first part."""

        def part(self, first: int, labels: Sequence[Label]) -> bytes:
            if not self.made:
                clock.instant += room.press.stale + timedelta(seconds=1)
                room.work(task, "other")
            return super().part(first, labels)

    room.work(task, "slow", writer=Slow())
    assert content(room, task) == expected(room)
    assert room.now(task).done == 10


def test_a_stopped_worker_hands_back_what_it_did_not_make(room: Room) -> None:
    task = room.ask()
    stopped = Event()

    class Stopping(LineWriter):
        def part(self, first: int, labels: Sequence[Label]) -> bytes:
            stopped.set()
            return super().part(first, labels)

    assert room.work(task, "old", Stopping(), stopped)
    now = room.now(task)
    assert (now.standing, now.done) == (TaskState.MAKING, 3)
    room.work(task, "new")
    assert content(room, task) == expected(room)
    assert room.writer.made == [1, 2, 3]


def test_a_worker_stopped_while_it_puts_the_file_together_hands_that_back(
    room: Room,
) -> None:
    task = room.ask()
    stopped = Event()

    class Stopping(LineWriter):
        def assemble(self, parts: Any, sink: Any) -> None:
            if not isinstance(parts, list):  # the file, not a part to be read
                stopped.set()
            super().assemble(parts, sink)

    assert room.work(task, "old", Stopping(), stopped)
    assert room.now(task).standing is TaskState.CHECKING
    room.work(task, "new")
    assert content(room, task) == expected(room)


def test_a_wrong_symbol_releases_nothing_until_it_is_made_right(room: Room) -> None:
    task = room.ask()
    room.writer.wrong = 7
    assert not room.work(task)
    now = room.now(task)
    assert now.standing is TaskState.FAILED
    assert now.failure == {
        "code": "read-back-failed",
        "message": "Label %(number)d does not read as it should; nothing was released.",
        "params": {"number": 8},
    }
    assert room.press.archive.files() == []
    assert not room.work(task)  # it has ended
    room.writer.wrong = None
    again = room.ask()
    assert again.public_id == task.public_id
    room.work(again)
    assert content(room, task) == expected(room)


def test_what_nobody_foresaw_ends_the_task_too(room: Room) -> None:
    class Broken(LineWriter):
        def part(self, first: int, labels: Sequence[Label]) -> bytes:
            raise ZeroDivisionError

    class Full(LineWriter):
        def part(self, first: int, labels: Sequence[Label]) -> bytes:
            raise OSError("no space left on device")

    for writer, code in ((Broken(), "print-broken"), (Full(), "archive-down")):
        task = room.ask()
        room.work(task, writer=writer)
        failure = room.now(task).failure
        assert failure is not None
        assert failure["code"] == code


def test_a_full_disk_gets_back_the_room_of_what_failed(room: Room) -> None:
    class Full(LineWriter):
        def part(self, first: int, labels: Sequence[Label]) -> bytes:
            if self.made:
                raise OSError(errno.ENOSPC, "no space left on device")
            return super().part(first, labels)

    task, archive = room.ask(), room.press.archive
    room.work(task, writer=Full())
    failure = room.now(task).failure
    assert failure is not None
    assert failure["code"] == "archive-full"
    assert (archive.places_with_parts(), archive.files()) == ([], [])
    room.work(room.ask())
    assert content(room, task) == expected(room)


def test_a_cancelled_task_stops_its_worker_and_can_be_made_again(room: Room) -> None:
    task = room.ask()

    class Cancelled(LineWriter):
        def part(self, first: int, labels: Sequence[Label]) -> bytes:
            if len(self.made) == 1:
                with room.use.database.transaction() as session:
                    service.cancel(session, task.public_id, clock=room.use.clock)
            return super().part(first, labels)

    writer = Cancelled()
    room.work(task, writer=writer)
    assert room.now(task).standing is TaskState.CANCELLED
    assert len(writer.made) == 2
    assert (room.press.archive.files(), claims(room)) == ([], 0)
    tidy(room.use)
    assert room.press.archive.places_with_parts() == []
    room.work(room.ask())
    assert content(room, task) == expected(room)


def test_asking_twice_is_asking_once(room: Room) -> None:
    first, second = room.ask(), room.ask()
    assert first.public_id == second.public_id
    room.work(first)
    assert room.ask().standing is TaskState.READY
    assert room.ask(SheetFormat.CSV).public_id != first.public_id


def test_the_sweeper_queues_what_was_forgotten_once_in_a_while(
    room: Room, clock: FixedClock
) -> None:
    task = room.ask()
    assert sweep(room.use) == 0  # it has just been asked for
    clock.instant += room.press.stale + timedelta(seconds=1)
    assert sweep(room.use) == 1
    assert sweep(room.use) == 0
    queue = worker_queue(room.use, Event())
    assert len(queue) == 4
    work_off(queue)
    assert content(room, task) == expected(room)
    clock.instant += room.press.stale + timedelta(seconds=1)
    assert sweep(room.use) == 0


def test_turns_end_and_go_on_through_the_queue(room: Room) -> None:
    task = room.ask()
    hasty = room.use.with_(replace(room.press, slice=0.0))
    hasty.get(JobQueue).add(PRINT, task.public_id)
    work_off(worker_queue(hasty, Event()))
    assert content(room, task) == expected(room)


def test_files_are_purged_by_age_and_made_again_the_same(
    room: Room, clock: FixedClock
) -> None:
    task = room.ask()
    room.work(task)
    before = content(room, task)
    clock.instant += timedelta(days=29)
    tidy(room.use)
    assert content(room, task) == before
    clock.instant += timedelta(days=2)
    tidy(room.use)
    assert room.now(task).standing is TaskState.PURGED
    assert room.press.archive.files() == []
    room.work(room.ask())
    assert content(room, task) == before


def test_a_release_with_other_parts_begins_again(room: Room) -> None:
    task = room.ask()
    killed_after(room, task, 2, "dead")
    other = LineWriter(part_labels=4)
    room.work(task, "new", writer=other)
    assert other.made == [0, 1, 2]
    assert content(room, task) == expected(room)
    tidy(room.use)
    assert room.press.archive.places_with_parts() == []


def test_no_file_mixes_seals_of_two_keys(
    tmp_path: Path, database: Database, clock: FixedClock
) -> None:
    use = make_services(tmp_path / "home", database, clock)
    room = make_room(use, kind=LabelKind.SEALED, stock="a4-24-70x37")
    task = room.ask()
    killed_after(room, task, 2, "dead")
    use.get(KeyStore).rotate(KeyRole.SEAL, clock)
    clock.instant += room.press.stale + timedelta(seconds=1)
    assert room.work(task, "late")  # what there is cannot be one file: it begins anew
    assert (room.now(task).attempt, room.now(task).done) == (2, 0)
    assert not room.work(task, "late")
    assert content(room, task) == expected(room)
    assert room.press.archive.places_with_parts() == []


def test_a_clock_that_was_put_back_leaves_no_task_behind(
    room: Room, clock: FixedClock
) -> None:
    task = room.ask()
    killed_after(room, task, 2, "dead")
    clock.instant -= timedelta(hours=1)
    assert sweep(room.use) == 1
    work_off(worker_queue(room.use, Event()))
    assert content(room, task) == expected(room)


def test_large_runs_are_read_back_in_part_and_always_the_same_part(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("traceability.labels.printing.state.ALL_UP_TO", 5)
    task = room.ask()
    assert task.read_policy is ReadPolicy.SAMPLE
    room.work(task)
    read = room.writer.read
    assert {0, 3} <= set(read)
    assert len(read) <= 3
    assert room.now(task).symbols == sum(1 if part == 3 else 3 for part in read)
    again = room.ask(SheetFormat.CSV, everything=True)
    assert again.read_policy is ReadPolicy.ALL
    with room.use.database.transaction() as session:
        service.cancel(session, again.public_id, clock=room.use.clock)
    assert room.ask(SheetFormat.CSV).read_policy is ReadPolicy.ALL
