"""The API's frame: strict queries and bodies, one document."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from marshmallow import Schema, fields

from tests.conftest import FixedClock
from tests.web.make_web import make_services
from traceability.db.database import Database
from traceability.web import menu, openapi
from traceability.web.fields import CleanText, DayField, PlainDecimalField
from traceability.web.installing import new_application
from traceability.web.openapi import ApiBlueprint


class _Body(Schema):
    name = CleanText(required=True, max_length=5)
    day = DayField()
    amount = PlainDecimalField()


class _Query(Schema):
    page = fields.Integer(strict=True)
    state = fields.List(fields.String())


@pytest.fixture
def client(tmp_path: Path, sqlite_database: Database, clock: FixedClock) -> FlaskClient:
    use = make_services(tmp_path / "home", sqlite_database, clock)
    app = new_application(use, b"x" * 32)
    menu.install(app)
    blueprint: Any = ApiBlueprint("things", __name__, url_prefix="/api/v1/things")

    def store(body: Mapping[str, Any]) -> Mapping[str, Any]:
        return body

    def find(query: Mapping[str, Any]) -> Mapping[str, Any]:
        return query

    stored = blueprint.arguments(_Body)(blueprint.response(201, _Body)(store))
    found = blueprint.arguments(_Query, location="query")(
        blueprint.response(200, _Query)(find)
    )
    blueprint.route("", methods=["POST"])(stored)
    blueprint.route("", methods=["GET"])(found)
    openapi.install(app, "1").register_blueprint(blueprint)
    return app.test_client()


def post(client: FlaskClient, body: bytes | str, kind: str = "application/json") -> Any:
    return client.post(
        "/api/v1/things", base_url="https://tx.example", data=body, content_type=kind
    )


def test_a_sound_body_is_read_and_answered_exactly(client: FlaskClient) -> None:
    sent = '{"name": "a", "day": "2026-11-22", "amount": "1234.50"}'
    answer = post(client, sent)
    assert answer.status_code == 201
    assert answer.get_json() == {"name": "a", "day": "2026-11-22", "amount": "1234.50"}


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ('{"name": "a", "name": "b"}', 400, "json-duplicate-key"),
        ('{"name": NaN}', 400, "json-number"),
        ('{"name": 1e400}', 400, "json-number"),
        (b"[" * 100_000, 400, "json-depth"),
        (rb'{"name": "\ud800"}', 400, "json-text"),
        (rb'{"name": "\u0000"}', 400, "json-text"),
        ("{", 400, "json-malformed"),
        ("[]", 422, "invalid"),
        ("3", 422, "invalid"),
        ('{"name": "abcdef"}', 422, "invalid"),
        ('{"name": "a", "other": 1}', 422, "invalid"),
        ('{"name": "a", "amount": 1.5}', 422, "invalid"),
        ('{"name": "a", "amount": "1.000,5"}', 422, "invalid"),
        ('{"name": "a", "amount": "1e18"}', 422, "invalid"),
        ('{"name": "a", "day": "2026-02-30"}', 422, "invalid"),
        ('{"name": "a\u200bb"}', 422, "invalid"),
    ],
)
def test_a_bad_body_is_named(
    client: FlaskClient, body: bytes | str, status: int, code: str
) -> None:
    answer = post(client, body)
    assert (answer.status_code, answer.get_json()["code"]) == (status, code)
    assert answer.mimetype == "application/problem+json"


def test_the_field_is_named(client: FlaskClient) -> None:
    problem = post(client, '{"name": "a", "day": "2026-02-30"}').get_json()
    assert problem["field"] == "day"
    assert problem["errors"] == [{"field": "day", "detail": "Không có ngày này."}]


def test_another_content_type_is_415(client: FlaskClient) -> None:
    assert post(client, "name=a", "text/plain").status_code == 415


@pytest.mark.parametrize("query", ["page=1&page=2", "page=x", "page=1.5", "other=1"])
def test_a_bad_query_is_422(client: FlaskClient, query: str) -> None:
    answer = client.get(f"/api/v1/things?{query}", base_url="https://tx.example")
    assert answer.status_code == 422
    assert answer.mimetype == "application/problem+json"


def test_a_list_may_be_repeated(client: FlaskClient) -> None:
    answer = client.get("/api/v1/things?state=a&state=b", base_url="https://tx.example")
    assert answer.get_json() == {"state": ["a", "b"]}


def test_the_document_says_that_amounts_are_texts(client: FlaskClient) -> None:
    document = client.get(
        "/api/v1/openapi.json", base_url="https://tx.example"
    ).get_json()
    properties = document["components"]["schemas"]["_Body"]["properties"]
    assert properties["amount"]["type"] == "string"
    assert properties["day"] == {"type": "string", "format": "date"}
