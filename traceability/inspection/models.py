"""A visit's identity and state; what was found lies in its signed records."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from traceability.db.base import Base
from traceability.db.types import UtcDateTime


class Inspection(Base):
    """One visit of an inspector.

    Columns repeat what lists filter by; texts and names lie with the newest record,
    as values that it commits to.
    """

    __tablename__ = "inspection"
    __table_args__ = (
        UniqueConstraint("organisation_id", "client_id"),
        Index("ix_inspection_organisation", "organisation_id", "seen_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(26), unique=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    client_id: Mapped[str | None] = mapped_column(String(36))
    link: Mapped[str] = mapped_column(Text)  # as it was opened or scanned
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("batch.id"), index=True)
    result: Mapped[str] = mapped_column(String(16))
    commune_code: Mapped[str | None] = mapped_column(String(5))
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    offline: Mapped[bool]
    published: Mapped[bool] = mapped_column(default=False)
    event_id: Mapped[str | None] = mapped_column(String(64))  # captured once public
    minutes_no: Mapped[str | None] = mapped_column(String(60))
    minutes_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    record_id: Mapped[int] = mapped_column(ForeignKey("signed_record.id"), unique=True)

    @property
    def path(self) -> str:
        """Return the path its records are about: ``/inspections/<id>``."""
        return f"/inspections/{self.public_id}"


class InspectionPhoto(Base):
    """A photo of a visit without EXIF; its digest is signed."""

    __tablename__ = "inspection_photo"
    __table_args__ = (UniqueConstraint("inspection_id", "digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    inspection_id: Mapped[int] = mapped_column(ForeignKey("inspection.id"), index=True)
    position: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    media_type: Mapped[str] = mapped_column(String(40))


class InspectionPhotoPart(Base):
    """A piece of a photo, small enough for any engine and backup."""

    __tablename__ = "inspection_photo_part"

    id: Mapped[int] = mapped_column(primary_key=True)
    photo_id: Mapped[int] = mapped_column(ForeignKey("inspection_photo.id"), index=True)
    position: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary)
