"""Forms carry a token; without it nothing happens and nothing is lost."""

import pytest

from tests.accounts.make_accounts import PASSWORD, make_person, make_signed_in
from tests.web.make_web import Browser, make_app
from traceability.web.context import Services

ORIGIN = "https://tx.example"


def test_a_form_without_its_token_is_refused_in_plain_words(local: Services) -> None:
    make_person(local)
    browser = Browser(make_app(local))
    sent = {"login": "nguoi.dung@example.com", "password": PASSWORD}
    response = browser.post("/sign-in", sent)
    assert response.status_code == 400
    assert "Biểu mẫu để mở quá lâu" in browser.page
    assert "Hãy quay lại" in browser.page
    assert browser.get("/account").status_code == 303


@pytest.mark.parametrize("token", ["", "x", "a.b.c"])
def test_a_wrong_token_changes_nothing(local: Services, token: str) -> None:
    browser = make_signed_in(local)
    browser.get("/account")
    assert browser.post("/sign-out", {"csrf_token": token}).status_code == 400
    assert browser.get("/account").status_code == 200


def test_another_browsers_token_is_refused(local: Services) -> None:
    browser = make_signed_in(local)
    stranger = Browser(make_app(local))
    stranger.get("/sign-in")
    browser.page = stranger.page
    assert browser.post("/sign-out").status_code == 400


def test_a_form_from_another_site_is_refused(local: Services) -> None:
    browser = make_signed_in(local)
    browser.get("/account")
    token = browser.page.split('name="csrf_token" value="')[1].split('"')[0]
    for referer in ("https://evil.example/", ""):
        response = browser.client.post(
            "/sign-out",
            data={"csrf_token": token},
            base_url=ORIGIN,
            headers={"Referer": referer} if referer else {},
        )
        assert response.status_code == 400
    assert browser.get("/account").status_code == 200


def test_nul_in_a_form_is_refused(local: Services) -> None:
    browser = Browser(make_app(local))
    browser.get("/sign-in")
    assert browser.post("/sign-in", {"login": "a\x00b"}).status_code == 400
