"""The tree gives the published hashes, however its leaves arrive."""

import json
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from traceability.transparency.merkle import (
    EMPTY_ROOT,
    NodeId,
    fold_peaks,
    grow,
    leaf_hash,
    node_hash,
    peak_ids,
    root_of,
    span_ids,
)

VECTORS = json.loads(
    (Path(__file__).parents[1] / "vectors" / "rfc6962.json").read_text("utf-8")
)
LEAVES = [bytes.fromhex(one) for one in VECTORS["leaves"]]
HASHES = [leaf_hash(one) for one in LEAVES]


def split_root(hashes: list[bytes]) -> bytes:
    """RFC 6962 2.1, word for word: split at the largest power of two below n."""
    if not hashes:
        return EMPTY_ROOT
    if len(hashes) == 1:
        return hashes[0]
    k = 1
    while 2 * k < len(hashes):
        k *= 2
    return node_hash(split_root(hashes[:k]), split_root(hashes[k:]))


def test_the_empty_tree_has_the_published_root() -> None:
    assert root_of([]).hex() == VECTORS["empty_root"]


@pytest.mark.parametrize("size", range(1, 9))
def test_trees_have_the_published_roots(size: int) -> None:
    assert root_of(HASHES[:size]).hex() == VECTORS["roots"][size - 1]


def test_inner_nodes_are_the_published_ones() -> None:
    growth = grow(0, [], HASHES)
    found = [[one.hex() for one in run.hashes] for run in growth.nodes]
    assert [[one.hex() for one in HASHES], *found] == VECTORS["nodes"]


@given(st.integers(0, 300))
def test_the_root_is_that_of_the_recursive_definition(size: int) -> None:
    hashes = [leaf_hash(bytes([n % 256, n // 256])) for n in range(size)]
    assert root_of(hashes) == split_root(hashes)


@given(st.lists(st.integers(0, 40), max_size=12))
def test_batches_build_the_same_tree_as_one_append(batches: list[int]) -> None:
    size, peaks = 0, list[bytes]()
    nodes: dict[NodeId, bytes] = {}
    for batch in batches:
        hashes = [leaf_hash(b"%d" % n) for n in range(size, size + batch)]
        growth = grow(size, peaks, hashes)
        for run in growth.nodes:
            for position, value in enumerate(run.hashes, run.start):
                assert NodeId(run.level, position) not in nodes
                nodes[NodeId(run.level, position)] = value
        size, peaks = growth.size, growth.peaks
    whole = grow(0, [], [leaf_hash(b"%d" % n) for n in range(size)])
    assert peaks == whole.peaks
    assert len(nodes) == size - size.bit_count()
    for run in whole.nodes:
        for position, value in enumerate(run.hashes, run.start):
            assert nodes[NodeId(run.level, position)] == value


@given(st.integers(0, 10**6))
def test_peaks_cover_the_tree_without_gap(size: int) -> None:
    covered = 0
    for one in peak_ids(size):
        assert one.position << one.level == covered
        covered += 1 << one.level
    assert covered == size


def test_a_span_begins_where_it_is_told() -> None:
    assert span_ids(4, 7) == [NodeId(1, 2), NodeId(0, 6)]


def test_peaks_that_do_not_fit_the_size_are_refused() -> None:
    with pytest.raises(ValueError, match="1 peaks do not describe 3 leaves"):
        grow(3, [EMPTY_ROOT], [])


def test_no_leaves_change_nothing() -> None:
    peaks = grow(0, [], HASHES[:5]).peaks
    growth = grow(5, peaks, [])
    assert (growth.size, growth.peaks, growth.nodes) == (5, peaks, [])
    assert fold_peaks(peaks).hex() == VECTORS["roots"][4]
