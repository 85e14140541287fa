"""`traceability labels blank`, `bind` and `void-blank`: stamps printed ahead."""

from pathlib import Path
from typing import Any

import click

from traceability.catalog.queries import product_by_public_id
from traceability.core.permissions import SYSTEM
from traceability.labels.binding.draft import BindingDraft
from traceability.labels.binding.service import bind_labels
from traceability.labels.blanks.service import start_blanks, void_blanks
from traceability.labels.designs.queries import design_named
from traceability.labels.job import MAX_COUNT, LabelKind, RunSpec
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
from traceability.labels.printing.cli import (
    everything_option,
    format_option,
    json_option,
    out_option,
    require_folder,
    tell,
    write_run,
)
from traceability.labels.printing.service import first_print
from traceability.labels.queries import RunRow, batch_to_label, run_of
from traceability.labels.room import label_keys_of
from traceability.labels.service import VoidDraft
from traceability.labels.sheets import SheetFormat
from traceability.labels.stocks.cli import setup_from, setup_options, stock_option
from traceability.labels.stocks.queries import stock_for
from traceability.records.notary import notary_of
from traceability.web.context import Services


@click.command()
@click.option("--product", "product_id", required=True, metavar="ID")
@click.option("--count", type=int, required=True, help=f"At most {MAX_COUNT}.")
@stock_option
@setup_options
@click.option("--design", default="", metavar="ID", help="The usual one without it.")
@format_option
@out_option
@everything_option
@json_option
@click.pass_obj
def blank(  # noqa: PLR0913 (one argument for each option of the command)
    use: Services,
    /,
    *,
    product_id: str,
    count: int,
    stock: str,
    design: str,
    format_: str,
    out: Path,
    everything: bool,
    json_: bool,
    **settings: Any,
) -> None:
    """Print stamps ahead for a product; their lot is bound to them later."""
    setup = setup_from(settings)
    require_folder(out)
    with use.database.transaction() as session:
        product = product_by_public_id(session, product_id)
        owner = product.organisation_id
        spec = RunSpec(
            kind=LabelKind.BLANK,
            count=count,
            stock=stock_for(session, owner, stock),
            setup=setup,
            design=design_named(session, owner, design),
        )
        notary, keys = notary_of(use), label_keys_of(use)
        run = start_blanks(
            session, product, spec, actor=SYSTEM, notary=notary, keys=keys
        )
        row, wanted = RunRow(run, None, product), SheetFormat(format_)
        first_print(
            session,
            row,
            wanted,
            actor=SYSTEM,
            clock=use.clock,
            everything=everything,
        )
    write_run(use, row, wanted, out, everything=everything)
    tell(run, [out], json_=json_)


@click.command()
@batch_option
@from_option
@to_option
@click.option(
    "--excess-reason",
    default="",
    help="Why the lot gets more labels than it makes packs.",
)
@click.pass_obj
def bind(
    use: Services, *, batch_id: str, first: int, last: int, excess_reason: str
) -> None:
    """Make a range of blank stamps labels of a batch, both ends included."""
    draft = BindingDraft(first=first, last=last, excess_reason=excess_reason)
    with use.database.transaction() as session:
        batch = batch_to_label(session, batch_id)
        bind_labels(session, batch, draft, actor=SYSTEM, notary=notary_of(use))
    click.echo(f"bound: {first}-{last}, {draft.count} stamps")


@click.command("void-blank")
@click.option("--run", "run_id", required=True, metavar="ID")
@from_option
@to_option
@reason_option
@kind_option
@witness_option
@witness_role_option
@click.pass_obj
def void_blank(  # noqa: PLR0913 (one argument for each option of the command)
    use: Services,
    *,
    run_id: str,
    first: int,
    last: int,
    reason: str,
    kind: str,
    witness: str,
    witness_role: str,
) -> None:
    """Make a range of blank stamps void for good, bound or not."""
    draft = VoidDraft(
        first=first,
        last=last,
        reason=reason,
        kind=VoidKind(kind),
        witness=Witness.named(witness, witness_role),
    )
    with use.database.transaction() as session:
        row = run_of(session, run_id, actor=SYSTEM)
        void_blanks(session, row.run, draft, actor=SYSTEM, notary=notary_of(use))
    click.echo(f"void: {first}-{last}")
