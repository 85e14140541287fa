"""Where finished sheets lie, and the parts of those being made: any fsspec filesystem.

A file appears under its name when it is whole: it is written beside and renamed, on a
local disk fsynced before that.
"""

import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

from fsspec.core import url_to_fs
from fsspec.implementations.local import LocalFileSystem

BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Digest:
    """What a file holds."""

    size: int
    sha256: str


class Archive:
    """Files under one address; ``place`` names one attempt of one print task."""

    def __init__(self, url: str) -> None:
        found: tuple[Any, str] = url_to_fs(url)
        self._fs, self._root = found
        self._local = isinstance(self._fs, LocalFileSystem)

    def put_part(self, place: str, number: int, data: bytes) -> None:
        """Keep a part; made again, it is the same."""
        with self._writing(place, self._part(place, number)) as sink:
            sink.write(data)

    def has_part(self, place: str, number: int) -> bool:
        """Return whether a part was kept."""
        return bool(self._fs.exists(self._part(place, number)))

    def part(self, place: str, number: int) -> bytes:
        """Return a part's bytes."""
        data: bytes = self._fs.cat_file(self._part(place, number))
        return data

    @contextmanager
    def writing(self, place: str, suffix: str) -> Iterator[BinaryIO]:
        """Write a finished file; it appears at the end, or not at all."""
        with self._writing(place, self._file(place, suffix)) as sink:
            yield sink

    def opened(self, place: str, suffix: str) -> BinaryIO:
        """Open a finished file to read. Raises ``FileNotFoundError``."""
        return cast("BinaryIO", self._fs.open(self._file(place, suffix), "rb"))

    def digest(self, place: str, suffix: str) -> Digest:
        """Return what a finished file holds, read block by block."""
        sha256, size = hashlib.sha256(), 0
        with self.opened(place, suffix) as file:
            while block := file.read(BLOCK):
                sha256.update(block)
                size += len(block)
        return Digest(size, sha256.hexdigest())

    def remove_parts(self, place: str) -> None:
        """Forget the parts of an attempt, if there are any."""
        self._remove(f"{self._root}/parts/{place}")

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

    def _part(self, place: str, number: int) -> str:
        return f"{self._root}/parts/{place}/{number}"

    def _file(self, place: str, suffix: str) -> str:
        return f"{self._root}/files/{place}.{suffix}"

    def _names(self, folder: str) -> list[str]:
        path = f"{self._root}/{folder}"
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
        beside = f"{self._root}/parts/{place}/.{secrets.token_hex(8)}"
        folder = path.rpartition("/")[0]
        for one in (beside.rpartition("/")[0], folder):
            self._fs.makedirs(one, exist_ok=True)
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
