"""What a monitor keeps: every head it saw, for ever, and the tree up to the last."""

import base64
import hashlib
import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from traceability.core.errors import InvalidError
from traceability.signing.keyfiles import write_atomic, write_once
from traceability.signing.strict_json import read_object
from traceability.transparency.merkle import HASH_BYTES

_MOST = 1024 * 1024


class MonitorMemoryError(InvalidError):
    """A monitor's own notes are damaged; they are never taken for none."""

    code = "monitor-memory-unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """How far a log was read: its size, the tree's peaks, whose keys count."""

    size: int = 0
    peaks: tuple[bytes, ...] = ()
    vkeys: tuple[str, ...] = ()  # pinned at first sight; empty where others say
    issued_at: str = ""  # of the last entry


@dataclass(frozen=True, slots=True)
class MonitorMemory:
    """The folder of one log's monitor."""

    folder: Path

    def keep_head(self, size: int, note: str) -> Path:
        """Keep a head as it was served; a file that is there is never written again."""
        name = f"{size:020}-{hashlib.sha256(note.encode()).hexdigest()[:16]}.note"
        heads = self.folder / "heads"
        heads.mkdir(parents=True, exist_ok=True)
        if not (heads / name).exists():
            write_once(heads / name, note.encode())
        return heads / name

    def read(self) -> Followed:
        """Return how far the log was read. Raises ``MonitorMemoryError``."""
        path = self.folder / "followed.json"
        if not path.exists():
            return Followed()
        with suppress(OSError, ValueError, KeyError, TypeError):
            with path.open("rb") as file:
                value = read_object(file.read(_MOST))
            return _followed(value)
        raise MonitorMemoryError(
            "The monitor's notes in %(path)s cannot be read.", path=str(path)
        )

    def write(self, followed: Followed) -> None:
        """Replace the notes whole."""
        self.folder.mkdir(parents=True, exist_ok=True)
        value = {
            "size": followed.size,
            "peaks": [base64.b64encode(one).decode() for one in followed.peaks],
            "vkeys": followed.vkeys,
            "issued_at": followed.issued_at,
        }
        data = json.dumps(value, indent=1).encode()
        write_atomic(self.folder / "followed.json", data)


def _followed(value: dict[str, object]) -> Followed:
    size, peaks, vkeys = value["size"], value["peaks"], value["vkeys"]
    if not isinstance(size, int) or not isinstance(peaks, list):
        raise TypeError("not what was written")
    if not isinstance(vkeys, list) or len(peaks) != size.bit_count():
        raise TypeError("not what was written")
    hashes = tuple(base64.b64decode(one, validate=True) for one in peaks)
    if any(len(one) != HASH_BYTES for one in hashes):
        raise ValueError("not hashes")
    return Followed(
        size=size,
        peaks=hashes,
        vkeys=tuple(map(str, vkeys)),
        issued_at=str(value["issued_at"]),
    )
