"""Recompute the whole tree from its leaves and say what does not agree."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from traceability.transparency.merkle import (
    NodeId,
    Run,
    fold_peaks,
    grow,
    leaf_hash,
)

_CHUNK = 4096


@dataclass(frozen=True, slots=True)
class StoredLeaf:
    """A leaf as it is stored: index, bytes, and the hash noted beside them."""

    index: int
    data: bytes
    hash: bytes


class StoredTree(Protocol):
    """Reads what is stored, without believing it."""

    def leaves(self, begin: int, end: int) -> Sequence[StoredLeaf]:
        """Return the leaves of a range in order, as many as there are."""
        ...

    def row(self, first: NodeId, count: int) -> Sequence[bytes]:
        """Return the hashes of neighbouring nodes, as many as there are."""
        ...

    def counts(self) -> tuple[int, int]:
        """Return how many leaves and how many inner nodes there are."""
        ...


def check_tree(stored: StoredTree, size: int, root: bytes) -> list[str]:
    """Return what is wrong with a stored tree; nothing for a sound one.

    Every leaf is hashed again, every node computed again, and the root compared with
    the head's. Stops at the first leaf that is missing or altered.
    """
    faults = _wrong_counts(stored, size)
    peaks: list[bytes] = []
    begin = 0
    while begin < size:
        leaves = stored.leaves(begin, min(begin + _CHUNK, size))
        wrong = _wrong_leaf(leaves, begin, min(begin + _CHUNK, size))
        if wrong:
            return [*faults, wrong]
        growth = grow(begin, peaks, [one.hash for one in leaves])
        faults += [fault for run in growth.nodes if (fault := _wrong_node(stored, run))]
        begin, peaks = growth.size, growth.peaks
    if fold_peaks(peaks) != root:
        faults.append(f"the leaves give another root than the head at {size}")
    return faults


def _wrong_counts(stored: StoredTree, size: int) -> list[str]:
    leaves, nodes = stored.counts()
    wanted = size - size.bit_count()  # complete subtrees of two leaves or more
    faults = []
    if leaves != size:
        faults.append(f"the head counts {size} leaves, {leaves} are stored")
    if nodes != wanted:
        faults.append(f"{size} leaves have {wanted} nodes, {nodes} are stored")
    return faults


def _wrong_leaf(leaves: Sequence[StoredLeaf], begin: int, end: int) -> str | None:
    for index, leaf in enumerate(leaves, begin):
        if leaf.index != index:
            return f"leaf {index} is missing"
        if leaf_hash(leaf.data) != leaf.hash:
            return f"leaf {index} was altered"
    missing = begin + len(leaves)
    return None if missing == end else f"leaf {missing} is missing"


def _wrong_node(stored: StoredTree, run: Run) -> str | None:
    found = stored.row(NodeId(run.level, run.start), len(run.hashes))
    if list(found) == run.hashes:
        return None
    return f"nodes of level {run.level} from {run.start} on are wrong"
