"""Tiles: addresses in one spelling, contents that hash to the root."""

import json
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from traceability.transparency.errors import LeafTooLongError, TilePathError
from traceability.transparency.tiles import (
    WIDTH,
    Tile,
    format_bundle,
    parse_bundle,
    parse_tile,
    tiles_of,
)

VECTORS = json.loads(
    (Path(__file__).parents[1] / "vectors" / "tlog.json").read_text("utf-8")
)


def test_the_published_index_is_spelt_as_published() -> None:
    index, path = VECTORS["tile_index"]["index"], VECTORS["tile_index"]["path"]
    assert Tile(0, index).path() == f"0/{path}"
    assert parse_tile(f"entries/{path}.p/7") == Tile(None, index, 7)


@pytest.mark.parametrize(
    ("size", "name"), [(70_000, "tiles_of_70000"), (256, "tiles_of_256")]
)
def test_a_tree_has_the_published_tiles(size: int, name: str) -> None:
    found: dict[str, list[int]] = {}
    for tile in tiles_of(size):
        counts = found.setdefault(str(tile.level), [0, 0])
        assert tile.within(size)
        if tile.full:
            counts[0] += 1
        else:
            counts[1] = tile.width
    assert found == VECTORS[name]


def test_an_empty_tree_has_no_tiles() -> None:
    assert list(tiles_of(0)) == []


@given(st.none() | st.integers(0, 63), st.integers(0, 2**56), st.integers(1, WIDTH))
def test_addresses_round_trip(level: int | None, index: int, width: int) -> None:
    tile = Tile(level, index, width)
    assert parse_tile(tile.path()) == tile


@pytest.mark.parametrize(
    "path",
    [
        "",
        "0",
        "0/",
        "0/0",
        "0/1234",
        "00/000",
        "64/000",
        "-1/000",
        "0/x000/001",
        "0/001/002",
        "0/x001",
        "0/000.p/0",
        "0/000.p/256",
        "0/000.p/01",
        "0/000.p/",
        "0/000.p",
        "0/000/",
        "/0/000",
        "0/٠٠٠",
        "entry/000",
        "entries/x1/000",
        "0/" + "x999/" * 2000 + "999",
        "0/000\n",
    ],
)
def test_what_names_no_tile_is_refused(path: str) -> None:
    with pytest.raises(TilePathError):
        parse_tile(path)


@given(st.lists(st.binary(max_size=400), max_size=20))
def test_bundles_round_trip(entries: list[bytes]) -> None:
    assert parse_bundle(format_bundle(entries)) == entries


def test_a_bundle_cut_short_is_refused() -> None:
    bundle = format_bundle([b"first", b"second"])
    for end in (1, 4, len(bundle) - 1):
        with pytest.raises(TilePathError):
            parse_bundle(bundle[:end])


def test_the_longest_leaf_fits_and_a_longer_one_is_refused() -> None:
    assert parse_bundle(format_bundle([bytes(65_535)])) == [bytes(65_535)]
    with pytest.raises(LeafTooLongError):
        format_bundle([bytes(65_536)])


def test_a_tile_beyond_the_tree_is_not_within_it() -> None:
    assert Tile(0, 0, 5).within(5)
    assert not Tile(0, 0, 6).within(5)
    assert not Tile(1, 0, 1).within(255)
    assert not Tile(63, 0, 1).within(2**40)
