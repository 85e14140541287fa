"""`traceability work`: the worker process, which does what nobody waits for.

Every few seconds it has the log's newest head cosigned by the policy's witnesses.
A round renews and logs the trust list if it is time, deletes what is kept too long,
and examines the whole database as `traceability log fsck` does: who changed rows behind
the service's back is found out within a day, whether or not anybody looks.
"""

import logging
import threading
from collections.abc import Iterator

import click
from sqlalchemy.exc import SQLAlchemyError

from traceability.accounts.repeating.service import purge
from traceability.cli.cosigning import cosigned_once, keep_cosigned
from traceability.cli.keeping import EVERY, renewed
from traceability.core.errors import DomainError
from traceability.scans.service import KEPT, forget
from traceability.settings import Settings
from traceability.transparency.cli import faults_of
from traceability.web import logs
from traceability.web.context import Services

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
@click.pass_context
def work(ctx: click.Context, *, once: bool, every: float) -> None:
    """Look after keys, old rows and the log's soundness until stopped."""
    settings: Settings = ctx.meta["traceability.settings"]
    logs.configure(settings)
    faults = round_of(ctx.obj)
    if once:
        faults += cosigned_once(ctx.obj)
        click.echo("\n".join(f"wrong: {fault}" for fault in faults) or "sound")
        ctx.exit(1 if faults else 0)
    keep_cosigned(ctx.obj)
    never = threading.Event()
    while not never.wait(every * _HOUR):
        round_of(ctx.obj)


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
