"""The administrator's pages, and who else is kept out of them."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from tests.accounts.make_accounts import (
    PASSWORD,
    make_organisation,
    make_person,
    make_signed_in,
)
from tests.web.make_web import Browser, make_app
from traceability.accounts.errors import LoginTakenError, RoleMismatchError
from traceability.accounts.kinds import OrganisationKind
from traceability.accounts.models import AuditEntry, Organisation, Person
from traceability.accounts.queries import audit_trail
from traceability.app import check_start
from traceability.core.permissions import Role
from traceability.settings import SettingsError
from traceability.web.context import Services

ORGANISATION = {
    "kind": "household",
    "name_vi": "Hộ trồng lúa mẫu",
    "address": "Xã mẫu",
    "old_address": "Xã cũ, huyện cũ",
    "commune_code": "00001",
}
PAGES = ["/admin/organisations", "/admin/organisations/new", "/admin/people"]


@pytest.mark.parametrize("role", [Role.PRODUCER, Role.INSPECTOR, Role.OFFICER])
def test_other_roles_may_not_administer(local: Services, role: Role) -> None:
    browser = make_signed_in(local, role)
    assert {browser.get(page).status_code for page in PAGES} == {403}
    browser.get("/account")
    assert browser.post("/admin/people/1/state", {}).status_code == 403


def test_an_organisation_is_entered_and_changed(use: Services) -> None:
    browser = make_signed_in(use, Role.ADMINISTRATOR)
    browser.get("/admin/organisations/new")
    made = browser.post("/admin/organisations/new", ORGANISATION)
    assert made.status_code == 303
    browser.get(made.location)
    assert "Hộ trồng lúa mẫu" in browser.page
    assert browser.post(made.location, {**ORGANISATION, "phone": "1"}).status_code
    with use.database.reading() as session:
        found = session.scalars(
            select(Organisation).where(Organisation.kind == "household")
        ).one()
        actions = set(session.scalars(select(AuditEntry.action)))
    assert (found.phone, found.name_public, found.commune_code) == ("1", False, "00001")
    assert {"organisation-created", "organisation-changed"} <= actions


def test_a_wrong_form_stores_nothing_and_keeps_what_was_typed(use: Services) -> None:
    browser = make_signed_in(use, Role.ADMINISTRATOR)
    browser.get("/admin/organisations/new")
    sent = {**ORGANISATION, "name_vi": "", "name_en": "x\u200by", "kind": "guild"}
    assert browser.post("/admin/organisations/new", sent).status_code == 422
    assert 'value="Xã cũ, huyện cũ"' in browser.page
    assert "U+200B" in browser.page
    with use.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Organisation)) == 1


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "{{7*7}}", "' OR 1=1--"])
def test_a_name_is_stored_verbatim_and_shown_escaped(use: Services, name: str) -> None:
    browser = make_signed_in(use, Role.ADMINISTRATOR)
    browser.get("/admin/organisations/new")
    browser.post("/admin/organisations/new", {**ORGANISATION, "name_vi": name})
    browser.get("/admin/organisations")
    assert "<script>" not in browser.page
    assert ">49<" not in browser.page
    with use.database.reading() as session:
        assert name in set(session.scalars(select(Organisation.name_vi)))


def test_somebody_gets_an_account_and_signs_in(use: Services) -> None:
    home = make_organisation(use)
    browser = make_signed_in(use, Role.ADMINISTRATOR)
    browser.get("/admin/people/new")
    sent = {
        "organisation": home.public_id,
        "name": "Người mới",
        "login": "0912 345 678",
        "roles": "producer",
    }
    assert browser.post("/admin/people/new", sent).status_code == 200
    password = browser.page.split('class="secret">')[1].split("<")[0]
    newcomer = Browser(make_app(use))
    assert newcomer.sign_in("0912345678", password).status_code == 303


def test_a_role_must_suit_the_organisation(use: Services) -> None:
    home = make_organisation(use, OrganisationKind.FARM)
    with pytest.raises(RoleMismatchError):
        make_person(use, Role.OFFICER, organisation=home)


def test_a_name_signs_in_one_person_only(use: Services) -> None:
    make_person(use, login="ai.do@example.com")
    with pytest.raises(LoginTakenError):
        make_person(use, login="AI.DO@example.com")


def test_a_password_is_reset_by_the_administrator(use: Services) -> None:
    person = make_person(use, login="quen@example.com")
    browser = make_signed_in(use, Role.ADMINISTRATOR)
    browser.get("/admin/people")
    assert browser.post(f"/admin/people/{person.id}/password").status_code == 200
    password = browser.page.split('class="secret">')[1].split("<")[0]
    other = Browser(make_app(use))
    assert other.sign_in("quen@example.com", PASSWORD).status_code == 401
    assert other.sign_in("quen@example.com", password).status_code == 303


def test_nobody_closes_their_own_account_or_organisation(use: Services) -> None:
    browser = make_signed_in(use, Role.ADMINISTRATOR)
    with use.database.reading() as session:
        me = session.scalars(select(Person)).one()
        home = session.get_one(Organisation, me.organisation_id)
    browser.get("/admin/people")
    assert browser.post(f"/admin/people/{me.id}/state").status_code == 409
    browser.get("/admin/people")
    path = f"/admin/organisations/{home.public_id}/state"
    assert browser.post(path).status_code == 409


def test_an_account_and_an_organisation_are_closed_and_opened(use: Services) -> None:
    person = make_person(use, login="dong@example.com")
    browser = make_signed_in(use, Role.ADMINISTRATOR)
    with use.database.reading() as session:
        home = session.get_one(Organisation, person.organisation_id)
    closing = (
        (f"/admin/people/{person.id}/state", Person.active, Person.id == person.id),
        (
            f"/admin/organisations/{home.public_id}/state",
            Organisation.active,
            Organisation.id == home.id,
        ),
    )
    for path, active, row in closing:
        for sent, wanted in (({}, False), ({"active": "1"}, True)):
            browser.get("/admin/people")
            assert browser.post(path, sent).status_code == 303
            with use.database.reading() as session:
                assert session.scalars(select(active).where(row)).one() is wanted


def test_what_is_not_there_is_not_found(local: Services) -> None:
    browser = make_signed_in(local, Role.ADMINISTRATOR)
    assert browser.get("/admin/organisations/nothing").status_code == 404
    browser.get("/admin/people")
    assert browser.post("/admin/people/999/password").status_code == 404


def test_the_trail_shows_ones_own_organisation_only(use: Services) -> None:
    """Two organisations act; each reads its own entries, the administrator all."""
    mine, other = make_organisation(use), make_organisation(use)
    browser = make_signed_in(use, login="toi@example.com", organisation=mine)
    make_signed_in(use, login="ho@example.com", organisation=other)
    browser.get("/activity")
    assert browser.page.count("Đăng nhập</td>") == 1
    administrator = make_signed_in(use, Role.ADMINISTRATOR, login="ad@example.com")
    administrator.get("/activity")
    assert administrator.page.count("Đăng nhập</td>") == 3


def test_the_trail_is_read_in_pages(use: Services) -> None:
    make_person(use)
    with use.database.reading() as session:
        newest = audit_trail(session, organisation_id=None, limit=1)[0]
        older = audit_trail(session, organisation_id=None, before=newest.id)
    assert [entry.id for entry in older] == [newest.id - 1]


def test_a_wrong_change_keeps_what_was_typed(local: Services) -> None:
    home = make_organisation(local)
    browser = make_signed_in(local, Role.ADMINISTRATOR)
    path = f"/admin/organisations/{home.public_id}"
    browser.get(path)
    sent = {**ORGANISATION, "commune_code": "12", "phone": "0912"}
    assert browser.post(path, sent).status_code == 422
    assert 'value="0912"' in browser.page
    assert "Không đọc được giá trị này." in browser.page


def test_a_taken_name_is_said_beside_its_field(local: Services) -> None:
    home = make_organisation(local)
    make_person(local, login="ai.do@example.com", organisation=home)
    browser = make_signed_in(local, Role.ADMINISTRATOR)
    browser.get("/admin/people/new")
    sent = {"organisation": home.public_id, "name": "x", "roles": "producer"}
    for login, text in (
        ("ai.do@example.com", "Đã có người dùng tên đăng nhập này."),
        ("không phải", "Hãy dùng địa chỉ email hoặc số điện thoại."),
    ):
        assert browser.post("/admin/people/new", {**sent, "login": login}).status_code
        assert text in browser.page
        assert 'id="login-error"' in browser.page


def test_people_of_an_organisation_are_shown_with_it(local: Services) -> None:
    home = make_organisation(local)
    make_person(local, login="ai.do@example.com", organisation=home)
    browser = make_signed_in(local, Role.ADMINISTRATOR)
    browser.get(f"/admin/organisations/{home.public_id}")
    assert "ai.do@example.com" in browser.page


def test_sample_accounts_do_not_meet_the_world(local: Services) -> None:
    person = make_person(local, login="mau@example.com")
    with local.database.transaction() as session:
        session.merge(person).sample = True
    with pytest.raises(SettingsError, match=r"mau@example\.com"):
        check_start(local)
    at_home = replace(local.settings, base_url="http://127.0.0.1:8000")
    check_start(replace(local, settings=at_home))
