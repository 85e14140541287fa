"""Keep connections open after answers without a body; refuse huge bodies in words.

Waitress closes after each 304 and 204, as if their end could not be told without a
length. It can: they end with their head (RFC 9112, section 6.3), and a browser that
asks whether its page still holds asks for the next one at once.

A body over waitress' own limit is not read. The application is asked for the refusal
nevertheless, so that a program gets the problem it gets for any other.
"""

from io import BytesIO
from typing import Any

from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer
from waitress.task import ErrorTask, WSGITask
from waitress.utilities import RequestEntityTooLarge

from traceability.web.problems import UNREAD

_CLOSE = "close"


class KeepingTask(WSGITask):  # type: ignore[misc]  # ships no types
    """Answers one request."""

    def set_close_on_finish(self) -> None:
        """Say that the connection closes, unless only a body's length is missed."""
        asked = self.request.headers.get("CONNECTION", "").lower()
        if self.has_body or self.version != "1.1" or asked == _CLOSE:
            super().set_close_on_finish()


class UnreadTask(WSGITask):  # type: ignore[misc]  # ships no types
    """Refuses a request whose body was too large to be read, and hangs up."""

    def get_environment(self) -> dict[str, Any]:
        """Return the request without its body."""
        empty = {"wsgi.input": BytesIO(), "CONTENT_LENGTH": "0", UNREAD: True}
        return {**super().get_environment(), **empty}

    def build_response_header(self) -> bytes:
        """Say that the connection closes: the rest of the body may still come."""
        self.set_close_on_finish()
        head: bytes = super().build_response_header()
        return head


def refusal_task(channel: HTTPChannel, request: Any) -> Any:
    """Return what answers a request that waitress itself refused."""
    if isinstance(request.error, RequestEntityTooLarge):
        return UnreadTask(channel, request)
    return ErrorTask(channel, request)


class KeepingChannel(HTTPChannel):  # type: ignore[misc]  # ships no types
    """One connection."""

    task_class = KeepingTask
    error_task_class = staticmethod(refusal_task)


def keep_connections(server: BaseWSGIServer) -> None:
    """Serve each new connection so; a server may listen on several sockets."""
    listening: Any = getattr(server, "map", None) or {0: server}
    for one in listening.values():
        if isinstance(one, BaseWSGIServer):
            one.channel_class = KeepingChannel
