"""The press and the queue of a running service, and what its workers do with both."""

import logging
from dataclasses import replace
from datetime import timedelta
from functools import partial
from threading import Event
from typing import BinaryIO

from traceability.core.permissions import Actor
from traceability.jobs.queueing import JobQueue
from traceability.labels.claims.service import claims_refusal
from traceability.labels.life.models import LabelReprint
from traceability.labels.life.service import note_print_out
from traceability.labels.models import LabelRun
from traceability.labels.printing import service
from traceability.labels.printing.archive import Archive, digest_of
from traceability.labels.printing.errors import (
    ArchiveError,
    PrintLostError,
    PrintNotReadyError,
)
from traceability.labels.printing.first.service import first_sheets
from traceability.labels.printing.models import PrintTask
from traceability.labels.printing.press import Press
from traceability.labels.printing.queries import TaskRow, known_places, tasks_of
from traceability.labels.printing.state import RUNNING, TaskState
from traceability.labels.printing.tasks import print_some, worker_name
from traceability.labels.queries import RunRow
from traceability.labels.room import label_keys_of
from traceability.labels.sheets import SheetFormat
from traceability.settings import Settings, SettingsError
from traceability.web.context import Services
from traceability.web.sending import Sent

PRINT = "print"  # a kind of job; its subject is a task's id
AT_A_TASK = 4  # workers that are called to one task
QUEUE_FILE = "jobs.sqlite3"
_log = logging.getLogger(__name__)


def with_printing(use: Services) -> Services:
    """Return services that print; neither queue nor archive is opened yet.

    Raises ``SettingsError`` for an archive of a kind nobody knows here.
    """
    settings = use.settings
    press = Press(archive=_archive_of(settings), keys=label_keys_of(use))
    queue = JobQueue(use.database.url, settings.home / QUEUE_FILE, (PRINT,))
    return use.with_(press).with_(queue)


def _archive_of(settings: Settings) -> Archive:
    address = settings.archive or (settings.home / "archive").as_uri()
    try:
        return Archive(address, least_free=settings.min_free_bytes)
    except (ValueError, ImportError) as error:
        raise SettingsError(f"TRACEABILITY_ARCHIVE={address!r}: {error}") from None


def first_print_of(use: Services) -> partial[list[PrintTask]]:
    """Return ``first_sheets`` with the service's own clock and archive."""
    archive = use.get(Press).archive
    return partial(first_sheets, clock=use.clock, archive=archive)


def call_workers(use: Services, task: PrintTask) -> None:
    """Tell the workers of a task that waits. Call it after the commit."""
    if task.standing is TaskState.QUEUED:
        use.get(JobQueue).add(PRINT, task.public_id, times=AT_A_TASK)


def forget_parts(use: Services, task: PrintTask) -> None:
    """Remove the parts of a task that was cancelled. Call it after the commit."""
    use.get(Press).archive.let_parts_go(task.place)


def ready_file(use: Services, row: TaskRow) -> tuple[BinaryIO, Sent]:
    """Open the file of a task, to be handed over; ``note_file`` notes that it was.

    Raises ``PrintNotReadyError``, ``PrintLostError``, ``ArchiveError``, and what
    ``claims_refusal`` finds.
    """
    task = row.task
    if task.standing is not TaskState.READY or task.suffix is None:
        raise not_ready(task.standing)
    file = _released(use, task, task.suffix)
    if file is None:
        with use.database.transaction() as session:
            service.give_up(session, task.public_id, task.attempt)
        raise not_ready(TaskState.LOST)
    with use.database.reading() as session:
        refused = claims_refusal(session, row.row, use.clock.today())
    if refused is not None:
        file.close()
        raise refused
    return file, Sent(
        name=row.file_name,
        media_type=task.media_type or "",
        size=task.size or 0,
        sha256=task.sha256 or "",
    )


def note_file(
    use: Services,
    run: LabelRun,
    format_: str,
    *,
    actor: Actor,
    reprint: LabelReprint | None = None,
) -> None:
    """Write down that a file of labels is handed over: one more print-out of its run.

    Once for each hand-over, however many pieces it is fetched in.
    """
    use.database.written(
        lambda session: note_print_out(
            session, run, format_, actor=actor, clock=use.clock, reprint=reprint
        )
    )


def _released(use: Services, task: PrintTask, suffix: str) -> BinaryIO | None:
    """Return the file that was read back and released, or nothing for any other."""
    try:
        file = use.get(Press).archive.opened(task.place, suffix)
        found = digest_of(file)
    except FileNotFoundError:
        _log.error("print task %s: the archive has lost its file", task.public_id)
        return None
    except OSError as error:
        _log.error("the archive cannot be read", exc_info=error)
        raise ArchiveError("The file cannot be read. Try again later.") from error
    if found.sha256 == task.sha256:
        return file
    _log.error("print task %s: the archive holds another file", task.public_id)
    file.close()
    return None


def file_of_run(
    use: Services, row: RunRow, format_: SheetFormat
) -> tuple[BinaryIO, Sent]:
    """Open a large run's file of a format. Raises ``PrintNotReadyError``."""
    with use.database.reading() as session:
        found = tasks_of(session, row)
    for one in found:
        if one.task.format == format_.value:
            return ready_file(use, one)
    raise not_ready(None)


def not_ready(state: TaskState | None) -> PrintNotReadyError | PrintLostError:
    """Return why there is no file to be had now."""
    if state is TaskState.LOST:
        return PrintLostError(
            "The file is no longer kept as it was made: it was removed or altered. "
            "Press “Make it again” on the page of these labels; they stay the same."
        )
    if state is TaskState.PURGED:
        return PrintNotReadyError(
            "The file was deleted after a while. Made again, it is the same."
        )
    if state in RUNNING:
        return PrintNotReadyError("The file is still being made. Ask again shortly.")
    return PrintNotReadyError("There is no such file. Have it made first.")


def worker_queue(use: Services, stopped: Event) -> JobQueue:
    """Return the queue as a worker sees it: with what is to be done."""
    queue, press, worker = use.get(JobQueue), use.get(Press), worker_name()

    def print_(public_id: str) -> None:
        if print_some(use, press, public_id, worker=worker, stopped=stopped):
            queue.add(PRINT, public_id)

    return replace(queue, handlers={PRINT: print_})


def sweep(use: Services) -> int:
    """Queue again what was forgotten or left by the dead; return how many tasks."""
    press = use.get(Press)
    with use.database.transaction() as session:
        found = service.take_stock(session, now=use.clock.now(), stale=press.stale)
    for public_id in found:
        use.get(JobQueue).add(PRINT, public_id, times=AT_A_TASK)
    return len(found)


def tidy(use: Services) -> None:
    """Remove files kept long enough, and what no task owns any more."""
    archive, kept = use.get(Press).archive, timedelta(days=use.settings.archive_days)
    more = True
    while more:
        with use.database.transaction() as session:
            more = bool(service.purge(session, before=use.clock.now() - kept))
    # Before the tasks are read: what a task begins after that is not looked at.
    parts, files = archive.places_with_parts(), archive.files()
    with use.database.reading() as session:
        making = known_places(session, RUNNING)
        ready = known_places(session, (TaskState.READY,))
    for place in set(parts) - making:
        archive.remove_parts(place)
    for place, suffix in files:
        if place not in making | ready:
            archive.remove_file(place, suffix)
