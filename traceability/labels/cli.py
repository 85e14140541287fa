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
from traceability.labels.designs.queries import design_named
from traceability.labels.job import MAX_COUNT, OF_A_LOT, LabelKind, RunSpec
from traceability.labels.legal import CODES
from traceability.labels.life import cli as life
from traceability.labels.life.cli import (
    batch_option,
    from_option,
    kind_option,
    reason_option,
    to_option,
    witness_option,
    witness_role_option,
)
from traceability.labels.life.witness import VoidKind, Witness
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
from traceability.labels.scratch.cli import scratch_codes
from traceability.labels.service import VoidDraft, start_run, void_labels
from traceability.labels.sheets import SheetFormat
from traceability.labels.stocks.cli import (
    setup_from,
    setup_options,
    stock_option,
    stocks,
    testpage,
)
from traceability.labels.stocks.queries import stock_for
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
@click.option("--count", type=int, required=True, help=f"At most {MAX_COUNT}.")
@click.option(
    "--kind", type=click.Choice([one.value for one in OF_A_LOT]), required=True
)
@stock_option
@setup_options
@click.option("--design", default="", metavar="ID", help="The usual one without it.")
@click.option(
    "--elsewhere",
    type=click.Choice([*CODES]),
    multiple=True,
    help="What the law asks and another label of the pack says.",
)
@click.option("--scratch", is_flag=True, help="With codes; see scratch-codes.")
@format_option
@out_option
@everything_option
@click.option(
    "--excess-reason",
    default="",
    help="Why the lot gets more labels than it makes packs.",
)
@json_option
@click.pass_obj
def print_(  # noqa: PLR0913 (one argument for each option of the command)
    use: Services,
    /,
    *,
    batch_id: str,
    count: int,
    kind: str,
    stock: str,
    design: str,
    elsewhere: tuple[str, ...],
    scratch: bool,
    format_: str,
    out: Path,
    everything: bool,
    excess_reason: str,
    json_: bool,
    **settings: Any,
) -> None:
    """Start a run for an issued batch and write its sheets, read back, to FILE."""
    setup = setup_from(settings)
    require_folder(out)
    with use.database.transaction() as session:
        batch = batch_to_label(session, batch_id)
        spec = RunSpec(
            kind=LabelKind(kind),
            count=count,
            stock=stock_for(session, batch.organisation_id, stock),
            setup=setup,
            design=design_named(session, batch.organisation_id, design),
            elsewhere=frozenset(elsewhere),
            excess_reason=excess_reason,
            scratch=scratch,
        )
        run = start_run(
            session,
            batch,
            spec,
            actor=SYSTEM,
            notary=notary_of(use),
            keys=label_keys_of(use),
        )
    write_run(use, RunRow(run, batch), SheetFormat(format_), out, everything=everything)
    tell(run, [out], json_=json_)


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
@from_option
@to_option
@reason_option
@kind_option
@witness_option
@witness_role_option
@click.pass_obj
def void(  # noqa: PLR0913 (one argument for each option of the command)
    use: Services,
    *,
    batch_id: str,
    first: int,
    last: int,
    reason: str,
    kind: str,
    witness: str,
    witness_role: str,
) -> None:
    """Make a range of labels of one run void for good, both ends included."""
    draft = VoidDraft(
        first=first,
        last=last,
        reason=reason,
        kind=VoidKind(kind),
        witness=Witness.named(witness, witness_role),
    )
    with use.database.transaction() as session:
        batch = batch_to_label(session, batch_id)
        void_labels(session, batch, draft, actor=SYSTEM, notary=notary_of(use))
    click.echo(f"void: {first}-{last}")


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
