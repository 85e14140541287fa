"""What happened to ranges of a run's labels; a range of any size is one row."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from traceability.db.base import Base
from traceability.db.types import UtcDateTime
from traceability.transparency.triggers import APPEND_ONLY


class LabelApplied(Base):
    """A range of labels that was put on goods, both ends included.

    On which line or at which place is a private value of its record.
    """

    __tablename__ = "label_applied"
    __table_args__ = (
        CheckConstraint("from_index <= to_index", name="order"),
        {"info": APPEND_ONLY},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(26), unique=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("label_run.id"), index=True)
    from_index: Mapped[int]
    to_index: Mapped[int]
    day: Mapped[date] = mapped_column(Date)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    record_id: Mapped[int] = mapped_column(ForeignKey("signed_record.id"), unique=True)


class LabelReprint(Base):
    """A range that was spoiled on the press, destroyed, and printed once more.

    The same numbers: whoever destroyed the first paper is named in the record.
    """

    __tablename__ = "label_reprint"
    __table_args__ = (
        CheckConstraint("from_index <= to_index", name="order"),
        {"info": APPEND_ONLY},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(26), unique=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("label_run.id"), index=True)
    from_index: Mapped[int]
    to_index: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    record_id: Mapped[int] = mapped_column(ForeignKey("signed_record.id"), unique=True)

    @property
    def count(self) -> int:
        """Return how many labels the range has."""
        return self.to_index - self.from_index + 1


class LabelPrintOut(Base):
    """That a file of a run, or of a second printing, left the service."""

    __tablename__ = "label_print_out"
    __table_args__ = ({"info": APPEND_ONLY},)

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("label_run.id"), index=True)
    reprint_id: Mapped[int | None] = mapped_column(ForeignKey("label_reprint.id"))
    format: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(String(200))
