"""Inclusion and consistency proofs (RFC 6962 2.1.1, 2.1.2; RFC 9162 2.1.3, 2.1.4)."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from traceability.transparency.errors import ConsistencyError, InclusionError
from traceability.transparency.merkle import (
    HASH_BYTES,
    NodeId,
    fold_peaks,
    node_hash,
    span_ids,
)

HashReader = Callable[[Sequence[NodeId]], Mapping[NodeId, bytes]]
_Span = tuple[int, int]


def prove_inclusion(index: int, size: int, read: HashReader) -> list[bytes]:
    """Return the path from leaf ``index`` to the root of the tree of ``size`` leaves.

    ``read`` is asked once, for at most two nodes of each level. Raises ``ValueError``
    where the leaf lies outside the tree.
    """
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of {size}")
    return _hashes_of(_inclusion_spans(index, 0, size), read)


def prove_consistency(old: int, new: int, read: HashReader) -> list[bytes]:
    """Return the proof that the tree of ``new`` leaves extends that of ``old``.

    Empty where one tree is empty or both are the same. Raises ``ValueError`` where
    ``old`` is the larger one.
    """
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {new} leaves cannot extend one of {old}")
    if old in {0, new}:
        return []
    return _hashes_of(_consistency_spans(old, new), read)


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> None:
    """Check that a leaf hash stands at ``index`` under ``root`` (RFC 9162 2.1.3.2).

    Raises ``InclusionError``.
    """
    if not 0 <= index < size or not _all_hashes([leaf, root, *proof]):
        raise InclusionError("The inclusion proof does not fit the tree.")
    position, last, computed = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise InclusionError("The inclusion proof is too long.")
        if position & 1 or position == last:
            computed = node_hash(sibling, computed)
            position, last = _past_zeros(position, last)
        else:
            computed = node_hash(computed, sibling)
        position, last = position >> 1, last >> 1
    if last != 0 or computed != root:
        raise InclusionError("The entry is not under this root.")


def verify_consistency(
    old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes
) -> None:
    """Check that the newer tree extends the older one (RFC 9162 2.1.4.2).

    An empty older tree is extended by every tree. Raises ``ConsistencyError``.
    """
    if not 0 <= old <= new or not _all_hashes([old_root, new_root, *proof]):
        raise ConsistencyError("The consistency proof does not fit the trees.")
    if old in {0, new}:
        if proof or (old == new and old_root != new_root):
            raise ConsistencyError("The newer tree does not extend the older one.")
        return
    if _both_roots(old, new, proof, old_root) != (old_root, new_root):
        raise ConsistencyError("The newer tree does not extend the older one.")


def _both_roots(
    old: int, new: int, proof: Sequence[bytes], old_root: bytes
) -> tuple[bytes, bytes]:
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not path:
        raise ConsistencyError("The consistency proof is too short.")
    position, last = old - 1, new - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    older = newer = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise ConsistencyError("The consistency proof is too long.")
        if position & 1 or position == last:
            older, newer = node_hash(sibling, older), node_hash(sibling, newer)
            position, last = _past_zeros(position, last)
        else:
            newer = node_hash(newer, sibling)
        position, last = position >> 1, last >> 1
    if last != 0:
        raise ConsistencyError("The consistency proof is too short.")
    return older, newer


def _past_zeros(position: int, last: int) -> tuple[int, int]:
    while position != 0 and not position & 1:
        position, last = position >> 1, last >> 1
    return position, last


def _all_hashes(values: Iterable[bytes]) -> bool:
    return all(len(value) == HASH_BYTES for value in values)


def _inclusion_spans(index: int, begin: int, end: int) -> list[_Span]:
    spans = []
    while end - begin > 1:
        middle = begin + _split(end - begin)
        if index < middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((begin, middle))
            begin = middle
    return spans[::-1]


def _consistency_spans(old: int, new: int) -> list[_Span]:
    spans, begin, end = [], 0, new
    while old != end:
        middle = begin + _split(end - begin)
        if old <= middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((begin, middle))
            begin = middle
    if begin != 0:  # else the older root itself, which the verifier has
        spans.append((begin, end))
    return spans[::-1]


def _split(width: int) -> int:
    """Return the largest power of two below ``width``."""
    return 1 << (width - 1).bit_length() - 1


def _hashes_of(spans: Sequence[_Span], read: HashReader) -> list[bytes]:
    parts = [span_ids(begin, end) for begin, end in spans]
    known = read([one for ids in parts for one in ids])
    return [
        known[ids[0]] if len(ids) == 1 else fold_peaks([known[one] for one in ids])
        for ids in parts
    ]
