"""Checkpoints: what a log vouches for at one size (C2SP tlog-checkpoint)."""

import base64
import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass

from traceability.transparency.errors import (
    CheckpointMalformedError,
    CheckpointOriginError,
)
from traceability.transparency.merkle import HASH_BYTES
from traceability.transparency.note import NoteKey, open_note

MAX_SIZE = 2**63 - 1
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_LEAST_LINES = 3


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A log's origin, its number of leaves and its root hash (32 bytes)."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """Return the text that is signed."""
        root = base64.b64encode(self.root).decode()
        return f"{self.origin}\n{self.size}\n{root}\n"


def parse_checkpoint(text: str) -> Checkpoint:
    """Read a note's text; extension lines are allowed and ignored.

    Raises ``CheckpointMalformedError``.
    """
    lines = text.removesuffix("\n").split("\n")
    if not text.endswith("\n") or len(lines) < _LEAST_LINES or not all(lines):
        raise CheckpointMalformedError("The note is no checkpoint.")
    origin, size, root = lines[:_LEAST_LINES]
    if not _SIZE.fullmatch(size) or int(size) > MAX_SIZE:
        raise CheckpointMalformedError("The checkpoint's tree size cannot be read.")
    return Checkpoint(origin, int(size), parse_hash(root))


def parse_hash(encoded: str) -> bytes:
    """Return a hash from its only base64 form. Raises ``CheckpointMalformedError``."""
    try:
        data = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        data = b""
    if len(data) != HASH_BYTES or base64.b64encode(data).decode() != encoded:
        raise CheckpointMalformedError("A hash of the log cannot be read.")
    return data


def open_checkpoint(note: str, keys: Iterable[NoteKey], origin: str) -> Checkpoint:
    """Return what a known key of this log signed.

    Raises the errors of ``note.open_note``, ``CheckpointMalformedError`` or
    ``CheckpointOriginError``.
    """
    checkpoint = parse_checkpoint(open_note(note, keys).text)
    if checkpoint.origin != origin:
        raise CheckpointOriginError(
            "The checkpoint is of the log %(found)s, not %(expected)s.",
            found=checkpoint.origin,
            expected=origin,
        )
    return checkpoint
