"""Captured events: rows to find them by; what was signed lies in their records."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import Date, ForeignKey, Index, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from traceability.core.identity import Identity
from traceability.db.base import Base
from traceability.db.types import PlainDecimal, UtcDateTime

# A notebook is typed in once a week. What comes later was written from memory, or to
# fit: readers are told.
LATE_AFTER = timedelta(days=7)
_WRONG = text("error_reason IS NOT NULL")


class TraceEvent(Base):
    """One captured event and the signed record that holds it."""

    __tablename__ = "trace_event"
    __table_args__ = (
        Index("uq_trace_event_born_lot", "born_lot", unique=True),
        Index(
            "ix_trace_event_wrong",
            "event_id",
            sqlite_where=_WRONG,
            postgresql_where=_WRONG,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[str] = mapped_column(String(64), unique=True)
    type: Mapped[str] = mapped_column(String(32))
    action: Mapped[str | None] = mapped_column(String(8))
    biz_step: Mapped[str] = mapped_column(String(40))
    disposition: Mapped[str] = mapped_column(String(40))
    stage: Mapped[str] = mapped_column(String(32))  # the kind's id
    place: Mapped[str] = mapped_column(String(400))
    event_time: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    record_time: Mapped[datetime] = mapped_column(UtcDateTime)
    record_id: Mapped[int] = mapped_column(ForeignKey("signed_record.id"), unique=True)
    # Who captured it, at which of its places; unknown for events of other systems.
    organisation_id: Mapped[int | None] = mapped_column(
        ForeignKey("organisation.id"), index=True
    )
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id"), index=True)
    # The lot that came into being, while the event stands: one birth a lot.
    born_lot: Mapped[str | None] = mapped_column(String(400))
    # An event is never changed; a later version of its record declares it wrong.
    error_reason: Mapped[str | None] = mapped_column(String(16))
    error_note: Mapped[str | None] = mapped_column(String(300))
    error_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error_record_id: Mapped[int | None] = mapped_column(ForeignKey("signed_record.id"))
    corrected_by: Mapped[str | None] = mapped_column(String(64))  # an eventID

    @property
    def wrong(self) -> bool:
        """Return whether it was declared wrong."""
        return self.error_reason is not None

    @property
    def late(self) -> bool:
        """Return whether it was written down long after it happened."""
        return self.record_time - self.event_time > LATE_AFTER

    @property
    def uuid(self) -> str:
        """Return the bare id of addresses: the eventID without ``urn:uuid:``."""
        return self.event_id.rpartition(":")[2]


class TraceEventLot(Base):
    """Which lots an event touches, and how; amounts only where they are public."""

    __tablename__ = "trace_event_lot"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("trace_event.id"), index=True)
    lot: Mapped[str] = mapped_column(String(400), index=True)
    part: Mapped[str] = mapped_column(String(8))  # object, input, output, growing …
    amount: Mapped[Decimal | None] = mapped_column(PlainDecimal)
    unit: Mapped[str | None] = mapped_column(String(3))


class Growing(Base):
    """A crop on a plot, or a herd: what events speak of before there is a lot."""

    __tablename__ = "growing"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(26), unique=True)
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id"), index=True
    )
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    name: Mapped[str] = mapped_column(Text)  # the crop or species: public
    plot: Mapped[str] = mapped_column(Text)  # plot or herd: never in signed bytes
    started_on: Mapped[date] = mapped_column(Date)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    def link(self, identity: Identity) -> str:
        """Return its class id: an address of ours that says nothing of whose it is."""
        return identity.url(f"/growing/{self.public_id}")


class EventFile(Base):
    """Evidence kept beside an event; signed is only a commitment to its digest."""

    __tablename__ = "event_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id"), index=True
    )
    digest: Mapped[str] = mapped_column(String(64), index=True)
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(40))
    kept_at: Mapped[datetime] = mapped_column(UtcDateTime)


class EventFilePart(Base):
    """A piece of a file, small enough for any engine and backup."""

    __tablename__ = "event_file_part"

    id: Mapped[int] = mapped_column(primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("event_file.id"), index=True)
    position: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary)
