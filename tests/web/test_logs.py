"""Logs say what happened and where, never who it was or what they typed."""

import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest
from flask import Flask

from tests.conftest import FixedClock
from tests.web.make_web import make_services, make_settings, make_shell
from traceability.db.database import Database
from traceability.web import logs
from traceability.web.context import Services

ORIGIN = "https://tx.example"
PERSON = "Người Kín Tiếng (mẫu)"
Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def use(tmp_path: Path, sqlite_database: Database, clock: FixedClock) -> Services:
    return make_services(tmp_path / "home", sqlite_database, clock)


@pytest.fixture
def app(use: Services) -> Flask:
    app = make_shell(use)

    @app.get("/things/<name>")
    def thing(name: str) -> str:
        if name == "broken":
            raise ValueError(PERSON)
        return name

    return app


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Iterator[Lines]:
    """What a service that logs JSON has written since somebody asked last."""
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    logs.configure(make_settings(tmp_path, log_format="json"))
    yield lambda: [json.loads(one) for one in capsys.readouterr().err.splitlines()]
    root.handlers[:] = before
    root.setLevel(level)


def test_a_request_is_one_line_with_its_route_and_no_values(
    app: Flask, lines: Lines
) -> None:
    answer = app.test_client().get(
        f"/things/{PERSON}?phone=0912345678",
        base_url=ORIGIN,
        headers={"X-Forwarded-For": "203.0.113.7"},
    )
    [line] = lines()
    assert line.pop("time").endswith("+00:00")
    assert line.pop("duration_ms") >= 0
    assert line == {
        "level": "INFO",
        "logger": "traceability.web.logs",
        "message": "request",
        "request_id": answer.headers["X-Request-ID"],
        "method": "GET",
        "route": "/things/<name>",
        "status": 200,
    }


def test_an_address_that_leads_nowhere_has_no_route(app: Flask, lines: Lines) -> None:
    app.test_client().open(f"/{PERSON}/x", method="BREW", base_url=ORIGIN)
    [line] = lines()
    assert (line["route"], line["method"], line["status"]) == ("-", "OTHER", 404)


def test_the_number_of_a_proxy_is_kept_and_no_other_text(app: Flask) -> None:
    def number(sent: str) -> str:
        headers = {"X-Request-ID": sent}
        answer = app.test_client().get("/healthz", base_url=ORIGIN, headers=headers)
        return answer.headers["X-Request-ID"]

    assert number("ab" * 16) == "ab" * 16
    assert number("0912345678") != "0912345678"
    assert len(number("x" * 32)) == 32
    assert number("x" * 32) != "x" * 32


def test_an_accident_is_told_by_type_and_place_alone(app: Flask, lines: Lines) -> None:
    answer = app.test_client().get("/things/broken", base_url=ORIGIN)
    assert answer.status_code == 500
    accident, request = lines()
    assert "ValueError" in accident["message"]
    assert accident["request_id"] == request["request_id"]
    assert request["status"] == 500
    assert PERSON not in json.dumps([accident, request], ensure_ascii=False)


def test_an_accident_in_the_error_page_itself_is_told_the_same_way(
    app: Flask, lines: Lines
) -> None:
    def fail(_error: Exception) -> NoReturn:
        raise RuntimeError(PERSON)

    app.register_error_handler(ValueError, fail)
    assert app.test_client().get("/things/broken", base_url=ORIGIN).status_code == 500
    told = lines()[0]
    assert told["exception"] == "RuntimeError from ValueError"
    assert "test_logs.py" in told["traceback"]
    assert "/things/broken" not in json.dumps(told)
    assert PERSON not in json.dumps(told, ensure_ascii=False)


def test_of_foreign_libraries_only_their_own_words_are_kept(lines: Lines) -> None:
    logging.getLogger("waitress").error("Exception while serving %s", "/p/0912345678")
    logging.getLogger("elsewhere").error(ValueError(PERSON))
    assert [line["message"] for line in lines()] == [
        "Exception while serving %s",
        "ValueError",
    ]


def test_people_read_lines_of_text(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record = logging.makeLogRecord(
        {"name": "traceability.x", "levelname": "INFO", "msg": "request"}
    )
    record.fields = {"status": 200}
    assert logs.TextFormatter().format(record) == (
        "INFO traceability.x request status=200"
    )


def test_the_level_is_a_setting_and_setting_it_twice_writes_once(
    app: Flask, lines: Lines, tmp_path: Path
) -> None:
    logs.configure(make_settings(tmp_path, log_format="json", log_level="WARNING"))
    app.test_client().get("/healthz", base_url=ORIGIN)
    assert lines() == []
    logs.configure(make_settings(tmp_path, log_format="json"))
    app.test_client().get("/healthz", base_url=ORIGIN)
    assert len(lines()) == 1
