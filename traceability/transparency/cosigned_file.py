"""Cosignatures in files beside the published head; they can be collected anew.

``newest`` holds the last head that witnesses were asked about, with whatever they
signed; ``quorum`` the last one with as many cosignatures as the policy asks. Both are
whole signed notes, replaced at once. A file that cannot be read counts as none.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from traceability.core.errors import DomainError
from traceability.signing.keyfiles import locked, write_atomic
from traceability.transparency.checkpoint import Checkpoint
from traceability.transparency.cosignatures import (
    Cosignature,
    cosignatures_on,
    has_quorum,
    times_of,
    with_cosignatures,
)
from traceability.transparency.head_file import Published
from traceability.transparency.note import MAX_TIME, Note, parse_note
from traceability.transparency.policy import Policy

_MOST = 64 * 1024
_log = logging.getLogger(__name__)
_NOBODY: tuple[Cosignature, ...] = ()


@dataclass(frozen=True, slots=True)
class Cosigned:
    """A head, the log's own note of it, and the known witnesses that cosigned it."""

    head: Published
    cosignatures: tuple[Cosignature, ...]

    @property
    def checkpoint(self) -> Checkpoint:
        """Return what was cosigned."""
        return self.head.checkpoint

    @property
    def note(self) -> str:
        """Return the log's note with the cosignatures below its own."""
        return with_cosignatures(self.head.note, self.cosignatures)


class CosignedFiles:
    """Reads and replaces the two files; threads and processes may share them."""

    def __init__(
        self,
        folder: Path,
        policy: Policy,
        open_note: Callable[[str], Checkpoint],
    ) -> None:
        self.policy = policy
        self._folder = folder
        self._open_note = open_note
        self._known: dict[str, tuple[bytes, Cosigned | None]] = {}

    def newest(self) -> Cosigned | None:
        """Return the last head witnesses were asked about."""
        return self._read("newest")

    def quorum(self) -> Cosigned | None:
        """Return the last head with a quorum, as the policy of today asks for it."""
        found = self._read("quorum") if self.policy.asks else None
        enough = found is not None and has_quorum(self.policy, found.cosignatures)
        return found if enough else None

    def of(self, head: Published) -> Cosigned:
        """Return a published head with the cosignatures known of it."""
        newest = self.newest() if self.policy.witnesses else None
        same = newest is not None and newest.checkpoint == head.checkpoint
        return Cosigned(head, newest.cosignatures if newest and same else _NOBODY)

    def quorum_at(self) -> int | None:
        """Return when a quorum last cosigned, in POSIX seconds."""
        found = self.quorum()
        return self.policy.met_since(times_of(found.cosignatures)) if found else None

    def keep(self, cosigned: Cosigned) -> None:
        """Keep what was collected, unless it is of a smaller tree than what is kept."""
        names = ["newest"]
        if self.policy.asks and has_quorum(self.policy, cosigned.cosignatures):
            names.append("quorum")
        self._folder.mkdir(parents=True, exist_ok=True)
        with locked(self._folder):
            for name in names:
                there = self._read(name)
                if there is None or there.checkpoint.size <= cosigned.checkpoint.size:
                    write_atomic(self._folder / name, cosigned.note.encode())

    def _read(self, name: str) -> Cosigned | None:
        try:
            with (self._folder / name).open("rb") as file:
                data = file.read(_MOST)
        except OSError:
            return None
        known = self._known.get(name)
        if known is None or known[0] != data:
            known = self._known[name] = (data, self._open(data))
        return known[1]

    def _open(self, data: bytes) -> Cosigned | None:
        try:
            note = data.decode()
            checkpoint = self._open_note(note)
            found = cosignatures_on(note, self.policy.witnesses, MAX_TIME)
        except (UnicodeDecodeError, DomainError) as fault:
            _log.warning("collected cosignatures cannot be read: %s", fault)
            return None
        return Cosigned(Published(_own(note, found), checkpoint), tuple(found))


def _own(note: str, cosignatures: Sequence[Cosignature]) -> str:
    """Return a note of ours without the lines of its witnesses."""
    parsed, theirs = parse_note(note), {one.signature for one in cosignatures}
    ours = tuple(one for one in parsed.signatures if one not in theirs)
    return Note(parsed.text, ours).format()
