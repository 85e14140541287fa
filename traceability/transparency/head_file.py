"""The last published head in a file, outside the database and its backups.

A database restored from an older backup cannot know what was published since; this
file does. It is replaced whole and reaches the disk before anybody is shown the head.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from traceability.core.errors import InvalidError
from traceability.signing.keyfiles import locked, write_atomic
from traceability.transparency.checkpoint import Checkpoint
from traceability.transparency.errors import (
    LogBehindError,
    LogForkedError,
    LogHeadMissingError,
    LogHeadUnreadableError,
)

_MOST = 16 * 1024  # bytes; a note has some hundred


class Published(NamedTuple):
    """A published checkpoint: the signed note, and what it says."""

    note: str
    checkpoint: Checkpoint


class HeadFile:
    """Reads and replaces the file; threads and processes may share it."""

    def __init__(self, path: Path, open_note: Callable[[str], Checkpoint]) -> None:
        self.path = path
        self._open_note = open_note
        self._known: tuple[bytes, Checkpoint] | None = None

    def read(self) -> Published | None:
        """Return what was published last, or nothing without a file.

        Raises ``LogHeadUnreadableError`` where it is no checkpoint of ours.
        """
        try:
            data = _content(self.path)
        except FileNotFoundError:
            return None
        known = self._known  # threads share it: look once
        if known is None or known[0] != data:
            known = self._known = (data, self._open(data))
        return Published(data.decode(), known[1])

    def write_newer(self, note: str, size: int) -> None:
        """Replace the file unless it tells of a larger tree already."""
        with self.lock():
            there = self.read()
            if there is None or there.checkpoint.size <= size:
                self.write(note)

    def write(self, note: str) -> None:
        """Replace the file; the caller holds ``lock``."""
        write_atomic(self.path, note.encode())

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Keep other threads and processes from replacing the file."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with locked(self.path.parent):
            yield

    def _open(self, data: bytes) -> Checkpoint:
        try:
            return self._open_note(data.decode())
        except (UnicodeDecodeError, InvalidError) as error:
            raise LogHeadUnreadableError(
                "The file with the last published head cannot be trusted: %(why)s",
                why=str(error),
            ) from error


def _content(path: Path) -> bytes:
    """Return what is in a small file; it is asked at every look-up."""
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        data = os.read(file, _MOST)
    finally:
        os.close(file)
    return data if len(data) < _MOST else path.read_bytes()


def check_extends(
    published: Published | None, size: int, root_at: Callable[[int], bytes]
) -> None:
    """Refuse a tree that does not extend what was published.

    ``root_at`` gives the tree's own root at a size up to ``size``. The file must have
    been read before the tree, or under the lock of its head: others may publish at any
    moment. Raises ``LogHeadMissingError``, ``LogBehindError``, ``LogForkedError``.
    """
    if published is None:
        if size:
            raise LogHeadMissingError(
                "The file with the last published head of the log is missing."
            )
        return
    told = published.checkpoint
    if told.size > size:
        raise LogBehindError(
            "The log in the database has %(size)s entries, but %(published)s were"
            " published: this is an older backup.",
            size=size,
            published=told.size,
        )
    if root_at(told.size) != told.root:
        raise LogForkedError("The log in the database is not the published one.")
