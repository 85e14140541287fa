"""A plain HTTP/1.1 caller on loopback: a few connections that stay open."""

import selectors
import socket
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

CONNECTIONS = 4
CLOSE = b"\r\nConnection: close\r\n"
PHONE = "Mozilla/5.0 (Linux; Android 14) Chrome/126.0 Mobile Safari/537.36"


def request_for(path: str, headers: Mapping[str, str] | None = None) -> bytes:
    """Return a whole GET request as a phone sends it."""
    given = {
        "Host": "127.0.0.1:8000",
        "User-Agent": PHONE,
        "Accept": "text/html,application/xhtml+xml,*/*;q=0.8",
        "Accept-Language": "vi-VN,vi;q=0.9",
        "Accept-Encoding": "gzip, deflate, br",
        **(headers or {}),
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in given.items())
    return f"GET {path} HTTP/1.1\r\n{lines}\r\n".encode()


@dataclass(slots=True)
class Answer:
    """One response, read as far as it has come."""

    data: bytearray = field(default_factory=bytearray)

    @property
    def status(self) -> int:
        return int(self.data[9:12])

    @property
    def head(self) -> bytes:
        return bytes(self.data.partition(b"\r\n\r\n")[0]).lower()

    @property
    def whole(self) -> bool:
        end = self.data.find(b"\r\n\r\n")
        if end < 0:
            return False
        if self.status == 304:  # noqa: PLR2004 (has no body)
            return True
        length = self.data[:end].lower().partition(b"content-length:")[2]
        return len(self.data) >= end + 4 + int(length.partition(b"\r\n")[0])


def call(
    port: int,
    requests: Sequence[bytes],
    expect: int = 200,
    connections: int = CONNECTIONS,
) -> list[Answer]:
    """Send the requests over a few connections; return the answers, as they came.

    A request that says ``Connection: close`` gets a connection of its own. Raises
    ``AssertionError`` for an answer of another status.
    """
    waiting, answers = iter(requests), []
    with selectors.DefaultSelector() as selector:
        for _ in range(min(connections, len(requests))):
            _send(selector, port, None, next(waiting))
        while selector.get_map():
            for key, _ in selector.select():
                sock, answer = key.fileobj, key.data
                assert isinstance(sock, socket.socket)
                answer.data += sock.recv(65536)
                if answer.whole:
                    assert answer.status == expect, bytes(answer.data[:500])
                    answers.append(answer)
                    selector.unregister(sock)
                    _next(selector, port, sock, waiting)
    return answers


def _next(
    selector: selectors.DefaultSelector,
    port: int,
    sock: socket.socket,
    waiting: Iterator[bytes],
) -> None:
    following = next(waiting, None)
    if following is None:
        sock.close()
    elif CLOSE in following:
        sock.close()
        _send(selector, port, None, following)
    else:
        _send(selector, port, sock, following)


def _send(
    selector: selectors.DefaultSelector,
    port: int,
    sock: socket.socket | None,
    request: bytes,
) -> None:
    if sock is None:
        sock = socket.create_connection(("127.0.0.1", port), timeout=30)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.sendall(request)
    selector.register(sock, selectors.EVENT_READ, Answer())
