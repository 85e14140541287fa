"""Refuse at once what would wait too long: a late page helps nobody in a shop."""

from collections.abc import Callable, Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

MOST_WAITING = 40  # requests that wait for a thread: about a fifth of a second
_BODY = (
    '<!doctype html><html lang="vi"><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    "<title>Đang bận</title><h1>Hệ thống đang bận</h1>"
    "<p>Hãy thử lại sau vài giây.</p>"
    '<p lang="en">The service is busy. Try again in a few seconds.</p></html>'
).encode()
_HEADERS = [
    ("Content-Type", "text/html; charset=utf-8"),
    ("Content-Length", str(len(_BODY))),
    ("Cache-Control", "no-store"),
    ("Retry-After", "2"),
    ("X-Content-Type-Options", "nosniff"),
    ("Content-Security-Policy", "default-src 'none'"),
]
_HEALTH = ("/healthz", "/readyz")  # whoever looks after the service is told the truth


class Shedding:
    """An application that answers 503 while too many wait in line before it."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app
        self._waiting: Callable[[], int] = lambda: 0

    def watch(self, waiting: Callable[[], int]) -> None:
        """Say who knows how many wait; a server is made after its application."""
        self._waiting = waiting

    def __call__(
        self, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[Any]:
        """Answer, or say that there is no time to."""
        busy = self._waiting() > MOST_WAITING
        if busy and environ.get("PATH_INFO") not in _HEALTH:
            start_response("503 Service Unavailable", list(_HEADERS))
            return [_BODY]
        return self._app(environ, start_response)
