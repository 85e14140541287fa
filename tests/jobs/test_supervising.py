"""`serve` keeps a worker beside itself: started again, and never left behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.processes import lives
from traceability.jobs.supervising import Supervisor

SECONDS = 60
PAUSE = 0.02
# A parent that starts a child which notes its process id, and then waits to be killed.
PARENT = """
import sys, time
from traceability.jobs.supervising import Supervisor
Supervisor([sys.executable, "-c", sys.argv[1], sys.argv[2]]).start()
time.sleep(600)
"""
CHILD = """
import os, sys
from threading import Event
from traceability.jobs.supervising import stop_with_parent
stopped = Event()
stop_with_parent(stopped)
with open(sys.argv[1], "a") as file:
    file.write(f"{os.getpid()}\\n")
stopped.wait()
"""


def until(found: Callable[[], bool]) -> None:
    end = time.monotonic() + SECONDS
    while not found():
        assert time.monotonic() < end
        time.sleep(PAUSE)


def pids(noted: Path) -> list[int]:
    return [int(line) for line in noted.read_text().split()] if noted.exists() else []


def test_a_child_that_dies_is_started_again_and_ends_when_told(tmp_path: Path) -> None:
    noted = tmp_path / "pids"
    command = [sys.executable, "-c", CHILD, str(noted)]
    supervisor = Supervisor(command, first_pause=PAUSE)
    supervisor.start()
    until(lambda: len(pids(noted)) == 1)
    os.kill(pids(noted)[0], signal.SIGKILL)
    until(lambda: len(pids(noted)) == 2)
    supervisor.stop()
    assert [lives(pid) for pid in pids(noted)] == [False, False]


def test_the_child_of_a_killed_parent_goes_too(tmp_path: Path) -> None:
    noted = tmp_path / "pids"
    words = [sys.executable, "-c", PARENT, CHILD, str(noted)]
    with subprocess.Popen(words) as parent:  # noqa: S603 (our own script)
        until(lambda: bool(pids(noted)))
        parent.kill()
    until(lambda: not lives(pids(noted)[0]))
