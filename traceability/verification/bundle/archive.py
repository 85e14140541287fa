"""A zip file written the same way each time, and read as if by an enemy.

Nothing is ever written to disk: every file is unfolded in memory, within limits that
are checked before it is.
"""

import io
import re
import stat
import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from traceability.verification.bundle.errors import (
    BundleEncryptedError,
    BundleLinkError,
    BundleMalformedError,
    BundleNameError,
    BundleNameTwiceError,
    BundleNestedError,
    BundleNotTextError,
    BundleRatioError,
    BundleTooLargeError,
    BundleTrailingBytesError,
)

MAX_BYTES = 16 * 1024 * 1024  # of the zip
MAX_FILES = 8_192
MAX_TOTAL = 48 * 1024 * 1024  # of all files unfolded
MAX_RATIO = 100  # unfolded to packed, for files that are not small
_SMALL = 256 * 1024
_MAGIC = b"PK\x03\x04"
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the zip format's own beginning
_UNIX = 3
_FILE_MODE = (stat.S_IFREG | 0o644) << 16
_LOCAL = struct.Struct("<4s5H3L2H")
_END = struct.Struct("<4s4H2LH")
_NAME = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}(?:/[A-Za-z0-9][A-Za-z0-9._-]{0,99})?"
)
_ENCRYPTED = 0x1 | 0x40 | 0x2000
_STREAMED = 0x8  # sizes follow the data: such files cannot be laid out beforehand


def pack(files: Mapping[str, bytes]) -> bytes:
    """Return a zip of the files: sorted by name, without times, deflated.

    The same files give the same bytes. Raises ``BundleTooLargeError``.
    """
    if len(files) > MAX_FILES or sum(map(len, files.values())) > MAX_TOTAL:
        raise _too_large()
    target = io.BytesIO()
    with ZipFile(target, "w") as archive:
        for name in sorted(files):
            entry = ZipInfo(name, _EPOCH)
            entry.compress_type = ZIP_DEFLATED
            entry.create_system = _UNIX
            entry.external_attr = _FILE_MODE
            archive.writestr(entry, files[name], compresslevel=6)
    data = target.getvalue()
    if len(data) > MAX_BYTES:
        raise _too_large()
    return data


def is_archive(data: bytes) -> bool:
    """Return whether the bytes begin as a zip does."""
    return data.startswith(b"PK")


def unpack(data: bytes) -> dict[str, str]:
    """Return the texts of a zip's files by name. Raises the errors of this room.

    Only the plainest layout passes: files without gaps between them, then the
    directory, then its end; sizes known beforehand, stored or deflated.
    """
    if len(data) > MAX_BYTES:
        raise _too_large()
    entries = _directory(data)
    _check_names(entries)
    _check_kinds(entries)
    _check_sizes(entries)
    return {
        one.orig_filename: _text(one.orig_filename, _unfold(data, begin, one))
        for begin, one in _laid_out(data, entries)
    }


def _too_large() -> BundleTooLargeError:
    return BundleTooLargeError("The bundle is larger than any honest one.")


def _malformed(part: str = "zip") -> BundleMalformedError:
    return BundleMalformedError(
        "This is no evidence bundle, or it is damaged: %(part)s.", part=part
    )


def _directory(data: bytes) -> Sequence[ZipInfo]:
    """Return the entries in the order they lie in; the directory ends the file."""
    if not data.startswith(_MAGIC):
        if _MAGIC in data[:65_536]:
            raise _stray()
        raise _malformed()
    count = _counted(data)
    if count > MAX_FILES:
        raise _too_large()
    try:
        with ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
    except (BadZipFile, ValueError, NotImplementedError, struct.error, OSError):
        raise _malformed() from None
    if len(entries) != count:
        raise _malformed()
    return sorted(entries, key=lambda one: one.header_offset)


def _counted(data: bytes) -> int:
    """Return how many files the zip's end tells of; it must end the bytes."""
    begin = data.rfind(b"PK\x05\x06")
    if begin < 0 or begin + _END.size > len(data):
        raise _malformed()
    if begin + _END.size != len(data):
        raise _stray()
    _, disk, first_disk, here, count, size, offset, note = _END.unpack(data[begin:])
    if disk or first_disk or here != count or note:
        raise _malformed()
    if offset + size != begin:
        raise _stray()
    return int(count)


def _stray() -> BundleTrailingBytesError:
    return BundleTrailingBytesError(
        "There are bytes in the bundle that belong to none of its files."
    )


def _check_names(entries: Sequence[ZipInfo]) -> None:
    seen: set[str] = set()
    for one in entries:
        name = one.orig_filename
        if name.endswith("/"):
            raise BundleLinkError("%(name)s is not a plain file.", name=name[:200])
        if not _NAME.fullmatch(name) or ".." in name:
            raise BundleNameError(
                "The bundle holds a file with an unsafe name: %(name)s.",
                name=ascii(name[:200]),
            )
        if name.lower() in seen:  # some systems tell no small letters from capitals
            raise BundleNameTwiceError("%(name)s stands twice.", name=name)
        seen.add(name.lower())


def _check_kinds(entries: Sequence[ZipInfo]) -> None:
    for one in entries:
        mode = one.external_attr >> 16
        if stat.S_IFMT(mode) not in {0, stat.S_IFREG}:
            raise BundleLinkError("%(name)s is not a plain file.", name=one.filename)
        if one.flag_bits & _ENCRYPTED:
            raise BundleEncryptedError("%(name)s is encrypted.", name=one.filename)
        if one.filename.lower().endswith((".zip", ".gz", ".tar", ".7z")):
            raise _nested(one.filename)
        plain = one.compress_type in {ZIP_STORED, ZIP_DEFLATED}
        if not plain or one.flag_bits & _STREAMED:
            raise _malformed(one.filename)


def _nested(name: str) -> BundleNestedError:
    return BundleNestedError("%(name)s is an archive itself.", name=name)


def _check_sizes(entries: Sequence[ZipInfo]) -> None:
    for one in entries:
        large = one.file_size > _SMALL
        if large and one.file_size > MAX_RATIO * max(one.compress_size, 1):
            raise BundleRatioError(
                "%(name)s unfolds to more than anybody opens.", name=one.filename
            )
    if sum(one.file_size for one in entries) > MAX_TOTAL:
        raise _too_large()


def _laid_out(data: bytes, entries: Sequence[ZipInfo]) -> Iterator[tuple[int, ZipInfo]]:
    """Return where each file's data begins: right after the file before it."""
    *_, offset, _ = _END.unpack(data[-_END.size :])
    ends = [*(one.header_offset for one in entries), offset]
    if ends[0] != 0:
        raise _stray()
    for one, (begin, end) in zip(entries, pairwise(ends), strict=True):
        head = data[begin : begin + _LOCAL.size]
        if len(head) < _LOCAL.size or not head.startswith(_MAGIC):
            raise _malformed()
        *_, packed, size, named, extra = _LOCAL.unpack(head)
        start = begin + _LOCAL.size + named + extra
        if start + one.compress_size != end:
            raise _stray()
        name = data[begin + _LOCAL.size : begin + _LOCAL.size + named]
        same = (packed, size) == (one.compress_size, one.file_size)
        if name != one.orig_filename.encode() or not same:
            raise _malformed()
        yield start, one


def _unfold(data: bytes, begin: int, one: ZipInfo) -> bytes:
    packed = data[begin : begin + one.compress_size]
    if one.compress_type == ZIP_STORED:
        body = packed
    else:
        reader = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            body = reader.decompress(packed, one.file_size + 1)
        except zlib.error:
            raise _malformed(one.filename) from None
        if len(body) <= one.file_size and (not reader.eof or reader.unused_data):
            raise _malformed(one.filename)
    if len(body) != one.file_size or zlib.crc32(body) != one.CRC:
        raise _malformed(one.filename)
    return body


def _text(name: str, body: bytes) -> str:
    if body.startswith((_MAGIC, b"\x1f\x8b")):
        raise _nested(name)
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        raise BundleNotTextError("%(name)s is not UTF-8 text.", name=name) from None
