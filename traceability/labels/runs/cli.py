"""What the commands share that start a run: their options, and the run's file."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, TypeVar

import click
from sqlalchemy.orm import Session

from traceability.core.permissions import SYSTEM
from traceability.labels.design import Design
from traceability.labels.designs.queries import design_named
from traceability.labels.job import MAX_COUNT
from traceability.labels.printing.cli import (
    everything_option,
    format_option,
    json_option,
    out_option,
    require_folder,
    tell,
    write_run,
)
from traceability.labels.printing.first.service import first_print
from traceability.labels.printing.press import Press
from traceability.labels.queries import RunRow
from traceability.labels.setup import Setup
from traceability.labels.sheets import SheetFormat
from traceability.labels.stock import Stock
from traceability.labels.stocks.cli import setup_from, setup_options, stock_option
from traceability.labels.stocks.queries import stock_for
from traceability.web.context import Services

Command = TypeVar("Command", bound=Callable[..., Any])
_OPTIONS = (
    click.option("--count", type=int, required=True, help=f"At most {MAX_COUNT}."),
    stock_option,
    setup_options,
    click.option(
        "--design", default="", metavar="ID", help="The usual one without it."
    ),
    format_option,
    out_option,
    everything_option,
    json_option,
)
excess_option = click.option(
    "--excess-reason",
    default="",
    help="Why the lot gets more labels than it makes packs.",
)


def run_options(command: Command) -> Command:
    """Add the options that say what is printed on what, and to which file."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What those options ask for."""

    count: int
    stock_id: str
    setup: Setup
    design_id: str
    format: SheetFormat
    out: Path
    everything: bool
    json: bool

    @classmethod
    def of(cls, given: dict[str, Any]) -> Self:
        """Read the options. Refuses a file that cannot be written."""
        setup = setup_from(given)
        require_folder(given["out"])
        return cls(
            count=given["count"],
            stock_id=given["stock"],
            setup=setup,
            design_id=given["design"],
            format=SheetFormat(given["format_"]),
            out=given["out"],
            everything=given["everything"],
            json=given["json_"],
        )

    def stock(self, session: Session, owner: int) -> Stock:
        """Return the stock, built in or the owner's. Raises ``StockUnknownError``."""
        return stock_for(session, owner, self.stock_id)

    def design(self, session: Session, owner: int) -> Design:
        """Return the owner's design. Raises ``DesignNotFoundError``."""
        return design_named(session, owner, self.design_id)

    def begin(self, session: Session, row: RunRow, use: Services) -> None:
        """Ask for a large run's file with the run: there are both, or neither."""
        first_print(
            session,
            row,
            self.format,
            actor=SYSTEM,
            clock=use.clock,
            archive=use.get(Press).archive,
            everything=self.everything,
        )

    def write(self, use: Services, row: RunRow) -> None:
        """Write the run's file, and say what the run is."""
        write_run(use, row, self.format, self.out, everything=self.everything)
        tell(row.run, [self.out], json_=self.json)
