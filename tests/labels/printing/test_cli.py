"""The operator prints a large run here, sees how far it is, stops, goes on."""

import json
import os
import signal
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from rich.console import Console

from tests.conftest import FixedClock
from tests.labels.printing.make_printing import LineWriter, Room, make_room
from tests.web.make_web import make_services
from traceability.cli import main
from traceability.db.database import Database
from traceability.labels.label import Label
from traceability.labels.printing import cli
from traceability.labels.printing.state import TaskState
from traceability.labels.queries import runs_of_batch
from traceability.labels.sheets import SheetFormat


@pytest.fixture
def room(
    tmp_path: Path,
    sqlite_database: Database,
    clock: FixedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> Room:
    monkeypatch.setattr("traceability.labels.job.AT_ONCE", 5)
    return make_room(make_services(tmp_path / "home", sqlite_database, clock))


def run(room: Room, *words: str) -> Result:
    return CliRunner().invoke(main, ["labels", *words], obj=room.use)


def reprint(room: Room, out: Path, *words: str) -> Result:
    which = (f"--run={room.row.run.public_id}", "--format=pdf", f"--out={out}")
    return run(room, "reprint", *which, *words)


def test_a_large_run_is_printed_in_this_process(room: Room, tmp_path: Path) -> None:
    out = tmp_path / "tem.txt"
    done = run(
        room,
        *("print", f"--batch={room.row.batch.public_id}", "--count=7"),
        *("--kind=serial", "--stock=a4-65", "--format=pdf", f"--out={out}", "--json"),
    )
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["files"] == [str(out)]
    assert out.read_bytes().count(b"HTTPS://") == 7
    assert done.stderr == "1 sheet; about 12 kB\n"  # no bar where nobody looks


def test_a_file_too_many_takes_no_numbers(
    room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("traceability.labels.printing.service.MOST_UNFINISHED", 0)
    refused = run(
        room,
        *("print", f"--batch={room.row.batch.public_id}", "--count=7"),
        *("--kind=serial", "--stock=a4-65", "--format=pdf", f"--out={tmp_path / 'x'}"),
    )
    assert (refused.exit_code, "or cancel one" in refused.output) == (1, True)
    with room.use.database.reading() as session:
        assert len(runs_of_batch(session, room.row.batch)) == 1


def test_on_a_terminal_a_bar_shows_how_far_it_is(
    room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def on_terminal(**options: Any) -> Console:
        return Console(force_terminal=True, width=80, **options)

    monkeypatch.setattr(cli, "Console", on_terminal)
    done = reprint(room, tmp_path / "tem.txt")
    assert done.exit_code == 0, done.output
    assert "100%" in done.stderr
    assert "100%" not in done.stdout


def test_ctrl_c_hands_back_what_was_begun_and_a_reprint_goes_on(
    room: Room, tmp_path: Path
) -> None:
    class Interrupted(LineWriter):
        def part(self, first: int, labels: Sequence[Label]) -> bytes:
            if len(self.made) == 1:
                os.kill(os.getpid(), signal.SIGINT)
            return super().part(first, labels)

    own, other = room.writer, Interrupted()
    room.lend(other)
    stopped = reprint(room, tmp_path / "tem.txt")
    assert stopped.exit_code == 1
    assert f"labels reprint --run {room.row.run.public_id}" in stopped.output
    assert room.now(room.ask()).standing is TaskState.MAKING
    room.lend(own)
    done = reprint(room, tmp_path / "tem.txt")
    assert done.exit_code == 0, done.output
    assert sorted([*other.made, *own.made]) == [0, 1, 2, 3]


def test_a_failure_is_one_line_and_leaves_no_file(room: Room, tmp_path: Path) -> None:
    room.writer.wrong = 4
    done = reprint(room, tmp_path / "tem.txt")
    assert done.exit_code == 1
    assert "Label 5 does not read as it should" in done.output
    assert list(tmp_path.glob("*.txt")) == []


def test_every_symbol_is_read_on_request(
    room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("traceability.labels.printing.state.ALL_UP_TO", 5)
    monkeypatch.setattr("traceability.labels.printing.state.SHARE", 100)
    assert reprint(room, tmp_path / "tem.txt", "--read-everything").exit_code == 0
    assert room.writer.read == [0, 1, 2, 3]


def test_tasks_are_listed_and_cancelled(room: Room) -> None:
    task = room.ask(SheetFormat.CSV)
    listed = run(room, "tasks").output
    assert task.public_id in listed
    assert f"run={room.row.run.public_id} format=csv state=queued done=0" in listed
    assert run(room, "cancel", f"--task={task.public_id}").exit_code == 0
    assert "state=cancelled" in run(room, "tasks").output
    again = run(room, "cancel", f"--task={task.public_id}")
    assert (again.exit_code, "nothing to cancel" in again.output) == (1, True)
    assert "no such print task" in run(room, "cancel", "--task=nothing").output
