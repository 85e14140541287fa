"""Tables of parties, people, sign-ins, keys and the audit trail."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from traceability.accounts.kinds import OrganisationKind
from traceability.core.permissions import Role, Scope
from traceability.core.text import Bilingual
from traceability.db.base import Base
from traceability.db.types import JsonText, UtcDateTime
from traceability.transparency.triggers import APPEND_ONLY

MAX_ID = 2**31 - 1  # PostgreSQL's integer; a larger one names nothing


class Organisation(Base):
    """A party: producer, supplier, laboratory, authority or inspectorate."""

    __tablename__ = "organisation"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(26), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    name_vi: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200), default="")
    name_public: Mapped[bool] = mapped_column(default=True)
    address: Mapped[str] = mapped_column(String(300), default="")
    old_address: Mapped[str] = mapped_column(String(300), default="")
    commune_code: Mapped[str | None] = mapped_column(String(10))
    phone: Mapped[str] = mapped_column(String(30), default="")
    email: Mapped[str] = mapped_column(String(200), default="")
    active: Mapped[bool] = mapped_column(default=True)
    sample: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @property
    def name(self) -> Bilingual:
        """Return the name in both languages."""
        return Bilingual(self.name_vi, self.name_en)

    @property
    def organisation_kind(self) -> OrganisationKind:
        """Return the kind as a value."""
        return OrganisationKind(self.kind)


class Person(Base):
    """Somebody who signs in for an organisation."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id"), index=True
    )
    login: Mapped[str] = mapped_column(String(100), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    password_hash: Mapped[str] = mapped_column(Text)
    role_names: Mapped[list[str]] = mapped_column(JsonText)
    active: Mapped[bool] = mapped_column(default=True)
    sample: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @property
    def roles(self) -> frozenset[Role]:
        """Return the roles as values."""
        return frozenset(Role(name) for name in self.role_names)


class SignIn(Base):
    """One browser in which a person is signed in; the cookie holds the token."""

    __tablename__ = "sign_in"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SignInAttempt(Base):
    """A try that may have failed; digests only, dropped after a quarter of an hour."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (
        Index("ix_sign_in_attempt_login", "login_digest", "at"),
        Index("ix_sign_in_attempt_network", "network_digest", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    login_digest: Mapped[str] = mapped_column(String(64))
    network_digest: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class ApiKey(Base):
    """A program's key; only its digest is kept."""

    __tablename__ = "api_key"
    __table_args__ = (UniqueConstraint("prefix"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id"), index=True
    )
    name: Mapped[str] = mapped_column(String(100))
    prefix: Mapped[str] = mapped_column(String(16))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    scope_names: Mapped[list[str]] = mapped_column(JsonText)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def scopes(self) -> frozenset[Scope]:
        """Return the scopes as values."""
        return frozenset(Scope(name) for name in self.scope_names)

    def live_at(self, instant: datetime) -> bool:
        """Return whether the key works at an instant."""
        expired = self.expires_at is not None and self.expires_at <= instant
        return self.revoked_at is None and not expired


class AuditEntry(Base):
    """Who changed what, written in the transaction of the change."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_organisation", "organisation_id", "id"),
        {"info": APPEND_ONLY},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    actor_kind: Mapped[str] = mapped_column(String(10))
    actor_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(String(200))
    action: Mapped[str] = mapped_column(String(60))
    target: Mapped[str] = mapped_column(String(400))
    details: Mapped[Any] = mapped_column(JsonText)


class ApiAnswer(Base):
    """What a program was answered under an Idempotency-Key, to answer it again."""

    __tablename__ = "api_answer"
    __table_args__ = (UniqueConstraint("organisation_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    key: Mapped[str] = mapped_column(String(100))
    request_sha256: Mapped[str] = mapped_column(String(64))
    body: Mapped[Any] = mapped_column(JsonText)
    answered_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
