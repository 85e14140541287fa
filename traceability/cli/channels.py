"""Keep a connection open after an answer without a body.

Waitress closes after each 304 and 204, as if their end could not be told without a
length. It can: they end with their head (RFC 9112, section 6.3), and a browser that
asks whether its page still holds asks for the next one at once.
"""

from typing import Any

from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer
from waitress.task import WSGITask

_CLOSE = "close"


class KeepingTask(WSGITask):  # type: ignore[misc]  # ships no types
    """Answers one request."""

    def set_close_on_finish(self) -> None:
        """Say that the connection closes, unless only a body's length is missed."""
        asked = self.request.headers.get("CONNECTION", "").lower()
        if self.has_body or self.version != "1.1" or asked == _CLOSE:
            super().set_close_on_finish()


class KeepingChannel(HTTPChannel):  # type: ignore[misc]  # ships no types
    """One connection."""

    task_class = KeepingTask


def keep_connections(server: BaseWSGIServer) -> None:
    """Serve each new connection so; a server may listen on several sockets."""
    listening: Any = getattr(server, "map", None) or {0: server}
    for one in listening.values():
        if isinstance(one, BaseWSGIServer):
            one.channel_class = KeepingChannel
