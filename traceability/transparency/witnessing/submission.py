"""What a log sends a witness: the size it knows of, a proof, a checkpoint. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from traceability.core.errors import InvalidError
from traceability.transparency.checkpoint import (
    MAX_SIZE,
    Checkpoint,
    parse_checkpoint,
    parse_hash,
)
from traceability.transparency.errors import SubmissionMalformedError
from traceability.transparency.note import MAX_BYTES as MAX_NOTE, Note, parse_note
from traceability.transparency.tlog_proof import encode_hash

MAX_HASHES = 63
MAX_BYTES = MAX_NOTE + 4096  # the proof has 63 lines of 45 at most
_OLD = re.compile(r"old (0|[1-9][0-9]{0,18})")


@dataclass(frozen=True, slots=True)
class Submission:
    """One ``add-checkpoint`` request; nothing of it is believed yet."""

    old: int
    proof: tuple[bytes, ...]
    note: Note
    checkpoint: Checkpoint


def format_submission(old: int, proof: Sequence[bytes], note: str) -> str:
    """Return the body of an ``add-checkpoint`` request."""
    lines = [f"old {old}", *map(encode_hash, proof)]
    return "\n".join(lines) + "\n\n" + note


def parse_submission(body: bytes) -> Submission:
    """Read a request's body. Raises ``SubmissionMalformedError``."""
    try:
        head, separator, note = body.decode().partition("\n\n")
        first, *lines = head.split("\n")
        old = _OLD.fullmatch(first)
        if not separator or old is None or int(old[1]) > MAX_SIZE:
            raise SubmissionMalformedError("The request does not say its old size.")
        if len(lines) > MAX_HASHES:
            raise SubmissionMalformedError("The request's proof is too long.")
        parsed = parse_note(note)
        checkpoint = parse_checkpoint(parsed.text)
        return Submission(
            int(old[1]), tuple(map(parse_hash, lines)), parsed, checkpoint
        )
    except UnicodeDecodeError:
        raise SubmissionMalformedError("The request is not UTF-8.") from None
    except InvalidError as refusal:
        raise SubmissionMalformedError(
            "The request cannot be read: %(why)s", why=str(refusal)
        ) from None
