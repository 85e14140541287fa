"""`traceability labels`: print runs and blank stamps, bind, make void, count.

Indexes are those of the product's sequence: the first six characters of a serial, as a
decimal number. ``print`` says which it took.
"""

import json
from pathlib import Path
from typing import Any

import click

from traceability.core.permissions import SYSTEM
from traceability.labels.binding import cli as binding
from traceability.labels.claims.service import printable_run
from traceability.labels.counting.queries import Counted, labels_in_log
from traceability.labels.job import OF_A_LOT, LabelKind, RunSpec
from traceability.labels.legal import CODES
from traceability.labels.life import cli as life
from traceability.labels.life.cli import batch_option, void_draft, void_options
from traceability.labels.limits import cli as limits
from traceability.labels.printing import cli as printing
from traceability.labels.printing.cli import (
    everything_option,
    format_option,
    json_option,
    out_option,
    require_folder,
    tell,
    write_run,
)
from traceability.labels.queries import RunRow, batch_to_label
from traceability.labels.room import label_keys_of
from traceability.labels.runs.cli import Wanted, excess_option, run_options
from traceability.labels.scratch.cli import scratch_codes
from traceability.labels.service import start_run, void_labels
from traceability.labels.sheets import SheetFormat
from traceability.labels.stocks.cli import stocks, testpage
from traceability.records.notary import notary_of
from traceability.records.queries import signature_counts
from traceability.signing.keystore import KeyStore
from traceability.web.context import Services


@click.group("labels")
def group() -> None:
    """Print labels and blank stamps; bind, make void, count."""


group.add_command(stocks)
group.add_command(testpage)
group.add_command(printing.tasks)
group.add_command(printing.cancel)
group.add_command(binding.blank)
group.add_command(binding.bind)
group.add_command(binding.void_blank)
group.add_command(scratch_codes)


@group.command("print")
@batch_option
@click.option(
    "--kind", type=click.Choice([one.value for one in OF_A_LOT]), required=True
)
@run_options
@click.option(
    "--elsewhere",
    type=click.Choice([*CODES]),
    multiple=True,
    help="What the law asks and another label of the pack says.",
)
@click.option("--scratch", is_flag=True, help="With codes; see scratch-codes.")
@excess_option
@click.pass_obj
def print_(
    use: Services,
    /,
    *,
    batch_id: str,
    kind: str,
    elsewhere: tuple[str, ...],
    scratch: bool,
    excess_reason: str,
    **given: Any,
) -> None:
    """Start a run for an issued batch and write its sheets, read back, to FILE."""
    wanted = Wanted.of(given)
    with use.database.transaction() as session:
        batch = batch_to_label(session, batch_id)
        spec = RunSpec(
            kind=LabelKind(kind),
            count=wanted.count,
            stock=wanted.stock(session, batch.organisation_id),
            setup=wanted.setup,
            design=wanted.design(session, batch.organisation_id),
            elsewhere=frozenset(elsewhere),
            excess_reason=excess_reason,
            scratch=scratch,
        )
        notary, keys = notary_of(use), label_keys_of(use)
        run = start_run(session, batch, spec, actor=SYSTEM, notary=notary, keys=keys)
        row = RunRow(run, batch)
        wanted.begin(session, row, use)
    wanted.write(use, row)


@group.command()
@click.option("--run", "run_id", required=True, metavar="ID")
@format_option
@out_option
@everything_option
@json_option
@click.pass_obj
def reprint(
    use: Services,
    *,
    run_id: str,
    format_: str,
    out: Path,
    everything: bool,
    json_: bool,
) -> None:
    """Write a run's sheets once more: the same labels, no new numbers.

    A large run that was stopped half way goes on where it was.
    """
    require_folder(out)
    with use.database.reading() as session:
        today = use.clock.today()
        row = printable_run(session, run_id, actor=SYSTEM, today=today)
    write_run(use, row, SheetFormat(format_), out, everything=everything)
    tell(row.run, [out], json_=json_)


@group.command()
@batch_option
@void_options
@click.pass_obj
def void(use: Services, /, *, batch_id: str, **given: Any) -> None:
    """Make a range of labels of one run void for good, both ends included."""
    draft = void_draft(given)
    with use.database.transaction() as session:
        batch = batch_to_label(session, batch_id)
        void_labels(session, batch, draft, actor=SYSTEM, notary=notary_of(use))
    click.echo(f"void: {draft.first}-{draft.last}")


@group.command()
@json_option
@click.pass_obj
def count(use: Services, *, json_: bool) -> None:
    """Add up each lot's labels by the log's records, beside the packs it makes.

    Exits 1 where a lot has more labels than packs.
    """
    with use.database.reading() as session:
        ring = use.get(KeyStore).ring
        found = list(
            labels_in_log(
                session, counts=lambda one: signature_counts(one, lambda: ring)
            )
        )
    rows = [_counted(one) for one in found]
    if json_:
        click.echo(json.dumps(rows))
    for row in () if json_ else rows:
        click.echo(" ".join(f"{name}={value}" for name, value in row.items()))
    if any(one.beyond for one in found):
        raise SystemExit(1)


def _counted(one: Counted) -> dict[str, object]:
    return {
        "lot": one.lot,
        "runs": one.tally.runs,
        "printed": one.tally.printed,
        "void": one.tally.void,
        "reprinted": one.tally.reprinted,
        "bound": one.tally.bound,
        "packs": one.packs,
        "beyond": one.beyond,
        "reasoned": len(one.tally.reasons),
    }


group.add_command(life.number)
group.add_command(life.apply)
group.add_command(limits.quota)
