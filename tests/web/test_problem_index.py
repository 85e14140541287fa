"""Every problem's ``type`` leads to a page that says what its code means."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.conftest import FixedClock
from tests.web.make_web import make_services, make_shell
from traceability.db.database import Database
from traceability.web.problem_index import blueprint, known_problems, meaning


@pytest.fixture
def client(tmp_path: Path, sqlite_database: Database, clock: FixedClock) -> FlaskClient:
    use = make_services(tmp_path / "home", sqlite_database, clock)
    return make_shell(use, blueprint).test_client()


def test_a_problems_type_can_be_read(client: FlaskClient) -> None:
    problem = client.get("/api/v1/x", base_url="https://tx.example").get_json()
    page = client.get(problem["type"], base_url="https://tx.example")
    assert page.status_code == 200
    assert "There is no such thing" in page.get_data(as_text=True)


def test_a_wrong_methods_type_can_be_read(client: FlaskClient) -> None:
    origin = "https://tx.example"
    json = {"Accept": "application/json"}
    problem = client.delete("/problems", base_url=origin, headers=json).get_json()
    assert (problem["status"], problem["code"]) == (405, "method-not-allowed")
    assert client.get(problem["type"], base_url=origin).status_code == 200


def test_all_codes_are_listed(client: FlaskClient) -> None:
    page = client.get("/problems", base_url="https://tx.example")
    assert "json-duplicate-key" in page.get_data(as_text=True)


def test_an_unknown_code_is_not_found(client: FlaskClient) -> None:
    page = client.get("/problems/none", base_url="https://tx.example")
    assert page.status_code == 404


def test_every_code_is_explained() -> None:
    assert not [code for code, one in known_problems().items() if not meaning(one)]
