"""JSON that two readers could read differently, and values that no lot can have."""

import time
from typing import Any

import pytest

from tests.hostile.make_world import World

BATCHES = "/api/v1/batches"
pytestmark = pytest.mark.usefixtures("unchanged")

TEXTS: list[tuple[str, str | bytes, int, str]] = [
    ("duplicate keys", '{"product": "a", "product": "b"}', 400, "json-duplicate-key"),
    ("NaN", '{"quantity": NaN}', 400, "json-number"),
    ("Infinity", '{"quantity": -Infinity}', 400, "json-number"),
    ("1e400", '{"quantity": 1e400}', 400, "json-number"),
    ("5,000 digits", '{"quantity": ' + "9" * 5000 + "}", 400, "json-number"),
    ("100,000 arrays", "[" * 100_000, 400, "json-depth"),
    ("100,000 objects", '{"a":' * 100_000, 400, "json-depth"),
    ("lone surrogate", r'{"variety": "\ud800"}', 400, "json-text"),
    ("surrogate in a key", r'{"\udfff": 1}', 400, "json-text"),
    ("NUL", r'{"variety": "a\u0000b"}', 400, "json-text"),
    ("Latin-1", b'{"variety": "ch\xe8"}', 400, "json-malformed"),
    ("UTF-16", '{"variety": "a"}'.encode("utf-16"), 400, "json-malformed"),
    ("a byte order mark", b"\xef\xbb\xbf{}", 400, "json-malformed"),
    ("trailing bytes", "{} {}", 400, "json-malformed"),
    ("single quotes", "{'a': 1}", 400, "json-malformed"),
    ("no value", "", 400, "json-malformed"),
    ("null", "null", 422, "invalid"),
    ("an array", "[1]", 422, "invalid"),
    ("a text", '"x"', 422, "invalid"),
]


@pytest.mark.parametrize(
    ("text", "status", "code"),
    [pytest.param(*rest, id=name) for name, *rest in TEXTS],
)
def test_json_that_is_none_is_refused_by_name(
    world: World, text: str | bytes, status: int, code: str
) -> None:
    answer = world.program().json(BATCHES, text)
    assert (answer.status, answer.code) == (status, code), answer.text


def test_a_key_sent_twice_is_named(world: World) -> None:
    answer = world.program().json(BATCHES, '{"unit": 1, "unit": 2}')
    assert answer.problem["field"] == "unit"


def test_a_text_that_never_ends_is_read_once(world: World) -> None:
    """Quotes behind backslashes: each could be taken for the start of a text."""
    begun = time.monotonic()
    answer = world.program().json(BATCHES, '"' + '\\"' * 1_000_000)
    assert (answer.status, answer.code) == (400, "json-malformed")
    assert time.monotonic() - begun < 30


@pytest.mark.parametrize(
    "kind", ["", "text/plain", "application/xml", "multipart/form-data"]
)
def test_a_body_that_is_not_sent_as_json_is_415(world: World, kind: str) -> None:
    answer = world.program().json(BATCHES, "{}", Content_Type=kind)
    assert (answer.status, answer.code) == (415, "json-expected")


VALUES: list[tuple[dict[str, Any], int, str]] = [
    ({"production_date": "2026-02-30"}, 422, "day-invalid"),
    ({"production_date": "260230"}, 422, "day-invalid"),
    ({"production_date": "2026-11-20T00:00:00"}, 422, "day-invalid"),
    ({"production_date": "２０２６-11-20"}, 422, "day-invalid"),
    ({"production_date": "9999-12-31"}, 422, "batch-date-range"),
    ({"production_date": "0001-01-01"}, 422, "batch-date-range"),
    ({"production_date": "2026-11-23"}, 422, "batch-date-future"),
    ({"packaging_date": "2026-11-01"}, 422, "batch-harvest-after-packing"),
    ({"expiry": "2026-11-01"}, 422, "batch-expiry-before-packing"),
    ({"expiry": "9999-12-31"}, 422, "batch-date-range"),
    ({"quantity": "0"}, 422, "quantity-invalid"),
    ({"quantity": "-5"}, 422, "quantity-invalid"),
    ({"quantity": "1e18"}, 422, "quantity-invalid"),
    ({"quantity": "1" + "0" * 18}, 422, "quantity-invalid"),
    ({"quantity": "1.000,5"}, 422, "quantity-invalid"),
    ({"quantity": "12kg"}, 422, "quantity-invalid"),
    ({"quantity": "0.0000001"}, 422, "quantity-invalid"),
    ({"quantity": 5}, 422, "quantity-invalid"),
    ({"quantity": ["5"]}, 422, "quantity-invalid"),
    ({"unit": "Kg"}, 422, "unit-unknown"),
    ({"unit": "tạ"}, 422, "unit-unknown"),
    ({"unit": "cân"}, 422, "unit-unknown"),
    ({"unit": 1}, 422, "invalid"),
    ({"lot_number": "A" * 21}, 422, "batch-lot-format"),
    ({"lot_number": "🍵"}, 422, "batch-lot-format"),
    ({"lot_number": "LÔ-1"}, 422, "batch-lot-format"),
    ({"lot_number": "<script>"}, 422, "batch-lot-format"),
    ({"lot_number": "=1+1"}, 422, "batch-lot-format"),
    ({"variety": "a\u200bb"}, 422, "invalid"),
    ({"variety": "a\u202eb"}, 422, "invalid"),
    ({"variety": "a" * 201}, 422, "invalid"),
    ({"product": "09520000000012"}, 400, "check-digit"),
    ({"product": "0" * 15}, 400, "key-invalid"),
    ({"product": "٠٩٥٢٠٠٠٠٠٠٠٠١١"}, 400, "key-invalid"),
    ({"product": "' OR 1=1--"}, 400, "key-invalid"),
    ({"site": "nothing"}, 404, "site-not-found"),
    ({"inputs": [{}] * 3}, 422, "invalid"),
    ({"inputs": "all of them"}, 422, "invalid"),
    ({"surprise": 1}, 422, "invalid"),
]


@pytest.mark.parametrize(("changes", "status", "code"), VALUES)
def test_values_that_no_lot_has_are_refused_by_rule(
    world: World, changes: dict[str, Any], status: int, code: str
) -> None:
    answer = world.program().json(BATCHES, {**body_of(world), **changes})
    assert (answer.status, answer.code) == (status, code), answer.text


def body_of(world: World) -> dict[str, Any]:
    return {
        "product": world.a.product.public_id,
        "site": world.a.site.public_id,
        "production_date": "2026-11-20",
        "quantity": "100",
        "unit": "KGM",
    }


def test_more_out_than_in_is_a_conflict_with_both_totals(world: World) -> None:
    line = {"outside": "Chè búp", "quantity": "10", "unit": "KGM"}
    answer = world.program().json(BATCHES, {**body_of(world), "inputs": [line]})
    assert (answer.status, answer.code) == (409, "mass-balance")
    assert "10 kg" in answer.text
    assert "100 kg" in answer.text


def test_others_drafts_are_no_inputs(world: World) -> None:
    line = {"source": world.a.draft.public_id, "quantity": "1", "unit": "KGM"}
    b = {
        **body_of(world),
        "product": world.b.product.public_id,
        "site": world.b.site.public_id,
        "quantity": "1",
        "inputs": [line],
    }
    answer = world.program("other").json(BATCHES, b)
    assert (answer.status, answer.code) == (404, "source-not-found")


@pytest.mark.parametrize(
    "query",
    [
        "?page=-1",
        "?page=0",
        "?limit=1e9",
        "?limit=101",
        "?page=" + "9" * 5000,
        "?colour=green",
        "?page=1&page=2",
        "?status=lost",
        "?q=%00",
    ],
)
def test_senseless_queries_are_refused(world: World, query: str) -> None:
    answer = world.program().get(BATCHES + query)
    assert answer.status in {400, 422}, answer.text
    assert answer.code


@pytest.mark.parametrize(
    "key", ["", "nonsense", "tx_" + "a" * 50, "a" * 60_000, "\xff", "tx_\xe8"]
)
def test_an_unknown_key_opens_nothing(world: World, key: str) -> None:
    stranger = world.stranger()
    stranger.key = key
    answer = stranger.get(BATCHES)
    assert answer.status == 401
    assert answer.code == ("api-key-refused" if key else "unauthorized")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_what_is_issued_is_issued_once_and_stays(world: World) -> None:
    address = f"{BATCHES}/{world.a.issued.public_id}"
    again = world.program().json(f"{address}/issue", "")
    assert (again.status, again.code) == (409, "batch-issued")
    gone = world.program().send("DELETE", address)
    assert (gone.status, gone.code) == (409, "batch-issued")
    assert world.program().send("PUT", address).status == 405
