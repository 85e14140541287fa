"""Fetching from strangers: bounded, timed, no redirects, https or this machine."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from traceability.verification.fetching import FetchError, fetch, is_loopback


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/redirect":
            self.send_response(302)
            self.send_header("Location", "/fine")
            self.end_headers()
            return
        if self.path == "/garbage":
            self.wfile.write(b"\x00\x01 no http\r\n\r\n")
            return
        if self.path == "/slow":
            self.server.gate.wait(5)  # type: ignore[attr-defined]  # set below
        self.send_response(404 if self.path == "/none" else 200)
        self.end_headers()
        self.wfile.write(b"x" * 100)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (its name)
        pass


@pytest.fixture
def origin() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.gate = threading.Event()  # type: ignore[attr-defined]  # read above
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.gate.set()  # type: ignore[attr-defined]  # read above
    server.shutdown()
    server.server_close()


def test_a_body_within_the_limit_is_returned(origin: str) -> None:
    assert fetch(f"{origin}/fine", limit=100) == b"x" * 100


@pytest.mark.parametrize("path", ["/redirect", "/none", "/garbage"])
def test_anything_else_is_a_refusal(origin: str, path: str) -> None:
    with pytest.raises(FetchError):
        fetch(origin + path)


def test_a_body_over_the_limit_is_a_refusal(origin: str) -> None:
    with pytest.raises(FetchError, match="too much"):
        fetch(f"{origin}/fine", limit=99)


def test_nobody_waits_forever(origin: str) -> None:
    with pytest.raises(FetchError):
        fetch(f"{origin}/slow", seconds=0.05)


def test_a_closed_port_is_a_refusal() -> None:
    with pytest.raises(FetchError, match="could not be reached"):
        fetch("http://127.0.0.1:1/")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://tx.example/",
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "http://169.254.169.254/",
        "HTTP://127.0.0.1/",
    ],
)
def test_only_https_or_this_machine_is_asked(url: str) -> None:
    with pytest.raises(FetchError, match="Only https"):
        fetch(url)


@pytest.mark.parametrize(
    ("origin", "local"),
    [
        ("http://127.0.0.1:8000", True),
        ("http://[::1]:8000", True),
        ("http://localhost", True),
        ("http://localhost.evil.example", False),
        ("http://127.0.0.1.evil.example", False),
        ("https://tx.example", False),
    ],
)
def test_this_machine_is_known_by_its_address(origin: str, *, local: bool) -> None:
    assert is_loopback(origin) is local
