"""The keys of our own log: sign checkpoints, and open those signed before."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from traceability.core.errors import InvalidError
from traceability.core.ports import Signer
from traceability.transparency.checkpoint import Checkpoint, open_checkpoint
from traceability.transparency.errors import LogKeyError
from traceability.transparency.note import (
    NoteKey,
    open_note,
    parse_note,
    parse_vkey,
    sign_note,
)


@dataclass(frozen=True, slots=True)
class LogKeys:
    """Asked anew each time, so that a rotation is seen at once.

    ``vkeys_of`` gives the verifier keys: the one that signs now, then earlier ones.
    """

    origin: str
    signer_of: Callable[[], Signer]
    vkeys_of: Callable[[], Sequence[str]]

    def keys(self) -> list[NoteKey]:
        """Return every key this log has signed with, the one that signs now first."""
        return [parse_vkey(one) for one in self.vkeys_of()]

    def open(self, note: str) -> Checkpoint:
        """Return what a checkpoint of ours says.

        Raises the errors of ``checkpoint.open_checkpoint``.
        """
        return open_checkpoint(note, self.keys(), self.origin)

    def sign(self, size: int, root: bytes) -> str:
        """Return the signed checkpoint. Raises ``LogKeyError``, ``SignerDownError``."""
        key = self.keys()[0]
        text = Checkpoint(self.origin, size, root).text()
        note = sign_note(text, self.signer_of(), key).format()
        try:
            open_note(note, [key])
        except InvalidError as error:
            raise LogKeyError("The log's key and its verifier key differ.") from error
        return note

    def signs_now(self, note: str) -> bool:
        """Return whether the key that signs now has signed this note of ours."""
        key = self.keys()[0]
        return any(one.key_id == key.key_id for one in parse_note(note).signatures)
