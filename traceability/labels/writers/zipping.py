"""A ZIP written as a stream: the same entries give the same bytes, on any sink.

Python's own writes other bytes where it can seek, and keeps an object for each entry.
Here an entry is compressed before it is written, and the directory of a million files
waits in a temporary file (APPNOTE.TXT 6.3.10, 4.3 and 4.5.3).
"""

import struct
import zlib
from collections.abc import Iterable
from shutil import copyfileobj
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, Self

_LOCAL = struct.Struct("<4s5H3I2H")
_ENTRY = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_END_64 = struct.Struct("<4sQ2H2I4Q")
_LOCATOR = struct.Struct("<4sIQI")
_DAY = (1 << 5) | 1  # the first of January 1980: nothing tells the time
_UTF_8, _SIZES_FOLLOW = 0x800, 0x8
_STORED, _DEFLATED = 0, 8
_MOST_16, _MOST_32 = 0xFFFF, 0xFFFFFFFF
_VERSION, _VERSION_64 = 20, 45
_IN_MEMORY = 1 << 20


class ZipStream:
    """Writes entries one after another, and their directory when it is left."""

    def __init__(self, sink: BinaryIO) -> None:
        """Begin at the sink's present place."""
        self._sink = sink
        self._length = 0
        self._count = 0
        self._directory = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 (__exit__ closes it)

    def add(self, name: str, data: bytes, *, compress: bool = True) -> None:
        """Write one file; below 4 GiB, as all our pages are."""
        packed, method = (_deflated(data), _DEFLATED) if compress else (data, _STORED)
        sizes = zlib.crc32(data), len(packed), len(data)
        begin = self._begin(name, method, sizes)
        self._write(packed)
        self._list(name, begin, (_UTF_8, method), sizes)

    def add_stream(self, name: str, pieces: Iterable[bytes]) -> None:
        """Write one file as it comes; its sizes follow it (4.3.9).

        Below 4 GiB: ``struct.error`` otherwise.
        """
        begin = self._begin(name, _DEFLATED, (0, 0, 0), flags=_UTF_8 | _SIZES_FOLLOW)
        start, check, length = self._length, 0, 0
        packer = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
        for piece in pieces:
            check, length = zlib.crc32(piece, check), length + len(piece)
            self._write(packer.compress(piece))
        self._write(packer.flush())
        sizes = check, self._length - start, length
        self._write(struct.pack("<4s3I", b"PK\7\10", *sizes))
        self._list(name, begin, (_UTF_8 | _SIZES_FOLLOW, _DEFLATED), sizes)

    def _begin(
        self, name: str, method: int, sizes: tuple[int, int, int], flags: int = _UTF_8
    ) -> int:
        """Write what stands before a file's data and return where."""
        begin, path = self._length, name.encode("utf-8")
        common = _VERSION, flags, method, 0, _DAY
        self._write(_LOCAL.pack(b"PK\3\4", *common, *sizes, len(path), 0) + path)
        return begin

    def _list(
        self, name: str, begin: int, how: tuple[int, int], sizes: tuple[int, int, int]
    ) -> None:
        """Note a file for the directory."""
        path, far = name.encode("utf-8"), begin >= _MOST_32
        extra = struct.pack("<HHQ", 1, 8, begin) if far else b""
        version = _VERSION_64 if far else _VERSION
        entry = _ENTRY.pack(
            *(b"PK\1\2", version, version, *how, 0, _DAY, *sizes),
            *(len(path), len(extra), 0, 0, 0, 0, min(begin, _MOST_32)),
        )
        self._directory.write(entry + path + extra)
        self._count += 1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Write the directory and the end, unless something went wrong."""
        with self._directory:
            if kind is None:
                self._close()

    def _close(self) -> None:
        begin, size, count = self._length, self._directory.tell(), self._count
        self._directory.seek(0)
        copyfileobj(self._directory, self._sink)
        if count > _MOST_16 or begin + size > _MOST_32:
            after = begin + size
            counts = _VERSION_64, _VERSION_64, 0, 0, count, count, size, begin
            self._write(_END_64.pack(b"PK\6\6", _END_64.size - 12, *counts))
            self._write(_LOCATOR.pack(b"PK\6\7", 0, after, 1))
        short = min(count, _MOST_16)
        sizes = min(size, _MOST_32), min(begin, _MOST_32)
        self._write(_END.pack(b"PK\5\6", 0, 0, short, short, *sizes, 0))

    def _write(self, data: bytes) -> None:
        self._sink.write(data)
        self._length += len(data)


def _deflated(data: bytes) -> bytes:
    packer = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()
