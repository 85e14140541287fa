"""Organisations and people over the API, for an authority's programs."""

from typing import Any

from sqlalchemy.orm import Session

from traceability.accounts import queries, service
from traceability.accounts.errors import OrganisationNotFoundError
from traceability.accounts.kinds import OrganisationKind
from traceability.accounts.logins import Login
from traceability.accounts.models import MAX_ID, Organisation
from traceability.accounts.passwords import new_password
from traceability.accounts.schemas import (
    ApiOrganisation,
    ApiOrganisationChanges,
    ApiOrganisationShown,
    ApiPerson,
    ApiPersonMade,
    ApiPersonQuery,
    ApiPersonShown,
    organisation_shown,
    person_shown,
)
from traceability.accounts.service import OrganisationDraft, PersonDraft
from traceability.core.permissions import Role, Scope
from traceability.core.text import Bilingual
from traceability.web.auth import actor
from traceability.web.context import services
from traceability.web.openapi import PREFIX, ApiBlueprint
from traceability.web.paging import PageQuery, page_of, page_schema, window_of
from traceability.web.repeating import once
from traceability.web.submitting import own_organisation

blueprint = ApiBlueprint(
    "accounts_api",
    __name__,
    url_prefix=PREFIX,
    description="Organisations and the people who have accounts",
)
_PERSON = f"/people/<int(max={MAX_ID}):person_id>"


@blueprint.post("/organisations")
@blueprint.permitted(Role.ADMINISTRATOR, scope=Scope.ORGANISATIONS_WRITE)
@blueprint.arguments(ApiOrganisation)
@blueprint.response(201, ApiOrganisationShown)
def enter_organisation(data: dict[str, Any]) -> Any:
    """Enter an organisation."""

    def write(session: Session) -> Any:
        found = service.create_organisation(
            session, _draft(data), actor=actor(), clock=services().clock
        )
        return organisation_shown(found)

    return once(write)


@blueprint.get("/organisations")
@blueprint.permitted(scope=Scope.ORGANISATIONS_READ)
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, page_schema(ApiOrganisationShown))
def list_organisations(data: dict[str, Any]) -> Any:
    """List all organisations for an administrator's program, else the own one."""
    window = window_of(data)
    own = None if actor().has(Role.ADMINISTRATOR) else own_organisation()
    with services().database.reading() as session:
        rows = queries.organisations_in(session, window, own=own)
    return page_of(rows, window, key=lambda one: one.id, show=organisation_shown)


@blueprint.get("/organisations/<public_id>")
@blueprint.permitted(scope=Scope.ORGANISATIONS_READ)
@blueprint.response(200, ApiOrganisationShown)
def show_organisation(public_id: str) -> Any:
    """Read one organisation."""
    with services().database.reading() as session:
        found = queries.organisation_by_public_id(session, public_id)
    if found.id != own_organisation() and not actor().has(Role.ADMINISTRATOR):
        raise OrganisationNotFoundError("There is no such organisation.")
    return organisation_shown(found)


@blueprint.patch("/organisations/<public_id>")
@blueprint.permitted(Role.ADMINISTRATOR, scope=Scope.ORGANISATIONS_WRITE)
@blueprint.arguments(ApiOrganisationChanges(partial=True))
@blueprint.response(200, ApiOrganisationShown)
def change_organisation(data: dict[str, Any], public_id: str) -> Any:
    """Change what is known about an organisation."""

    def write(session: Session) -> Any:
        found = queries.organisation_by_public_id(session, public_id)
        known = {name: getattr(found, name) for name in ApiOrganisation().fields}
        service.update_organisation(
            session,
            found,
            _draft({**known, **data}, sample=found.sample),
            actor=actor(),
            clock=services().clock,
        )
        return organisation_shown(found)

    return once(write)


@blueprint.post("/organisations/<public_id>/close")
@blueprint.permitted(Role.ADMINISTRATOR, scope=Scope.ORGANISATIONS_WRITE)
@blueprint.response(200, ApiOrganisationShown)
def close_organisation(public_id: str) -> Any:
    """Close an organisation: its people and keys are refused at once."""
    return once(lambda session: _set_organisation(session, public_id, active=False))


@blueprint.post("/organisations/<public_id>/open")
@blueprint.permitted(Role.ADMINISTRATOR, scope=Scope.ORGANISATIONS_WRITE)
@blueprint.response(200, ApiOrganisationShown)
def open_organisation(public_id: str) -> Any:
    """Open a closed organisation again."""
    return once(lambda session: _set_organisation(session, public_id, active=True))


@blueprint.post("/people")
@blueprint.permitted(Role.ADMINISTRATOR, scope=Scope.PEOPLE_WRITE)
@blueprint.arguments(ApiPerson)
@blueprint.response(201, ApiPersonMade)
def enter_person(data: dict[str, Any]) -> Any:
    """Give somebody an account; its password is answered this once."""
    password = new_password()

    def write(session: Session) -> Any:
        home = queries.organisation_by_public_id(session, data["organisation"])
        draft = PersonDraft(
            organisation_id=home.id,
            login=Login.parse(data["login"]),
            name=data["name"],
            password=password,
            roles=frozenset(data["roles"]),
        )
        person = service.create_person(
            session, draft, actor=actor(), clock=services().clock
        )
        return {**person_shown(person, home), "password": password}

    return once(write, secret=frozenset({"password"}))


@blueprint.get("/people")
@blueprint.permitted(Role.ADMINISTRATOR, scope=Scope.PEOPLE_READ)
@blueprint.arguments(ApiPersonQuery, location="query")
@blueprint.response(200, page_schema(ApiPersonShown))
def list_people(data: dict[str, Any]) -> Any:
    """List who has an account, the newest first."""
    window = window_of(data)
    with services().database.reading() as session:
        rows = queries.people_in(session, window, organisation=data["organisation"])
    return page_of(
        rows, window, key=lambda row: row[0].id, show=lambda row: person_shown(*row)
    )


@blueprint.get(_PERSON)
@blueprint.permitted(Role.ADMINISTRATOR, scope=Scope.PEOPLE_READ)
@blueprint.response(200, ApiPersonShown)
def show_person(person_id: int) -> Any:
    """Read one account."""
    with services().database.reading() as session:
        person = queries.person_by_id(session, person_id)
        return person_shown(person, _home(session, person.organisation_id))


@blueprint.post(f"{_PERSON}/close")
@blueprint.permitted(Role.ADMINISTRATOR, scope=Scope.PEOPLE_WRITE)
@blueprint.response(200, ApiPersonShown)
def close_person(person_id: int) -> Any:
    """Close an account and sign it out everywhere."""
    return once(lambda session: _set_person(session, person_id, active=False))


@blueprint.post(f"{_PERSON}/open")
@blueprint.permitted(Role.ADMINISTRATOR, scope=Scope.PEOPLE_WRITE)
@blueprint.response(200, ApiPersonShown)
def open_person(person_id: int) -> Any:
    """Open a closed account again."""
    return once(lambda session: _set_person(session, person_id, active=True))


def _draft(data: dict[str, Any], *, sample: bool = False) -> OrganisationDraft:
    rest = dict(data)
    name = Bilingual(rest.pop("name_vi"), rest.pop("name_en"))
    kind = OrganisationKind(rest.pop("kind"))
    return OrganisationDraft(kind=kind, name=name, sample=sample, **rest)


def _set_organisation(session: Session, public_id: str, *, active: bool) -> Any:
    found = queries.organisation_by_public_id(session, public_id)
    service.set_organisation_active(
        session, found, active=active, actor=actor(), clock=services().clock
    )
    return organisation_shown(found)


def _set_person(session: Session, person_id: int, *, active: bool) -> Any:
    person = queries.person_by_id(session, person_id)
    service.set_person_active(
        session, person, active=active, actor=actor(), clock=services().clock
    )
    return person_shown(person, _home(session, person.organisation_id))


def _home(session: Session, organisation_id: int) -> Organisation:
    return queries.organisation_by_id(session, organisation_id)
