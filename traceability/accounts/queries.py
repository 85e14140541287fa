"""Read organisations, people, sign-ins, keys and the audit trail."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from traceability.accounts.errors import (
    ApiKeyNotFoundError,
    OrganisationNotFoundError,
    PersonNotFoundError,
)
from traceability.accounts.models import (
    ApiKey,
    AuditEntry,
    Organisation,
    Person,
    SignIn,
)
from traceability.db.window import Window


def organisation_by_public_id(session: Session, public_id: str) -> Organisation:
    """Return one organisation. Raises ``OrganisationNotFoundError``."""
    found = session.scalar(
        select(Organisation).where(Organisation.public_id == public_id)
    )
    if found is None:
        raise OrganisationNotFoundError("There is no such organisation.")
    return found


def organisation_by_id(session: Session, organisation_id: int) -> Organisation:
    """Return one organisation. Raises ``OrganisationNotFoundError``."""
    found = session.get(Organisation, organisation_id)
    if found is None:
        raise OrganisationNotFoundError("There is no such organisation.")
    return found


def all_organisations(session: Session) -> Sequence[Organisation]:
    """Return every organisation by name; for administrators."""
    return session.scalars(select(Organisation).order_by(Organisation.name_vi)).all()


def organisations_in(
    session: Session, window: Window, *, own: int | None = None
) -> Sequence[Organisation]:
    """Return a window on all organisations, or on one's own alone."""
    query = select(Organisation)
    if own is not None:
        query = query.where(Organisation.id == own)
    return session.scalars(window.cut(query, Organisation.id)).all()


def people_in(
    session: Session, window: Window, *, organisation: str = ""
) -> list[tuple[Person, Organisation]]:
    """Return a window on everybody, or on the people of one organisation."""
    query = select(Person, Organisation).join(
        Organisation, Organisation.id == Person.organisation_id
    )
    if organisation:
        query = query.where(Organisation.public_id == organisation)
    rows = session.execute(window.cut(query, Person.id))
    return [(person, home) for person, home in rows]


def people_with_organisations(
    session: Session,
) -> Sequence[Row[Person, Organisation]]:
    """Return everybody with their organisation; for administrators."""
    return session.execute(
        select(Person, Organisation)
        .join(Organisation, Organisation.id == Person.organisation_id)
        .order_by(Organisation.name_vi, Person.name)
    ).all()


def people_of(session: Session, organisation_id: int) -> Sequence[Person]:
    """Return the people of one organisation by name."""
    return session.scalars(
        select(Person)
        .where(Person.organisation_id == organisation_id)
        .order_by(Person.name)
    ).all()


def person_by_id(session: Session, person_id: int) -> Person:
    """Return one person. Raises ``PersonNotFoundError``."""
    found = session.get(Person, person_id)
    if found is None:
        raise PersonNotFoundError("There is no such person.")
    return found


def person_by_login(session: Session, login: str) -> Person | None:
    """Return who signs in with a name (in its stored form), if anybody does."""
    return session.scalar(select(Person).where(Person.login == login))


def demo_people(session: Session) -> Sequence[Person]:
    """Return the people that came with the sample data and can still sign in."""
    return session.scalars(
        select(Person).where(Person.sample, Person.active).order_by(Person.id)
    ).all()


def live_sign_in(
    session: Session, token_digest: str, now: datetime
) -> tuple[SignIn, Person, Organisation] | None:
    """Return a sign-in that still counts, with its person and organisation."""
    row = session.execute(
        select(SignIn, Person, Organisation)
        .join(Person, Person.id == SignIn.person_id)
        .join(Organisation, Organisation.id == Person.organisation_id)
        .where(
            SignIn.token_digest == token_digest,
            SignIn.ended_at.is_(None),
            SignIn.expires_at > now,
            Person.active,
            Organisation.active,
        )
    ).one_or_none()
    return None if row is None else (row[0], row[1], row[2])


def api_key_by_digest(
    session: Session, digest: str
) -> tuple[ApiKey, Organisation] | None:
    """Return a key, live or not, with its organisation."""
    row = session.execute(
        select(ApiKey, Organisation)
        .join(Organisation, Organisation.id == ApiKey.organisation_id)
        .where(ApiKey.digest == digest)
    ).one_or_none()
    return None if row is None else (row[0], row[1])


def api_keys_of(session: Session, organisation_id: int) -> Sequence[ApiKey]:
    """Return an organisation's keys, newest first."""
    return session.scalars(
        select(ApiKey)
        .where(ApiKey.organisation_id == organisation_id)
        .order_by(ApiKey.id.desc())
    ).all()


def api_key_of(session: Session, organisation_id: int, key_id: int) -> ApiKey:
    """Return one key of an organisation. Raises ``ApiKeyNotFoundError``."""
    found = session.scalar(
        select(ApiKey).where(
            ApiKey.id == key_id, ApiKey.organisation_id == organisation_id
        )
    )
    if found is None:
        raise ApiKeyNotFoundError("There is no such API key.")
    return found


def audit_trail(
    session: Session,
    *,
    organisation_id: int | None,
    before: int | None = None,
    limit: int = 50,
) -> Sequence[AuditEntry]:
    """Return the newest entries of one organisation, or of all (``None``)."""
    query = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(limit)
    if organisation_id is not None:
        query = query.where(AuditEntry.organisation_id == organisation_id)
    if before is not None:
        query = query.where(AuditEntry.id < before)
    return session.scalars(query).all()
