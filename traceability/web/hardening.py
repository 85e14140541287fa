"""Limits of requests, headers of answers, cookies and form tokens."""

from collections.abc import Sequence
from functools import cache
from urllib.parse import urlsplit

from flask import Flask, Response, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge

from traceability.core.errors import BadRequestError
from traceability.settings import Settings
from traceability.web.public import is_public

MAX_FORM_PARTS = 1000
MAX_FORM_MEMORY = 2 * 1024 * 1024
_DAY = 24 * 3600

POLICY = {
    "default-src": "'none'",
    "style-src": "'self'",
    "script-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}


def policy(**changes: str) -> str:
    """Return the content security policy; a room may change single directives."""
    wanted = {**POLICY, **changes}
    return "; ".join(f"{name} {wanted[name]}" for name in wanted)


HEADERS = {
    "Content-Security-Policy": policy(),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}
HSTS = "max-age=31536000"


class NulError(BadRequestError):
    """A form value holds the character NUL."""

    code = "nul-character"


def configure(app: Flask, settings: Settings, secret: bytes) -> None:
    """Set the limits and cookie flags of the application."""
    parts = urlsplit(settings.base_url)
    secure = parts.scheme == "https"
    app.config.update(
        SECRET_KEY=secret,
        MAX_CONTENT_LENGTH=settings.body_limit,
        MAX_FORM_MEMORY_SIZE=MAX_FORM_MEMORY,
        MAX_FORM_PARTS=MAX_FORM_PARTS,
        SEND_FILE_MAX_AGE_DEFAULT=_DAY,
        SESSION_COOKIE_NAME="__Host-session" if secure else "session",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=secure,
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=None,
        PREFERRED_URL_SCHEME=parts.scheme,
    )


def install(app: Flask, settings: Settings) -> None:
    """Check forms before views, and give every answer its headers."""
    csrf = CSRFProtect(app)

    @app.before_request
    def protect_forms() -> None:
        if request.method not in {"POST", "PUT", "PATCH", "DELETE"}:
            return
        refuse_flood()
        refuse_nul()
        if not is_public():
            csrf.protect()

    @app.after_request
    def add_headers(response: Response) -> Response:
        harden(response, hsts=settings.public)
        return response


def harden(response: Response, *, hsts: bool) -> None:
    """Add the headers that a view did not set itself."""
    given = {name.lower() for name, _value in response.headers}
    for name, small, value in _wanted(hsts=hsts, stored=is_public()):
        if small not in given:
            response.headers.add(name, value)


@cache
def _wanted(*, hsts: bool, stored: bool) -> Sequence[tuple[str, str, str]]:
    """Return each header's name, the same in small letters, and its value."""
    wanted = dict(HEADERS)
    if hsts:
        wanted["Strict-Transport-Security"] = HSTS
    if not stored:
        wanted["Cache-Control"] = "no-store"
    return [(name, name.lower(), value) for name, value in wanted.items()]


def refuse_flood() -> None:
    """Hold urlencoded forms to the limits that Werkzeug sets multipart ones.

    Raises ``RequestEntityTooLarge`` before a field is read.
    """
    if request.mimetype != "application/x-www-form-urlencoded":
        return
    body = request.get_data()
    if len(body) > MAX_FORM_MEMORY or body.count(b"&") >= MAX_FORM_PARTS:
        raise RequestEntityTooLarge


def refuse_nul() -> None:
    """Raise ``NulError`` where a form value holds NUL, which no database stores.

    A multipart form may hold a part without a name: ``BadRequest``.
    """
    for key, value in request.form.items(multi=True):
        if not isinstance(key, str):
            raise BadRequest
        if "\x00" in key or "\x00" in value:
            raise NulError(
                "The text holds hidden characters: %(points)s.", points="NUL"
            )
