"""Real processes of our own programs, forked from one that has read the code already.

Each has a pid, an environment, a folder and files of its own, and ends with an exit
code or by a signal; only reading 2,000 modules anew is saved. What the start itself is
worth is tested where a wheel is installed.
"""

import atexit
import gc
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from traceability.cli.group import COMMANDS, LOG

ROOT = Path(__file__).parents[1]
TRACEABILITY = "traceability.__main__:main"
PRELOADED = (
    *("traceability.app", "traceability.services", "traceability.db.outages"),
    *(command.module for command in {**COMMANDS, **LOG}.values()),
)
_LENGTH = 8


class Running:
    """A process that was started; told what `subprocess.Popen` is told."""

    def __init__(self, reply: socket.socket, out: IO[str] | None) -> None:
        self._reply = reply
        self.returncode: int | None = None
        self.stdout = out
        self.pid = _number(reply)

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit code, negative for a signal. Raises ``TimeoutError``."""
        if self.returncode is None:
            self._reply.settimeout(timeout)
            status = _number(self._reply)
            self.returncode = os.waitstatus_to_exitcode(status)
            self._reply.close()
        return self.returncode

    def poll(self) -> int | None:
        """Return the exit code of a process that has ended."""
        try:
            return self.wait(0)
        except BlockingIOError:
            return None

    def communicate(self, timeout: float | None = None) -> tuple[str, None]:
        """Read to the end and wait for it."""
        said = self.stdout.read() if self.stdout else ""
        self.wait(timeout)
        self._close()
        return said, None

    def terminate(self) -> None:
        """Ask it to stop."""
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """Stop it wherever it is."""
        self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def _close(self) -> None:
        if self.stdout:
            self.stdout.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.wait()
        self._close()


def start(
    *words: str,
    env: Mapping[str, str],
    entry: str = TRACEABILITY,
    cwd: Path | None = None,
    heard: bool = False,
) -> Running:
    """Start a program; with ``heard`` its output can be read while it runs."""
    out: IO[str] | None = None
    with open(os.devnull, "r+b") as nothing:  # noqa: PTH123 (a device)
        writing = nothing.fileno()
        if heard:
            reading, writing = os.pipe()
            out = os.fdopen(reading)
        files = (nothing.fileno(), writing, nothing.fileno())
        try:
            return _started(words, env, entry, cwd, files, out)
        finally:
            if heard:
                os.close(writing)


def run(
    *words: str,
    env: Mapping[str, str],
    entry: str = TRACEABILITY,
    cwd: Path | None = None,
    said: bytes = b"",
    timeout: float = 120,
) -> "subprocess.CompletedProcess[str]":
    """Run a program to its end, with ``said`` as its input."""
    with (
        tempfile.TemporaryFile() as given,
        tempfile.TemporaryFile() as out,
        tempfile.TemporaryFile() as error,
    ):
        given.write(said)
        given.seek(0)
        files = (given.fileno(), out.fileno(), error.fileno())
        running = _started(words, env, entry, cwd, files)
        try:
            code = running.wait(timeout)
        except TimeoutError:
            running.kill()
            raise
        out.seek(0)
        error.seek(0)
        told = [one.read().decode() for one in (out, error)]
    return subprocess.CompletedProcess([entry, *words], code, *told)


def lives(pid: int) -> bool:
    """Whether a process runs; one that only waits to be buried does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2]
    except FileNotFoundError:
        return False
    return not state.startswith("Z")


def _started(
    words: tuple[str, ...],
    env: Mapping[str, str],
    entry: str,
    cwd: Path | None,
    files: tuple[int, int, int],
    out: IO[str] | None = None,
) -> Running:
    order = {"words": words, "env": dict(env), "entry": entry}
    said = json.dumps({**order, "cwd": str(cwd or Path.cwd())}).encode()
    ours, theirs = socket.socketpair()
    with theirs:
        control = _nursery()
        length = len(said).to_bytes(_LENGTH, "big")
        socket.send_fds(control, [length], [*files, theirs.fileno()])
        control.sendall(said)
    return Running(ours, out)


@cache
def _nursery() -> socket.socket:
    """Start the process that others are forked from; it ends when we do."""
    ours, theirs = socket.socketpair()
    with theirs:
        process = subprocess.Popen(  # noqa: S603 (this module)
            [sys.executable, "-m", "tests.processes", str(theirs.fileno())],
            cwd=ROOT,
            pass_fds=[theirs.fileno()],
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )

    def end() -> None:
        ours.close()
        process.wait()

    atexit.register(end)
    return ours


def _number(channel: socket.socket) -> int:
    found = channel.recv(_LENGTH, socket.MSG_WAITALL)
    if len(found) != _LENGTH:
        raise ConnectionError("the process that forks has gone")
    return int.from_bytes(found, "big")


def _fork_for_ever(control: socket.socket) -> None:
    """Fork a minder for each order; return in the process that is to do it."""
    for name in PRELOADED:
        import_module(name)
    gc.collect()
    gc.freeze()
    while True:
        length, files, _flags, _address = socket.recv_fds(control, _LENGTH, 4)
        if not length:
            os._exit(0)
        said = control.recv(int.from_bytes(length, "big"), socket.MSG_WAITALL)
        if os.fork() == 0:
            control.close()
            break
        for one in files:
            os.close(one)
        _bury()
    *streams, reply = files
    _mind(reply)
    for number, one in enumerate(streams):
        os.dup2(one, number)
        os.close(one)
    order = json.loads(said)
    os.chdir(order["cwd"])
    os.environ.clear()
    os.environ.update(order["env"])
    room, _, name = order["entry"].partition(":")
    sys.argv = [room, *order["words"]]
    os._exit(_ended(getattr(import_module(room), name)))


def _ended(program: Callable[[], None]) -> int:
    """Run a program and what it left to do at its end; return its exit code.

    Taking 2,000 modules apart one by one would cost as much as reading them.
    """
    code: object = None
    try:
        program()
    except SystemExit as asked:
        code = asked.code
    except BaseException:  # noqa: BLE001 (the last one there is)
        traceback.print_exc()
        code = 1
    threading._shutdown()  # type: ignore[attr-defined]  # noqa: SLF001 (as the interpreter does)
    atexit._run_exitfuncs()  # noqa: SLF001 (the same)
    sys.stdout.flush()
    sys.stderr.flush()
    return code if isinstance(code, int) else int(code is not None)


def _mind(reply: int) -> None:
    """Fork the process itself, tell its pid and its end; return in it alone."""
    pid = os.fork()
    if pid == 0:
        os.close(reply)
        return
    with socket.socket(fileno=reply) as channel:
        channel.sendall(pid.to_bytes(_LENGTH, "big"))
        _pid, status = os.waitpid(pid, 0)
        channel.sendall(status.to_bytes(_LENGTH, "big"))
    os._exit(0)


def _bury() -> None:
    """Take leave of minders that have ended."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


if __name__ == "__main__":
    _fork_for_ever(socket.socket(fileno=int(sys.argv[1])))
