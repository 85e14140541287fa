"""Problems that strangers report about a code."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from traceability.db.base import Base
from traceability.db.types import UtcDateTime
from traceability.gs1.digital_link import DigitalLink


class ProblemReport(Base):
    """One report, for the producer and the officer; never public, never signed.

    ``contact`` is what a person chose to leave, nothing else tells who wrote.
    ``about`` is the lot's link, else the product's, else the text of the code: reports
    are bounded by it.
    """

    __tablename__ = "problem_report"
    __table_args__ = (Index("ix_problem_report_about", "about", "created_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(26), unique=True)
    link: Mapped[str] = mapped_column(String(400))
    about: Mapped[str] = mapped_column(String(400))
    organisation_id: Mapped[int | None] = mapped_column(
        ForeignKey("organisation.id"), index=True
    )
    product_name: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(16))
    text: Mapped[str] = mapped_column(Text)
    contact: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    handled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    handled_by: Mapped[str] = mapped_column(String(200), default="")

    @property
    def page_path(self) -> str:
        """Return where its page is; looking there counts no scan."""
        return "/p" + DigitalLink.parse(self.link).path()
