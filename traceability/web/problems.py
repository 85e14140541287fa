"""Refusals as answers: RFC 9457 problem details for programs, a page for people."""

import json
import logging
import secrets
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TypeVar

from flask import Flask, Response, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import (
    HTTPException,
    InternalServerError,
    MethodNotAllowed,
    RequestEntityTooLarge,
)

from traceability.core.errors import (
    BadRequestError,
    DomainError,
    InvalidError,
    NotFoundError,
    TooLargeError,
    UnavailableError,
    UnsupportedError,
)
from traceability.db.outages import Outage, outage_of
from traceability.web.auth import is_api
from traceability.web.context import services, view_of
from traceability.web.i18n import gettext, lazy_gettext as _l
from traceability.web.rendering import render
from traceability.web.wording import worded

PROBLEM_TYPE = "application/problem+json"
View = TypeVar("View", bound=Callable[..., Any])
_PROGRAMS: set[object] = set()  # views that only programs ask
_log = logging.getLogger(__name__)

TITLES = {
    400: _l("This request cannot be read"),
    401: _l("Please sign in"),
    403: _l("You may not do this"),
    404: _l("There is nothing here"),
    405: _l("This cannot be done here"),
    406: _l("This cannot be sent in the form asked for"),
    409: _l("This does not fit what is already stored"),
    410: _l("This was taken back"),
    413: _l("This is too large"),
    414: _l("This is too large"),
    415: _l("This kind of file is not accepted"),
    422: _l("Something has to be put right"),
    429: _l("Too many tries"),
    500: _l("Something went wrong on our side"),
    503: _l("This cannot be done right now"),
}
NEXT_STEPS = {
    400: _l("Go back, reload the page and try again."),
    401: _l("Sign in, then open the page again."),
    403: _l("Ask your administrator if you need this."),
    404: _l("Check the address, or start again from the first page."),
    405: _l("Go back and use the buttons of the page."),
    406: _l("Go back, reload the page and try again."),
    409: _l("Go back, change what is named above and send it again."),
    410: _l("Start again from the first page."),
    413: _l("Send a smaller file or fewer lines."),
    414: _l("Check the address, or start again from the first page."),
    415: _l("Go back and choose another file."),
    422: _l("Go back, put right what is named above and send it again."),
    429: _l("Wait some minutes, then try again."),
    500: _l("Nothing was stored. Try again; if it stays so, report the number below."),
    503: _l("What you sent was not stored. Try again in a few minutes."),
}
DATABASE_DOWN = "The database does not answer."
DATABASE_BUSY = "Too many are waiting for the database."
RETRY_SECONDS = 5
UNREAD = "traceability.unread"  # in the environment: the body was too large to read
EXPIRED = "This form was open too long or came from elsewhere."


class FormExpiredError(BadRequestError):
    """The form carries no token of this browser's session."""

    code = "form-expired"


class DatabaseDownError(UnavailableError):
    """The database is out of reach, its disk is full, or it only reads."""

    code = "database-unavailable"


class DatabaseBusyError(UnavailableError):
    """Waiting for a connection, a lock or a statement took too long."""

    code = "database-busy"


class MethodRefusedError(DomainError):
    """The address is there, but takes no request of this method."""

    code = "method-not-allowed"
    status = 405


class InternalError(DomainError):
    """An error nobody foresaw; nothing was stored, the reference names it."""

    code = "internal"
    status = 500


_CODES = {
    one.status: one.code
    for one in (
        NotFoundError,
        MethodRefusedError,
        TooLargeError,
        UnsupportedError,
        InvalidError,
        UnavailableError,
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What was refused and why, ready for either form of answer."""

    status: int
    code: str
    detail: str
    field: str | None = None
    errors: tuple[dict[str, str], ...] = ()
    reference: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the members of RFC 9457 and ours: code, field, errors, reference."""
        known: dict[str, Any] = {
            "type": services().identity.url(f"/problems/{self.code}"),
            "title": str(title_of(self.status)),
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
            "field": self.field,
            "errors": list(self.errors) or None,
            "reference": self.reference,
        }
        return {name: value for name, value in known.items() if value is not None}


def title_of(status: int) -> str:
    """Return a status in plain words."""
    return str(TITLES.get(status) or HTTPStatus(status).phrase)


def for_programs(view: View) -> View:
    """Let a page's address be answered with problems, whatever its caller accepts."""
    _PROGRAMS.add(view)
    return view


def wants_problem() -> bool:
    """Return whether a program asks: the API, or a caller that prefers JSON."""
    kinds = ["text/html", "application/json", PROBLEM_TYPE]
    if is_api() or view_of(request.endpoint) in _PROGRAMS:
        return True
    return request.accept_mimetypes.best_match(kinds, "text/html") in {
        "application/json",
        PROBLEM_TYPE,
    }


def answer(problem: Problem) -> Response:
    """Return the problem in the form the caller reads."""
    if wants_problem():
        body = json.dumps(problem.as_json(), ensure_ascii=False)
        response = Response(body, problem.status, content_type=PROBLEM_TYPE)
        response.headers["Cache-Control"] = "no-store"
        if problem.status == HTTPStatus.UNAUTHORIZED:
            response.headers["WWW-Authenticate"] = "Bearer"
        return response
    response = render(
        "web/error.html",
        problem.status,
        problem=problem,
        title=title_of(problem.status),
        next_step=str(NEXT_STEPS.get(problem.status, NEXT_STEPS[400])),
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def of_domain(error: DomainError) -> Problem:
    """Return a refusal of the domain in the language spoken."""
    return Problem(
        status=error.status,
        code=error.code,
        detail=gettext(error.message, **error.params),
        field=error.field,
    )


def of_http(error: HTTPException) -> Problem:
    """Return a refusal of Flask or of request parsing."""
    status = error.code or 500
    messages = (getattr(error, "data", None) or {}).get("messages")
    found = tuple(flat_errors(messages)) if messages else ()
    detail = gettext("Some values cannot be used.") if found else title_of(status)
    code = "invalid" if found else _CODES.get(status, HTTPStatus(status).name.lower())
    return Problem(
        status=status,
        code=code.replace("_", "-"),
        detail=detail,
        field=found[0]["field"] if found else None,
        errors=found,
    )


def flat_errors(messages: Any, path: str = "") -> list[dict[str, str]]:
    """Return marshmallow's nested messages as ``[{field, detail}]``."""
    if isinstance(messages, dict):
        return [
            one
            for key, inner in messages.items()
            for one in flat_errors(inner, _joined(path, str(key)))
        ]
    if isinstance(messages, list | tuple):
        return [one for inner in messages for one in flat_errors(inner, path)]
    return [{"field": path, "detail": worded(str(messages))}]


def _joined(path: str, key: str) -> str:
    if not path and key in {"json", "query", "form", "_schema"}:
        return ""
    return f"{path}.{key}" if path else key


def of_accident(error: BaseException) -> Problem:
    """Log an error nobody foresaw, without its values; return its reference number.

    The message of an exception may hold what a person typed, so only types and places
    in the code are written down.
    """
    reference = secrets.token_hex(4).upper()
    frames = "".join(traceback.format_tb(error.__traceback__))
    endpoint = request.endpoint
    _log.error("%s at %s: %s\n%s", reference, endpoint, type(error).__name__, frames)
    return Problem(
        status=500,
        code=InternalError.code,
        detail=gettext("The service met an error it did not expect."),
        reference=reference,
    )


def answer_http(error: HTTPException) -> Response | HTTPException:
    """Return the answer to a refusal of Flask, or the answer it leads to itself."""
    if error.response is not None or (error.code or 0) < HTTPStatus.BAD_REQUEST:
        return error
    if isinstance(error, CSRFError):
        return answer(of_domain(FormExpiredError(EXPIRED)))
    if isinstance(error, InternalServerError):
        return answer(of_accident(error.original_exception or error))
    response = answer(of_http(error))
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return response


def answer_database(error: SQLAlchemyError) -> Response:
    """Return that the database cannot do it now; its own words may hold values."""
    outage = outage_of(error)
    if outage is None:
        return answer(of_accident(error))
    cause = type(getattr(error, "orig", None) or error).__name__
    _log.error("database: %s at %s", cause, request.endpoint)
    if outage is Outage.DOWN:
        return answer(of_domain(DatabaseDownError(DATABASE_DOWN)))
    response = answer(of_domain(DatabaseBusyError(DATABASE_BUSY)))
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def refuse_unread() -> None:
    """Refuse a request whose body the server did not read."""
    if request.environ.get(UNREAD):
        raise RequestEntityTooLarge


def install(app: Flask) -> None:
    """Turn every exception of a request into an answer."""
    app.before_request(refuse_unread)
    app.register_error_handler(DomainError, lambda error: answer(of_domain(error)))
    app.register_error_handler(HTTPException, answer_http)
    app.register_error_handler(SQLAlchemyError, answer_database)
    app.register_error_handler(Exception, lambda error: answer(of_accident(error)))
