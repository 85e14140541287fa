"""A connection outlives answers that have no body."""

import socket
from http.client import HTTPConnection
from pathlib import Path

import pytest
from flask import Flask

from tests.web.make_web import make_settings, serving


@pytest.fixture
def app() -> Flask:
    app = Flask("small")
    for status in (200, 204, 304):
        app.add_url_rule(f"/{status}", str(status), lambda status=status: ("", status))
    return app


def test_answers_without_a_body_keep_the_connection(app: Flask, tmp_path: Path) -> None:
    with serving(app, make_settings(tmp_path)) as port:
        connection = HTTPConnection("127.0.0.1", port, timeout=20)
        connection.connect()
        first = connection.sock
        for status in (304, 204, 200, 304):
            connection.request("GET", f"/{status}")
            answer = connection.getresponse()
            assert (answer.status, answer.read()) == (status, b"")
            assert answer.getheader("Connection") is None
            assert connection.sock is first
        connection.close()


@pytest.mark.parametrize(
    "asked", ["HTTP/1.1\r\nHost: x\r\nConnection: close", "HTTP/1.0"]
)
def test_who_wants_it_closed_gets_it_closed(
    app: Flask, tmp_path: Path, asked: str
) -> None:
    told = b""
    with (
        serving(app, make_settings(tmp_path)) as port,
        socket.create_connection(("127.0.0.1", port), timeout=20) as wire,
    ):
        wire.sendall(f"GET /304 {asked}\r\n\r\n".encode())
        while data := wire.recv(4096):  # ends when the server closes
            told += data
    assert b"304" in told
    assert b"Connection: close" in told
