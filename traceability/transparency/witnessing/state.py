"""What a witness has cosigned: one file a log, on the disk before anybody is answered.

A file holds the log's newest checkpoint with the witness's own cosignature, which also
tells whether the file is what was written. A file that is damaged is never taken for
none: the witness then refuses that log until somebody looks.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from traceability.core.errors import InvalidError
from traceability.signing.keyfiles import locked, write_atomic
from traceability.transparency.checkpoint import Checkpoint, open_checkpoint
from traceability.transparency.errors import WitnessStateError
from traceability.transparency.merkle import EMPTY_ROOT
from traceability.transparency.note import NoteKey


@dataclass(frozen=True, slots=True)
class WitnessState:
    """The folder of states; threads and processes may share it."""

    folder: Path
    key: NoteKey

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Keep others out from the look at a log's state until its new one stands."""
        with locked(self.folder):
            yield

    def read(self, origin: str) -> Checkpoint:
        """Return a log's newest cosigned head, an empty tree for a log never seen.

        Raises ``WitnessStateError``.
        """
        path = self._path(origin)
        try:
            note = path.read_bytes().decode()
            return open_checkpoint(note, [self.key], origin)
        except FileNotFoundError:
            return Checkpoint(origin, 0, EMPTY_ROOT)
        except (OSError, UnicodeDecodeError, InvalidError) as fault:
            raise WitnessStateError(
                "What this witness knows of %(origin)s cannot be read.", origin=origin
            ) from fault

    def write(self, origin: str, note: str) -> None:
        """Replace a log's state; it has reached the disk when this returns."""
        write_atomic(self._path(origin), note.encode())

    def _path(self, origin: str) -> Path:
        return self.folder / f"{hashlib.sha256(origin.encode()).hexdigest()}.note"
