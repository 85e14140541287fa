"""Keep an organisation's own stock and its printers. The caller commits."""

from dataclasses import asdict
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from traceability.accounts.service import audit
from traceability.core.ids import new_id
from traceability.core.permissions import Actor
from traceability.core.ports import Clock
from traceability.db.translating import translating
from traceability.labels.calibration import Calibration, Measured, calibrate
from traceability.labels.errors import (
    PrinterTakenError,
    SetupError,
    StockNotFoundError,
)
from traceability.labels.setup import Setup
from traceability.labels.stock import Stock, StockKind
from traceability.labels.stocks.drafts import StockDraft
from traceability.labels.stocks.models import LabelStock, PrinterProfile
from traceability.labels.stocks.queries import own_stock, printer_of, stock_for
from traceability.labels.stocks.schemas import form_setup

_OWN = "own-"


def create_stock(
    session: Session,
    organisation_id: int,
    draft: StockDraft,
    *,
    actor: Actor,
    clock: Clock,
) -> LabelStock:
    """Store an organisation's own stock under a new id of twelve characters."""
    stock = draft.stock(_OWN + new_id()[-8:].lower())
    row = LabelStock(
        public_id=stock.id,
        organisation_id=organisation_id,
        measures=stock.to_json(),
        created_at=clock.now(),
    )
    session.add(row)
    session.flush()
    audit(session, actor, "label-stock-created", _target(stock.id), clock)
    return row


def archive_stock(
    session: Session, organisation_id: int, stock_id: str, *, actor: Actor, clock: Clock
) -> None:
    """Take a stock out of the choice; twice is once. Raises ``StockNotFoundError``."""
    row = own_stock(session, organisation_id, stock_id)
    if row is None:
        raise StockNotFoundError("There is no such stock.")
    if row.archived_at is None:
        row.archived_at = clock.now()
        session.flush()
        audit(session, actor, "label-stock-archived", _target(stock_id), clock)


def measure_printer(  # noqa: PLR0913 (whose, on what, what was measured, collaborators)
    session: Session,
    organisation_id: int,
    stock: Stock,
    name: str,
    measured: Measured,
    *,
    actor: Actor,
    clock: Clock,
) -> PrinterProfile:
    """Store what corrects a printer on a stock; measured again, it is replaced.

    Raises ``SetupError`` beside what was typed, ``PrinterTakenError``.
    """
    if stock.kind is StockKind.ROLL:
        raise SetupError("Rolls are set in the printer's own menu.")
    found = calibrate(stock, measured)
    row = _printer_named(session, organisation_id, stock, name)
    row.corrected = asdict(found)
    row.measured_at = clock.now()
    session.add(row)
    taken = PrinterTakenError(
        "This printer was measured a moment ago; send it again.", field="name"
    )
    with translating({"uq_printer_profile_organisation_id_stock_name": taken}):
        session.flush()
    target = f"{_target(stock.id)}:printer:{row.public_id}"
    audit(session, actor, "printer-measured", target, clock)
    return row


def use_printer(
    session: Session,
    organisation_id: int,
    stock: Stock,
    public_id: str,
    *,
    clock: Clock,
) -> Calibration:
    """Return a printer's calibration, and remember that it was used last.

    Raises ``PrinterUnknownError``.
    """
    row = printer_of(session, organisation_id, stock.id, public_id)
    row.used_at = clock.now()
    return row.calibration


def setup_with(calibration: Calibration, dpi: int) -> Setup:
    """Return the plain settings of a calibrated printer."""
    return Setup(dpi=dpi, **asdict(calibration))


def _printer_named(
    session: Session, organisation_id: int, stock: Stock, name: str
) -> PrinterProfile:
    found = session.scalar(
        select(PrinterProfile)
        .where(
            PrinterProfile.organisation_id == organisation_id,
            PrinterProfile.stock == stock.id,
            PrinterProfile.name == name,
        )
        .with_for_update()
    )
    return found or PrinterProfile(
        public_id=new_id(), organisation_id=organisation_id, stock=stock.id, name=name
    )


def _target(stock_id: str) -> str:
    return f"label-stock:{stock_id}"


def stock_and_setup(
    session: Session, organisation_id: int, data: dict[str, Any], *, clock: Clock
) -> tuple[Stock, Setup]:
    """Return the stock and the setup that a form asks for, on a printer it may name.

    Raises ``StockUnknownError`` and what the printer and the setup do.
    """
    stock = stock_for(session, organisation_id, data["stock"])
    calibration = None
    if data["printer"]:
        calibration = use_printer(
            session, organisation_id, stock, data["printer"], clock=clock
        )
    return stock, form_setup(data, stock, calibration)
