"""`traceability labels tasks` and `cancel`, and printing large runs in this process."""

import json
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Event

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress as Bars,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)

from traceability.core.permissions import SYSTEM
from traceability.labels.models import LabelRun
from traceability.labels.printing import service
from traceability.labels.printing.forecast import Feed, forecast_of
from traceability.labels.printing.models import PrintTask
from traceability.labels.printing.press import Press
from traceability.labels.printing.queries import (
    newest,
    paces,
    task_called,
    task_in,
)
from traceability.labels.printing.room import (
    call_workers,
    forget_parts,
    note_file,
    ready_file,
)
from traceability.labels.printing.state import RUNNING
from traceability.labels.printing.tasks import print_some, worker_name
from traceability.labels.printing.wording import feed_text, forecast_text
from traceability.labels.queries import RunRow
from traceability.labels.room import label_keys_of
from traceability.labels.sheets import SheetFormat, print_sheets
from traceability.web.context import Services

format_option = click.option(
    "--format",
    "format_",
    type=click.Choice([one.value for one in SheetFormat]),
    required=True,
)
out_option = click.option(
    "--out",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    required=True,
    help="SVG and PNG of several pages, and single files, are a ZIP.",
)
everything_option = click.option(
    "--read-everything",
    "everything",
    is_flag=True,
    help="Read every symbol back, of runs above 20,000 labels too.",
)
json_option = click.option("--json", "json_", is_flag=True, help="Print JSON.")
_WAIT = 0.5  # seconds between looks at what other workers hold
_SHOWN = ("run", "format", "state", "done", "total", "size", "sha256")


@click.command("tasks")
@click.pass_obj
def tasks(use: Services) -> None:
    """List the newest files that were asked for, and how far each is."""
    with use.database.reading() as session:
        found = newest(session)
    for task, run_id in found:
        shown = {**vars(task), "run": run_id}
        told = " ".join(f"{name}={shown[name]}" for name in _SHOWN)
        click.echo(f"{task.public_id} {told}")


@click.command("cancel")
@click.option("--task", "task_id", required=True, metavar="ID")
@click.pass_obj
def cancel(use: Services, *, task_id: str) -> None:
    """Stop a file that is being made; the run and its numbers stay."""
    with use.database.transaction() as session:
        task_called(session, task_id)
        task = service.cancel(session, task_id, clock=use.clock)
    forget_parts(use, task)
    click.echo(f"cancelled: {task_id}")


def print_here(
    use: Services, row: RunRow, format_: SheetFormat, out: Path, *, everything: bool
) -> None:
    """Make a large run, here and by all workers, and write it to a file with a bar.

    What an earlier try left in the archive is used. Raises the reason of a failure.
    """
    with use.database.transaction() as session:
        task = service.ask_print(
            session,
            row,
            format_,
            actor=SYSTEM,
            clock=use.clock,
            archive=use.get(Press).archive,
            everything=everything,
        )
    _tell_ahead(use, row, format_)
    call_workers(use, task)
    stopped = Event()
    with _interrupting(stopped):
        _make(use, task, stopped)
    if stopped.is_set():
        raise click.ClickException(
            f"stopped; go on with `labels reprint --run {row.run.public_id}`"
        )
    with use.database.reading() as session:
        found = task_in(session, row.run.public_id, task.public_id, actor=SYSTEM)
    if found.task.failure:
        kept = found.task.failure
        raise click.ClickException(kept["message"] % kept["params"])
    source, _sent = ready_file(use, found)
    note_file(use, row.run, format_.value, actor=SYSTEM)
    with source, out.open("wb") as sink:
        shutil.copyfileobj(source, sink)


def _tell_ahead(use: Services, row: RunRow, format_: SheetFormat) -> None:
    """Say what is to be expected, beside what programs read."""
    job = row.job
    with use.database.reading() as session:
        ahead = forecast_of(job, format_, paces(session), None)
    feed = Feed.of(job.spec.stock, job.positions, len(job.spec.setup.skip))
    click.echo(f"{feed_text(feed)}; {forecast_text(ahead)}", err=True)


@contextmanager
def _interrupting(stopped: Event) -> Iterator[None]:
    """Let Ctrl-C set the event, so that what was begun is handed back in order."""
    before = signal.signal(signal.SIGINT, lambda _number, _frame: stopped.set())
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _make(use: Services, task: PrintTask, stopped: Event) -> None:
    """Work at a task until it has ended, beside whatever workers there are."""
    press, worker = replace(use.get(Press), slice=_WAIT), worker_name()
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    silent = not console.is_terminal
    with Bars(*columns, TimeRemainingColumn(), console=console, disable=silent) as bars:
        bar = bars.add_task("labels", total=task.total)
        while task.standing in RUNNING and not stopped.is_set():
            own = task.public_id
            if not print_some(use, press, own, worker=worker, stopped=stopped):
                stopped.wait(_WAIT)
            with use.database.reading() as session:
                task = task_called(session, own)
            bars.update(bar, completed=task.done)


def require_folder(out: Path) -> None:
    """Refuse before any number is taken."""
    if not out.absolute().parent.is_dir():
        raise click.ClickException(f"there is no folder {out.parent}")


def write_run(
    use: Services, row: RunRow, format_: SheetFormat, out: Path, *, everything: bool
) -> None:
    """Write a run's file."""
    try:
        if row.job.at_once:
            _write_now(use, row, format_, out)
        else:
            print_here(use, row, format_, out, everything=everything)
    except OSError as error:
        raise click.ClickException(
            f"{error}: write the run with `labels reprint --run {row.run.public_id}`"
        ) from error


def _write_now(use: Services, row: RunRow, format_: SheetFormat, out: Path) -> None:
    sheets = print_sheets(row.job, format_, label_keys_of(use))
    out.write_bytes(sheets.files[0])
    note_file(use, row.run, format_.value, actor=SYSTEM)


def tell(run: LabelRun, paths: list[Path], *, json_: bool) -> None:
    """Say what a run is, and where its files lie."""
    told = _told(run, paths)
    if json_:
        click.echo(json.dumps(told))
        return
    for name, value in told.items():
        click.echo(f"{name}: {', '.join(value) if isinstance(value, list) else value}")


def _told(run: LabelRun, paths: list[Path]) -> dict[str, object]:
    indexes = {"from": run.first_index, "to": run.last_index}
    return {
        "run": run.public_id,
        "kind": run.kind,
        "count": run.count,
        **({} if run.first_index is None else indexes),
        "files": [str(path) for path in paths],
    }
