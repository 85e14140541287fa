"""Keys that parties asked for, and what waits for their signature."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from traceability.db.base import Base
from traceability.db.types import JsonText, UtcDateTime


class PartyKey(Base):
    """A public key of a party on its way into the trust list.

    Once it is listed, the list alone says what it is worth.
    """

    __tablename__ = "party_key"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(26), unique=True)
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id"), index=True
    )
    thumbprint: Mapped[str] = mapped_column(String(43), unique=True)
    jwk: Mapped[dict[str, str]] = mapped_column(JsonText)
    challenge: Mapped[str] = mapped_column(Text)  # the text its holder signs
    challenge_until: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_by_id: Mapped[int | None]  # a person; nothing where a program asked
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    proven_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None]
    admitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    refused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Prepared(Base):
    """The very bytes a party is to sign; they live a quarter of an hour."""

    __tablename__ = "prepared_confirmation"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(26), unique=True)
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id"), index=True
    )
    confirmed_id: Mapped[int] = mapped_column(ForeignKey("signed_record.id"))
    kid: Mapped[str] = mapped_column(String(200))
    signing_input: Mapped[str] = mapped_column(Text)
    record_id: Mapped[str] = mapped_column(String(26))  # of the record it will be
    version: Mapped[int]
    withdrawn: Mapped[bool]
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
