"""Keep files in the home: refused ones with their report, and those that wait. Pure."""

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from traceability.batches.importing.errors import ImportNotFoundError
from traceability.core.ids import new_id

_ZIP = b"PK"
_START = 12  # digits of the digest in the name
_ID = re.compile(r"[0-9a-z]{26}", re.ASCII)
_WAITING = 10  # files of one producer; older ones are thrown away


def keep_refused(
    folder: Path, data: bytes, report: Mapping[str, Any], *, now: datetime
) -> Path:
    """Copy a refused file and its report into the folder, 0600; return the copy.

    The name is the time and the start of the file's SHA-256; the same file refused
    again within a second is kept once.
    """
    digest = hashlib.sha256(data).hexdigest()
    ending = "xlsx" if data.startswith(_ZIP) else "csv"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"{now:%Y%m%dT%H%M%SZ}-{digest[:_START]}.{ending}"
    _write(path, data)
    told = {"sha256": digest, **report}
    text = json.dumps(told, ensure_ascii=False, indent=1)
    _write(path.with_suffix(f".{ending}.json"), text.encode())
    return path


def _write(path: Path, data: bytes) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    with os.fdopen(os.open(path, flags, 0o600), "wb") as file:
        file.write(data)


@dataclass(frozen=True, slots=True)
class Shelf:
    """The files one producer sent and has not imported yet."""

    folder: Path

    @classmethod
    def of(cls, home: Path, producer: str) -> "Shelf":
        """Return a producer's shelf; ``producer`` is its public id."""
        return cls(home / "imports" / "waiting" / producer)

    def put(self, data: bytes) -> str:
        """Keep a file, 0600; return the id it is asked for by."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for old in self.ids()[_WAITING - 1 :]:
            self.drop(old)
        file_id = new_id()
        _write(self.folder / file_id, data)
        return file_id

    def ids(self) -> list[str]:
        """Return the files that wait, the newest first."""
        if not self.folder.is_dir():
            return []
        files = [one for one in self.folder.iterdir() if _ID.fullmatch(one.name)]
        files.sort(key=lambda one: one.stat().st_mtime_ns, reverse=True)
        return [one.name for one in files]

    def read(self, file_id: str) -> bytes:
        """Return a file. Raises ``ImportNotFoundError``."""
        try:
            return self._path(file_id).read_bytes()
        except FileNotFoundError:
            raise ImportNotFoundError("There is no such file.") from None

    def drop(self, file_id: str) -> None:
        """Throw a file away."""
        self._path(file_id).unlink(missing_ok=True)

    @contextmanager
    def claim(self, file_id: str) -> Iterator[bytes]:
        """Hand a file to one importer only; gone afterwards, unless it failed.

        Raises ``ImportNotFoundError`` for whoever comes second: nothing is imported
        twice, not even where the service dies in between.
        """
        path = self._path(file_id)
        claimed = path.with_suffix(".claimed")
        try:
            path.rename(claimed)
        except FileNotFoundError:
            raise ImportNotFoundError("There is no such file.") from None
        try:
            yield claimed.read_bytes()
        except BaseException:
            claimed.rename(path)
            raise
        claimed.unlink()

    def _path(self, file_id: str) -> Path:
        if not _ID.fullmatch(file_id):
            raise ImportNotFoundError("There is no such file.")
        return self.folder / file_id
