"""The Merkle tree of RFC 6962: hashes, peaks, roots, and how a tree grows.

A tree of ``size`` leaves is known by its peaks: the roots of its complete subtrees,
widest first, one for each bit set in ``size``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from hashlib import sha256
from typing import NamedTuple

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()


class NodeId(NamedTuple):
    """A complete subtree: ``2**level`` leaves, the ``position``-th of its level."""

    level: int
    position: int


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring new nodes of one level, from ``start`` on."""

    level: int
    start: int
    hashes: list[bytes]


@dataclass(frozen=True, slots=True)
class Growth:
    """What appending leaves adds to a tree: its new nodes and its peaks now."""

    size: int
    peaks: list[bytes]
    nodes: list[Run]  # level 1 and up, each level once


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of one leaf (RFC 6962 2.1)."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node (RFC 6962 2.1)."""
    return sha256(b"\x01" + left + right).digest()


def peak_ids(size: int) -> list[NodeId]:
    """Return the complete subtrees that make up a tree, widest first."""
    return span_ids(0, size)


def span_ids(begin: int, end: int) -> list[NodeId]:
    """Return the complete subtrees that make up ``begin`` … ``end - 1``, widest first.

    ``begin`` must be a multiple of the widest one's width.
    """
    width = end - begin
    if width & (width - 1) == 0 and width:  # one complete subtree: the usual sibling
        level = width.bit_length() - 1
        return [NodeId(level, begin >> level)]
    ids = []
    for level in range(width.bit_length() - 1, -1, -1):
        if (end - begin) >> level & 1:
            ids.append(NodeId(level, begin >> level))
            begin += 1 << level
    return ids


def fold_peaks(peaks: Sequence[bytes]) -> bytes:
    """Return the root over peaks, widest first; of none, the empty tree's root."""
    if not peaks:
        return EMPTY_ROOT
    if len(peaks) == 1:
        return peaks[0]
    return reduce(lambda right, left: node_hash(left, right), reversed(peaks))


def root_of(leaf_hashes: Sequence[bytes]) -> bytes:
    """Return the root over leaf hashes (RFC 6962 2.1, ``MTH``)."""
    return fold_peaks(grow(0, [], leaf_hashes).peaks)


def grow(size: int, peaks: Sequence[bytes], leaf_hashes: Sequence[bytes]) -> Growth:
    """Append leaf hashes to the tree that ``size`` and ``peaks`` describe.

    Works level by level, so that a batch costs one hash for each new node and no
    more. ``peaks`` must be those of ``size``.
    """
    if len(peaks) != size.bit_count():
        raise ValueError(f"{len(peaks)} peaks do not describe {size} leaves")
    if not leaf_hashes:
        return Growth(size, list(peaks), [])
    lefts = {one.level: peak for one, peak in zip(peak_ids(size), peaks, strict=True)}
    nodes = []
    level, start, row = 0, size, list(leaf_hashes)
    while True:
        if start & 1:
            row.insert(0, lefts.pop(level))
            start -= 1
        if len(row) & 1:
            lefts[level] = row[-1]
        if len(row) == 1:
            break
        row = _parents(row)
        level, start = level + 1, start >> 1
        nodes.append(Run(level, start, row.copy()))
    new_peaks = [lefts[one] for one in sorted(lefts, reverse=True)]
    return Growth(size + len(leaf_hashes), new_peaks, nodes)


def _parents(row: list[bytes]) -> list[bytes]:
    pairs = zip(row[::2], row[1::2], strict=False)  # the odd one stays a peak
    return [sha256(b"\x01" + left + right).digest() for left, right in pairs]
