"""Plain builders of organisations, people and signed-in browsers."""

from tests.web.make_web import Browser, make_app
from traceability.accounts.kinds import OrganisationKind
from traceability.accounts.logins import Login
from traceability.accounts.models import Organisation, Person
from traceability.accounts.service import (
    OrganisationDraft,
    PersonDraft,
    create_organisation,
    create_person,
)
from traceability.core.permissions import SYSTEM, Role
from traceability.core.text import Bilingual
from traceability.web.context import Services

PASSWORD = "lua-nep-cai-hoa-vang"
_HOMES = {
    Role.PRODUCER: OrganisationKind.COOPERATIVE,
    Role.INSPECTOR: OrganisationKind.INSPECTORATE,
    Role.OFFICER: OrganisationKind.AUTHORITY,
    Role.ADMINISTRATOR: OrganisationKind.AUTHORITY,
}


def make_organisation(
    use: Services,
    kind: OrganisationKind = OrganisationKind.COOPERATIVE,
    name: str = "Hợp tác xã mẫu",
) -> Organisation:
    with use.database.transaction() as session:
        return create_organisation(
            session,
            OrganisationDraft(kind=kind, name=Bilingual(name)),
            actor=SYSTEM,
            clock=use.clock,
        )


def make_person(
    use: Services,
    role: Role = Role.PRODUCER,
    login: str = "nguoi.dung@example.com",
    organisation: Organisation | None = None,
) -> Person:
    home = organisation or make_organisation(use, _HOMES[role])
    with use.database.transaction() as session:
        return create_person(
            session,
            PersonDraft(
                organisation_id=home.id,
                login=Login.parse(login),
                name="Người dùng mẫu",
                password=PASSWORD,
                roles=frozenset({role}),
            ),
            actor=SYSTEM,
            clock=use.clock,
        )


def make_signed_in(
    use: Services,
    role: Role = Role.PRODUCER,
    login: str = "nguoi.dung@example.com",
    organisation: Organisation | None = None,
) -> Browser:
    """Return a browser in which a new person of this role is signed in."""
    make_person(use, role, login, organisation)
    browser = Browser(make_app(use))
    response = browser.sign_in(login, PASSWORD)
    assert response.status_code == 303, browser.page
    return browser
