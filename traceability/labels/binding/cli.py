"""`traceability labels blank`, `bind` and `void-blank`: stamps printed ahead."""

from typing import Any

import click

from traceability.catalog.queries import product_by_public_id
from traceability.core.permissions import SYSTEM
from traceability.labels.binding.draft import BindingDraft
from traceability.labels.binding.service import bind_labels
from traceability.labels.blanks.service import start_blanks, void_blanks
from traceability.labels.job import LabelKind, RunSpec
from traceability.labels.life.cli import (
    batch_option,
    from_option,
    to_option,
    void_draft,
    void_options,
)
from traceability.labels.queries import RunRow, batch_to_label, run_of
from traceability.labels.room import label_keys_of
from traceability.labels.runs.cli import Wanted, excess_option, run_options
from traceability.records.notary import notary_of
from traceability.web.context import Services


@click.command()
@click.option("--product", "product_id", required=True, metavar="ID")
@run_options
@click.pass_obj
def blank(use: Services, /, *, product_id: str, **given: Any) -> None:
    """Print stamps ahead for a product; their lot is bound to them later."""
    wanted = Wanted.of(given)
    with use.database.transaction() as session:
        product = product_by_public_id(session, product_id)
        spec = RunSpec(
            kind=LabelKind.BLANK,
            count=wanted.count,
            stock=wanted.stock(session, product.organisation_id),
            setup=wanted.setup,
            design=wanted.design(session, product.organisation_id),
        )
        notary, keys = notary_of(use), label_keys_of(use)
        run = start_blanks(
            session, product, spec, actor=SYSTEM, notary=notary, keys=keys
        )
        row = RunRow(run, None, product)
        wanted.begin(session, row, use)
    wanted.write(use, row)


@click.command()
@batch_option
@from_option
@to_option
@excess_option
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
@void_options
@click.pass_obj
def void_blank(use: Services, /, *, run_id: str, **given: Any) -> None:
    """Make a range of blank stamps void for good, bound or not."""
    draft = void_draft(given)
    with use.database.transaction() as session:
        row = run_of(session, run_id, actor=SYSTEM)
        void_blanks(session, row.run, draft, actor=SYSTEM, notary=notary_of(use))
    click.echo(f"void: {draft.first}-{draft.last}")
