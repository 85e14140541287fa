"""What a person could do now, the most pressing first; pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing a task is about, and where it stands."""

    text: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One step that waits: how many things for it, some of them, and the way there."""

    title: str
    action: str
    address: str
    lines: tuple[Line, ...] = ()
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Desk:
    """The steps that wait, in order."""

    tasks: tuple[Task, ...] = field(default=())

    @classmethod
    def of(cls, found: Iterable[Task | None]) -> "Desk":
        """Keep what waits; urgent steps come first, else the order given stays."""
        waiting = [task for task in found if task is not None]
        return cls(tuple(sorted(waiting, key=lambda task: not task.urgent)))
