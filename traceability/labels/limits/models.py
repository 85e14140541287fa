"""What an organisation may print, and whether it activates its labels."""

from datetime import date

from sqlalchemy import CheckConstraint, Date, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from traceability.db.base import Base


class LabelTerms(Base):
    """An organisation's terms; the row is locked while a run counts against them."""

    __tablename__ = "label_terms"
    __table_args__ = (CheckConstraint("quota >= 0", name="quota"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id"), unique=True
    )
    quota: Mapped[int | None]  # none: as many as it likes
    period: Mapped[str] = mapped_column(String(8))
    quota_by_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    applied_since: Mapped[date | None] = mapped_column(Date)
