"""Where finished sheets lie, and the parts of those being made: any fsspec filesystem.

A file appears under its name when it is whole: it is written beside and renamed, on a
local disk fsynced before that. On a local disk room is left: labels can be made again,
and what else lies there (the database, the log) must go on.
"""

import errno
import hashlib
import logging
import os
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from fsspec.core import url_to_fs
from fsspec.implementations.local import LocalFileSystem

BLOCK = 1 << 20
_log = logging.getLogger(__name__)
_UNFINISHED = "."  # what a name begins with that is written just now


@dataclass(frozen=True, slots=True)
class Digest:
    """What a file holds."""

    size: int
    sha256: str


class Digested:
    """A file being written, and what was written: not what others put there since."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._sha256, self._size = hashlib.sha256(), 0

    @property
    def digest(self) -> Digest:
        """Return what was written."""
        return Digest(self._size, self._sha256.hexdigest())

    def write(self, data: bytes) -> int:
        """Write on."""
        self._sha256.update(data)
        self._size += len(data)
        return self._file.write(data)

    def writelines(self, pieces: Iterable[bytes]) -> None:
        """Write piece by piece."""
        for piece in pieces:
            self.write(piece)


def digest_of(file: BinaryIO) -> Digest:
    """Return what an open file holds, read block by block from its beginning."""
    sha256, size = hashlib.sha256(), 0
    file.seek(0)
    while block := file.read(BLOCK):
        sha256.update(block)
        size += len(block)
    file.seek(0)
    return Digest(size, sha256.hexdigest())


class Archive:
    """Files under one address; ``place`` names one attempt of one print task.

    ``sort`` keeps parts apart that must not meet in one file. Nothing is written to a
    local disk with less than ``least_free`` bytes left: that is an ``OSError``.
    """

    def __init__(self, url: str, *, least_free: int = 0) -> None:
        found: tuple[Any, str] = url_to_fs(url)
        self._fs, self._root = found
        self._local = isinstance(self._fs, LocalFileSystem)
        self._least_free = least_free

    @property
    def free(self) -> int | None:
        """Return how many bytes may still be written; nothing is known elsewhere."""
        if not self._local:
            return None
        folder = Path(self._root)
        while not folder.exists():  # it is made with the first part
            folder = folder.parent
        return max(shutil.disk_usage(folder).free - self._least_free, 0)

    def put_part(self, place: str, sort: str, number: int, data: bytes) -> None:
        """Keep a part; made again, it is the same."""
        with self._writing(place, self._part(place, sort, number)) as sink:
            sink.write(data)

    def has_part(self, place: str, sort: str, number: int) -> bool:
        """Return whether a part was kept."""
        return bool(self._fs.exists(self._part(place, sort, number)))

    def part(self, place: str, sort: str, number: int) -> bytes:
        """Return a part's bytes. Raises ``FileNotFoundError``."""
        data: bytes = self._fs.cat_file(self._part(place, sort, number))
        return data

    def sorts(self, place: str) -> set[str]:
        """Return the sorts of parts that an attempt has."""
        found = self._names(f"parts/{place}")
        return {name for name in found if not name.startswith(_UNFINISHED)}

    @contextmanager
    def writing(self, place: str, suffix: str) -> Iterator[BinaryIO]:
        """Write a finished file; it appears at the end, or not at all."""
        with self._writing(place, self._file(place, suffix)) as sink:
            yield sink

    def opened(self, place: str, suffix: str) -> BinaryIO:
        """Open a finished file to read. Raises ``FileNotFoundError``."""
        return cast("BinaryIO", self._fs.open(self._file(place, suffix), "rb"))

    def remove_parts(self, place: str) -> None:
        """Forget the parts of an attempt, if there are any."""
        self._remove(f"{self._root}/parts/{place}")

    def let_parts_go(self, place: str) -> None:
        """Remove the parts of an attempt, but for what is written among them just now.

        Another worker may not know yet that the attempt is over; ``tidy`` finds those.
        """
        try:
            self.remove_parts(place)
        except OSError:
            _log.warning("parts of %s are left for the next round", place)

    def remove_file(self, place: str, suffix: str) -> None:
        """Forget a finished file, if it is there."""
        self._remove(self._file(place, suffix))

    def places_with_parts(self) -> list[str]:
        """Return the attempts of which there are parts."""
        return self._names("parts")

    def files(self) -> list[tuple[str, str]]:
        """Return place and suffix of every finished file."""
        found = (name.partition(".") for name in self._names("files"))
        return [(place, suffix) for place, _, suffix in found]

    def _part(self, place: str, sort: str, number: int) -> str:
        return f"{self._root}/parts/{place}/{sort}/{number}"

    def _file(self, place: str, suffix: str) -> str:
        return f"{self._root}/files/{place}.{suffix}"

    def _names(self, folder: str) -> list[str]:
        path = f"{self._root}/{folder}"
        self._fs.invalidate_cache(path)  # other workers write too
        if not self._fs.exists(path):
            return []
        return [
            str(name).rpartition("/")[2] for name in self._fs.ls(path, detail=False)
        ]

    def _remove(self, path: str) -> None:
        if self._fs.exists(path):
            self._fs.rm(path, recursive=True)

    @contextmanager
    def _writing(self, place: str, path: str) -> Iterator[BinaryIO]:
        """Write beside, among the attempt's parts, and then give it its name."""
        beside = f"{self._root}/parts/{place}/{_UNFINISHED}{secrets.token_hex(8)}"
        folder = path.rpartition("/")[0]
        for one in (beside.rpartition("/")[0], folder):
            self._fs.makedirs(one, exist_ok=True)
        if self._local and shutil.disk_usage(folder).free < self._least_free:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        with self._fs.open(beside, "wb") as sink:
            yield sink
            if self._local:
                sink.flush()
                os.fsync(sink.fileno())
        if self._local:
            os.replace(beside, path)  # noqa: PTH105 (texts, as fsspec has them)
            _fsync_folder(folder)
        else:
            self._fs.mv(beside, path)


def _fsync_folder(folder: str) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
