"""API keys: shown once, stored as digests, scoped, expiring, revocable."""

from datetime import date, timedelta

import pytest
from flask import Blueprint, Flask, jsonify
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.accounts.make_accounts import make_organisation, make_signed_in
from tests.conftest import FixedClock
from tests.web.make_web import make_app
from traceability.accounts.errors import ExpiryPastError
from traceability.accounts.expiry import end_of_day
from traceability.accounts.kinds import OrganisationKind
from traceability.accounts.models import ApiKey, Organisation
from traceability.accounts.service import (
    ApiKeyDraft,
    create_api_key,
    revoke_api_key,
    set_organisation_active,
)
from traceability.core.permissions import SYSTEM, Role, Scope
from traceability.web.auth import actor, require
from traceability.web.context import Services


def app_with_guarded_api(use: Services) -> Flask:
    app = make_app(use)
    blueprint = Blueprint("guarded", __name__)

    @blueprint.route("/api/v1/guarded", methods=["GET", "POST"])
    @require(Role.PRODUCER, scope=Scope.BATCHES_READ)
    def guarded() -> object:
        return jsonify(organisation=actor().organisation_id, kind=actor().kind)

    @blueprint.get("/api/v1/people-only")
    @require(Role.PRODUCER)
    def people_only() -> object:
        return jsonify()

    app.register_blueprint(blueprint)
    return app


def make_key(
    use: Services,
    organisation: Organisation,
    scope: Scope = Scope.BATCHES_READ,
    last_day: date | None = None,
) -> tuple[ApiKey, str]:
    draft = ApiKeyDraft(
        organisation_id=organisation.id,
        name="phần mềm mẫu",
        scopes=frozenset({scope}),
        expires_at=end_of_day(last_day),
    )
    with use.database.transaction() as session:
        return create_api_key(session, draft, actor=SYSTEM, clock=use.clock)


def ask(
    client: FlaskClient, key: str | None, path: str = "/api/v1/guarded"
) -> TestResponse:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    return client.get(path, base_url="https://tx.example", headers=headers)


def test_a_key_acts_for_its_organisation(use: Services) -> None:
    organisation = make_organisation(use)
    _row, key = make_key(use, organisation)
    answer = ask(app_with_guarded_api(use).test_client(), key)
    assert answer.get_json() == {"organisation": organisation.id, "kind": "api-key"}
    assert "Set-Cookie" not in answer.headers


def test_only_the_digest_of_a_key_is_stored(use: Services) -> None:
    row, key = make_key(use, make_organisation(use))
    secret = key.rsplit("_", 1)[1]
    assert key.startswith(f"tx_{row.prefix}_")
    with use.database.reading() as session:
        stored = session.scalars(select(ApiKey)).one()
    assert secret not in (stored.digest, stored.prefix, stored.name)


@pytest.mark.parametrize("key", [None, "tx_aaaaaaaa_b", "x" * 9000, "ключ"])
def test_no_key_and_a_wrong_key_are_refused(local: Services, key: str | None) -> None:
    answer = ask(app_with_guarded_api(local).test_client(), key)
    assert answer.status_code == 401
    assert answer.mimetype == "application/problem+json"


def test_a_key_without_the_scope_is_refused(local: Services) -> None:
    _row, key = make_key(local, make_organisation(local), Scope.LABELS_WRITE)
    answer = ask(app_with_guarded_api(local).test_client(), key)
    assert (answer.status_code, answer.get_json()["code"]) == (403, "forbidden")


def test_a_view_that_names_no_scope_takes_no_key(local: Services) -> None:
    _row, key = make_key(local, make_organisation(local))
    client = app_with_guarded_api(local).test_client()
    assert ask(client, key, "/api/v1/people-only").status_code == 403


def test_an_authoritys_key_is_no_producer(local: Services) -> None:
    authority = make_organisation(local, OrganisationKind.AUTHORITY)
    _row, key = make_key(local, authority)
    assert ask(app_with_guarded_api(local).test_client(), key).status_code == 403


def test_a_revoked_key_is_refused_at_once(use: Services) -> None:
    row, key = make_key(use, make_organisation(use))
    client = app_with_guarded_api(use).test_client()
    assert ask(client, key).status_code == 200
    with use.database.transaction() as session:
        revoke_api_key(session, session.merge(row), actor=SYSTEM, clock=use.clock)
    answer = ask(client, key)
    assert (answer.status_code, answer.get_json()["code"]) == (401, "api-key-refused")


def test_a_key_works_to_the_end_of_its_last_day(
    use: Services, clock: FixedClock
) -> None:
    _row, key = make_key(use, make_organisation(use), last_day=clock.today())
    client = app_with_guarded_api(use).test_client()
    clock.instant = clock.instant.replace(hour=16, minute=59)
    assert ask(client, key).status_code == 200
    clock.instant += timedelta(minutes=1)
    assert ask(client, key).status_code == 401


def test_a_key_of_yesterday_is_not_made(use: Services, clock: FixedClock) -> None:
    organisation = make_organisation(use)
    with pytest.raises(ExpiryPastError):
        make_key(use, organisation, last_day=clock.today() - timedelta(days=1))


def test_a_closed_organisations_key_is_refused(use: Services) -> None:
    organisation = make_organisation(use)
    _row, key = make_key(use, organisation)
    with use.database.transaction() as session:
        set_organisation_active(
            session,
            session.merge(organisation),
            active=False,
            actor=SYSTEM,
            clock=use.clock,
        )
    assert ask(app_with_guarded_api(use).test_client(), key).status_code == 401


def test_the_api_takes_no_cookie(local: Services) -> None:
    browser = make_signed_in(local)
    app_cookie = browser.client.get_cookie("__Host-session", domain="tx.example")
    assert app_cookie is not None
    client = app_with_guarded_api(local).test_client()
    client.set_cookie("__Host-session", app_cookie.value, domain="tx.example")
    assert ask(client, None).status_code == 401


def test_the_api_needs_no_form_token(local: Services) -> None:
    _row, key = make_key(local, make_organisation(local))
    answer = (
        app_with_guarded_api(local)
        .test_client()
        .post(
            "/api/v1/guarded",
            base_url="https://tx.example",
            headers={"Authorization": f"Bearer {key}"},
        )
    )
    assert answer.status_code == 200


def test_the_page_shows_a_new_key_once(use: Services) -> None:
    browser = make_signed_in(use)
    browser.get("/account/api-keys")
    sent = {"name": "máy in", "scopes": "labels:write", "expires": "31/12/2027"}
    assert browser.post("/account/api-keys", sent).status_code == 200
    assert "tx_" in browser.page
    secret = browser.page.split("tx_")[1].split("<")[0].split("_", 1)[1]
    browser.get("/account/api-keys")
    assert "máy in" in browser.page
    assert secret not in browser.page


def test_the_page_keeps_what_was_typed(local: Services) -> None:
    browser = make_signed_in(local)
    browser.get("/account/api-keys")
    sent = {"name": "máy in", "scopes": "labels:write", "expires": "31/02/2027"}
    assert browser.post("/account/api-keys", sent).status_code == 422
    for kept in ('value="máy in"', 'value="labels:write" checked', "31/02/2027"):
        assert kept in browser.page
    assert "Không có ngày này." in browser.page


def test_nobody_revokes_another_organisations_key(use: Services) -> None:
    row, _key = make_key(use, make_organisation(use))
    browser = make_signed_in(use)
    browser.get("/account/api-keys")
    answer = browser.post(f"/account/api-keys/{row.id}/revoke")
    assert answer.status_code == 404
    with use.database.reading() as session:
        assert session.scalars(select(ApiKey.revoked_at)).one() is None


def test_the_page_revokes_a_key(use: Services) -> None:
    organisation = make_organisation(use)
    row, _key = make_key(use, organisation)
    browser = make_signed_in(use, organisation=organisation)
    browser.get("/account/api-keys")
    assert browser.post(f"/account/api-keys/{row.id}/revoke").status_code == 303
    browser.get("/account/api-keys")
    assert "đã thu hồi ngày 22/11/2026" in browser.page


def test_the_page_makes_no_key_of_yesterday(local: Services) -> None:
    browser = make_signed_in(local)
    browser.get("/account/api-keys")
    sent = {"name": "x", "scopes": "labels:write", "expires": "21/11/2026"}
    assert browser.post("/account/api-keys", sent).status_code == 422
    assert "Khóa sẽ hết hạn ngay khi tạo." in browser.page


def test_people_give_a_program_no_more_than_they_may_themselves(use: Services) -> None:
    browser = make_signed_in(use, Role.PRODUCER)
    browser.get("/account/api-keys")
    assert 'value="batches:write"' in browser.page
    assert 'value="people:write"' not in browser.page
    sent = {"name": "kho", "scopes": "people:write"}
    assert browser.post("/account/api-keys", sent).status_code == 422
    with use.database.reading() as session:
        assert session.scalars(select(ApiKey)).all() == []


def test_an_administrator_offers_what_administrators_do(use: Services) -> None:
    browser = make_signed_in(use, Role.ADMINISTRATOR)
    browser.get("/account/api-keys")
    assert 'value="people:write"' in browser.page
    assert 'value="labels:write"' not in browser.page
