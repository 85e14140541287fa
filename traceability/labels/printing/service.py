"""Ask for prints, give parts to workers, note what was made. The caller commits.

Whoever changes a task or its claims has the task's row locked: the database decides
which worker makes which part.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from traceability.core.errors import DomainError
from traceability.core.ids import new_id
from traceability.core.permissions import Actor
from traceability.core.ports import Clock
from traceability.labels.claims.service import claims_refusal
from traceability.labels.limits.service import locked_terms
from traceability.labels.models import LabelRun
from traceability.labels.printing.archive import Archive, Digest
from traceability.labels.printing.errors import (
    PrintLimitError,
    PrintOverError,
)
from traceability.labels.printing.forecast import check_room
from traceability.labels.printing.models import PrintClaim, PrintTask
from traceability.labels.printing.queries import unfinished, waiting
from traceability.labels.printing.state import (
    MOST_UNFINISHED,
    RUNNING,
    ReadPolicy,
    TaskState,
    parts_of,
)
from traceability.labels.queries import RunRow
from traceability.labels.sheets import SheetFormat

NOBODY = ""  # the worker of a claim that was let go
_PURGED_AT_ONCE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What a worker made of its claim: parts up to ``reached``, in so many seconds."""

    reached: int
    labels: int
    symbols: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFacts:
    """A finished file: how it is called and what it holds."""

    suffix: str
    media_type: str
    digest: Digest


def ask_print(  # noqa: PLR0913 (what, for whom, collaborators)
    session: Session,
    row: RunRow,
    format_: SheetFormat,
    *,
    actor: Actor,
    clock: Clock,
    archive: Archive,
    everything: bool = False,
) -> PrintTask:
    """Return the task that prints a run in a format; begun again if it had ended.

    A task that runs or is ready stays as it is, for two may ask at once; unless
    everything is to be read back that was not. Raises what ``claims_refusal`` finds,
    ``PrintLimitError``, and ``ArchiveFullError`` where the archive has no room for it.
    """
    refused = claims_refusal(session, row, clock.today())
    if refused is not None:
        raise refused
    # Whoever asks for the same run waits here for the other.
    session.execute(
        select(LabelRun.id).where(LabelRun.id == row.run.id).with_for_update()
    )
    task = session.scalar(
        select(PrintTask)
        .where(PrintTask.run_id == row.run.id, PrintTask.format == format_.value)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    before = task.read_policy if task else None
    everything = everything or before is ReadPolicy.ALL
    policy = ReadPolicy.for_run(row.job.positions, everything=everything)
    going = task is not None and task.standing in {*RUNNING, TaskState.READY}
    if task is not None and going and policy is before:
        return task
    _require_place(session, row.owner, task)
    check_room(row.job, format_, archive.free)
    if task is None:
        task = _new_task(row, format_, clock.now())
        session.add(task)
    _begin(session, task, clock.now())
    task.policy, task.made_by, task.total = policy, actor.name, row.job.positions
    session.flush()
    return task


def _require_place(session: Session, owner: int, task: PrintTask | None) -> None:
    """Raise ``PrintLimitError`` where an organisation's unfinished files are enough.

    Locked after the run's row, never before: those who void stamps hold that one.
    """
    locked_terms(session, owner)
    others = unfinished(session, owner, beside=task.id if task else None)
    if others >= MOST_UNFINISHED:
        raise PrintLimitError(
            "%(count)d files of this organisation wait or are being made. Wait until "
            "one of them is ready, or cancel one.",
            count=others,
        )


def _new_task(row: RunRow, format_: SheetFormat, now: datetime) -> PrintTask:
    return PrintTask(
        public_id=new_id(),
        run_id=row.run.id,
        format=format_.value,
        attempt=0,
        seed=secrets.token_hex(16),
        created_at=now,
    )


def _begin(session: Session, task: PrintTask, now: datetime) -> None:
    """Put a task at its start; what was made before is forgotten."""
    _drop_claims(session, task)
    task.state = TaskState.QUEUED
    task.attempt += 1
    task.done = task.part_labels = task.next_part = task.symbols = task.busy = 0
    task.heartbeat = now
    task.started_at = task.finished_at = task.failure = None
    task.size = task.sha256 = None


def begin_again(
    session: Session, task: PrintTask, claim: PrintClaim, now: datetime
) -> None:
    """Put a task at its start if the claim still stands. The task is locked."""
    if still_mine(session, claim, now):
        _begin(session, task, now)
        session.flush()


def cancel(session: Session, public_id: str, *, clock: Clock) -> PrintTask:
    """Stop a task; its workers see it at their next part. Raises ``PrintOverError``."""
    task = locked_task(session, public_id)
    if task.standing not in RUNNING:
        raise PrintOverError("This printing has ended; there is nothing to cancel.")
    _end(session, task, TaskState.CANCELLED, clock.now())
    return task


def locked_task(session: Session, public_id: str) -> PrintTask:
    """Return a task, locked until the caller's transaction ends."""
    return session.scalars(
        select(PrintTask)
        .where(PrintTask.public_id == public_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def claim_parts(  # noqa: PLR0913 (who claims, how much, when)
    session: Session,
    task: PrintTask,
    *,
    worker: str,
    part_labels: int,
    want: int,
    now: datetime,
    stale: timedelta,
) -> PrintClaim | None:
    """Return parts to make now: left over by the dead, else the next ones.

    Nothing is returned for a task that has ended, and while others make the last
    parts. The task is locked.
    """
    if task.standing not in RUNNING:
        return None
    if task.part_labels != part_labels:  # begun now, or by another release of ours
        if task.part_labels:
            _begin(session, task, now)
        task.part_labels, task.started_at = part_labels, now
        task.state = TaskState.MAKING
    task.heartbeat = now
    return _left_over(session, task, worker, now, stale) or _next(
        session, task, worker, want, now
    )


def _left_over(
    session: Session, task: PrintTask, worker: str, now: datetime, stale: timedelta
) -> PrintClaim | None:
    claim = session.scalars(
        select(PrintClaim)
        .where(
            PrintClaim.task_id == task.id,
            (PrintClaim.worker == NOBODY)
            | (PrintClaim.heartbeat < now - stale)
            # The clock was put back since: it may be a dead one's all the same.
            | (PrintClaim.heartbeat > now + stale),
        )
        .order_by(PrintClaim.first_part)
        .limit(1)
    ).one_or_none()
    if claim is not None:
        claim.worker, claim.heartbeat = worker, now
    return claim


def _next(
    session: Session, task: PrintTask, worker: str, want: int, now: datetime
) -> PrintClaim | None:
    parts = parts_of(task.total, task.part_labels)
    first, stop = task.next_part, min(task.next_part + want, parts)
    if first >= parts:
        if first > parts or _claims(session, task):
            return None
        stop = parts + 1  # the assembly
        task.state = TaskState.CHECKING
    claim = PrintClaim(
        task_id=task.id, first_part=first, stop_part=stop, worker=worker, heartbeat=now
    )
    task.next_part = stop
    session.add(claim)
    session.flush()
    return claim


def _claims(session: Session, task: PrintTask) -> Sequence[PrintClaim]:
    return session.scalars(
        select(PrintClaim).where(PrintClaim.task_id == task.id)
    ).all()


def note_made(
    session: Session, task: PrintTask, claim: PrintClaim, made: Made, now: datetime
) -> bool:
    """Count what a worker made; what it did not reach is anybody's again.

    Returns whether the claim was still the worker's. The task is locked.
    """
    held = session.get(PrintClaim, claim.id, populate_existing=True)
    if held is None or held.worker != claim.worker:
        return False
    task.done += made.labels
    task.symbols += made.symbols
    task.busy += round(made.seconds * 1000)
    task.heartbeat = now
    if made.reached < held.stop_part:
        held.first_part, held.worker = made.reached, NOBODY
    else:
        session.delete(held)
    session.flush()
    return True


def still_mine(session: Session, claim: PrintClaim, now: datetime) -> bool:
    """Say that a worker lives; return whether it still holds its claim."""
    beaten: Any = session.execute(
        update(PrintClaim)
        .where(PrintClaim.id == claim.id, PrintClaim.worker == claim.worker)
        .values(heartbeat=now)
    )
    return int(beaten.rowcount) == 1


def release(
    session: Session, task: PrintTask, claim: PrintClaim, facts: FileFacts, clock: Clock
) -> bool:
    """Let the finished file be had; the task is locked, the assembly was the claim's.

    Returns false where the task was cancelled or the claim taken over.
    """
    held = session.get(PrintClaim, claim.id, populate_existing=True)
    if held is None or held.worker != claim.worker:
        return False
    task.suffix, task.media_type = facts.suffix, facts.media_type
    task.size, task.sha256 = facts.digest.size, facts.digest.sha256
    _end(session, task, TaskState.READY, clock.now())
    return True


def fail(
    session: Session, public_id: str, attempt: int, error: DomainError, clock: Clock
) -> None:
    """End an attempt with the reason; nothing of it can be had."""
    task = locked_task(session, public_id)
    if task.standing not in RUNNING or task.attempt != attempt:
        return
    task.state = TaskState.FAILED
    task.failure = {
        "code": error.code,
        "message": error.message,
        "params": {name: _plain(value) for name, value in error.params.items()},
    }
    _end(session, task, TaskState.FAILED, clock.now())


def _plain(value: object) -> int | str:
    return value if isinstance(value, int) else str(value)


def _end(session: Session, task: PrintTask, state: TaskState, now: datetime) -> None:
    _drop_claims(session, task)
    task.state = state
    task.finished_at = task.heartbeat = now
    session.flush()


def _drop_claims(session: Session, task: PrintTask) -> None:
    if task.id is not None:
        session.execute(delete(PrintClaim).where(PrintClaim.task_id == task.id))


def take_stock(session: Session, *, now: datetime, stale: timedelta) -> list[str]:
    """Return the ids of tasks that a worker must be told of (again).

    They were committed and never enqueued, or a dead worker left them. Each is told
    once in a while, whoever looks.
    """
    return [
        task.public_id
        for task in waiting(session, before=now - stale, after=now + stale)
        if _noticed(session, task, now)
    ]


def _noticed(session: Session, task: PrintTask, now: datetime) -> bool:
    seen: Any = session.execute(
        update(PrintTask)
        .where(PrintTask.id == task.id, PrintTask.heartbeat == task.heartbeat)
        .values(heartbeat=now)
        .execution_options(synchronize_session=False)
    )
    return int(seen.rowcount) == 1


def purge(session: Session, *, before: datetime) -> list[PrintTask]:
    """Give up files that were finished before an instant; return their tasks.

    The caller commits and then removes the files.
    """
    found = session.scalars(
        select(PrintTask)
        .where(PrintTask.state == TaskState.READY, PrintTask.finished_at < before)
        .order_by(PrintTask.id)
        .limit(_PURGED_AT_ONCE)
        .with_for_update(skip_locked=True)
    ).all()
    for task in found:
        task.state = TaskState.PURGED
    session.flush()
    return list(found)


def give_up(session: Session, public_id: str, attempt: int) -> None:
    """Note that the file of an attempt, which was ready, is there no more as it was."""
    task = locked_task(session, public_id)
    if task.standing is TaskState.READY and task.attempt == attempt:
        task.state = TaskState.LOST
        session.flush()
