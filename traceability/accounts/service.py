"""Change organisations, people and API keys; every change leaves an audit entry."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, func, select, update
from sqlalchemy.orm import Session

from traceability.accounts.errors import (
    ApiKeyRefusedError,
    ExpiryPastError,
    LoginTakenError,
    OwnAccountError,
    RoleMismatchError,
    ScopeNotOfferedError,
    TooManyTriesError,
)
from traceability.accounts.kinds import OrganisationKind, key_roles, roles_of, scopes_of
from traceability.accounts.logins import Login
from traceability.accounts.models import (
    ApiKey,
    AuditEntry,
    Organisation,
    Person,
    SignIn,
    SignInAttempt,
)
from traceability.accounts.passwords import hash_password
from traceability.accounts.queries import api_key_by_digest, organisation_by_id
from traceability.accounts.tokens import new_api_key, new_token, token_digest
from traceability.core.ids import new_id
from traceability.core.permissions import Actor, Role, Scope
from traceability.core.ports import Clock
from traceability.core.text import Bilingual
from traceability.db.translating import translating

ATTEMPT_WINDOW = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationDraft:
    """What is known about a party when it is entered or changed."""

    kind: OrganisationKind
    name: Bilingual
    name_public: bool = True
    address: str = ""
    old_address: str = ""
    commune_code: str | None = None
    phone: str = ""
    email: str = ""
    sample: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonDraft:
    """Somebody who is to sign in for an organisation."""

    organisation_id: int
    login: Login
    name: str
    password: str = field(repr=False)
    roles: frozenset[Role]
    sample: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKeyDraft:
    """A key to make for a program."""

    organisation_id: int
    name: str
    scopes: frozenset[Scope]
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A try to sign in: whose account, from which network; digests only."""

    login_digest: str
    network_digest: str


def audit(
    session: Session,
    actor: Actor,
    action: str,
    target: str,
    clock: Clock,
    **details: object,
) -> AuditEntry:
    """Write down who did what to what; the caller's transaction carries it.

    ``action`` is a kebab-case verb (``batch-issued``), ``target`` names the thing
    (``batch:12`` or a link), ``details`` hold no secrets and no personal data.
    """
    entry = AuditEntry(
        at=clock.now(),
        organisation_id=actor.organisation_id,
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_name=actor.name,
        action=action,
        target=target,
        details=details,
    )
    session.add(entry)
    return entry


def create_organisation(
    session: Session, draft: OrganisationDraft, *, actor: Actor, clock: Clock
) -> Organisation:
    """Enter a party. The caller commits."""
    organisation = Organisation(public_id=new_id(), created_at=clock.now())
    _fill(organisation, draft)
    session.add(organisation)
    session.flush()
    audit(
        session,
        actor,
        "organisation-created",
        _target(organisation),
        clock,
        kind=draft.kind,
    )
    return organisation


def update_organisation(
    session: Session,
    organisation: Organisation,
    draft: OrganisationDraft,
    *,
    actor: Actor,
    clock: Clock,
) -> None:
    """Change what is known about a party. The caller commits."""
    _fill(organisation, draft)
    session.flush()
    audit(session, actor, "organisation-changed", _target(organisation), clock)


def _fill(organisation: Organisation, draft: OrganisationDraft) -> None:
    organisation.kind = draft.kind
    organisation.name_vi = draft.name.vi
    organisation.name_en = draft.name.en
    organisation.name_public = draft.name_public
    organisation.address = draft.address
    organisation.old_address = draft.old_address
    organisation.commune_code = draft.commune_code
    organisation.phone = draft.phone
    organisation.email = draft.email
    organisation.sample = draft.sample


def _target(organisation: Organisation) -> str:
    return f"organisation:{organisation.id}"


def set_organisation_active(
    session: Session,
    organisation: Organisation,
    *,
    active: bool,
    actor: Actor,
    clock: Clock,
) -> None:
    """Open or close a party: closed, its people and keys are refused at once."""
    if organisation.id == actor.organisation_id:
        raise OwnAccountError("You cannot close your own organisation.")
    organisation.active = active
    action = "organisation-opened" if active else "organisation-closed"
    audit(session, actor, action, _target(organisation), clock)


def create_person(
    session: Session, draft: PersonDraft, *, actor: Actor, clock: Clock
) -> Person:
    """Give somebody an account.

    Raises ``LoginTakenError``, ``PasswordWeakError``, ``RoleMismatchError``.
    """
    organisation = organisation_by_id(session, draft.organisation_id)
    if not draft.roles or draft.roles - roles_of(organisation.organisation_kind):
        raise RoleMismatchError(
            "People of this kind of organisation cannot have this role.", field="roles"
        )
    person = Person(
        organisation_id=organisation.id,
        login=draft.login.text,
        name=draft.name,
        password_hash=hash_password(draft.password, login=draft.login.text),
        role_names=sorted(draft.roles),
        sample=draft.sample,
        created_at=clock.now(),
    )
    session.add(person)
    taken = LoginTakenError("Somebody already signs in with this name.", field="login")
    with translating({"uq_person_login": taken}):
        session.flush()
    audit(
        session,
        actor,
        "person-created",
        f"person:{person.id}",
        clock,
        roles=person.role_names,
        organisation=draft.organisation_id,
    )
    return person


def set_person_active(
    session: Session, person: Person, *, active: bool, actor: Actor, clock: Clock
) -> None:
    """Open or close an account; closing ends its sign-ins."""
    if actor.kind == "person" and person.id == actor.id:
        raise OwnAccountError("You cannot close your own account.")
    person.active = active
    if not active:
        end_sign_ins(session, person, clock=clock)
    action = "person-opened" if active else "person-closed"
    audit(session, actor, action, f"person:{person.id}", clock)


def reset_password(
    session: Session, person: Person, password: str, *, actor: Actor, clock: Clock
) -> None:
    """Set a new password and end every sign-in made with the old one."""
    person.password_hash = hash_password(password, login=person.login)
    end_sign_ins(session, person, clock=clock)
    audit(session, actor, "password-reset", f"person:{person.id}", clock)


def end_sign_ins(session: Session, person: Person, *, clock: Clock) -> None:
    """Sign a person out everywhere."""
    session.execute(
        update(SignIn)
        .where(SignIn.person_id == person.id, SignIn.ended_at.is_(None))
        .values(ended_at=clock.now())
    )


def create_api_key(
    session: Session, draft: ApiKeyDraft, *, actor: Actor, clock: Clock
) -> tuple[ApiKey, str]:
    """Make a key; return its row and the key itself, which is shown this once.

    Raises ``ExpiryPastError`` and ``ScopeNotOfferedError``.
    """
    now = clock.now()
    if actor.kind == "person":
        check_scopes_offered(draft.scopes, actor.roles)
    if draft.expires_at is not None and draft.expires_at <= now:
        raise ExpiryPastError("The key would already have expired.", field="expires")
    prefix, whole = new_api_key()
    key = ApiKey(
        organisation_id=draft.organisation_id,
        name=draft.name,
        prefix=prefix,
        digest=token_digest(whole),
        scope_names=sorted(draft.scopes),
        created_at=now,
        expires_at=draft.expires_at,
    )
    session.add(key)
    session.flush()
    audit(
        session,
        actor,
        "api-key-created",
        f"api-key:{key.id}",
        clock,
        scopes=key.scope_names,
        organisation=draft.organisation_id,
    )
    return key, whole


def check_scopes_offered(scopes: frozenset[Scope], roles: frozenset[Role]) -> None:
    """Refuse what people in these roles may not do. Raises ``ScopeNotOfferedError``."""
    missing = sorted(scopes - frozenset(scopes_of(roles)))
    if missing:
        raise ScopeNotOfferedError(
            "People of this organisation may not do this themselves: %(scopes)s.",
            field="scopes",
            scopes=", ".join(missing),
        )


def revoke_api_key(
    session: Session, key: ApiKey, *, actor: Actor, clock: Clock
) -> None:
    """Take a key back for good; run again, it changes nothing."""
    if key.revoked_at is None:
        key.revoked_at = clock.now()
        audit(session, actor, "api-key-revoked", f"api-key:{key.id}", clock)


def begin_attempt(session: Session, attempt: Attempt, *, clock: Clock) -> None:
    """Count a try to sign in before its password is looked at.

    Raises ``TooManyTriesError`` once a login from one network, a login from anywhere or
    a network as a whole has failed too often. Old tries are dropped.
    """
    since = clock.now() - ATTEMPT_WINDOW
    session.execute(delete(SignInAttempt).where(SignInAttempt.at <= since))
    login = SignInAttempt.login_digest == attempt.login_digest
    network = SignInAttempt.network_digest == attempt.network_digest
    limits = ((and_(login, network), 5), (login, 20), (network, 50))
    for condition, most in limits:
        count = session.scalar(
            select(func.count()).select_from(SignInAttempt).where(condition)
        )
        if (count or 0) >= most:
            raise TooManyTriesError("Too many tries. Wait a quarter of an hour.")
    session.add(
        SignInAttempt(
            login_digest=attempt.login_digest,
            network_digest=attempt.network_digest,
            at=clock.now(),
        )
    )


def start_sign_in(
    session: Session, person: Person, attempt: Attempt, *, hours: int, clock: Clock
) -> str:
    """Sign a person in whose password was right; return the token for the cookie."""
    token, now = new_token(), clock.now()
    session.execute(
        delete(SignInAttempt).where(
            SignInAttempt.login_digest == attempt.login_digest,
            SignInAttempt.network_digest == attempt.network_digest,
        )
    )
    session.add(
        SignIn(
            person_id=person.id,
            token_digest=token_digest(token),
            created_at=now,
            expires_at=now + timedelta(hours=hours),
        )
    )
    audit(session, actor_of(person), "signed-in", f"person:{person.id}", clock)
    return token


def sign_out(session: Session, token: str, *, actor: Actor, clock: Clock) -> None:
    """End the sign-in of one browser; run again, it changes nothing."""
    ended = session.execute(
        update(SignIn)
        .where(SignIn.token_digest == token_digest(token), SignIn.ended_at.is_(None))
        .values(ended_at=clock.now())
        .returning(SignIn.id)
    ).scalar()
    if ended is not None:
        audit(session, actor, "signed-out", f"{actor.kind}:{actor.id}", clock)


def actor_of(person: Person) -> Actor:
    """Return a person as the one who acts."""
    return Actor(
        kind="person",
        id=person.id,
        name=person.name,
        organisation_id=person.organisation_id,
        roles=person.roles,
    )


def actor_of_api_key(session: Session, whole: str, *, clock: Clock) -> Actor:
    """Return a key as the one who acts.

    Raises ``ApiKeyRefusedError`` for a key that is unknown, expired or revoked, or
    whose organisation is closed.
    """
    found = api_key_by_digest(session, token_digest(whole))
    if found is None or not found[0].live_at(clock.now()) or not found[1].active:
        raise ApiKeyRefusedError("This API key is unknown, expired or revoked.")
    key, organisation = found
    return Actor(
        kind="api-key",
        id=key.id,
        name=key.name,
        organisation_id=key.organisation_id,
        roles=key_roles(organisation.organisation_kind, key.scopes),
        scopes=key.scopes,
    )
