"""Kill -9 of a worker process: another one goes on, and the file is the same."""

import os
import signal
from datetime import timedelta
from pathlib import Path

import pytest

from tests import processes
from tests.clock import FixedClock
from tests.labels.printing.make_printing import make_room
from tests.signing.make_signing import PASSPHRASE
from tests.web.make_web import make_services
from traceability.db.database import Database
from traceability.labels.printing.state import TaskState
from traceability.labels.sheets import SheetFormat

VICTIM = "tests.faults.print_victim:main"


@pytest.mark.slow
def test_a_killed_worker_s_run_is_finished_with_identical_bytes(
    tmp_path: Path, database: Database, clock: FixedClock
) -> None:
    room = make_room(make_services(tmp_path / "home", database, clock))
    unharmed, task = room.ask(SheetFormat.CSV), room.ask(SheetFormat.PDF)
    room.work(unharmed)
    room.writer.made.clear()
    environ = {
        **os.environ,
        "TRACEABILITY_HOME": str(room.use.settings.home),
        "TRACEABILITY_KEY_PASSPHRASE": PASSPHRASE,
        "BASE_URL": room.use.settings.base_url,
        "DATABASE_URL": database.url,
    }
    done = processes.run(task.public_id, "3", env=environ, entry=VICTIM)
    assert done.returncode == -signal.SIGKILL
    now = room.now(task)
    assert (now.standing, now.done) == (TaskState.MAKING, 6)
    clock.instant = now.heartbeat + room.press.stale + timedelta(seconds=1)
    room.work(task)
    finished = room.now(task)
    assert finished.standing is TaskState.READY
    assert finished.sha256 == room.now(unharmed).sha256
    assert room.writer.made == [3]
