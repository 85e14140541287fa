"""The log as a verifier sees it: a signed head, entries under it, its past."""

from collections.abc import Sequence

from traceability.core.errors import DomainError
from traceability.transparency.checkpoint import (
    Checkpoint,
    open_checkpoint,
    parse_checkpoint,
)
from traceability.transparency.merkle import fold_peaks, grow, leaf_hash
from traceability.transparency.note import parse_note, parse_vkey
from traceability.transparency.proofs import verify_consistency, verify_inclusion
from traceability.verification.findings import Problem
from traceability.verification.trust import Trust

CHECKPOINT_MISSING = "checkpoint-missing"


def read_tree(note: str, trust: Trust) -> Checkpoint | Problem:
    """Return the head a listed log key signed, or why it is not accepted."""
    if trust.trust_list is None:
        return trust.problem or Problem("trust-list-missing", "No trust list.")
    if not note:
        return Problem(CHECKPOINT_MISSING, "No signed head of the log is at hand.")
    try:
        key = parse_vkey(trust.trust_list.log_vkey)
        return open_checkpoint(note, [key], trust.trust_list.log_origin)
    except DomainError as refusal:
        return Problem.of(refusal)


def recall_tree(note: str) -> Checkpoint | Problem:
    """Return the head this verifier accepted and wrote down earlier."""
    try:
        return parse_checkpoint(parse_note(note).text)
    except DomainError as refusal:
        return Problem.of(refusal)


def includes(tree: Checkpoint, leaf: bytes, index: int, proof: Sequence[bytes]) -> bool:
    """Return whether the proof leads from the leaf to the head."""
    try:
        verify_inclusion(leaf_hash(leaf), index, tree.size, proof, tree.root)
    except DomainError:
        return False
    return True


def continues(seen: Checkpoint, tree: Checkpoint, proof: Sequence[bytes]) -> bool:
    """Return whether the proof shows that the head extends the one seen before."""
    if seen.origin != tree.origin:
        return False
    try:
        verify_consistency(seen.size, tree.size, proof, seen.root, tree.root)
    except DomainError:
        return False
    return True


def is_tail(
    tree: Checkpoint,
    leaf: bytes,
    index: int,
    proof: Sequence[bytes],
    later: Sequence[bytes],
) -> bool:
    """Return whether ``later`` are all entries of the log after the one at ``index``.

    The proof's left siblings are the roots over everything before the entry; with the
    entry and what follows they must give the head's root, and only the true tail does.
    """
    if not includes(tree, leaf, index, proof) or index + 1 + len(later) != tree.size:
        return False
    hashes = [leaf_hash(one) for one in (leaf, *later)]
    grown = grow(index, _left_siblings(index, tree.size, proof), hashes)
    return fold_peaks(grown.peaks) == tree.root


def _left_siblings(index: int, size: int, proof: Sequence[bytes]) -> list[bytes]:
    """Return the path's hashes that stand to the left of the entry, widest first."""
    found, last = [], size - 1
    for sibling in proof:
        if index & 1 or index == last:
            found.append(sibling)
            while index != 0 and not index & 1:
                index, last = index >> 1, last >> 1
        index, last = index >> 1, last >> 1
    return found[::-1]
