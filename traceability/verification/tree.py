"""The log as a verifier sees it: a signed head, entries under it, its past."""

from collections.abc import Sequence
from datetime import datetime

from traceability.core.errors import DomainError
from traceability.signing.keys import KeyRole, PublicKey, vkey_of
from traceability.signing.trust_list import TrustList
from traceability.transparency.checkpoint import (
    Checkpoint,
    open_checkpoint,
    parse_checkpoint,
)
from traceability.transparency.merkle import fold_peaks, grow, leaf_hash
from traceability.transparency.note import NoteKey, open_note, parse_note, parse_vkey
from traceability.transparency.proofs import verify_consistency, verify_inclusion
from traceability.verification.findings import Problem
from traceability.verification.trust import NO_LIST, Trust

CHECKPOINT_MISSING = "checkpoint-missing"


def read_tree(
    note: str, trust: Trust, now: datetime, *, ended: bool = False
) -> Checkpoint | Problem:
    """Return the head a listed log key signed, or why it is not accepted.

    A key that was just replaced still counts until its listed end; one that ended by
    itself counts too where ``ended`` heads are asked for, a revoked one never.
    """
    if trust.trust_list is None:
        return trust.problem or NO_LIST
    if not note:
        return Problem(CHECKPOINT_MISSING, "No signed head of the log is at hand.")
    try:
        return open_checkpoint(
            note,
            [
                _note_key(trust.trust_list, one)
                for one in _log_keys(trust, now, ended=ended)
            ],
            trust.trust_list.log_origin,
        )
    except DomainError as refusal:
        return Problem.of(refusal)


def key_ended(note: str, trust: Trust, now: datetime) -> datetime | None:
    """Return when the last key that signed a head ended; nothing while one counts."""
    if trust.trust_list is None or isinstance(read_tree(note, trust, now), Checkpoint):
        return None
    ends = [
        one.not_after
        for one in _log_keys(trust, now, ended=True)
        if one.not_after is not None and _signed(note, _note_key(trust.trust_list, one))
    ]
    return max(ends, default=None)


def _signed(note: str, key: NoteKey) -> bool:
    try:
        open_note(note, [key])
    except DomainError:
        return False
    return True


def _log_keys(trust: Trust, now: datetime, *, ended: bool) -> list[PublicKey]:
    listed = trust.trust_list.of_role(KeyRole.LOG) if trust.trust_list else ()
    return [
        key
        for key in listed
        if key.revoked_at is None
        and key.not_before <= now
        and (ended or key.not_after is None or now < key.not_after)
    ]


def _note_key(trust_list: TrustList, key: PublicKey) -> NoteKey:
    return parse_vkey(vkey_of(trust_list.log_origin, key.jwk))


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
    return root_within(tree, leaf, index, proof, later) == tree.root


def root_within(
    tree: Checkpoint,
    leaf: bytes,
    index: int,
    proof: Sequence[bytes],
    later: Sequence[bytes],
) -> bytes:
    """Return the root the log had when ``later`` were all entries after the leaf.

    The proof must lead from the leaf to the head ``tree``.
    """
    hashes = [leaf_hash(one) for one in (leaf, *later)]
    grown = grow(index, _left_siblings(index, tree.size, proof), hashes)
    return fold_peaks(grown.peaks)


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
