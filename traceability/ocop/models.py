"""Recognitions; what was vouched for lies in their signed records."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from traceability.db.base import Base
from traceability.db.types import PlainDecimal, UtcDateTime
from traceability.ocop.rating import RecognitionFacts

_WITHDRAWN = text("withdrawn_on IS NOT NULL")  # few: found without the rest


class Recognition(Base):
    """One certificate of stars for one product, as its newest record tells it."""

    __tablename__ = "recognition"
    __table_args__ = (
        UniqueConstraint("product_id", "decision_no"),
        UniqueConstraint("decided_by", "certificate_no"),
        Index(
            "ix_recognition_withdrawn",
            "public_id",
            sqlite_where=_WITHDRAWN,
            postgresql_where=_WITHDRAWN,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(26), unique=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    stars: Mapped[int]
    points: Mapped[Decimal] = mapped_column(PlainDecimal)
    scope: Mapped[str] = mapped_column(Text)
    rules: Mapped[str] = mapped_column(String(32))
    recognised_by: Mapped[str] = mapped_column(String(16))
    decision_no: Mapped[str] = mapped_column(Text)
    decided_by: Mapped[str] = mapped_column(Text)
    certificate_no: Mapped[str] = mapped_column(Text)
    issued: Mapped[date]
    expires: Mapped[date]
    withdrawn_on: Mapped[date | None]
    withdrawal_reason: Mapped[str | None] = mapped_column(String(2))
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @property
    def path(self) -> str:
        """Return the path its records are about: ``/recognitions/<id>``."""
        return f"/recognitions/{self.public_id}"

    @property
    def facts(self) -> RecognitionFacts:
        """Return what decides about stars."""
        return RecognitionFacts(
            public_id=self.public_id,
            stars=self.stars,
            points=self.points,
            scope=self.scope,
            decision_no=self.decision_no,
            decided_by=self.decided_by,
            certificate_no=self.certificate_no,
            rules=self.rules,
            issued=self.issued,
            expires=self.expires,
            withdrawn_on=self.withdrawn_on,
            withdrawal_reason=self.withdrawal_reason,
        )
