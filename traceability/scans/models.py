"""Tables of scans: what is kept tells codes apart, never people."""

from datetime import date, datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from traceability.db.base import Base
from traceability.db.types import UtcDateTime


class Scan(Base):
    """One scan, kept 90 days: no address, no cookie, no position.

    ``visitor`` is a keyed hash whose salt lives one day (scans/visitors.py), so that
    equal values mean the same kind of device on the same network on the same day, and
    nothing beyond that day.
    """

    __tablename__ = "scan"
    __table_args__ = (Index("ix_scan_link_hour", "link", "hour"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    link: Mapped[str] = mapped_column(String(400))
    hour: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    verdict: Mapped[str] = mapped_column(String(12))
    visitor: Mapped[str] = mapped_column(String(16))


class ScanDay(Base):
    """How often a code was scanned on a day in Vietnam; kept for good."""

    __tablename__ = "scan_day"

    link: Mapped[str] = mapped_column(String(400), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    count: Mapped[int]
