"""Read print tasks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.orm import Session

from traceability.catalog.models import Product
from traceability.core.permissions import SYSTEM, Actor
from traceability.labels.models import LabelRun
from traceability.labels.printing.errors import PrintTaskNotFoundError
from traceability.labels.printing.models import PrintClaim, PrintTask, place_of
from traceability.labels.printing.state import (
    RUNNING,
    Progress,
    ReadPolicy,
    TaskState,
)
from traceability.labels.queries import RunRow, run_of
from traceability.labels.sheets import SheetFormat

_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A print task with its run, and how many workers are at it."""

    task: PrintTask
    row: RunRow
    workers: int

    @property
    def progress(self) -> Progress:
        """Return how far it is."""
        task = self.task
        return Progress(
            state=task.standing,
            done=task.done,
            total=task.total,
            busy=task.busy / 1000,
            workers=self.workers,
        )

    @property
    def file_name(self) -> str:
        """Return what the file is called where it is saved."""
        return f"{self.row.file_stem}.{self.task.suffix or self.task.format}"


def tasks_of(session: Session, row: RunRow) -> list[TaskRow]:
    """Return the print tasks of a run, in the order they were asked for."""
    query = (
        select(PrintTask, _workers())
        .where(PrintTask.run_id == row.run.id)
        .order_by(PrintTask.id)
    )
    return [TaskRow(task, row, workers) for task, workers in session.execute(query)]


def task_in(session: Session, run_id: str, task_id: str, *, actor: Actor) -> TaskRow:
    """Return a task of one of the actor's own runs. Raises not-found errors."""
    row = run_of(session, run_id, actor=actor)
    for found in tasks_of(session, row):
        if found.task.public_id == task_id:
            return found
    raise PrintTaskNotFoundError("There is no such print task.")


def task_called(session: Session, public_id: str) -> PrintTask:
    """Return any task, for the operator and the worker."""
    task = session.scalar(select(PrintTask).where(PrintTask.public_id == public_id))
    if task is None:
        raise PrintTaskNotFoundError("There is no such print task.")
    return task


def row_of(session: Session, task: PrintTask) -> RunRow:
    """Return the run that a task prints, with its batch or product loaded."""
    public_id = session.scalars(
        select(LabelRun.public_id).where(LabelRun.id == task.run_id)
    ).one()
    return run_of(session, public_id, actor=SYSTEM)


def waiting(
    session: Session, *, before: datetime, after: datetime
) -> Sequence[PrintTask]:
    """Return tasks that should be going on and of which nobody was heard.

    Heard of only ``after`` an instant to come is not heard of: clocks are put back.
    """
    silent = (PrintTask.heartbeat < before) | (PrintTask.heartbeat > after)
    return session.scalars(
        select(PrintTask)
        .where(PrintTask.state.in_(RUNNING), silent)
        .order_by(PrintTask.heartbeat)
        .limit(_AT_ONCE)
    ).all()


def known_places(session: Session, states: Sequence[TaskState]) -> set[str]:
    """Return the places in the archive of the tasks in some states."""
    query = select(PrintTask.public_id, PrintTask.attempt).where(
        PrintTask.state.in_(states)
    )
    return {
        place_of(public_id, attempt) for public_id, attempt in session.execute(query)
    }


def unfinished(session: Session, organisation_id: int, *, beside: int | None) -> int:
    """Return how many files of an organisation wait or are being made.

    ``beside`` is the id of a task that is not counted.
    """
    query = (
        select(func.count(PrintTask.id))
        .join(LabelRun, LabelRun.id == PrintTask.run_id)
        .join(Product, Product.id == LabelRun.product_id)
        .where(PrintTask.state.in_(RUNNING), Product.organisation_id == organisation_id)
    )
    if beside is not None:
        query = query.where(PrintTask.id != beside)
    return session.scalar(query) or 0


def newest(session: Session) -> list[tuple[PrintTask, str]]:
    """Return the newest tasks of all producers with their run's id."""
    query = (
        select(PrintTask, LabelRun.public_id)
        .join(LabelRun, LabelRun.id == PrintTask.run_id)
        .order_by(PrintTask.id.desc())
        .limit(_AT_ONCE)
    )
    return [(task, run_id) for task, run_id in session.execute(query)]


def paces(session: Session) -> dict[tuple[SheetFormat, ReadPolicy], float]:
    """Return the seconds a label took of late, by format and by what was read back.

    A task takes no longer than all its workers together, whatever they waited for.
    """
    query = (
        select(PrintTask)
        .where(PrintTask.state.in_((TaskState.READY, TaskState.PURGED)))
        .order_by(PrintTask.id.desc())
        .limit(_AT_ONCE)
    )
    spent: dict[tuple[SheetFormat, ReadPolicy], tuple[float, int]] = {}
    for task in session.scalars(query):
        key = SheetFormat(task.format), task.read_policy
        seconds, labels = spent.get(key, (0.0, 0))
        spent[key] = seconds + _seconds_of(task), labels + task.total
    return {key: seconds / labels for key, (seconds, labels) in spent.items()}


def _seconds_of(task: PrintTask) -> float:
    busy = task.busy / 1000
    if task.started_at is None or task.finished_at is None:
        return busy
    return min(busy, max((task.finished_at - task.started_at).total_seconds(), 0.0))


def _workers() -> ScalarSelect[int]:
    return (
        select(func.count(PrintClaim.id))
        .where(PrintClaim.task_id == PrintTask.id)
        .scalar_subquery()
    )
