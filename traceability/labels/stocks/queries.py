"""Read an organisation's stock and printers."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from traceability.labels.errors import PrinterUnknownError
from traceability.labels.stock import STOCKS, Stock, stock_of
from traceability.labels.stocks.models import LabelStock, PrinterProfile


def own_stocks(
    session: Session, organisation_id: int, *, archived: bool = False
) -> Sequence[LabelStock]:
    """Return what an organisation prints on beside built-in stock, or did once."""
    column = LabelStock.archived_at
    return session.scalars(
        select(LabelStock)
        .where(
            LabelStock.organisation_id == organisation_id,
            column.is_not(None) if archived else column.is_(None),
        )
        .order_by(LabelStock.id)
    ).all()


def own_stock_of(session: Session, organisation_id: int) -> list[Stock]:
    """Return an organisation's own stock that is not archived."""
    return [row.stock for row in own_stocks(session, organisation_id)]


def stocks_for(session: Session, organisation_id: int) -> list[Stock]:
    """Return all that an organisation can choose from, its own first."""
    return [*own_stock_of(session, organisation_id), *STOCKS.values()]


def stock_for(session: Session, organisation_id: int, stock_id: str) -> Stock:
    """Return a stock to print on: built in, or one's own that is not archived.

    Raises ``StockUnknownError``.
    """
    row = None if stock_id in STOCKS else own_stock(session, organisation_id, stock_id)
    if row is None or row.archived_at is not None:
        return stock_of(stock_id)
    return row.stock


def own_stock(
    session: Session, organisation_id: int, stock_id: str
) -> LabelStock | None:
    """Return one of an organisation's own stocks, archived or not."""
    return session.scalar(
        select(LabelStock).where(
            LabelStock.public_id == stock_id,
            LabelStock.organisation_id == organisation_id,
        )
    )


def printers_of(
    session: Session, organisation_id: int, stock_id: str = ""
) -> Sequence[PrinterProfile]:
    """Return an organisation's printers, or those of one stock, last used first."""
    query = select(PrinterProfile).where(
        PrinterProfile.organisation_id == organisation_id
    )
    if stock_id:
        query = query.where(PrinterProfile.stock == stock_id)
    return sorted(
        session.scalars(query), key=lambda one: one.used_at or one.measured_at
    )[::-1]


def printer_of(
    session: Session, organisation_id: int, stock_id: str, public_id: str
) -> PrinterProfile:
    """Return a printer measured for a stock. Raises ``PrinterUnknownError``."""
    found = session.scalar(
        select(PrinterProfile).where(
            PrinterProfile.public_id == public_id,
            PrinterProfile.organisation_id == organisation_id,
        )
    )
    if found is None or found.stock != stock_id:
        raise PrinterUnknownError(
            "This printer was not measured for this stock: print its test page first.",
            field="printer",
        )
    return found
