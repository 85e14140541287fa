"""Derived credentials as they were first signed."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from traceability.db.base import Base
from traceability.db.types import UtcDateTime


class DerivedCredential(Base):
    """One credential made of one record; the bytes are kept, so that they stay."""

    __tablename__ = "derived_credential"
    __table_args__ = (UniqueConstraint("record_id", "variant"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("signed_record.id"))
    variant: Mapped[str] = mapped_column(String(16))
    token: Mapped[str] = mapped_column(Text)
    kid: Mapped[str] = mapped_column(String(200))
    signed_at: Mapped[datetime] = mapped_column(UtcDateTime)
