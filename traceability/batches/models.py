"""A batch's identity and state; what was vouched for lies in its signed records."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from traceability.accounts.models import Organisation
from traceability.batches.overrides import FIELDS, Rule
from traceability.catalog.models import Product, Site
from traceability.core.quantity import Quantity
from traceability.db.base import Base
from traceability.db.types import PlainDecimal, UtcDateTime


class BatchState(StrEnum):
    """Where a batch is in its life."""

    DRAFT = "draft"
    ISSUED = "issued"
    HELD = "held"
    RECALLED = "recalled"


# As the index is limited to it: a query that says the same finds the few at once.
STOPPED = text("state IN ('held', 'recalled')")


class Batch(Base):
    """One lot of one product; draft values until issued, then a copy of the record."""

    __tablename__ = "batch"
    __table_args__ = (
        UniqueConstraint("product_id", "lot_number"),
        # I3: nothing is issued without a signed record.
        CheckConstraint("state = 'draft' OR record_id IS NOT NULL", name="signed"),
        Index(
            "ix_batch_stopped",
            "digital_link",
            sqlite_where=STOPPED,
            postgresql_where=STOPPED,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(26), unique=True)
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id"), index=True
    )
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    lot_number: Mapped[str] = mapped_column(String(20))
    digital_link: Mapped[str] = mapped_column(String(400), unique=True)
    state: Mapped[str] = mapped_column(String(10))
    production_date: Mapped[date] = mapped_column(Date)
    packaging_date: Mapped[date | None] = mapped_column(Date)
    best_before: Mapped[date | None] = mapped_column(Date)
    expiry: Mapped[date | None] = mapped_column(Date)
    amount: Mapped[Decimal] = mapped_column(PlainDecimal)
    unit: Mapped[str] = mapped_column(String(3))
    variety: Mapped[str] = mapped_column(String(200))
    stage: Mapped[str] = mapped_column(String(32))
    # Why a rule is not kept: its balance, the order of its steps, withdrawal days.
    override_reason: Mapped[str] = mapped_column(String(500))
    override_order: Mapped[str] = mapped_column(
        String(500), default="", server_default=""
    )
    override_withdrawal: Mapped[str] = mapped_column(
        String(500), default="", server_default=""
    )
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    issued_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    record_id: Mapped[int | None] = mapped_column(ForeignKey("signed_record.id"))

    organisation: Mapped[Organisation] = relationship(lazy="raise")
    product: Mapped[Product] = relationship(lazy="raise")
    site: Mapped[Site] = relationship(lazy="raise")

    @property
    def quantity(self) -> Quantity:
        """Return how much the lot is."""
        return Quantity(self.amount, self.unit)

    @property
    def overrides(self) -> dict[Rule, str]:
        """Return the reasons given for exceptions, by rule."""
        given = {rule: getattr(self, field) for rule, field in FIELDS.items()}
        return {rule: reason for rule, reason in given.items() if reason}


class BatchInput(Base):
    """Some of another lot, or of a described outside source, that went into a lot."""

    __tablename__ = "batch_input"
    __table_args__ = (
        CheckConstraint("(source_id IS NULL) <> (outside = '')", name="source"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"), index=True)
    position: Mapped[int]
    source_id: Mapped[int | None] = mapped_column(ForeignKey("batch.id"), index=True)
    outside: Mapped[str] = mapped_column(String(300))
    outside_lot: Mapped[str] = mapped_column(String(20))
    supplier: Mapped[str] = mapped_column(String(200))  # private: only a commitment
    amount: Mapped[Decimal] = mapped_column(PlainDecimal)
    unit: Mapped[str] = mapped_column(String(3))

    @property
    def quantity(self) -> Quantity:
        """Return how much went in."""
        return Quantity(self.amount, self.unit)


class BatchStatusChange(Base):
    """A hold, a recall or a release, and the signed record that says so."""

    __tablename__ = "batch_status_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"), index=True)
    status: Mapped[str] = mapped_column(String(10))  # held, recalled or released
    reason_vi: Mapped[str] = mapped_column(Text)
    reason_en: Mapped[str] = mapped_column(Text)
    advice_vi: Mapped[str] = mapped_column(Text)
    advice_en: Mapped[str] = mapped_column(Text)
    contact: Mapped[str] = mapped_column(String(300))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    by_officer: Mapped[bool]
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    record_id: Mapped[int] = mapped_column(ForeignKey("signed_record.id"), unique=True)
