"""Stock that organisations measured themselves, and what corrects their printers."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from traceability.db.base import Base
from traceability.db.types import JsonText, UtcDateTime
from traceability.labels.calibration import Calibration
from traceability.labels.stock import Stock


class LabelStock(Base):
    """One organisation's own sheet or roll.

    Measures never change and rows are never deleted, only archived: a run keeps a
    snapshot of its stock, and its name here.
    """

    __tablename__ = "label_stock"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True)
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id"), index=True
    )
    measures: Mapped[dict[str, Any]] = mapped_column(JsonText)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def stock(self) -> Stock:
        """Return the stock as labels are laid out on it."""
        return Stock.from_json(self.measures)


class PrinterProfile(Base):
    """A printer's calibration for one stock, newest measurement only."""

    __tablename__ = "printer_profile"
    __table_args__ = (UniqueConstraint("organisation_id", "stock", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(26), unique=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    stock: Mapped[str] = mapped_column(String(16))  # built-in, or one's own
    name: Mapped[str] = mapped_column(String(80))
    corrected: Mapped[dict[str, float]] = mapped_column(JsonText)
    measured_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def calibration(self) -> Calibration:
        """Return what corrects the printer."""
        return Calibration(**self.corrected)
