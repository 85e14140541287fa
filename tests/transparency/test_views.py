"""The log as anybody fetches it, over HTTP."""

import hashlib
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.conftest import FixedClock
from tests.transparency.make_transparency import fill
from tests.web.make_web import make_app, make_services
from traceability.db.database import Database
from traceability.transparency.checkpoint import Checkpoint, open_checkpoint
from traceability.transparency.merkle import leaf_hash, root_of
from traceability.transparency.note import parse_vkey
from traceability.transparency.service import TransparencyLog
from traceability.transparency.tiles import Tile, parse_bundle, tiles_of
from traceability.web.context import Services

ORIGIN = "tx.example/log"
SIZE = 600  # two full tiles, a partial one, and a partial one above them


@pytest.fixture
def use(tmp_path: Path, sqlite_database: Database, clock: FixedClock) -> Services:
    return make_services(tmp_path / "home", sqlite_database, clock)


@pytest.fixture
def client(use: Services) -> FlaskClient:
    return make_app(use).test_client()


def get(client: FlaskClient, path: str, **headers: str) -> TestResponse:
    return client.get(path, base_url="https://tx.example", headers=headers)


def body(client: FlaskClient, path: str) -> bytes:
    answer = get(client, path)
    assert answer.status_code == 200, path
    return bytes(answer.data)


def checkpoint(client: FlaskClient) -> Checkpoint:
    key = parse_vkey(body(client, "/log/vkey").decode())
    return open_checkpoint(body(client, "/log/checkpoint").decode(), [key], ORIGIN)


def grow_to(use: Services, size: int) -> None:
    fill(use.get(TransparencyLog), use.database, size)


@pytest.mark.parametrize("path", ["/log/", "/log"])
def test_the_log_has_no_front_page(client: FlaskClient, path: str) -> None:
    answer = client.get(path, follow_redirects=True)
    assert (answer.status_code, "A link starts" in answer.text) == (404, False)


def test_a_stranger_rebuilds_the_root_from_entries_alone(
    client: FlaskClient, use: Services
) -> None:
    grow_to(use, SIZE)
    told = checkpoint(client)
    assert told.size == SIZE
    hashes: list[bytes] = []
    for tile in tiles_of(told.size):
        if tile.level != 0:
            continue
        bundle = Tile(None, tile.index, tile.width)
        entries = parse_bundle(body(client, f"/log/tile/{bundle.path()}"))
        found = [leaf_hash(entry) for entry in entries]
        assert body(client, f"/log/tile/{tile.path()}") == b"".join(found)
        hashes += found
    assert root_of(hashes) == told.root


def test_every_hash_above_is_the_root_of_a_full_tile_below(
    client: FlaskClient, use: Services
) -> None:
    grow_to(use, SIZE)
    above = body(client, "/log/tile/1/000.p/2")
    below = [body(client, f"/log/tile/0/00{index}") for index in (0, 1)]
    roots = [
        root_of([tile[at : at + 32] for at in range(0, len(tile), 32)])
        for tile in below
    ]
    assert above == b"".join(roots)


def test_a_partial_tile_once_signed_stays_available(
    client: FlaskClient, use: Services
) -> None:
    grow_to(use, 5)
    before = body(client, "/log/tile/0/000.p/5")
    grow_to(use, 300)
    assert body(client, "/log/tile/0/000.p/5") == before
    assert body(client, "/log/tile/0/000")[: len(before)] == before


def test_headers_say_how_long_each_part_may_be_kept(
    client: FlaskClient, use: Services
) -> None:
    grow_to(use, SIZE)
    full = "public, max-age=31536000, immutable"
    for path, kind, kept in (
        ("/log/checkpoint", "text/plain; charset=utf-8", "no-cache"),
        ("/log/vkey", "text/plain; charset=utf-8", "public, max-age=300"),
        ("/log/tile/0/000", "application/octet-stream", full),
        ("/log/tile/entries/001", "application/octet-stream", full),
        ("/log/tile/0/002.p/88", "application/octet-stream", "public, max-age=300"),
    ):
        answer = get(client, path)
        assert answer.content_type == kind
        assert answer.headers["Cache-Control"] == kept
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Set-Cookie" not in answer.headers
        again = get(client, path, If_None_Match=answer.headers["ETag"])
        assert again.status_code == 304


BEYOND = [
    "0/003",
    "0/002",
    "0/002.p/89",
    "1/000",
    "1/000.p/3",
    "2/000.p/1",
    "63/000",
    "entries/002",
    "entries/x001/000",
]
NO_TILE = [
    "0/0",
    "64/000",
    "-1/000",
    "0/000.p/0",
    "0/000.p/256",
    "0/000.p/99999999999999999999",
    "0/x999/x999/x999/x999/x999/999",
    "0/" + "x999/" * 500 + "999",
    "entries/../checkpoint",
    "0/%30%30%30.p/x",
    "0/%00",
    "%ff/000",
    "0//000",
    "0/000/",
    "é/000",
]


def test_tiles_beyond_the_tree_are_not_found(
    client: FlaskClient, use: Services
) -> None:
    grow_to(use, SIZE)
    answers = {path: get(client, f"/log/tile/{path}").status_code for path in BEYOND}
    assert answers == dict.fromkeys(BEYOND, 404)


def test_addresses_that_name_no_tile_are_refused(
    client: FlaskClient, use: Services
) -> None:
    grow_to(use, 3)
    answers = {path: get(client, f"/log/tile/{path}").status_code for path in NO_TILE}
    assert answers == dict.fromkeys(NO_TILE, 400)
    for path in ("/log/tile", "/log/tile/", "/log/"):
        assert get(client, path).status_code in {308, 400, 404}


def test_an_empty_log_answers_that_there_is_nothing(client: FlaskClient) -> None:
    for path in ("/log/checkpoint", "/log/tile/0/000", "/log/tile/entries/000.p/1"):
        assert get(client, path).status_code == 404
    assert get(client, "/log/vkey").status_code == 200


def test_the_published_key_is_the_one_in_the_trust_list(
    client: FlaskClient, use: Services
) -> None:
    vkey = body(client, "/log/vkey").decode()
    assert vkey == use.get(TransparencyLog).vkey + "\n"
    trust = get(client, "/.well-known/trust-list.json").get_json()
    assert trust["log"]["vkey"] == vkey.strip()
    key = parse_vkey(vkey)
    preimage = ORIGIN.encode() + b"\n\x01" + key.raw
    assert key.key_id == hashlib.sha256(preimage).digest()[:4]


def test_without_its_head_file_the_log_says_so(
    client: FlaskClient, use: Services
) -> None:
    grow_to(use, 3)
    next((use.settings.home / "log").glob("*head*")).unlink()
    answer = get(client, "/log/checkpoint", Accept="application/json")
    assert answer.status_code == 503
    assert answer.get_json()["code"] == "log-head-missing"


def test_writing_to_the_log_is_not_offered(client: FlaskClient) -> None:
    for path in ("/log/checkpoint", "/log/tile/0/000"):
        answer = client.post(path, base_url="https://tx.example")
        assert answer.status_code in {400, 405}
