"""The request target as it came over the wire, before anything was decoded."""

import re
from typing import Any
from urllib.parse import quote, unquote_to_bytes

from flask import Flask, request

from traceability.core.errors import BadRequestError, DomainError

MAX_TARGET = 16 * 1024  # 2,000 letters of any script to be verified, and room
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*")
_DOTS = re.compile(r"(?:\A|/)(?:\.|%2[Ee]){1,2}(?:/|\Z)")
_BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_CONTROL = re.compile("[\x00-\x1f\x7f]")


class TargetError(BadRequestError):
    """The address cannot be read: broken escapes, controls or dot segments."""

    code = "target-invalid"


class TargetTooLongError(DomainError):
    """The address is longer than any that leads somewhere here."""

    code = "target-too-long"
    status = 414


def raw_target() -> tuple[str, str]:
    """Return path and query, still percent-encoded, without the fragment.

    Waitress hands the target over in REQUEST_URI, gunicorn in RAW_URI; the absolute
    form (``GET http://host/path``, RFC 9112 section 3.2.2) loses scheme and host.
    """
    environ: dict[str, Any] = request.environ
    target = environ.get("REQUEST_URI") or environ.get("RAW_URI")
    if target is None:
        path = quote(environ.get("PATH_INFO", "").encode("latin-1"), safe="/")
        return path, environ.get("QUERY_STRING", "")
    return split_target(target)


def split_target(target: str) -> tuple[str, str]:
    """Return the raw path and query of a request target in origin or absolute form."""
    absolute = _ABSOLUTE.match(target)
    rest = target[absolute.end() :] if absolute else target
    path, _, query = rest.partition("#")[0].partition("?")
    return path or "/", query


def check_target(path: str, query: str) -> None:
    """Refuse what no honest link holds. Raises ``TargetError``.

    Broken escapes, bytes that are no UTF-8, control characters and ``..`` segments in
    the path; control characters in the query.
    """
    if _BROKEN_ESCAPE.search(path):
        raise TargetError("The address holds a broken percent sign.")
    try:
        decoded = unquote_to_bytes(path).decode("utf-8")
    except UnicodeDecodeError:
        raise TargetError("The address is not UTF-8.") from None
    if _CONTROL.search(decoded) or _CONTROL.search(
        unquote_to_bytes(query).decode("latin-1")
    ):
        raise TargetError("The address holds a control character.")
    if _DOTS.search(path):
        raise TargetError("The address holds a dot segment.")


def install(app: Flask) -> None:
    """Check the target of every request before any view sees it."""

    @app.before_request
    def look_at_target() -> None:
        path, query = raw_target()
        if len(path) + len(query) > MAX_TARGET:
            raise TargetTooLongError("The address is too long.")
        check_target(path, query)
