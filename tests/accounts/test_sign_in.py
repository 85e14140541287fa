"""Signing in and out: cookies, throttling, where one is led."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests.accounts.make_accounts import (
    PASSWORD,
    make_organisation,
    make_person,
    make_signed_in,
)
from tests.conftest import FixedClock
from tests.web.make_web import Browser, make_app
from traceability.accounts.models import AuditEntry, SignIn, SignInAttempt
from traceability.accounts.service import set_organisation_active, set_person_active
from traceability.core.permissions import SYSTEM, Role
from traceability.web.context import Services

LOGIN = "nguoi.dung@example.com"


def test_a_person_signs_in_and_is_led_to_their_work(use: Services) -> None:
    browser = make_signed_in(use, Role.ADMINISTRATOR)
    response = browser.get("/")
    assert response.status_code == 303
    assert response.location != "/"


def test_the_cookie_is_closed_to_scripts_other_sites_and_plain_http(
    local: Services,
) -> None:
    make_person(local)
    browser = Browser(make_app(local))
    response = browser.sign_in(LOGIN, PASSWORD)
    cookie = response.headers["Set-Cookie"]
    assert cookie.startswith("__Host-session=")
    for flag in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert flag in cookie


def test_the_database_holds_no_token(use: Services) -> None:
    browser = make_signed_in(use)
    cookie = browser.client.get_cookie("__Host-session", domain="tx.example")
    assert cookie is not None
    with use.database.reading() as session:
        stored = session.scalars(select(SignIn.token_digest)).one()
    assert len(stored) == 64
    assert stored not in cookie.value


@pytest.mark.parametrize(
    ("login", "password"),
    [(LOGIN, "sai-mat-khau"), ("khong.co@example.com", PASSWORD), ("'; --", PASSWORD)],
)
def test_a_wrong_name_and_a_wrong_password_look_alike(
    local: Services, login: str, password: str
) -> None:
    make_person(local)
    browser = Browser(make_app(local))
    response = browser.sign_in(login, password)
    assert response.status_code == 401
    assert "Tên đăng nhập và mật khẩu không khớp" in browser.page
    assert password not in browser.page


def test_what_was_typed_as_name_is_kept(local: Services) -> None:
    browser = Browser(make_app(local))
    browser.sign_in("ai.do@example.com", "sai-mat-khau")
    assert 'value="ai.do@example.com"' in browser.page


def test_signing_in_takes_a_new_session(local: Services) -> None:
    """A session planted by somebody else before does not become a signed-in one."""
    make_person(local)
    app = make_app(local)
    planted, victim = Browser(app), Browser(app)
    planted.get("/sign-in")
    cookie = planted.client.get_cookie("__Host-session", domain="tx.example")
    assert cookie is not None
    victim.client.set_cookie("__Host-session", cookie.value, domain="tx.example")
    assert victim.sign_in(LOGIN, PASSWORD).status_code == 303
    assert planted.get("/account").status_code == 303


def test_signing_out_ends_the_session_on_the_server_too(use: Services) -> None:
    browser = make_signed_in(use)
    stolen = browser.client.get_cookie("__Host-session", domain="tx.example")
    assert stolen is not None
    browser.get("/account")
    assert browser.post("/sign-out").status_code == 303
    thief = Browser(make_app(use))
    thief.client.set_cookie("__Host-session", stolen.value, domain="tx.example")
    assert thief.get("/account").status_code == 303


def test_a_session_ends_after_its_hours(use: Services, clock: FixedClock) -> None:
    browser = make_signed_in(use)
    assert browser.get("/account").status_code == 200
    clock.instant += timedelta(hours=use.settings.session_hours)
    assert browser.get("/account").status_code == 303


def test_a_closed_account_is_signed_out_and_stays_out(use: Services) -> None:
    person = make_person(use)
    browser = Browser(make_app(use))
    browser.sign_in(LOGIN, PASSWORD)
    with use.database.transaction() as session:
        set_person_active(
            session, session.merge(person), active=False, actor=SYSTEM, clock=use.clock
        )
    assert browser.get("/account").status_code == 303
    assert browser.sign_in(LOGIN, PASSWORD).status_code == 401


def test_a_closed_organisations_people_are_out(use: Services) -> None:
    home = make_organisation(use)
    browser = make_signed_in(use, organisation=home)
    with use.database.transaction() as session:
        set_organisation_active(
            session, session.merge(home), active=False, actor=SYSTEM, clock=use.clock
        )
    assert browser.get("/account").status_code == 303
    assert browser.sign_in(LOGIN, PASSWORD).status_code == 401


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "/\tevil",
        "http:evil.example",
        "",
    ],
)
def test_nobody_is_led_to_another_site(local: Services, target: str) -> None:
    make_person(local)
    browser = Browser(make_app(local))
    browser.get("/sign-in")
    sent = {"login": LOGIN, "password": PASSWORD, "next": target}
    assert browser.post("/sign-in", sent).location == "/"


def test_a_guarded_page_leads_to_sign_in_and_back(local: Services) -> None:
    make_person(local)
    browser = Browser(make_app(local))
    asked = browser.get("/account?lang=en")
    assert asked.location == "/sign-in?next=/account?lang%3Den"
    browser.get(asked.location)
    sent = {"login": LOGIN, "password": PASSWORD, "next": "/account?lang=en"}
    assert browser.post("/sign-in", sent).location == "/account?lang=en"


def test_too_many_failures_are_refused_for_a_quarter_of_an_hour(
    use: Services, clock: FixedClock
) -> None:
    make_person(use)
    browser = Browser(make_app(use))
    for _try in range(5):
        assert browser.sign_in(LOGIN, "sai-mat-khau").status_code == 401
    assert browser.sign_in(LOGIN, PASSWORD).status_code == 429
    clock.instant += timedelta(minutes=15, seconds=1)
    assert browser.sign_in(LOGIN, PASSWORD).status_code == 303


def test_attempts_hold_neither_names_nor_addresses(use: Services) -> None:
    browser = Browser(make_app(use))
    browser.sign_in(LOGIN, "sai-mat-khau")
    with use.database.reading() as session:
        attempt = session.scalars(select(SignInAttempt)).one()
    assert {len(attempt.login_digest), len(attempt.network_digest)} == {64}


def test_success_forgets_the_failures(use: Services) -> None:
    make_person(use)
    browser = Browser(make_app(use))
    browser.sign_in(LOGIN, "sai-mat-khau")
    browser.sign_in(LOGIN, PASSWORD)
    with use.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(SignInAttempt)) == 0


def test_sign_in_and_out_leave_a_trail(use: Services) -> None:
    browser = make_signed_in(use)
    browser.get("/account")
    browser.post("/sign-out")
    with use.database.reading() as session:
        actions = session.scalars(
            select(AuditEntry.action).order_by(AuditEntry.id)
        ).all()
    assert actions[-2:] == ["signed-in", "signed-out"]


def test_a_new_password_signs_out_everywhere(use: Services) -> None:
    here = make_signed_in(use)
    there = Browser(make_app(use))
    there.sign_in(LOGIN, PASSWORD)
    here.get("/account")
    sent = {"current": PASSWORD, "password": "nep-nuong-tu-le-1"}
    assert here.post("/account", sent).status_code == 303
    assert there.get("/account").status_code == 303
    assert there.sign_in(LOGIN, PASSWORD).status_code == 401
    assert there.sign_in(LOGIN, "nep-nuong-tu-le-1").status_code == 303


@pytest.mark.parametrize(
    ("current", "password"),
    [
        (PASSWORD, "ngan"),
        (PASSWORD, "aaaaaaaaaaaa"),
        (PASSWORD, LOGIN),
        ("x", "y" * 99),
    ],
)
def test_a_weak_password_or_a_wrong_current_one_changes_nothing(
    local: Services, current: str, password: str
) -> None:
    browser = make_signed_in(local)
    browser.get("/account")
    sent = {"current": current, "password": password}
    assert browser.post("/account", sent).status_code == 422
    assert browser.sign_in(LOGIN, PASSWORD).status_code == 303


def test_an_empty_form_says_what_is_missing(local: Services) -> None:
    browser = Browser(make_app(local))
    assert browser.sign_in("", "").status_code == 422
    assert browser.page.count("Vui lòng điền mục này.") == 2


def test_a_cookie_without_a_sign_in_is_nobodys(local: Services) -> None:
    browser = Browser(make_app(local))
    browser.get("/?lang=en")
    assert browser.get("/account").status_code == 303
    browser.get("/sign-in")
    assert "E-mail address" in browser.page
