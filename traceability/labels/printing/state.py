"""What state a print task is in, how far it is, and which parts are read back."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum

ALL_UP_TO = 20_000  # labels: every symbol of so many is read back
MOST_UNFINISHED = 20  # files of one organisation that wait or are being made
SHARE = 20  # above that one part in 20 is, besides the first and the last


class TaskState(StrEnum):
    """The life of a print task."""

    QUEUED = "queued"
    MAKING = "making"
    CHECKING = "checking"  # all parts are there: the file is put together
    READY = "ready"
    FAILED = "failed"
    CANCELLED = "cancelled"
    PURGED = "purged"  # it was ready; the file was kept long enough
    LOST = "lost"  # it was ready; the file vanished or was altered


RUNNING = (TaskState.QUEUED, TaskState.MAKING, TaskState.CHECKING)


class ReadPolicy(StrEnum):
    """Which parts of a run are read back before it is released."""

    ALL = "all"
    SAMPLE = "sample"

    @classmethod
    def for_run(cls, labels: int, *, everything: bool) -> "ReadPolicy":
        """Return the policy for so many labels; everything is read on request."""
        return cls.ALL if everything or labels <= ALL_UP_TO else cls.SAMPLE


def parts_of(total: int, part_labels: int) -> int:
    """Return how many parts so many labels make."""
    return -(-total // part_labels)


def parts_read(policy: ReadPolicy, parts: int, seed: str) -> frozenset[int]:
    """Return the parts that are read back; one seed always gives the same ones."""
    if policy is ReadPolicy.ALL:
        return frozenset(range(parts))
    shuffled = sorted(range(parts), key=lambda part: _drawn(seed, part))
    return frozenset({0, parts - 1, *shuffled[: -(-parts // SHARE)]})


def _drawn(seed: str, part: int) -> bytes:
    return hashlib.sha256(f"{seed}/{part}".encode()).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a task is; ``busy`` are the seconds that workers gave to it so far."""

    state: TaskState
    done: int
    total: int
    busy: float = 0.0
    workers: int = 0

    @property
    def running(self) -> bool:
        """Return whether it is worth looking again soon."""
        return self.state in RUNNING

    @property
    def percent(self) -> int:
        """Return how much is made, in whole hundredths, never too many."""
        return 100 * self.done // self.total

    @property
    def seconds_left(self) -> float | None:
        """Return how long it will take at the pace so far, once there is one."""
        if not self.done or self.state is not TaskState.MAKING:
            return None
        return (self.total - self.done) * self.busy / self.done / max(self.workers, 1)
