"""Which refusals each operation of the API documents, all in one shape: ``Problem``."""

from http import HTTPStatus
from typing import Any

from marshmallow import Schema, fields

from traceability.web.problems import PROBLEM_TYPE

MEANINGS = {
    400: "The request cannot be read: broken JSON, address or cursor.",
    401: "No API key, or one that is unknown, expired or revoked.",
    403: "The key's scopes or its organisation's role do not allow this.",
    404: "There is no such thing, or not for this key.",
    405: "The address has no such method.",
    406: "The caller accepts none of the types this answer comes in.",
    409: "The request is sound, but the state of things refuses it; `code` says why.",
    413: "The body is over its limit.",
    414: "The address is longer than any that leads somewhere.",
    415: "The body is not of the type that is read here.",
    422: "A value is not acceptable; `field` and `errors` name it.",
    429: "Too many requests; `Retry-After` says how many seconds to wait.",
    500: "An error nobody foresaw; nothing was stored, `reference` names it.",
    503: "Not possible right now; what was sent was not stored.",
}
_ALWAYS = (400, 406, 414, 422, 429, 500, 503)
_WITH_KEY = (401, 403)
_WITH_BODY = (413, 415)
_WRITING = (404, 409)


class FieldErrorSchema(Schema):
    """One value that is not acceptable."""

    field = fields.String(required=True)
    detail = fields.String(required=True)


class ProblemSchema(Schema):
    """A refusal (RFC 9457). ``code`` never changes; docs/problems.md lists them all."""

    type = fields.URL(required=True, metadata={"description": "Explains the code."})
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    code = fields.String(required=True)
    detail = fields.String(required=True)
    field = fields.String(metadata={"description": "Which value is at fault."})
    errors = fields.List(fields.Nested(FieldErrorSchema))
    reference = fields.String(metadata={"description": "Number to report a 500 by."})


def component(status: int) -> str:
    """Return the name under which a refusal stands in the document."""
    return HTTPStatus(status).name


def register(spec: Any) -> None:
    """Put every refusal among the document's shared responses."""
    for status, meaning in MEANINGS.items():
        response: dict[str, Any] = {
            "description": meaning,
            "content": {PROBLEM_TYPE: {"schema": ProblemSchema}},
        }
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            wait = {"schema": {"type": "integer"}, "description": "Seconds to wait."}
            response["headers"] = {"Retry-After": wait}
        spec.components.response(component(status), response, lazy=True)


def refusals_of(
    method: str, *, with_key: bool, with_body: bool, with_place: bool
) -> list[int]:
    """Return the statuses an operation may refuse with."""
    found = {*_ALWAYS}
    if with_key:
        found.update(_WITH_KEY)
    if with_body:
        found.update(_WITH_BODY)
    if method != "get":
        found.update(_WRITING)
    if with_place:
        found.add(HTTPStatus.NOT_FOUND)
    return sorted(found)
