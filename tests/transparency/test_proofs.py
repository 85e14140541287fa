"""Proofs: the published ones, every small one, and nothing that was altered."""

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, strategies as st
from sigstore._internal.merkle import verify_merkle_inclusion
from sigstore.errors import VerificationError

from tests.transparency.test_merkle import HASHES, VECTORS
from traceability.transparency.errors import ConsistencyError, InclusionError
from traceability.transparency.merkle import NodeId, grow, leaf_hash, root_of
from traceability.transparency.proofs import (
    prove_consistency,
    prove_inclusion,
    verify_consistency,
    verify_inclusion,
)

SMALL = 65


class Tree:
    """All nodes of a tree in memory; notes what is read."""

    def __init__(self, hashes: Sequence[bytes]) -> None:
        self.hashes = list(hashes)
        self.nodes = {NodeId(0, n): one for n, one in enumerate(hashes)}
        for run in grow(0, [], hashes).nodes:
            for position, one in enumerate(run.hashes, run.start):
                self.nodes[NodeId(run.level, position)] = one
        self.reads: list[int] = []

    def read(self, ids: Sequence[NodeId]) -> Mapping[NodeId, bytes]:
        self.reads.append(len(ids))
        return {one: self.nodes[one] for one in ids}

    def root(self, size: int) -> bytes:
        return root_of(self.hashes[:size])


def leaves_of(size: int) -> list[bytes]:
    return [b"leaf %d" % n for n in range(size)]


TREE = Tree([leaf_hash(one) for one in leaves_of(SMALL)])
ROOTS = [TREE.root(size) for size in range(SMALL + 1)]


@pytest.mark.parametrize("vector", VECTORS["inclusion"])
def test_inclusion_proofs_are_the_published_ones(vector: dict[str, object]) -> None:
    index, size = int(str(vector["index"])), int(str(vector["size"]))
    proof = prove_inclusion(index, size, Tree(HASHES).read)
    assert [one.hex() for one in proof] == vector["proof"]
    verify_inclusion(
        HASHES[index], index, size, proof, bytes.fromhex(VECTORS["roots"][size - 1])
    )


@pytest.mark.parametrize("vector", VECTORS["consistency"])
def test_consistency_proofs_are_the_published_ones(vector: dict[str, object]) -> None:
    old, new = int(str(vector["old"])), int(str(vector["new"]))
    proof = prove_consistency(old, new, Tree(HASHES).read)
    assert [one.hex() for one in proof] == vector["proof"]
    roots = [bytes.fromhex(VECTORS["roots"][size - 1]) for size in (old, new)]
    verify_consistency(old, new, proof, *roots)


def test_every_small_inclusion_proof_verifies_here_and_at_sigstore() -> None:
    for size in range(1, SMALL + 1):
        for index, leaf in enumerate(leaves_of(size)):
            proof = prove_inclusion(index, size, TREE.read)
            verify_inclusion(leaf_hash(leaf), index, size, proof, ROOTS[size])
            verify_merkle_inclusion(entry(leaf, index, size, proof, ROOTS[size]))


def test_every_small_consistency_proof_verifies() -> None:
    for new in range(SMALL + 1):
        for old in range(new + 1):
            proof = prove_consistency(old, new, TREE.read)
            verify_consistency(old, new, proof, ROOTS[old], ROOTS[new])


@given(st.data())
def test_an_altered_inclusion_proof_is_refused_here_and_at_sigstore(
    data: st.DataObject,
) -> None:
    size = data.draw(st.integers(2, SMALL))
    index = data.draw(st.integers(0, size - 1))
    leaf = leaves_of(size)[index]
    proof = altered(prove_inclusion(index, size, TREE.read), data)
    with pytest.raises(InclusionError):
        verify_inclusion(leaf_hash(leaf), index, size, proof, ROOTS[size])
    with pytest.raises(VerificationError):
        verify_merkle_inclusion(entry(leaf, index, size, proof, ROOTS[size]))


@given(st.data())
def test_an_altered_consistency_proof_is_refused(data: st.DataObject) -> None:
    new = data.draw(st.integers(2, SMALL))
    old = data.draw(st.integers(1, new - 1))
    proof = altered(prove_consistency(old, new, TREE.read), data)
    with pytest.raises(ConsistencyError):
        verify_consistency(old, new, proof, ROOTS[old], ROOTS[new])


@given(st.data())
def test_a_proof_holds_for_one_index_only(data: st.DataObject) -> None:
    size = data.draw(st.integers(2, SMALL))
    index = data.draw(st.integers(0, size - 1))
    other = data.draw(st.integers(-1, size).filter(lambda n: n != index))
    proof = prove_inclusion(index, size, TREE.read)
    with pytest.raises(InclusionError):
        verify_inclusion(TREE.hashes[index], other, size, proof, ROOTS[size])


@given(st.data())
def test_a_forked_tree_is_not_consistent(data: st.DataObject) -> None:
    new = data.draw(st.integers(2, SMALL))
    old = data.draw(st.integers(1, new - 1))
    changed = data.draw(st.integers(0, old - 1))
    forked = [*TREE.hashes]
    forked[changed] = leaf_hash(b"another")
    fork = Tree(forked)
    proof = prove_consistency(old, new, fork.read)
    with pytest.raises(ConsistencyError):
        verify_consistency(old, new, proof, ROOTS[old], fork.root(new))


def test_a_smaller_tree_does_not_extend_a_larger_one() -> None:
    with pytest.raises(ConsistencyError):
        verify_consistency(5, 4, [], ROOTS[5], ROOTS[4])
    with pytest.raises(ValueError, match="cannot extend"):
        prove_consistency(5, 4, TREE.read)


def test_two_roots_of_one_size_are_a_fork() -> None:
    with pytest.raises(ConsistencyError):
        verify_consistency(4, 4, [], ROOTS[4], ROOTS[5])


def test_a_missing_consistency_proof_is_refused() -> None:
    for old in (3, 4):
        with pytest.raises(ConsistencyError):
            verify_consistency(old, 8, [], ROOTS[old], ROOTS[8])


def test_short_hashes_are_refused() -> None:
    with pytest.raises(InclusionError):
        verify_inclusion(b"short", 0, 1, [], b"short")
    with pytest.raises(ConsistencyError):
        verify_consistency(1, 2, [b"short"], ROOTS[1], ROOTS[2])


def test_a_leaf_outside_the_tree_has_no_proof() -> None:
    with pytest.raises(ValueError, match="not in a tree"):
        prove_inclusion(4, 4, TREE.read)


def test_a_proof_in_a_million_leaves_reads_at_most_two_nodes_a_level() -> None:
    size, reads = 1_000_000, list[int]()

    def read(ids: Sequence[NodeId]) -> Mapping[NodeId, bytes]:
        reads.append(len(ids))
        return dict.fromkeys(ids, bytes(32))

    for index in (0, 1, 524_287, 524_288, 777_777, size - 1):
        prove_inclusion(index, size, read)
        prove_consistency(index + 1, size, read)
    assert max(reads) <= 2 * size.bit_length()


def altered(proof: list[bytes], data: st.DataObject) -> list[bytes]:
    """One lie: a flipped bit, a hash too many, one too few."""
    lies = ["flip", "drop", "add"]
    lie = data.draw(st.sampled_from(lies if proof else ["add"]))
    where = data.draw(st.integers(0, max(len(proof) - 1, 0)))
    if lie == "add":
        return [*proof[:where], bytes(32), *proof[where:]]
    if lie == "drop":
        return [*proof[:where], *proof[where + 1 :]]
    bit = data.draw(st.integers(0, 255))
    flipped = int.from_bytes(proof[where], "big") ^ (1 << bit)
    return [*proof[:where], flipped.to_bytes(32, "big"), *proof[where + 1 :]]


def entry(leaf: bytes, index: int, size: int, proof: list[bytes], root: bytes) -> Any:
    """What sigstore's verifier reads of a log entry."""
    inclusion = SimpleNamespace(
        log_index=index, tree_size=size, hashes=proof, root_hash=root
    )
    return SimpleNamespace(
        _inner=SimpleNamespace(inclusion_proof=inclusion, canonicalized_body=leaf)
    )
