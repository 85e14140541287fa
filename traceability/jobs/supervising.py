"""One child process that works while this one serves, and ends with it.

The child reads its standard input, which only this process holds open: when that ends,
however it ended (kill -9 included), the child reads the end of it and stops.
"""

import logging
import os
import subprocess
from collections.abc import Sequence
from threading import Event, Thread
from time import monotonic

FIRST_PAUSE = 1.0  # seconds before a child that died is started again
LONGEST_PAUSE = 60.0
_STOPS_WITHIN = 30.0  # seconds
_STDIN = 0
_log = logging.getLogger(__name__)


class Supervisor:
    """Keeps one child of a command running."""

    def __init__(
        self, command: Sequence[str], *, first_pause: float = FIRST_PAUSE
    ) -> None:
        self._command = list(command)
        self._first_pause = first_pause
        self._stopped = Event()
        self._child: subprocess.Popen[bytes] | None = None
        self._thread = Thread(target=self._keep, name="supervisor", daemon=True)

    @property
    def pid(self) -> int | None:
        """Return the child's process id while there is one."""
        child = self._child
        return None if child is None else child.pid

    def start(self) -> None:
        """Start the child in the background; start it again when it dies."""
        self._thread.start()

    def stop(self) -> None:
        """End the child and wait for it."""
        self._stopped.set()
        child = self._child
        if child is not None and child.stdin is not None:
            child.stdin.close()
            child.terminate()  # it may not have come so far as to read
        self._thread.join(_STOPS_WITHIN)

    def _keep(self) -> None:
        pause = self._first_pause
        while not self._stopped.is_set():
            began = monotonic()
            status = self._run_once()
            if self._stopped.is_set():
                return
            lived = monotonic() - began
            pause = self._first_pause if lived > LONGEST_PAUSE else pause
            _log.error("the worker ended with %s; again in %.0f s", status, pause)
            self._stopped.wait(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    def _run_once(self) -> int:
        with subprocess.Popen(self._command, stdin=subprocess.PIPE) as child:  # noqa: S603 (our own program)
            self._child = child
            return child.wait()


def stop_with_parent(stopped: Event) -> None:
    """Set the event when the standard input ends: the parent is gone."""

    def read() -> None:
        while os.read(_STDIN, 1024):
            pass
        stopped.set()

    Thread(target=read, name="parent", daemon=True).start()
