"""`traceability labels stocks` and `testpage`; how `print` sets the printer."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
from sqlalchemy import select

from traceability.labels.calibration import rulers_of
from traceability.labels.errors import SetupError
from traceability.labels.setup import DEFAULT_SETUP, Setup, parse_positions
from traceability.labels.stock import STOCKS, Stock, StockKind, stock_of
from traceability.labels.stocks.models import LabelStock
from traceability.labels.testpage import render_test_page
from traceability.web.context import Services

Command = TypeVar("Command", bound=Callable[..., Any])
stock_option = click.option(
    "--stock", required=True, metavar="ID", help="As `labels stocks` lists them."
)
dpi_option = click.option(
    "--dpi",
    type=click.Choice([str(one) for one in StockKind.ROLL.resolutions]),
    default=str(DEFAULT_SETUP.dpi),
    show_default=True,
)
_OPTIONS = (
    dpi_option,
    click.option("--shift", default="0,0", metavar="X,Y", help="mm: 0.5,-1"),
    click.option(
        "--scale", default="1,1", metavar="X,Y", help="Measured/meant: 1.002,0.998"
    ),
    click.option("--skip", default="", help="Used labels of the first sheet: 1-5,9"),
    click.option("--copies", type=int, default=1),
    click.option("--cut-marks", is_flag=True),
    click.option("--bleed", type=float, default=0.0, metavar="MM"),
)


def setup_options(command: Command) -> Command:
    """Add the options that say how the printer is set."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def setup_from(settings: dict[str, Any]) -> Setup:
    """Return the settings that those options ask for. Raises ``SetupError``."""
    shift_x, shift_y = _pair(settings["shift"], "shift_x")
    scale_x, scale_y = _pair(settings["scale"], "scale_x")
    return Setup(
        dpi=int(settings["dpi"]),
        shift_x=shift_x,
        shift_y=shift_y,
        scale_x=scale_x,
        scale_y=scale_y,
        skip=parse_positions(settings["skip"]),
        copies=settings["copies"],
        cut_marks=settings["cut_marks"],
        bleed=settings["bleed"],
    )


def _pair(text: str, field: str) -> tuple[float, float]:
    try:
        x, y = (float(part) for part in text.split(","))
    except ValueError:
        raise SetupError("Write two numbers: 0.5,-1.", field=field) from None
    return x, y


@click.command("stocks")
@click.option("--json", "json_", is_flag=True, help="Print JSON.")
@click.pass_obj
def stocks(use: Services, *, json_: bool) -> None:
    """List sheets and rolls, built in and of every organisation."""
    with use.database.reading() as session:
        rows = session.scalars(select(LabelStock).order_by(LabelStock.id)).all()
    own = [row.stock for row in rows if row.archived_at is None]
    told = [_told(stock) for stock in (*STOCKS.values(), *own)]
    if json_:
        click.echo(json.dumps(told, ensure_ascii=False))
    for one in () if json_ else told:
        click.echo(
            f"{one['id']:<14} {one['kind']:<6} {one['label']:<14} "
            f"{one['per_page']:>3}/page  {one['name']}"
        )


def _told(stock: Stock) -> dict[str, Any]:
    return {
        "id": stock.id,
        "kind": stock.kind.value,
        "name": stock.name.in_language("en"),
        "page": f"{stock.page_width:g} x {stock.page_height:g}",
        "label": f"{stock.label_width:g} x {stock.label_height:g}",
        "per_page": stock.per_page,
        "dpi": list(stock.resolutions),
    }


@click.command("testpage")
@stock_option
@dpi_option
@click.option(
    "--out",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    required=True,
)
@click.pass_obj
def testpage(use: Services, *, stock: str, dpi: str, out: Path) -> None:
    """Write the test page of a stock: outlines, rulers, codes of each size."""
    with use.database.reading() as session:
        row = session.scalar(select(LabelStock).where(LabelStock.public_id == stock))
    found = row.stock if row else stock_of(stock)
    document = render_test_page(found, Setup(dpi=int(dpi)))
    try:
        out.write_bytes(document)
    except OSError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"file: {out}")
    if found.kind is StockKind.SHEET:
        rulers = rulers_of(found)
        click.echo(f"measure: {rulers.across:g} mm across, {rulers.down:g} mm down")
