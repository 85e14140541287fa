"""The OpenAPI document as a judge of answers: what is not in it is wrong."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import Any

from flask import Flask
from jsonschema import Draft202012Validator
from werkzeug.routing import Map, Rule
from werkzeug.test import TestResponse

from traceability.web.context import EXTENSION

PREFIX = "/api/v1"
_told: dict[str, Any] = {}  # what the applications of an origin tell
_one_at_a_time = Lock()  # CPython 3.11 miscounts when two threads parse at once


@dataclass(frozen=True)
class Operation:
    """One operation of the document."""

    method: str
    path: str
    said: Any

    @property
    def scope(self) -> str | None:
        security = self.said.get("security")
        return str(security[0]["apiKey"][0]) if security else None

    def address(self, **values: Any) -> str:
        """Return the address with its places filled in; what is not given is 1."""
        path = self.path
        for part in [one[1:-1] for one in path.split("/") if one.startswith("{")]:
            path = path.replace(f"{{{part}}}", str(values.get(part, "1")))
        return path


def document_of(app: Flask) -> Any:
    """Return what the application tells; each of one origin tells the same."""
    origin = app.extensions[EXTENSION].identity.origin
    if origin not in _told:
        answer = app.test_client().get(
            f"{PREFIX}/openapi.json",
            base_url="https://tx.example",
            environ_overrides={"REMOTE_ADDR": "192.0.2.99"},  # not the test's limits
        )
        _told[origin] = answer.get_json()
    return _told[origin]


def operations(app: Flask) -> Iterator[Operation]:
    for path, methods in document_of(app)["paths"].items():
        for method, said in methods.items():
            if method != "parameters":
                yield Operation(method.upper(), path, said)


@cache
def _map(paths: tuple[str, ...]) -> Map:
    """Addresses of a document, to find the operation that was asked for."""
    rules = [
        Rule(path.replace("{", "<").replace("}", ">"), endpoint=path) for path in paths
    ]
    return Map(rules)


def assert_conforms(app: Flask, method: str, path: str, answer: TestResponse) -> None:
    """Status, content type and body are as the document says."""
    with _one_at_a_time:
        addresses = _map(tuple(document_of(app)["paths"]))
    found = addresses.bind("tx.example").match(path.partition("?")[0], method="GET")
    said = document_of(app)["paths"][found[0]][method.lower()]
    documented = said["responses"].get(str(answer.status_code))
    assert documented, f"{method} {found[0]}: {answer.status_code} is not documented"
    if "$ref" in documented:
        name = documented["$ref"].rpartition("/")[2]
        documented = document_of(app)["components"]["responses"][name]
    kinds = documented["content"]
    assert answer.mimetype in kinds, f"{method} {found[0]}: {answer.mimetype}"
    if answer.is_json:
        schema = {
            **kinds[answer.mimetype]["schema"],
            "components": document_of(app)["components"],
        }
        Draft202012Validator(schema).validate(answer.get_json())
