"""The API's frame: strict request parsing, guarded operations, one OpenAPI document."""

from collections.abc import Callable
from threading import Lock
from typing import Any

import flask
from flask_smorest import Api, Blueprint
from marshmallow import RAISE, Schema, fields
from webargs import core
from webargs.flaskparser import FlaskParser, is_json_request

from traceability.core.errors import DomainError, InvalidError
from traceability.core.permissions import Role, Scope
from traceability.core.quantity import MAX_DECIMALS, MAX_DIGITS
from traceability.web import api_refusals
from traceability.web.auth import require
from traceability.web.context import EXTENSION, Services, extension, view_of
from traceability.web.fields import CleanText, DayField, PlainDecimalField
from traceability.web.json_loading import JsonExpectedError, load_json
from traceability.web.problems import PROBLEM_TYPE
from traceability.web.repeating import HEADER

PREFIX = "/api/v1"
JSON = "application/json"
_KEY = "apiKey"
DESCRIPTION = """\
Programs of a producer, of an authority or of an inspectorate work here with an API key
(`Authorization: Bearer tx_…`), made on the page "API keys". Days are `2026-11-22`,
amounts are texts (`"1234.5"`), ids are 26 letters and digits. Refusals are
`application/problem+json` with a `code` that never changes.
"""


class QueryRepeatedError(InvalidError):
    """A query key that means one thing was sent twice."""

    code = "query-repeated"


class NotAcceptableError(DomainError):
    """The caller accepts none of the types this answer comes in."""

    code = "not-acceptable"
    status = 406


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
    """A blueprint of the API; rooms' ``api`` modules use it.

    Every operation documents its refusals, and every POST its Idempotency-Key, without
    a word in the room.
    """

    ARGUMENTS_PARSER = StrictParser()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._prepare_doc_cbks.append(_say_key_header)
        self._prepare_doc_cbks.append(_say_refusals)
        self.before_request(refuse_other_types)

    def permitted(
        self, *roles: Role, scope: Scope
    ) -> Callable[[Callable[..., Any]], Any]:
        """Let a view be called only by keys of the roles that hold a scope."""

        def decorate(view: Callable[..., Any]) -> Any:
            said = self.doc(security=[{_KEY: [scope.value]}])
            return said(require(*roles, scope=scope)(view))

        return decorate

    def file(self, media_type: str) -> Callable[[Callable[..., Any]], Any]:
        """Say that a view answers a file of a type; it returns the response itself."""
        schema = {"type": "string", "format": "binary"}
        if media_type.startswith("text/"):
            schema = {"type": "string"}
        decorate: Callable[[Callable[..., Any]], Any] = self.response(
            200, schema, content_type=media_type
        )
        return decorate

    def _store_endpoint_docs(
        self, endpoint: str, obj: Any, parameters: Any, tags: Any, **options: Any
    ) -> None:
        super()._store_endpoint_docs(endpoint, obj, parameters, tags, **options)
        place = "<" in f"{self.url_prefix}{self._rule}"
        for method, doc in self._docs[endpoint].items():
            if method != "parameters":
                doc["place"] = place
                doc["name"] = f"{self.name.removesuffix('_api')}_{endpoint}"

    def add_url_rule(self, rule: str, *args: Any, **options: Any) -> None:
        """Register an address, as Flask does."""
        self._rule = rule
        super().add_url_rule(rule, *args, **options)


def _say_key_header(
    doc: dict[str, Any], _info: Any, *, method: str, **_others: Any
) -> dict[str, Any]:
    if method == "post":
        doc.setdefault("parameters", []).append(
            {
                "in": "header",
                "name": HEADER,
                "description": (
                    "Any text of your own, up to 100 characters: the same request under"
                    " the same key is done once and answered alike for 24 hours."
                ),
                "schema": {"type": "string", "pattern": "^[!-~]{1,100}$"},
            }
        )
    return doc


def _say_refusals(
    doc: dict[str, Any], info: dict[str, Any], *, method: str, **_others: Any
) -> dict[str, Any]:
    statuses = api_refusals.refusals_of(
        method,
        with_key="security" in info.get("manual_doc", {}),
        with_body="requestBody" in doc,
        with_place=info["place"],
    )
    doc["operationId"] = info["name"]
    responses = doc.setdefault("responses", {})
    for status in statuses:
        responses[status] = api_refusals.component(status)
    return doc


def refuse_other_types() -> None:
    """Raise ``NotAcceptableError`` where the caller reads none of our types."""
    accepted = flask.request.accept_mimetypes
    if not accepted.provided:
        return
    types = {*_types_of(view_of(flask.request.endpoint)), PROBLEM_TYPE}
    if not any(accepted.quality(one) > 0 for one in types):
        raise NotAcceptableError(
            "This is answered as %(types)s.",
            types=", ".join(sorted(types - {PROBLEM_TYPE})),
        )


def _types_of(view: Any) -> list[str]:
    said = getattr(view, "_apidoc", {}).get("response", {}).get("responses", {})
    shapes = (one for each in said.values() for one in each)
    return [one["content_type"] or JSON for one in shapes if isinstance(one, dict)]


class _OurApi(Api):  # type: ignore[misc]  # flask-smorest ships no types
    """Collects the document; problems are answered by ``web.problems`` alone."""

    DEFAULT_ERROR_RESPONSE_NAME = None

    def __init__(self, app: flask.Flask) -> None:
        self._untold: list[Blueprint] = []
        self._telling = Lock()
        super().__init__(app)

    def register_blueprint(self, blueprint: Blueprint) -> None:
        """Serve a blueprint; its operations are written down when somebody reads."""
        self._app.extensions["flask-smorest"]["blp_name_to_api"][blueprint.name] = self
        self._app.register_blueprint(blueprint)
        self._untold.append(blueprint)

    def document(self) -> dict[str, Any]:
        """Return the whole document."""
        with self._telling:
            while self._untold:
                one = self._untold[0]
                one.register_views_in_doc(
                    self, self._app, self.spec, name=one.name, parameters=None
                )
                self.spec.tag({"name": one.name, "description": one.description})
                del self._untold[0]
            found: dict[str, Any] = self.spec.to_dict()
        return found

    def _openapi_json(self) -> flask.Response:
        """Serve the document."""
        said = flask.json.dumps(self.document(), indent=2, sort_keys=False)
        return flask.Response(said, mimetype=JSON)

    def _register_error_handlers(self) -> None:
        """Leave errors to ``web.problems``."""

    def _register_responses(self) -> None:
        api_refusals.register(self.spec)


def install(app: flask.Flask, version: str) -> Api:
    """Serve ``/api/v1/openapi.json`` and return where API blueprints register."""
    use: Services = app.extensions[EXTENSION]
    app.config.update(
        API_TITLE="Traceability",
        API_VERSION=version,
        API_SPEC_OPTIONS={
            "info": {"description": DESCRIPTION},
            "servers": [{"url": use.identity.origin}],
        },
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
    api.ma_plugin.converter.add_attribute_function(_limits_of)
    return api


def document() -> dict[str, Any]:
    """Return the OpenAPI document of the running application."""
    found: dict[str, Any] = extension("flask-smorest")["apis"][""]["ext_obj"].document()
    return found


def _limits_of(
    _converter: Any, field: fields.Field[Any], **_others: Any
) -> dict[str, Any]:
    """Return what our own fields demand, for the document."""
    if isinstance(field, CleanText):
        least = {"minLength": 1} if field.required else {}
        return {"maxLength": field.max_length, **least}
    if isinstance(field, PlainDecimalField):
        whole = MAX_DIGITS - 3
        return {"pattern": f"^-?[0-9]{{1,{whole}}}(\\.[0-9]{{1,{MAX_DECIMALS}}})?$"}
    return {}
