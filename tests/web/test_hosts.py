"""Only the service's own name opens it; this machine may ask by loopback."""

from pathlib import Path

import pytest
from flask import Flask

from tests.conftest import FixedClock
from tests.web.make_web import make_services, make_shell
from traceability.db.database import Database
from traceability.web.hosts import from_here, host_of


@pytest.fixture
def app(tmp_path: Path, sqlite_database: Database, clock: FixedClock) -> Flask:
    return make_shell(make_services(tmp_path / "home", sqlite_database, clock))


def asked(app: Flask, host: str, peer: str = "203.0.113.7") -> int:
    client = app.test_client()
    environ = {"REMOTE_ADDR": peer}
    headers = {"Host": host}
    return client.get("/healthz", headers=headers, environ_base=environ).status_code


@pytest.mark.parametrize("host", ["tx.example", "TX.EXAMPLE", "tx.example:443"])
def test_the_own_name_opens_it(app: Flask, host: str) -> None:
    assert asked(app, host) == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "tx.example.evil.example",
        "tx.example@evil.example",
        "tx.example:x",
    ],
)
def test_another_name_does_not(app: Flask, host: str) -> None:
    assert asked(app, host) == 400


def test_a_loopback_name_is_for_this_machine(app: Flask) -> None:
    assert asked(app, "localhost:8000", "127.0.0.1") == 200
    assert asked(app, "[::1]:8000", "::1") == 200
    assert asked(app, "localhost:8000") == 400


def test_what_is_no_address_is_nobody_s() -> None:
    assert not from_here(None)
    assert not from_here("unix:")
    assert host_of("[::1") is None


def test_the_refusal_says_so(app: Flask) -> None:
    headers = {"Host": "evil.example", "Accept": "application/problem+json"}
    answer = app.test_client().get("/healthz", headers=headers)
    assert answer.get_json()["code"] == "host-unknown"
