"""What a form that prints starts from: stock and printer of last time. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from traceability.labels.queries import RunRow
from traceability.labels.setup import DEFAULT_SETUP, Setup
from traceability.labels.stock import STOCKS, Stock
from traceability.labels.stocks.models import PrinterProfile

ON_A_ROLL = 100  # labels: a roll has no page to fill


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """A stock, how the printer is set for it, and which printer was measured."""

    stock: Stock
    setup: Setup = DEFAULT_SETUP
    printer: str = ""

    @property
    def count(self) -> int:
        """Return a sheet full."""
        return self.stock.per_page if self.stock.per_page > 1 else ON_A_ROLL

    def values(self) -> dict[str, Any]:
        """Return the fields of a form; its stock may be another by its address."""
        return {
            "stock": self.stock.id,
            "count": self.count,
            "dpi": self.setup.dpi,
            "copies": 1,
            "printer": self.printer,
            "set_for": self.stock.id,
        }


def usual_of(
    stocks: Sequence[Stock], last: Sequence[RunRow], printers: Sequence[PrinterProfile]
) -> Usual:
    """Return what was printed on last, if it is still to be had; else the first stock.

    ``printers`` are those of all stocks, last used first.
    """
    known = {one.id: one for one in stocks}
    stock, setup = next(iter(STOCKS.values())), DEFAULT_SETUP
    if last and last[0].run.stock in known:
        stock = known[last[0].run.stock]
        setup = Setup(dpi=last[0].job.spec.setup.dpi)
    measured = [one.public_id for one in printers if one.stock == stock.id]
    return Usual(stock=stock, setup=setup, printer=measured[0] if measured else "")
