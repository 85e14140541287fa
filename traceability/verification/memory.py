"""What a verifier keeps between two checks: whom it trusts, what of the log it saw."""

import json
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import NamedTemporaryFile
from urllib.parse import quote

from traceability.core.errors import InvalidError
from traceability.signing.entries import as_list, as_text
from traceability.signing.strict_json import read_object
from traceability.verification.status_lists import MOST

MAX_BYTES = 4 * 1024 * 1024


class MemoryUnreadableError(InvalidError):
    """The verifier's own notes are damaged."""

    code = "memory-unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """A verifier's notes on one service."""

    trust_list: str = ""  # the newest list accepted; its root is the pinned one
    checkpoint: str = ""  # the newest head accepted, as it was signed
    status: tuple[str, ...] = ()  # the newest status lists accepted, likewise

    def with_trust_list(self, token: str) -> "Memory":
        """Return the notes with a newer list."""
        return replace(self, trust_list=token)

    def with_checkpoint(self, note: str) -> "Memory":
        """Return the notes with a newer head."""
        return replace(self, checkpoint=note)

    def with_status(self, tokens: Sequence[str]) -> "Memory":
        """Return the notes with these status lists, as many as are ever looked at."""
        return replace(self, status=tuple(tokens)[:MOST])


def memory_file(folder: Path, host: str) -> Path:
    """Return where the notes on a host lie; a port's colon is encoded."""
    return folder / f"{quote(host, safe='')}.json"


def recall(path: Path) -> Memory:
    """Return the notes, empty where there are none. Raises ``MemoryUnreadableError``.

    Damaged notes are never taken for none: that would forget what was pinned.
    """
    if not path.exists():
        return Memory()
    try:
        with path.open("rb") as file:
            value = read_object(file.read(MAX_BYTES))
        return Memory(
            trust_list=str(value["trust_list"]),
            checkpoint=str(value["checkpoint"]),
            status=tuple(as_text(one) for one in as_list(value.get("status", []))),
        )
    except (OSError, ValueError, KeyError, TypeError):
        raise MemoryUnreadableError(
            "The verifier's notes in %(path)s cannot be read.", path=str(path)
        ) from None


def remember(path: Path, memory: Memory) -> None:
    """Write the notes whole or not at all. Raises ``OSError``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    value = {
        "trust_list": memory.trust_list,
        "checkpoint": memory.checkpoint,
        "status": list(memory.status),
    }
    text = json.dumps(value, indent=1)
    with NamedTemporaryFile(
        "w", dir=path.parent, encoding="utf-8", delete=False
    ) as file:
        try:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).replace(path)
        except OSError:
            with suppress(OSError):
                Path(file.name).unlink()
            raise
