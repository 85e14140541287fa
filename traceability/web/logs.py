"""Logs for operators: what happened, never who or what was typed.

A request is written as its route's template, status and duration. Addresses, queries,
names and the messages of exceptions stay out; of foreign libraries only the text they
wrote into their code is kept.
"""

import json
import logging
import re
import secrets
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from time import perf_counter
from types import TracebackType
from typing import Any, TextIO

from flask import Flask, Response, g, has_request_context, request

from traceability.settings import Settings

REQUEST_ID = "X-Request-ID"
_OURS = "traceability"
_PROXY_ID = re.compile(r"[0-9a-f]{32}")  # what nginx makes: $request_id
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_log = logging.getLogger(__name__)
ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]


@dataclass(frozen=True, slots=True)
class Answered:
    """What is told of a request to those who count and log."""

    route: str  # its template: a path may hold what people typed
    method: str
    status: int
    seconds: float
    request_id: str


class TextFormatter(logging.Formatter):
    """A line for people."""

    def format(self, record: logging.LogRecord) -> str:
        """Return level, logger, text, fields; then where an exception came from."""
        entry = entry_of(record)
        entry.pop("time")
        head = [str(entry.pop(name)) for name in ("level", "logger", "message")]
        frames = entry.pop("traceback", "")
        line = " ".join([*head, *(f"{name}={entry[name]}" for name in entry)])
        return f"{line}\n{frames}".rstrip()


class JsonFormatter(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the entry as JSON."""
        return json.dumps(entry_of(record), ensure_ascii=False)


class ErrorStream(logging.StreamHandler[TextIO]):
    """The process's error stream, whichever that is when something is written."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record."""
        self.stream = sys.stderr
        super().emit(record)


def entry_of(record: logging.LogRecord) -> dict[str, Any]:
    """Return what is written down of a record."""
    entry: dict[str, Any] = {
        "time": datetime.fromtimestamp(record.created, UTC).isoformat(
            "T", "milliseconds"
        ),
        "level": record.levelname,
        "logger": record.name,
        "message": _message(record),
        **getattr(record, "fields", {}),
    }
    if has_request_context() and "request_id" in g:
        entry["request_id"] = g.request_id
    if record.exc_info and record.exc_info[1] is not None:
        entry["exception"] = names_of(record.exc_info[1])
        entry["traceback"] = "".join(traceback.format_tb(record.exc_info[2]))
    return entry


def _message(record: logging.LogRecord) -> str:
    if record.name.partition(".")[0] == _OURS:
        return record.getMessage()
    return record.msg if isinstance(record.msg, str) else type(record.msg).__name__


def names_of(error: BaseException) -> str:
    """Return the type of an exception and of what caused it, without their words."""
    names = []
    current: BaseException | None = error
    while current is not None:
        names.append(type(current).__qualname__)
        current = current.__cause__ or current.__context__
    return " from ".join(names)


def configure(settings: Settings) -> None:
    """Send all logs of this process to its error stream, in the wished form."""
    handler = ErrorStream()
    as_json = settings.log_format == "json"
    handler.setFormatter(JsonFormatter() if as_json else TextFormatter())
    root = logging.getLogger()
    for one in root.handlers:
        if isinstance(one, ErrorStream):
            root.removeHandler(one)
    root.addHandler(handler)
    root.setLevel(settings.log_level)
    for talker in ("alembic", "fontTools"):  # one greets every look, one every font
        logging.getLogger(talker).setLevel(logging.WARNING)


def log_accident(error: ExcInfo) -> None:
    """Write down an exception that met no handler: types and places, no values."""
    _log.error("accident", exc_info=error)


def request_id_of(given: str) -> str:
    """Return the number a proxy gave the request, or a new one."""
    return given if _PROXY_ID.fullmatch(given) else secrets.token_hex(16)


def log_request(answered: Answered) -> None:
    """Write the line of a request."""
    if not _log.isEnabledFor(logging.INFO):
        return
    fields = {
        "method": answered.method,
        "route": answered.route,
        "status": answered.status,
        "duration_ms": round(1000 * answered.seconds, 1),
        "request_id": answered.request_id,
    }
    _log.info("request", extra={"fields": fields})


def install(app: Flask, note: Callable[[Answered], None]) -> None:
    """Give every request a number; tell of it when it is answered."""

    @app.before_request
    def begin() -> None:
        g.started = perf_counter()
        g.request_id = request_id_of(request.environ.get("HTTP_X_REQUEST_ID", ""))

    @app.after_request
    def end(response: Response) -> Response:
        number = g.request_id
        response.headers[REQUEST_ID] = number
        rule, method = request.url_rule, request.method
        note(
            Answered(
                rule.rule if rule else "-",
                method if method in _METHODS else "OTHER",
                response.status_code,
                perf_counter() - g.started,
                number,
            )
        )
        return response
