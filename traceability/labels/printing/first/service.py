"""Ask for the first file of a new run, in the transaction that starts it."""

from sqlalchemy.orm import Session

from traceability.core.permissions import Actor
from traceability.core.ports import Clock
from traceability.labels.printing.archive import Archive
from traceability.labels.printing.errors import ArchiveFullError
from traceability.labels.printing.forecast import fitting
from traceability.labels.printing.models import PrintTask
from traceability.labels.printing.service import ask_print
from traceability.labels.queries import RunRow
from traceability.labels.sheets import SheetFormat


def first_print(  # noqa: PLR0913 (what, of what, who, when, where, how)
    session: Session,
    row: RunRow,
    format_: SheetFormat = SheetFormat.PDF,
    *,
    actor: Actor,
    clock: Clock,
    archive: Archive,
    everything: bool = False,
) -> list[PrintTask]:
    """Return the task of a new run's file; a small one is made while one waits.

    Asked in the run's own transaction: without the task there is no run.
    """
    if row.job.at_once:
        return []
    task = ask_print(
        session,
        row,
        format_,
        actor=actor,
        clock=clock,
        archive=archive,
        everything=everything,
    )
    return [task]


def first_sheets(
    session: Session, row: RunRow, *, actor: Actor, clock: Clock, archive: Archive
) -> list[PrintTask]:
    """Return the task of a new run's sheets, which somebody may have otherwise.

    There is none where only other formats have room. Raises ``ArchiveFullError``
    where no format has any: then no number is to be taken.
    """
    try:
        return first_print(session, row, actor=actor, clock=clock, archive=archive)
    except ArchiveFullError:
        if fitting(row.job, archive.free):
            return []
        raise
