"""The raw target: how it is split, what is refused, and how waitress hands it over."""

import json
import socket
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPResponse
from pathlib import Path
from urllib.parse import unquote

import pytest
from flask import Blueprint, Flask, Response, jsonify, redirect, request
from hypothesis import given, strategies as st

from tests.conftest import FixedClock
from tests.web.make_web import make_services, make_shell, serving
from traceability.db.database import Database
from traceability.web.raw_target import (
    TargetError,
    check_target,
    raw_target,
    split_target,
)


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("/01/1/10/A%2FB?s=1", ("/01/1/10/A%2FB", "s=1")),
        ("http://tx.example/01/1?s=1", ("/01/1", "s=1")),
        ("HTTPS://TX.EXAMPLE/01/1", ("/01/1", "")),
        ("http://tx.example", ("/", "")),
        ("http://tx.example?x=1", ("/", "x=1")),
        ("//tx.example/01", ("//tx.example/01", "")),
        ("/a?b?c#d", ("/a", "b?c")),
        ("/x/http://a/b", ("/x/http://a/b", "")),
        ("*", ("*", "")),
    ],
)
def test_targets_are_split(target: str, expected: tuple[str, str]) -> None:
    assert split_target(target) == expected


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/%", ""),
        ("/%2", ""),
        ("/%zz", ""),
        ("/%ff", ""),
        ("/%c0%af", ""),
        ("/%00", ""),
        ("/%0d%0aSet-Cookie:x", ""),
        ("/a\tb", ""),
        ("/%7f", ""),
        ("/%2e%2e/etc", ""),
        ("/../etc", ""),
        ("/a/%2E", ""),
        ("/", "a=%00"),
        ("/", "next=%0d%0aX:1"),
    ],
)
def test_what_no_honest_link_holds_is_refused(path: str, query: str) -> None:
    with pytest.raises(TargetError):
        check_target(path, query)


@pytest.mark.parametrize("path", ["/a%2Fb", "/..a", "/%E1%BA%A3", "/a%25b", "//"])
def test_what_an_honest_link_may_hold_passes(path: str) -> None:
    check_target(path, "q=%E1%BA%A3&s=1+2%25")


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_target_is_either_read_or_refused(path: str, query: str) -> None:
    """Whatever comes, there is no other exception; what passes decodes cleanly."""
    raw_path, raw_query = split_target(f"/{path}?{query}")
    with suppress(TargetError):
        check_target(raw_path, raw_query)
        assert unquote(raw_path, errors="strict").isprintable() or not path.isascii()


@pytest.fixture
def port(tmp_path: Path, sqlite_database: Database, clock: FixedClock) -> Iterator[int]:
    """An application that tells the raw target, behind waitress on loopback."""
    use = make_services(
        tmp_path / "home",
        sqlite_database,
        clock,
        base_url="http://127.0.0.1:8000",
        body_limit=1024 * 1024,
    )
    blueprint = Blueprint("telling", __name__)

    @blueprint.get("/tell/<path:_rest>")
    def tell(_rest: str) -> Response:
        return jsonify(raw_target())

    @blueprint.get("/lead/<path:rest>")
    def lead(rest: str) -> Response:
        return redirect(f"/tell/{rest}")  # type: ignore[return-value]  # werkzeug's

    @blueprint.post("/send")
    def send() -> Response:
        return jsonify(list(request.form))

    with serving(make_shell(use, blueprint), use.settings) as port:
        yield port


def ask(port: int, head: str, body: bytes = b"") -> tuple[HTTPResponse, bytes]:
    """Send a request byte for byte; return the answer and its body."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(head.replace("\n", "\r\n").encode("latin-1") + body)
        response = HTTPResponse(connection)
        response.begin()
        return response, response.read()


def get(port: int, target: str, host: str = "127.0.0.1:8000") -> str:
    return f"GET {target} HTTP/1.1\nHost: {host}\nConnection: close\n\n"


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("/tell/01/10/A%2FB?s=1%202", ["/tell/01/10/A%2FB", "s=1%202"]),
        ("http://127.0.0.1:8000/tell/A%2FB?x", ["/tell/A%2FB", "x"]),
        ("http://127.0.0.1:8000/tell/a%3Fb", ["/tell/a%3Fb", ""]),
        ("/tell/x//y", ["/tell/x//y", ""]),
    ],
)
def test_the_raw_target_arrives_as_sent(
    port: int, target: str, expected: list[str]
) -> None:
    response, body = ask(port, get(port, target))
    assert (response.status, json.loads(body)) == (200, expected)


@pytest.mark.parametrize(
    "target",
    [
        "/tell/%00",
        "/tell/%0d%0aSet-Cookie:%20a=b",
        "/lead/%0d%0aSet-Cookie:%20a=b",
        "/tell/%2e%2e/x",
        "/tell/%zz",
        "/tell/%ff",
        "/tell/x?next=%0d%0aSet-Cookie:%20a=b",
    ],
)
def test_a_bad_target_is_refused_and_no_header_is_split(port: int, target: str) -> None:
    response, _body = ask(port, get(port, target))
    assert response.status == 400
    assert response.getheader("Set-Cookie") is None


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "a b"])
def test_another_hosts_name_is_refused(port: int, host: str) -> None:
    response, body = ask(port, get(port, "/tell/x", host))
    assert response.status == 400
    assert b"evil" not in body


def test_a_body_over_the_limit_is_413(port: int) -> None:
    body = b"x" * (1024 * 1024 + 1)
    head = (
        "POST /send HTTP/1.1\nHost: 127.0.0.1:8000\nConnection: close\n"
        "Content-Type: application/x-www-form-urlencoded\n"
        f"Content-Length: {len(body)}\n\n"
    )
    response, page = ask(port, head, body)
    assert response.status == 413
    assert "Nội dung gửi lên quá lớn" in page.decode()


def test_a_chunked_body_over_the_limit_is_413(port: int) -> None:
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    head = (
        "POST /send HTTP/1.1\nHost: 127.0.0.1:8000\nConnection: close\n"
        "Content-Type: application/x-www-form-urlencoded\n"
        "Transfer-Encoding: chunked\n\n"
    )
    response, _page = ask(port, head, chunk * 17 + b"0\r\n\r\n")
    assert response.status == 413


def test_over_1000_form_parts_are_413(port: int) -> None:
    part = b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
    body = part * 1001 + b"--b--\r\n"
    head = (
        "POST /send HTTP/1.1\nHost: 127.0.0.1:8000\nConnection: close\n"
        "Content-Type: multipart/form-data; boundary=b\n"
        f"Content-Length: {len(body)}\n\n"
    )
    response, _page = ask(port, head, body)
    assert response.status == 413


@pytest.mark.parametrize(
    "head",
    [
        "GET / HTTP/9.9\nHost: 127.0.0.1\nConnection: close\n\n",
        "BREW /healthz HTTP/1.1\nHost: 127.0.0.1\nConnection: close\n\n",
        "POST /healthz HTTP/1.1\nHost: 127.0.0.1\nContent-Length: x\n\n",
        "GET /healthz HTTP/1.0\nHost: 127.0.0.1\nCookie: session=%00x\n\n",
    ],
)
def test_odd_requests_never_make_a_500(port: int, head: str) -> None:
    response, _body = ask(port, head)
    assert response.status < 500 or response.status in {501, 505}


def test_without_a_servers_help_the_path_is_encoded_anew() -> None:
    app = Flask(__name__)
    environ = {
        "REQUEST_METHOD": "GET",
        "SERVER_NAME": "x",
        "SERVER_PORT": "80",
        "wsgi.url_scheme": "http",
        "PATH_INFO": "/01/a b",
        "QUERY_STRING": "s=%20",
    }
    with app.request_context(environ):
        assert raw_target() == ("/01/a%20b", "s=%20")
    with app.request_context({**environ, "RAW_URI": "/01/A%2FB?s=1"}):
        assert raw_target() == ("/01/A%2FB", "s=1")
