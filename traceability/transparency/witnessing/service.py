"""Look at a log's new checkpoint, and cosign it if it extends what was cosigned."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from traceability.core.errors import InvalidError
from traceability.core.ports import Clock, Signer
from traceability.transparency.errors import (
    ConsistencyError,
    WitnessForkError,
    WitnessLogUnknownError,
    WitnessOldSizeError,
    WitnessRefusalError,
    WitnessSizeError,
)
from traceability.transparency.note import Note, NoteKey, cosign, open_note
from traceability.transparency.proofs import verify_consistency
from traceability.transparency.witnessing.state import WitnessState
from traceability.transparency.witnessing.submission import (
    Submission,
    parse_submission,
)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessService:
    """A witness that is open: its key, the logs it follows, what it cosigned."""

    key: NoteKey
    signer: Signer
    state: WitnessState
    logs_of: Callable[[], Sequence[NoteKey]]
    clock: Clock

    def add_checkpoint(self, body: bytes) -> str:
        """Return the cosignature line of a checkpoint that continues the last one.

        Raises ``SubmissionMalformedError``, ``WitnessLogUnknownError``,
        ``WitnessRefusalError``, ``WitnessOldSizeError``, ``WitnessSizeError``,
        ``WitnessForkError``, ``ConsistencyError``, ``WitnessStateError``.
        """
        asked = parse_submission(body)
        note = self._signed_by_log(asked)
        if asked.old > asked.checkpoint.size:
            raise WitnessOldSizeError("The old size is larger than the checkpoint's.")
        with self.state.lock():
            self._check_continues(asked, note)
            line = cosign(note.text, self.signer, self.key, self._now())
            cosigned = Note(note.text, (*note.signatures, line))
            self.state.write(asked.checkpoint.origin, cosigned.format())
        return line.line()

    def _signed_by_log(self, asked: Submission) -> Note:
        """Return the note with its log's own signatures only."""
        origin = asked.checkpoint.origin
        keys = [key for key in self.logs_of() if key.name == origin]
        if not keys:
            raise WitnessLogUnknownError(
                "This witness does not follow %(origin)s.", origin=origin
            )
        try:
            return open_note(asked.note.format(), keys)
        except InvalidError:
            raise WitnessRefusalError(
                "No key known of %(origin)s has signed this checkpoint.", origin=origin
            ) from None

    def _check_continues(self, asked: Submission, note: Note) -> None:
        new = asked.checkpoint
        last = self.state.read(new.origin)
        if asked.old != last.size:
            raise WitnessSizeError(
                "The newest head cosigned here has %(size)d entries.", size=last.size
            )
        if new.size == last.size and new.root != last.root:
            _log.error("two histories at one size: %s", note.format())
            raise WitnessForkError("Another head of this size was cosigned here.")
        try:
            verify_consistency(last.size, new.size, asked.proof, last.root, new.root)
        except ConsistencyError:
            _log.warning("a head that does not continue the last: %s", note.format())
            raise

    def _now(self) -> int:
        return int(self.clock.now().timestamp())
