"""Request lines and headers as no browser sends them, straight onto the socket."""

import socket
import time
from contextlib import suppress

import pytest

from tests.hostile.make_world import World
from tests.hostile.wire import SECONDS

LOT = "/01/09520000000011/10/LO-1"
SPLIT = "%0d%0aSet-Cookie:%20a=b"


@pytest.mark.parametrize(
    "target",
    [
        f"/{SPLIT}",
        f"{LOT}{SPLIT}",
        f"{LOT}?x={SPLIT}",
        f"/sign-in?next=/{SPLIT}",
        f"/find?code={SPLIT}",
        f"/records/{SPLIT}",
        f"/p{LOT}{SPLIT}",
        "/%",
        "/%zz",
        "/%ff",
        "/%c0%ae%c0%ae/",
        "/%00",
        f"{LOT}/%2e%2e/x",
        "/../../etc/passwd",
        "/static/../../wsgi.py",
        "/static/%2e%2e/app.py",
        "/photos/..%2f..%2fwsgi.py.webp/../x",
        "*",
        "tx.example:443",
    ],
)
def test_a_target_no_honest_link_has_is_400(world: World, target: str) -> None:
    answer = world.stranger().get(target)
    assert answer.status == 400
    assert "Set-Cookie" not in answer.headers
    assert "Location" not in answer.headers


@pytest.mark.parametrize(
    "target",
    ["/static/..%2fapp.py", "/static//etc/passwd", "/static/%5c..%5capp.py"],
)
def test_static_files_lie_in_their_folder(world: World, target: str) -> None:
    assert world.stranger().get(target).status in {400, 404}


def test_a_target_longer_than_any_link_is_refused(world: World) -> None:
    for target in (f"{LOT}?x={'a' * 20_000}", "/" + "a/" * 20_000):
        assert world.stranger().get(target).status == 414
    assert world.stranger().get("/" + "a" * 300_000).status == 431


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "tx.example.evil.example",
        "tx.example@evil.example",
        "evil.example#tx.example",
        "tx.example:x",
        "tx.example, evil.example",
        "",
    ],
)
@pytest.mark.parametrize("path", ["/", LOT, "/sign-in", "/.well-known/did.json"])
def test_another_hosts_name_opens_nothing(world: World, host: str, path: str) -> None:
    stranger = world.stranger()
    stranger.host = host
    answer = stranger.get(path)
    assert answer.status == 400
    assert "evil" not in answer.text
    assert "evil" not in str(answer.headers)


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-Host": "evil.example"},
        {"X-Forwarded-Proto": "ftp"},
        {"Forwarded": "host=evil.example"},
        {"X-Original-URL": "/admin/people"},
        {"X-HTTP-Method-Override": "DELETE"},
    ],
)
def test_headers_that_proxies_believe_change_nothing(
    world: World, headers: dict[str, str]
) -> None:
    for path in ("/", LOT, f"/p{LOT}", "/.well-known/did.json"):
        answer = world.stranger().send("GET", path, headers)
        assert answer.status in {200, 307}
        assert "evil" not in answer.text
        assert "evil" not in str(answer.headers)


def test_the_absolute_form_is_read_as_its_path(world: World) -> None:
    answer = world.stranger().get(f"http://tx.example{LOT}")
    assert (answer.status, answer.headers["Location"]) == (307, f"/p{LOT}")


ODD_HEADERS = [
    "Range: bytes=0-10",
    "Range: bytes=" + "9" * 5000 + "-",
    "Range: bytes=a-b, -",
    'If-None-Match: "x", W/"y", *',
    'If-None-Match: "',
    "If-Modified-Since: Thu, 99 Xxx 99999 99:99:99 GMT",
    "If-Range: x\r\nRange: bytes=0-1",
    'If-Match: "zzz"',
    "If-Unmodified-Since: Thu, 01 Jan 1970 00:00:00 GMT",
    "Accept: text/html;q=abc, \xff",
    "Accept: */*;q=nan",
    "Accept: application/linkset+json;q=0",
    "Accept-Language: " + ",".join(["x-y"] * 2000),
    "Accept-Language: vi;q=inf, \xff",
    "Cookie: __Host-session=" + "a" * 20_000,
    'Cookie: __Host-session=eyJ.x.y; lang="; =; ;;',
    "Cookie: __Host-session=\xff\xfe",
    "Authorization: Basic \xff",
    "Authorization: Bearer",
    "User-Agent: \xff\xfe",
    "Content-Type: multipart/form-data",
    "Content-Type: \xff/\xff; charset=nothing",
    "Idempotency-Key: \xff",
    "Referer: \xff",
    "Origin: null",
    "X-Forwarded-For: 1.2.3.4, nonsense, ::ffff:1.2.3.4",
]


@pytest.mark.parametrize("header", ODD_HEADERS)
def test_an_odd_header_never_makes_a_500(world: World, header: str) -> None:
    paths = ["/healthz", "/.well-known/jwks.json", "/static/public.css", LOT]
    for path in [*paths, f"/p{LOT}", "/api/v1/batches", "/sign-in", "/log/checkpoint"]:
        answer = world.stranger().raw(request(path, header))
        assert answer.status < 500, (path, answer.text)


def request(path: str, *headers: str) -> bytes:
    lines = ["Host: tx.example", "Connection: close", *headers]
    return "\r\n".join([f"GET {path} HTTP/1.1", *lines, "", ""]).encode("latin-1")


@pytest.mark.parametrize(
    "header",
    [
        "Content-Length: -1",
        "Content-Length: 5\r\nContent-Length: 6",
        "Content-Length: 0x10",
        "Transfer-Encoding: gzip",
        "Host: other.example",
        "a b: c",
        "a\x00b: c",
        "X: a\rb",
    ],
)
def test_requests_that_two_servers_read_differently_are_refused(
    world: World, header: str
) -> None:
    assert world.stranger().raw(request("/healthz", header)).status in {400, 501}


@pytest.mark.parametrize(
    "method", ["PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "BREW"]
)
def test_other_methods_are_405_and_told_which_would_do(
    world: World, method: str
) -> None:
    for path in (LOT, "/verify", "/healthz", "/api/v1/batches", "/batches/new"):
        answer = world.stranger().send(method, path)
        assert answer.status == 405
        assert "GET" in answer.headers["Allow"]


def test_head_answers_like_get_without_a_body(world: World) -> None:
    for path in ("/", LOT, f"/p{LOT}", "/verify", "/log/checkpoint", "/static/app.css"):
        got, head = world.stranger().get(path), world.stranger().send("HEAD", path)
        assert (head.status, head.body) == (got.status, b"")
        for name in ("Content-Type", "ETag", "Location", "Content-Security-Policy"):
            assert head.headers[name] == got.headers[name]


def test_what_a_visitor_holds_is_not_sent_again(world: World) -> None:
    paths = [f"/p{LOT}", "/.well-known/jwks.json", "/log/checkpoint", "/log/vkey"]
    for path in paths:
        first = world.stranger().get(path)
        again = world.stranger().get(path, If_None_Match=first.headers["ETag"])
        assert (again.status, again.body) == (304, b"")


def test_slow_and_broken_off_requests_hold_nobody_up(world: World) -> None:
    """Forty half requests stay open while another visitor is served at once."""
    halves = [
        b"GET /healthz HTTP/1.1\r\nHost: tx.exa",
        b"POST /verify HTTP/1.1\r\nHost: tx.example\r\nContent-Length: 999\r\n\r\nabc",
        b"POST /verify HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nabc",
        b"",
    ]
    lines = []
    for half in halves * 10:
        line = socket.create_connection(("127.0.0.1", world.port), SECONDS)
        line.sendall(half)
        lines.append(line)
    begun = time.monotonic()
    answer = world.stranger().get(f"/p{LOT}")
    took = time.monotonic() - begun
    for line in lines:
        with suppress(OSError):
            line.close()
    assert answer.status == 200
    assert took < 30


def test_requests_in_one_piece_are_answered_in_turn(world: World) -> None:
    first = b"GET /healthz HTTP/1.1\r\nHost: tx.example\r\n\r\n"
    with socket.create_connection(("127.0.0.1", world.port), SECONDS) as line:
        line.sendall(first + request("/garbage"))
        said = b""
        while piece := line.recv(65536):
            said += piece
    assert said.count(b"HTTP/1.1 200 OK") == 1
    assert said.count(b"HTTP/1.1 400 BAD REQUEST") == 1
