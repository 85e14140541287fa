"""What the OpenAPI document says of every operation, old and new."""

import json
from pathlib import Path

import pytest
from flask import Flask

from tests.api.document import document_of, operations
from tests.api.make_api import Farm, Program, problem
from traceability.db.database import Database
from traceability.web.problems import PROBLEM_TYPE


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """For what depends on no engine."""
    return sqlite_database


def test_every_operation_says_what_it_does_and_how_it_refuses(app: Flask) -> None:
    names = set()
    for one in operations(app):
        where = f"{one.method} {one.path}"
        responses = one.said["responses"]
        assert one.said["summary"].endswith((".", ";")), where
        names.add(one.said["operationId"])
        assert {"400", "406", "422", "429", "500", "503"} <= set(responses), where
        assert ("401" in responses) == (one.scope is not None), where
        assert ("415" in responses) == ("requestBody" in one.said), where
        assert "default" not in responses, where
    assert len(names) == len(list(operations(app)))


def test_no_schema_names_a_format_that_nobody_checks(app: Flask) -> None:
    """Those of `tests/thrift.py`: international addresses."""
    schemas = (Path(__file__).parents[1] / "vectors").rglob("*schema*.json")
    texts = [json.dumps(document_of(app)), *(one.read_text() for one in schemas)]
    assert len(texts) > 1
    assert not any('"iri' in one for one in texts)


def test_every_post_documents_its_idempotency_key(app: Flask) -> None:
    for one in operations(app):
        told = [p["name"] for p in one.said.get("parameters", []) if "name" in p]
        assert ("Idempotency-Key" in told) == (one.method == "POST"), one.path


def test_every_refusal_has_one_shape(app: Flask) -> None:
    components = document_of(app)["components"]
    for name, response in components["responses"].items():
        schema = response["content"][PROBLEM_TYPE]["schema"]
        assert schema == {"$ref": "#/components/schemas/Problem"}, name
    assert "Retry-After" in components["responses"]["TOO_MANY_REQUESTS"]["headers"]


def test_the_document_is_openapi_3_1_of_this_very_service(app: Flask) -> None:
    document = document_of(app)
    assert document["openapi"] == "3.1.0"
    assert document["servers"] == [{"url": "https://tx.example"}]


@pytest.mark.parametrize(
    ("method", "path", "headers", "status", "code"),
    [
        ("GET", "/api/v1/nothing", {}, 404, "not-found"),
        ("DELETE", "/api/v1/batches", {}, 405, "method-not-allowed"),
        ("GET", "/api/v1/log", {"Accept": "text/html"}, 406, "not-acceptable"),
        ("GET", "/api/v1/log", {"Accept": "application/json;q=0"}, 406, None),
        ("POST", "/api/v1/batches", {"Content-Type": "text/plain"}, 415, None),
    ],
)
def test_refusals_under_api_are_problems(
    farm: Farm,
    method: str,
    path: str,
    headers: dict[str, str],
    status: int,
    code: str | None,
) -> None:
    answer = farm.program.app.test_client().open(
        path,
        method=method,
        base_url="https://tx.example",
        headers={**headers, "Authorization": f"Bearer {farm.program.key}"},
        data=b"{}" if method == "POST" else None,
    )
    found = problem(answer)
    assert found["status"] == status
    assert code in {None, found["code"]}


def test_a_body_over_the_limit_is_a_problem(farm: Farm) -> None:
    answer = farm.program.app.test_client().post(
        "/api/v1/batches",
        base_url="https://tx.example",
        headers={"Authorization": f"Bearer {farm.program.key}"},
        data=b" " * (9 * 1024 * 1024),
        content_type="application/json",
    )
    assert problem(answer)["code"] == "too-large"


def test_an_answer_in_json_is_good_for_whoever_takes_anything(app: Flask) -> None:
    for accepted in ("*/*", "application/*", "application/json, text/html;q=0.1"):
        answer = Program(app).get("/verify?link=x", Accept=accepted)
        assert answer.status_code == 200
