"""`traceability labels`: print runs and blank stamps, bind, make void, count.

Indexes are those of the product's sequence: the first six characters of a serial, as a
decimal number. ``print`` says which it took.
"""

import json
from pathlib import Path

import click

from traceability.catalog.queries import product_by_public_id
from traceability.core.permissions import SYSTEM
from traceability.labels.binding.draft import BindingDraft
from traceability.labels.binding.service import (
    bind_labels,
    start_blanks,
    void_blanks,
)
from traceability.labels.counting.queries import Counted, labels_in_log
from traceability.labels.job import MAX_COUNT, OF_A_LOT, LabelKind, RunSpec
from traceability.labels.models import LabelRun
from traceability.labels.queries import RunRow, batch_to_label, run_of
from traceability.labels.room import label_keys_of
from traceability.labels.serials import INDEX_LIMIT
from traceability.labels.service import VoidDraft, start_run, void_labels
from traceability.labels.sheets import SheetFormat, print_sheets
from traceability.labels.stock import STOCKS, stock_of
from traceability.records.notary import notary_of
from traceability.records.queries import signature_counts
from traceability.signing.keystore import KeyStore
from traceability.web.context import Services

batch_option = click.option("--batch", "batch_id", required=True, metavar="ID")
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
    help="SVG and PNG of several pages: FILE, then FILE-2, FILE-3 …",
)
json_option = click.option("--json", "json_", is_flag=True, help="Print JSON.")
index_type = click.IntRange(0, INDEX_LIMIT - 1)


@click.group("labels")
def group() -> None:
    """Print labels and blank stamps, bind those to lots, make labels void, count."""


@group.command("print")
@batch_option
@click.option("--count", type=int, required=True, help=f"At most {MAX_COUNT}.")
@click.option(
    "--kind", type=click.Choice([one.value for one in OF_A_LOT]), required=True
)
@click.option("--stock", type=click.Choice([*STOCKS]), required=True)
@format_option
@out_option
@json_option
@click.pass_obj
def print_(  # noqa: PLR0913 (one argument for each option of the command)
    use: Services,
    *,
    batch_id: str,
    count: int,
    kind: str,
    stock: str,
    format_: str,
    out: Path,
    json_: bool,
) -> None:
    """Start a run for an issued batch and write its sheets, read back, to FILE."""
    spec = RunSpec.parse(kind, count, stock)
    _require_folder(out)
    with use.database.transaction() as session:
        batch = batch_to_label(session, batch_id)
        run = start_run(
            session,
            batch,
            spec,
            actor=SYSTEM,
            notary=notary_of(use),
            keys=label_keys_of(use),
        )
    _write(use, RunRow(run, batch), SheetFormat(format_), out, json_=json_)


@group.command()
@click.option("--product", "product_id", required=True, metavar="ID")
@click.option("--count", type=int, required=True, help=f"At most {MAX_COUNT}.")
@click.option("--stock", type=click.Choice([*STOCKS]), required=True)
@format_option
@out_option
@json_option
@click.pass_obj
def blank(  # noqa: PLR0913 (one argument for each option of the command)
    use: Services,
    *,
    product_id: str,
    count: int,
    stock: str,
    format_: str,
    out: Path,
    json_: bool,
) -> None:
    """Print stamps ahead for a product; their lot is bound to them later."""
    spec = RunSpec(kind=LabelKind.BLANK, count=count, stock=stock_of(stock))
    _require_folder(out)
    with use.database.transaction() as session:
        product = product_by_public_id(session, product_id)
        notary, keys = notary_of(use), label_keys_of(use)
        run = start_blanks(
            session, product, spec, actor=SYSTEM, notary=notary, keys=keys
        )
    row = RunRow(run, None, product)
    _write(use, row, SheetFormat(format_), out, json_=json_)


@group.command()
@batch_option
@click.option("--from", "first", type=index_type, required=True, metavar="INDEX")
@click.option("--to", "last", type=index_type, required=True, metavar="INDEX")
@click.pass_obj
def bind(use: Services, *, batch_id: str, first: int, last: int) -> None:
    """Make a range of blank stamps labels of a batch, both ends included."""
    draft = BindingDraft(first=first, last=last)
    with use.database.transaction() as session:
        batch = batch_to_label(session, batch_id)
        bind_labels(session, batch, draft, actor=SYSTEM, notary=notary_of(use))
    click.echo(f"bound: {first}-{last}, {draft.count} stamps")


@group.command()
@click.option("--run", "run_id", required=True, metavar="ID")
@format_option
@out_option
@json_option
@click.pass_obj
def reprint(
    use: Services, *, run_id: str, format_: str, out: Path, json_: bool
) -> None:
    """Write a run's sheets once more: the same labels, no new numbers."""
    _require_folder(out)
    with use.database.reading() as session:
        row = run_of(session, run_id, actor=SYSTEM)
    _write(use, row, SheetFormat(format_), out, json_=json_)


@group.command()
@batch_option
@click.option("--from", "first", type=index_type, required=True, metavar="INDEX")
@click.option("--to", "last", type=index_type, required=True, metavar="INDEX")
@click.option("--reason", required=True)
@click.pass_obj
def void(use: Services, *, batch_id: str, first: int, last: int, reason: str) -> None:
    """Make a range of labels of one run void for good, both ends included."""
    draft = VoidDraft(first=first, last=last, reason=reason)
    with use.database.transaction() as session:
        batch = batch_to_label(session, batch_id)
        void_labels(session, batch, draft, actor=SYSTEM, notary=notary_of(use))
    click.echo(f"void: {first}-{last}")


@group.command("void-blank")
@click.option("--run", "run_id", required=True, metavar="ID")
@click.option("--from", "first", type=index_type, required=True, metavar="INDEX")
@click.option("--to", "last", type=index_type, required=True, metavar="INDEX")
@click.option("--reason", required=True)
@click.pass_obj
def void_blank(
    use: Services, *, run_id: str, first: int, last: int, reason: str
) -> None:
    """Make a range of blank stamps void for good, bound or not."""
    draft = VoidDraft(first=first, last=last, reason=reason)
    with use.database.transaction() as session:
        row = run_of(session, run_id, actor=SYSTEM)
        void_blanks(session, row.run, draft, actor=SYSTEM, notary=notary_of(use))
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
        "bound": one.tally.bound,
        "packs": one.packs,
        "beyond": one.beyond,
    }


def _require_folder(out: Path) -> None:
    """Refuse before any number is taken."""
    if not out.absolute().parent.is_dir():
        raise click.ClickException(f"there is no folder {out.parent}")


def _write(
    use: Services, row: RunRow, format_: SheetFormat, out: Path, *, json_: bool
) -> None:
    sheets = print_sheets(row.job, format_, label_keys_of(use))
    paths = [out, *(_page_path(out, n) for n in range(2, len(sheets.files) + 1))]
    try:
        for path, data in zip(paths, sheets.files, strict=True):
            path.write_bytes(data)
    except OSError as error:
        raise click.ClickException(
            f"{error}: write the run with `labels reprint --run {row.run.public_id}`"
        ) from error
    told = _told(row.run, paths)
    if json_:
        click.echo(json.dumps(told))
        return
    for name, value in told.items():
        click.echo(f"{name}: {', '.join(value) if isinstance(value, list) else value}")


def _page_path(out: Path, number: int) -> Path:
    return out.with_name(f"{out.stem}-{number}{out.suffix}")


def _told(run: LabelRun, paths: list[Path]) -> dict[str, object]:
    indexes = {"from": run.first_index, "to": run.last_index}
    return {
        "run": run.public_id,
        "kind": run.kind,
        "count": run.count,
        **({} if run.first_index is None else indexes),
        "files": [str(path) for path in paths],
    }
