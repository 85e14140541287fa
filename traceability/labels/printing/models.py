"""Print tasks: a row for each run and format, and what workers hold just now."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from traceability.db.base import Base
from traceability.db.types import JsonText, UtcDateTime
from traceability.labels.printing.state import ReadPolicy, TaskState


class PrintTask(Base):
    """A run as a file of one format: how far it is, and then what file it is.

    ``attempt`` counts how often it was begun from the start: what a worker made for
    an earlier attempt lies elsewhere and is forgotten. ``seed`` says which parts are
    read back, the same ones in every attempt.
    """

    __tablename__ = "print_task"
    __table_args__ = (
        UniqueConstraint("run_id", "format"),
        CheckConstraint("done <= total", name="done"),
        CheckConstraint("(state = 'ready') <= (sha256 IS NOT NULL)", name="file"),
        CheckConstraint("(state = 'failed') = (failure IS NOT NULL)", name="failure"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(26), unique=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("label_run.id"))
    format: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(10), index=True)
    attempt: Mapped[int]
    total: Mapped[int]
    done: Mapped[int]
    part_labels: Mapped[int]  # 0 until a worker has begun
    next_part: Mapped[int]
    seed: Mapped[str] = mapped_column(String(32))
    policy: Mapped[str] = mapped_column(String(8))
    symbols: Mapped[int]
    busy: Mapped[int]  # milliseconds that workers gave to it
    made_by: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    heartbeat: Mapped[datetime] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failure: Mapped[dict[str, Any] | None] = mapped_column(JsonText)
    suffix: Mapped[str | None] = mapped_column(String(16))
    media_type: Mapped[str | None] = mapped_column(String(100))
    size: Mapped[int | None] = mapped_column(BigInteger)
    sha256: Mapped[str | None] = mapped_column(String(64))

    @property
    def standing(self) -> TaskState:
        """Return the state as a value."""
        return TaskState(self.state)

    @property
    def read_policy(self) -> ReadPolicy:
        """Return the policy as a value."""
        return ReadPolicy(self.policy)

    @property
    def place(self) -> str:
        """Return the name under which this attempt lies in the archive."""
        return place_of(self.public_id, self.attempt)


def place_of(public_id: str, attempt: int) -> str:
    """Return the name under which an attempt lies in the archive."""
    return f"{public_id}-{attempt}"


class PrintClaim(Base):
    """Consecutive parts that one worker makes just now; gone when they are made.

    There are never more rows than workers, living and dead. What a dead one held is
    taken over when its heartbeat is old. The claim behind the last part is the
    assembly of the file.
    """

    __tablename__ = "print_claim"
    __table_args__ = (UniqueConstraint("task_id", "first_part"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("print_task.id"))
    first_part: Mapped[int]
    stop_part: Mapped[int]
    worker: Mapped[str] = mapped_column(Text)
    heartbeat: Mapped[datetime] = mapped_column(UtcDateTime)
