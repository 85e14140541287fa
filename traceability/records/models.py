"""Signed records as they were signed, and the private values they commit to."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from traceability.db.base import Base
from traceability.db.types import JsonText, UtcDateTime
from traceability.transparency.triggers import APPEND_ONLY


class SignedRecord(Base):
    """One version of one fact: the compact JWS is kept and served verbatim."""

    __tablename__ = "signed_record"
    __table_args__ = (
        UniqueConstraint("subject", "type", "version"),
        {"info": APPEND_ONLY},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(26), unique=True)
    type: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(400))
    version: Mapped[int]
    token: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    kid: Mapped[str] = mapped_column(String(200))
    log_index: Mapped[int] = mapped_column(unique=True)
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)


class StoredDisclosure(Base):
    """A private value and its salt; erasing the row makes the commitment unopenable."""

    __tablename__ = "disclosure"
    __table_args__ = (UniqueConstraint("record_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("signed_record.id"))
    name: Mapped[str] = mapped_column(String(64))
    salt: Mapped[bytes] = mapped_column(LargeBinary(16))
    value: Mapped[Any] = mapped_column(JsonText)


class RecordConfirmation(Base):
    """That a record is a party's word on another one; found by the one it is about."""

    __tablename__ = "record_confirmation"
    __table_args__ = (
        Index("ix_record_confirmation_confirmed", "confirmed_id", "party"),
        {"info": APPEND_ONLY},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("signed_record.id"), unique=True)
    confirmed_id: Mapped[int] = mapped_column(ForeignKey("signed_record.id"))
    party: Mapped[str] = mapped_column(String(26))  # public id of the organisation
    withdrawn: Mapped[bool]
