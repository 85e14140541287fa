"""`traceability accounts`: the first administrator, and keys for programs."""

from datetime import datetime

import click

from traceability.accounts.expiry import end_of_day
from traceability.accounts.kinds import OrganisationKind, roles_of
from traceability.accounts.logins import Login
from traceability.accounts.passwords import new_password
from traceability.accounts.queries import all_organisations, organisation_by_public_id
from traceability.accounts.service import (
    ApiKeyDraft,
    OrganisationDraft,
    PersonDraft,
    check_scopes_offered,
    create_api_key,
    create_organisation,
    create_person,
)
from traceability.core.permissions import SYSTEM, Role, Scope
from traceability.core.text import Bilingual
from traceability.web.context import Services


@click.group("accounts")
def group() -> None:
    """Organisations, people and API keys."""


@group.command("create-administrator")
@click.option("--login", required=True, help="E-mail address or phone number.")
@click.option("--name", required=True, help="The person's name.")
@click.option("--organisation-name", required=True, help="The authority's name.")
@click.pass_obj
def create_administrator(
    use: Services, login: str, name: str, organisation_name: str
) -> None:
    """Enter an authority and its first administrator; print the password once."""
    password = new_password()
    with use.database.transaction() as session:
        organisation = create_organisation(
            session,
            OrganisationDraft(
                kind=OrganisationKind.AUTHORITY, name=Bilingual(organisation_name)
            ),
            actor=SYSTEM,
            clock=use.clock,
        )
        person = create_person(
            session,
            PersonDraft(
                organisation_id=organisation.id,
                login=Login.parse(login),
                name=name,
                password=password,
                roles=frozenset({Role.ADMINISTRATOR}),
            ),
            actor=SYSTEM,
            clock=use.clock,
        )
    click.echo(f"{person.login} {password}")


@group.command("organisations")
@click.pass_obj
def organisations(use: Services) -> None:
    """List the ids, kinds and names of all organisations."""
    with use.database.reading() as session:
        found = all_organisations(session)
    for one in found:
        click.echo(f"{one.public_id} {one.kind} {one.name_vi}")


@group.group("api-key")
def api_key() -> None:
    """Keys for programs."""


@api_key.command("create")
@click.option("--organisation", required=True, help="Id: `accounts organisations`.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    type=click.Choice([scope.value for scope in Scope]),
)
@click.option("--name", default="command line", help="What the key is for.")
@click.option("--expires", type=click.DateTime(["%Y-%m-%d"]), help="Last day.")
@click.pass_obj
def create(
    use: Services,
    organisation: str,
    scopes: tuple[str, ...],
    name: str,
    expires: datetime | None,
) -> None:
    """Make an API key and print it; it cannot be shown again."""
    with use.database.transaction() as session:
        owner = organisation_by_public_id(session, organisation)
        draft = ApiKeyDraft(
            organisation_id=owner.id,
            name=name,
            scopes=frozenset(Scope(scope) for scope in scopes),
            expires_at=end_of_day(expires.date() if expires else None),
        )
        check_scopes_offered(draft.scopes, roles_of(owner.organisation_kind))
        _key, whole = create_api_key(session, draft, actor=SYSTEM, clock=use.clock)
    click.echo(whole)
