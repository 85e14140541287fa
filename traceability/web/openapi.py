"""The API's frame: strict request parsing and one OpenAPI document."""

from typing import Any

import flask
from flask_smorest import Api, Blueprint
from marshmallow import RAISE, Schema, fields
from webargs import core
from webargs.flaskparser import FlaskParser, is_json_request

from traceability.core.errors import InvalidError
from traceability.web.fields import DayField, PlainDecimalField
from traceability.web.json_loading import JsonExpectedError, load_json

PREFIX = "/api/v1"
_KEY = "apiKey"
WITH_KEY: dict[str, list[dict[str, list[str]]]] = {
    "security": [{_KEY: []}]
}  # @blueprint.doc(**WITH_KEY): needs an API key


class QueryRepeatedError(InvalidError):
    """A query key that means one thing was sent twice."""

    code = "query-repeated"


class StrictParser(FlaskParser):
    """Reads JSON with our loader and refuses unknown and repeated query keys."""

    DEFAULT_UNKNOWN_BY_LOCATION = {
        **FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION,
        "json": RAISE,
        "query": RAISE,
    }

    def _raw_load_json(self, req: flask.Request) -> Any:
        body = req.get_data(cache=True)
        if not is_json_request(req):
            if body:
                raise JsonExpectedError("Send the body as application/json.")
            return core.missing
        return load_json(body)

    def load_querystring(self, req: flask.Request, schema: Schema) -> Any:
        """Return the query. Raises ``QueryRepeatedError`` for a key sent twice."""
        for key, values in req.args.lists():
            if len(values) > 1 and not isinstance(schema.fields.get(key), fields.List):
                raise QueryRepeatedError(
                    "%(key)s stands more than once.", field=key[:60], key=key[:60]
                )
        return super().load_querystring(req, schema)


class ApiBlueprint(Blueprint):  # type: ignore[misc]  # flask-smorest ships no types
    """A blueprint of the API; rooms' ``api`` modules use it."""

    ARGUMENTS_PARSER = StrictParser()


class _OurApi(Api):  # type: ignore[misc]  # flask-smorest ships no types
    """Collects the document; problems are answered by ``web.problems`` alone."""

    def _register_error_handlers(self) -> None:
        """Leave errors to ``web.problems``."""


def install(app: flask.Flask, version: str) -> Api:
    """Serve ``/api/v1/openapi.json`` and return where API blueprints register."""
    app.config.update(
        API_TITLE="Traceability",
        API_VERSION=version,
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX=PREFIX,
        OPENAPI_JSON_PATH="openapi.json",
    )
    api = _OurApi(app)
    api.spec.components.security_scheme(
        _KEY,
        {
            "type": "http",
            "scheme": "bearer",
            "description": "An API key of an organisation, with the scopes it needs.",
        },
    )
    api.register_field(DayField, "string", "date")
    api.register_field(PlainDecimalField, "string", "decimal")
    return api
