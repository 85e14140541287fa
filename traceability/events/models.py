"""Captured events: rows to find them by; what was signed lies in their records."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from traceability.db.base import Base
from traceability.db.types import PlainDecimal, UtcDateTime


class TraceEvent(Base):
    """One captured event and the signed record that holds it."""

    __tablename__ = "trace_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[str] = mapped_column(String(64), unique=True)
    type: Mapped[str] = mapped_column(String(32))
    action: Mapped[str | None] = mapped_column(String(8))
    biz_step: Mapped[str] = mapped_column(String(40))
    disposition: Mapped[str] = mapped_column(String(40))
    stage: Mapped[str] = mapped_column(String(32))
    place: Mapped[str] = mapped_column(String(400))
    event_time: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    record_time: Mapped[datetime] = mapped_column(UtcDateTime)
    record_id: Mapped[int] = mapped_column(ForeignKey("signed_record.id"), unique=True)


class TraceEventLot(Base):
    """Which lots an event touches, and how."""

    __tablename__ = "trace_event_lot"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("trace_event.id"), index=True)
    lot: Mapped[str] = mapped_column(String(400), index=True)
    part: Mapped[str] = mapped_column(String(8))  # object, input or output
    amount: Mapped[Decimal] = mapped_column(PlainDecimal)
    unit: Mapped[str] = mapped_column(String(3))
