"""Whoever asks too much is told to wait, and nobody else is."""

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from tests.api.make_api import Program, make_authority, make_farm, problem
from tests.web.make_web import Browser, make_app, make_services
from traceability.core.ports import Clock
from traceability.db.database import Database
from traceability.settings import SettingsError
from traceability.web.context import Services

LIMITS = {"rate_limit_key": 4, "rate_limit_address": 3, "rate_limit_sign_in": 2}


@pytest.fixture
def use(tmp_path: Path, sqlite_database: Database, clock: Clock) -> Services:
    return make_services(tmp_path / "home", sqlite_database, clock, **LIMITS)


@pytest.fixture
def app(use: Services) -> Flask:
    return make_app(use)


def test_each_key_has_a_count_of_its_own(use: Services, app: Flask) -> None:
    program = make_farm(use, app).program
    for left in (3, 2, 1, 0):
        answer = program.get("/batches")
        assert answer.headers["RateLimit-Limit"] == "4"
        assert answer.headers["RateLimit-Remaining"] == str(left)
        assert 0 < int(answer.headers["RateLimit-Reset"]) <= 60
        assert "Retry-After" not in answer.headers
    refused = program.get("/batches")
    assert problem(refused)["code"] == "rate-limited"
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    assert make_authority(use, app).get("/batches").status_code == 200


def test_strangers_are_counted_by_address_invented_keys_too(app: Flask) -> None:
    statuses = [
        Program(app).get("/verify?link=x").status_code,
        Program(app, "tx_invented_key").get("/batches").status_code,
        Program(app, "tx_another_one").get("/batches").status_code,
        Program(app, "tx_a_third_one").get("/batches").status_code,
        Program(app).get("/evidence?link=x").status_code,
    ]
    assert statuses == [200, 401, 401, 429, 429]


def test_the_page_that_verifies_counts_with_them(app: Flask) -> None:
    client = app.test_client()
    pages = [
        client.get("/verify", base_url="https://tx.example").status_code
        for _ in range(4)
    ]
    assert pages == [200, 200, 200, 429]
    other = {"REMOTE_ADDR": "192.0.2.7"}
    answer = client.get(
        "/verify", base_url="https://tx.example", environ_overrides=other
    )
    assert answer.status_code == 200


def test_one_home_of_ipv6_counts_once(app: Flask) -> None:
    client = app.test_client()
    places = [{"REMOTE_ADDR": f"2001:db8::{number}"} for number in range(4)]
    answers = [
        client.get("/verify", base_url="https://tx.example", environ_overrides=place)
        for place in places
    ]
    assert [one.status_code for one in answers] == [200, 200, 200, 429]


def test_signing_in_is_limited_and_reading_pages_is_not(app: Flask) -> None:
    browser = Browser(app)
    tries = [browser.sign_in("x@example.com", "sai") for _ in range(3)]
    assert [answer.status_code for answer in tries] == [401, 401, 429]
    assert tries[-1].mimetype == "text/html"
    for _ in range(9):
        assert browser.get("/sign-in").status_code == 200


def test_a_storage_without_its_library_is_a_bad_setting(use: Services) -> None:
    settings = replace(use.settings, rate_limit_storage="redis://127.0.0.1:1")
    with pytest.raises(SettingsError, match="RATE_LIMIT_STORAGE"):
        make_app(replace(use, settings=settings))
