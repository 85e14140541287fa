"""Ask a witness or a log over HTTP: bounded in bytes and in time, nothing followed.

Addresses come from the operator alone. A server that drips its answer byte by byte is
cut off at the deadline as one that says nothing.
"""

import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from ipaddress import ip_address
from threading import Event, Timer
from urllib.parse import urlsplit

from traceability.transparency.errors import PeerSilentError

SECONDS = 10.0  # for the whole of a question and its answer
_AGENT = "traceability-log"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    kind: str  # its content type
    body: bytes


@dataclass(frozen=True, slots=True)
class Asker:
    """Asks; tests hand in one with less patience."""

    seconds: float = SECONDS

    def get(self, url: str, limit: int) -> Answer:
        """Return the answer to GET. Raises ``PeerSilentError``."""
        return self._ask("GET", url, None, limit)

    def post(self, url: str, body: bytes, limit: int) -> Answer:
        """Return the answer to POST. Raises ``PeerSilentError``."""
        return self._ask("POST", url, body, limit)

    def _ask(self, method: str, url: str, body: bytes | None, limit: int) -> Answer:
        connection, target = _connection(url, self.seconds)
        late = Event()
        deadline = Timer(self.seconds, late.set)
        try:
            connection.connect()
            deadline = Timer(self.seconds, _cut, [connection.sock, late])
            deadline.daemon = True
            deadline.start()
            headers = {"User-Agent": _AGENT, "Accept": "*/*"}
            connection.request(method, target, body, headers)
            with connection.getresponse() as answer:
                content = answer.read(limit + 1)
                kind = answer.headers.get_content_type()
        except (OSError, HTTPException, ValueError) as fault:
            raise PeerSilentError(
                "%(url)s could not be asked (%(fault)s).",
                url=url,
                fault=type(fault).__name__,
            ) from None
        finally:
            deadline.cancel()
            connection.close()
        if len(content) > limit or late.is_set():
            raise PeerSilentError("%(url)s answered too much or too slowly.", url=url)
        return Answer(answer.status, kind, content)


def is_loopback(host: str) -> bool:
    """Return whether a host is this very machine."""
    if host == "localhost":
        return True
    with suppress(ValueError):
        return ip_address(host).is_loopback
    return False


def _connection(url: str, seconds: float) -> tuple[HTTPConnection, str]:
    """Return a connection and what to ask of it: https, or http to this machine."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise PeerSilentError("%(url)s is no address.", url=url) from None
    if not host or parts.username or parts.fragment or not parts.path.isascii():
        raise PeerSilentError("%(url)s is no address.", url=url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    if parts.scheme == "https":
        context = ssl.create_default_context()
        return HTTPSConnection(host, port, timeout=seconds, context=context), target
    if parts.scheme == "http" and is_loopback(host):
        return HTTPConnection(host, port, timeout=seconds), target
    raise PeerSilentError("Only https is asked: %(url)s.", url=url)


def _cut(line: socket.socket, late: Event) -> None:
    """End a question at its deadline, whatever it waits for."""
    late.set()
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)
