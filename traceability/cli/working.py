"""`traceability work`: the worker process, which does what nobody waits for.

It makes the labels that are queued, with as many processes of its own as it is told:
a signature needs a processor for itself. Several workers share the queue. Now and then
it queues again what was forgotten or left by a worker that died. Every few seconds it
has the log's newest head cosigned by the policy's witnesses.
A round renews and logs the trust list if it is time, deletes what is kept too long,
and examines the whole database as `traceability log fsck` does: who changed rows behind
the service's back is found out within a day, whether or not anybody looks.
"""

import logging
import signal
import sys
import threading
from collections.abc import Iterator

import click
from sqlalchemy.exc import SQLAlchemyError

from traceability.accounts.repeating.service import purge
from traceability.cli.cosigning import cosigned_once, keep_cosigned
from traceability.cli.keeping import EVERY, renewed
from traceability.core.errors import DomainError
from traceability.jobs.consuming import consume, work_off
from traceability.jobs.supervising import Supervisor, stop_with_parent
from traceability.labels.printing.room import sweep, tidy, worker_queue
from traceability.scans.service import KEPT, forget
from traceability.settings import Settings
from traceability.transparency.auditing import faults_of
from traceability.web import logs
from traceability.web.context import Services

SWEEP = 15.0  # seconds
# Whatever called this program, its workers are the same one.
WORKER = (sys.executable, "-m", "traceability", "work", "--with-parent")
_HOUR = 3600.0  # seconds
_log = logging.getLogger(__name__)


@click.command()
@click.option("--once", is_flag=True, help="One round; exit 1 if anything is wrong.")
@click.option(
    "--every",
    type=click.FloatRange(min=0.1),
    default=EVERY / _HOUR,
    show_default=True,
    help="Hours from one round to the next.",
)
@click.option(
    "--label-processes",
    type=click.IntRange(1, 64),
    help="Processes that make labels (default: TRACEABILITY_LABEL_PROCESSES).",
)
@click.option("--labels-only", is_flag=True, hidden=True, help="Make labels, no more.")
@click.option("--with-parent", is_flag=True, hidden=True, help="Stop at end of input.")
@click.pass_context
def work(
    ctx: click.Context,
    *,
    once: bool,
    every: float,
    label_processes: int | None,
    labels_only: bool,
    with_parent: bool,
) -> None:
    """Make queued labels; look after keys, old rows and the log."""
    settings: Settings = ctx.meta["traceability.settings"]
    logs.configure(settings)
    logging.getLogger("huey").setLevel(logging.WARNING)  # it tells of every turn
    stopped = threading.Event()
    if once:
        faults = round_of(ctx.obj)
        sweep(ctx.obj)
        work_off(worker_queue(ctx.obj, stopped))
        faults += cosigned_once(ctx.obj)
        click.echo("\n".join(f"wrong: {fault}" for fault in faults) or "sound")
        ctx.exit(1 if faults else 0)
    if with_parent:
        stop_with_parent(stopped)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stopped.set())
    if labels_only:
        consume(worker_queue(ctx.obj, stopped), stopped)
        return
    more = (label_processes or settings.label_processes) - 1
    helpers = [Supervisor((*WORKER, "--labels-only")) for _ in range(more)]
    for helper in helpers:
        helper.start()
    work_until(ctx.obj, stopped, every=every * _HOUR)
    for helper in helpers:
        helper.stop()


def work_until(use: Services, stopped: threading.Event, *, every: float) -> None:
    """Print what is queued, and do a round now and every so many seconds."""
    kept = keep_cosigned(use)
    printing = threading.Thread(
        target=consume, args=(worker_queue(use, stopped), stopped), name="printing"
    )
    sweeping = threading.Thread(
        target=_keep_sweeping, args=(use, stopped), name="sweep"
    )
    for thread in (printing, sweeping):
        thread.start()
    round_of(use)
    while not stopped.wait(every):
        round_of(use)
    if kept is not None:
        kept[1].set()
    for thread in (printing, sweeping):
        thread.join()


def _keep_sweeping(use: Services, stopped: threading.Event) -> None:
    while not stopped.is_set():
        try:
            sweep(use)
        except SQLAlchemyError as error:
            _log.warning("nothing was swept: %s", type(error).__name__)
        stopped.wait(SWEEP)


def round_of(use: Services) -> list[str]:
    """Do one round; return what is wrong, and log it. Nothing stops the next one."""
    faults = list(_faults(use))
    for fault in faults:
        _log.error("the round found: %s", fault)
    _log.info("a round ended: %d faults", len(faults))
    return faults


def _faults(use: Services) -> Iterator[str]:
    try:
        fault = renewed(use)
        if fault is not None:
            yield fault
        _tidy(use)
        yield from faults_of(use, use.database)
    except (DomainError, SQLAlchemyError, OSError) as error:
        yield f"the round was cut short: {type(error).__name__}"


def _tidy(use: Services) -> None:
    """Delete single scans and repeated answers that were kept long enough."""
    with use.database.transaction() as session:
        forget(session, before=use.clock.now() - KEPT)
    more = True
    while more:  # in small transactions: writers wait for none of them long
        with use.database.transaction() as session:
            more = purge(session, use.clock)
    tidy(use)
