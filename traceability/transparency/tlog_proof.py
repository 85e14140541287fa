"""The text that proves one entry offline (C2SP tlog-proof)."""

import base64
import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass

from traceability.transparency.checkpoint import (
    Checkpoint,
    open_checkpoint,
    parse_hash,
)
from traceability.transparency.errors import (
    CheckpointMalformedError,
    ProofMalformedError,
)
from traceability.transparency.merkle import leaf_hash
from traceability.transparency.note import NoteKey
from traceability.transparency.proofs import verify_inclusion

HEADER = "c2sp.org/tlog-proof@v1"
MEDIA_TYPE = "text/plain; charset=utf-8"
MAX_BYTES = 256 * 1024
MAX_HASHES = 63
_INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})")


@dataclass(frozen=True, slots=True, kw_only=True)
class TlogProof:
    """An entry's index, its path to the root, and the signed checkpoint above it.

    ``extra`` is not authenticated by the format; ours carries the leaf, which counts
    only because its hash leads to the root.
    """

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: str  # the signed note, verbatim
    extra: bytes | None = None


def format_proof(proof: TlogProof) -> str:
    """Return the proof's text."""
    lines = [HEADER]
    if proof.extra is not None:
        lines.append(f"extra {encode_hash(proof.extra)}")
    lines.append(f"index {proof.index}")
    lines += [encode_hash(one) for one in proof.hashes]
    return "\n".join(lines) + "\n\n" + proof.checkpoint


def parse_proof(text: str) -> TlogProof:
    """Read a proof; verifies nothing. Raises ``ProofMalformedError``."""
    if len(text) > MAX_BYTES:
        raise ProofMalformedError("The proof is too large.")
    head, separator, checkpoint = text.partition("\n\n")
    lines = head.split("\n")
    if not separator or lines.pop(0) != HEADER or not lines:
        raise ProofMalformedError("This is no proof of a log.")
    extra = None
    if lines[0].startswith("extra "):
        extra = _decode(lines.pop(0).removeprefix("extra "))
    found = _INDEX.fullmatch(lines.pop(0)) if lines else None
    if found is None or len(lines) > MAX_HASHES:
        raise ProofMalformedError("This is no proof of a log.")
    return TlogProof(
        index=int(found[1]), hashes=_hashes(lines), checkpoint=checkpoint, extra=extra
    )


def verify_proof(
    proof: TlogProof, leaf: bytes, keys: Iterable[NoteKey], origin: str
) -> Checkpoint:
    """Return the checkpoint under which the leaf stands, after every check.

    Raises the errors of ``checkpoint.open_checkpoint``, or ``InclusionError``.
    """
    checkpoint = open_checkpoint(proof.checkpoint, keys, origin)
    verify_inclusion(
        leaf_hash(leaf), proof.index, checkpoint.size, proof.hashes, checkpoint.root
    )
    return checkpoint


def _hashes(lines: Iterable[str]) -> tuple[bytes, ...]:
    try:
        return tuple(parse_hash(line) for line in lines)
    except CheckpointMalformedError:
        raise ProofMalformedError("A hash of the proof cannot be read.") from None


def encode_hash(data: bytes) -> str:
    """Return a hash, or other bytes, in base64."""
    return base64.b64encode(data).decode()


def _decode(encoded: str) -> bytes:
    try:
        data = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        data = b""
    if encode_hash(data) != encoded:
        raise ProofMalformedError("The proof's extra data cannot be read.")
    return data
