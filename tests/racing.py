"""Functions that real processes do at once, each with connections of its own.

The processes are forked from one that has read the code already; none begins before
all of them stand at the gate.
"""

import base64
import fcntl
import os
import pickle
import sys
import tempfile
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests import processes

ENTRY = "tests.racing:main"
READY = "ready\n"
LIMIT = 120  # seconds


@dataclass(frozen=True)
class Ended:
    """How a process ended, and what its function returned or died of."""

    code: int
    answer: Any = None


def at_once(work: Callable[..., Any], *calls: tuple[Any, ...]) -> list[Any]:
    """Do one call a process, all from the same instant; return the answers."""
    ended = race(work, *calls)
    assert [one.code for one in ended] == [0] * len(calls), ended
    return [one.answer for one in ended]


def race(work: Callable[..., Any], *calls: tuple[Any, ...]) -> list[Ended]:
    """Do one call a process, all from the same instant; return how each ended.

    A process stands at the gate until nobody locks it for itself alone.
    """
    with tempfile.NamedTemporaryFile() as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        racers = [
            processes.start(
                gate.name,
                _packed((work, call)),
                env=os.environ,
                entry=ENTRY,
                heard=True,
            )
            for call in calls
        ]
        for one in racers:
            assert one.stdout is not None
            assert one.stdout.readline() == READY
        fcntl.flock(gate, fcntl.LOCK_UN)
        return [_ended(one) for one in racers]


def _ended(racer: processes.Running) -> Ended:
    said, _ = racer.communicate(timeout=LIMIT)
    assert racer.returncode is not None
    return Ended(racer.returncode, _unpacked(said) if said else None)


def _packed(value: object) -> str:
    return base64.b64encode(pickle.dumps(value)).decode()


def _unpacked(said: str) -> Any:
    return pickle.loads(base64.b64decode(said))  # noqa: S301 (our own)


def main() -> None:
    """Wait at the gate, do what was asked, and say what came of it."""
    gate, asked = sys.argv[1:]
    work, call = _unpacked(asked)
    sys.stdout.write(READY)
    sys.stdout.flush()
    with Path(gate).open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
    try:
        answer = work(*call)
    except BaseException:
        sys.stdout.write(_packed(traceback.format_exc()))
        raise
    sys.stdout.write(_packed(answer))
