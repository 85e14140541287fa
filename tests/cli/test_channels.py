"""A connection outlives answers that have no body."""

import json
import socket
from contextlib import suppress
from http.client import HTTPConnection
from pathlib import Path

import pytest
from flask import Flask

from tests.conftest import FixedClock
from tests.web.make_web import make_services, make_settings, make_shell, serving
from traceability.db.database import Database


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


@pytest.mark.parametrize(
    "length", ["Content-Length: 4194305", "Transfer-Encoding: chunked"]
)
def test_a_body_too_large_to_be_read_is_refused_as_a_problem(
    tmp_path: Path, sqlite_database: Database, clock: FixedClock, length: str
) -> None:
    use = make_services(tmp_path, sqlite_database, clock, body_limit=1024 * 1024)
    head = f"POST /api/v1/batches HTTP/1.1\r\nHost: tx.example\r\n{length}\r\n\r\n"
    told = b""
    with (
        serving(make_shell(use), use.settings) as port,
        socket.create_connection(("127.0.0.1", port), timeout=20) as wire,
    ):
        with suppress(ConnectionError):  # the server does not read it all
            wire.sendall(head.encode())
            if "chunked" in length:
                wire.sendall(b"200000\r\n" + bytes(2 * 1024 * 1024))
        with suppress(ConnectionError):
            while data := wire.recv(4096):  # ends when the server closes
                told += data
    status, _, rest = told.partition(b"\r\n")
    assert b" 413 " in status
    assert b"application/problem+json" in rest
    assert b"Connection: close" in rest
    problem = json.loads(rest.partition(b"\r\n\r\n")[2])
    assert (problem["status"], problem["code"]) == (413, "too-large")
    assert problem["type"] == "https://tx.example/problems/too-large"
