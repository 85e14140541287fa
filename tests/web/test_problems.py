"""Refusals: a problem for programs, a page that says what to do for people."""

import logging
from pathlib import Path
from typing import NoReturn

import pytest
from flask import Blueprint, Flask, abort, request
from sqlalchemy.exc import OperationalError
from werkzeug.routing import RequestRedirect

from tests.conftest import FixedClock
from tests.web.make_web import make_services, make_shell
from traceability.core.errors import ConflictError
from traceability.db.database import Database
from traceability.web.hardening import HEADERS
from traceability.web.problems import NEXT_STEPS, TITLES, flat_errors

STATUSES = sorted(TITLES)
ORIGIN = "https://tx.example"


@pytest.fixture
def app(tmp_path: Path, sqlite_database: Database, clock: FixedClock) -> Flask:
    blueprint = Blueprint("failing", __name__)

    @blueprint.get("/fail/<int:status>")
    def fail(status: int) -> NoReturn:
        abort(status)

    @blueprint.get("/refuse")
    @blueprint.get("/api/v1/refuse")
    def refuse() -> NoReturn:
        raise ConflictError("Use at most %(most)s characters.", field="lot", most=20)

    @blueprint.get("/break")
    @blueprint.get("/api/v1/break")
    def break_() -> NoReturn:
        raise RuntimeError(request.args["told"])

    use = make_services(tmp_path / "home", sqlite_database, clock)
    return make_shell(use, blueprint)


@pytest.mark.parametrize("status", STATUSES)
def test_every_error_page_says_what_to_do_next(app: Flask, status: int) -> None:
    if status == 500:
        return
    response = app.test_client().get(f"/fail/{status}", base_url=ORIGIN)
    assert response.status_code == status
    page = response.get_data(as_text=True)
    assert '<html lang="vi">' in page
    assert "Về trang đầu" in page
    assert str(TITLES[status]) not in page  # English, outside a request


def test_every_title_has_a_next_step() -> None:
    assert TITLES.keys() == NEXT_STEPS.keys()


def test_the_page_speaks_english_when_asked(app: Flask) -> None:
    for path, accepted in (("/nowhere?lang=en", "vi"), ("/nowhere", "en-GB,vi;q=0.5")):
        asked = {"Accept-Language": accepted}
        response = app.test_client().get(path, base_url=ORIGIN, headers=asked)
        assert "There is nothing here" in response.get_data(as_text=True)
        assert response.headers["Content-Language"] == "en"


def test_a_refusal_is_a_problem_for_programs(app: Flask) -> None:
    response = app.test_client().get("/api/v1/refuse?lang=en", base_url=ORIGIN)
    assert response.status_code == 409
    assert response.mimetype == "application/problem+json"
    assert response.get_json() == {
        "type": "https://tx.example/problems/conflict",
        "title": "This does not fit what is already stored",
        "status": 409,
        "code": "conflict",
        "detail": "Use at most 20 characters.",
        "field": "lot",
    }


def test_a_caller_that_prefers_json_gets_a_problem_anywhere(app: Flask) -> None:
    client = app.test_client()
    asked = {"Accept": "application/json"}
    response = client.get("/refuse", base_url=ORIGIN, headers=asked)
    assert response.mimetype == "application/problem+json"
    browser = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    response = client.get("/refuse", base_url=ORIGIN, headers=browser)
    assert response.mimetype == "text/html"


def test_an_accident_shows_and_logs_a_number_but_no_personal_data(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        response = app.test_client().get(
            "/api/v1/break?told=0912345678", base_url=ORIGIN
        )
    problem = response.get_json()
    assert (response.status_code, problem["code"]) == (500, "internal")
    assert problem["reference"] in caplog.text
    assert "RuntimeError" in caplog.text
    assert "0912345678" not in caplog.text + response.get_data(as_text=True)


def test_an_accident_on_a_page_shows_the_number(app: Flask) -> None:
    response = app.test_client().get("/break?told=x", base_url=ORIGIN)
    assert response.status_code == 500
    assert "Mã số để báo lỗi" in response.get_data(as_text=True)


def test_a_wrong_method_keeps_its_allow_header(app: Flask) -> None:
    response = app.test_client().delete("/healthz", base_url=ORIGIN)
    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]


@pytest.mark.parametrize("path", ["/healthz", "/nowhere", "/break", "/static/app.css"])
def test_every_answer_carries_the_security_headers(app: Flask, path: str) -> None:
    response = app.test_client().get(path, base_url=ORIGIN)
    response.close()
    assert HEADERS.items() <= dict(response.headers).items()
    assert response.headers["Strict-Transport-Security"]
    policy = response.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy


@pytest.mark.parametrize(
    "path", ["/healthz", "/nowhere?lang=en", "/api/v1/x", "/break"]
)
def test_strangers_get_no_cookie(app: Flask, path: str) -> None:
    response = app.test_client().get(path, base_url=ORIGIN)
    assert "Set-Cookie" not in response.headers
    assert "Cookie" not in response.headers.get("Vary", "")


def test_nested_messages_become_a_flat_list() -> None:
    messages = {"json": {"inputs": {0: {"lot": ["Unknown field."]}}, "a": ["b"]}}
    assert flat_errors(messages) == [
        {"field": "inputs.0.lot", "detail": "There is no such field."},
        {"field": "a", "detail": "b"},
    ]


def test_a_lost_database_is_503_and_no_accident(app: Flask) -> None:
    @app.get("/api/v1/lost")
    def lost() -> NoReturn:
        raise OperationalError("SELECT 'Người mẫu'", {}, RuntimeError("locked"))

    response = app.test_client().get("/api/v1/lost", base_url=ORIGIN)
    assert (response.status_code, response.get_json()["code"]) == (
        503,
        "database-unavailable",
    )


def test_a_leading_answer_is_no_problem(app: Flask) -> None:
    @app.get("/leading")
    def leading() -> NoReturn:
        raise RequestRedirect("/elsewhere")

    assert app.test_client().get("/leading", base_url=ORIGIN).status_code == 308
