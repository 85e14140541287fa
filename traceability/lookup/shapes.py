"""A page rendered once with gaps, filled for each label of a lot. Pure.

Pages of a lot's labels differ in a few words. A shape is the page with marks in place
of them: what stands between the marks is kept whole and packed, and only what fills
the gaps is escaped, and stored as it is, for each label.
"""

import hashlib
import re
import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from secrets import token_hex

from isal import isal_zlib
from markupsafe import escape

from traceability.lookup.stored import ETAG_LETTERS, etag_of

_HEAD = b"\x1f\x8b\x08\0\0\0\0\0\x00\xff"  # RFC 1952: no time, no name
_END = b"\x03\x00"  # RFC 1951: the last block, empty
_STORED = struct.Struct("<BHH")
_SPECIAL = re.compile("[&<>'\"]")
_MOST_STORED = 0xFFFF
_LEVEL = 9  # once for a lot
_RAW = -15
_ROOM = 16 * 1024  # bytes: its packed form, and what holds it
# Nobody can write a mark into a page: it is made anew by each process.
_SECRET = token_hex(8)
_MARK = re.compile(f"gap{_SECRET}([a-z0-9]+)end")


def mark_of(name: str) -> str:
    """Return what stands in a shape where a value will."""
    return f"gap{_SECRET}{name}end"


@dataclass(frozen=True, slots=True)
class _Piece:
    """What is the same for all, and the gap after it; no name at the end."""

    plain: bytes
    packed: bytes
    gap: str


@dataclass(frozen=True, slots=True)
class Shape:
    """A page with gaps."""

    pieces: Sequence[_Piece]
    digest: bytes  # of the pieces and the names of their gaps

    @classmethod
    def of(cls, text: str) -> "Shape":
        """Return a rendered page with marks as a shape."""
        parts = [*_MARK.split(text), ""]
        pairs = zip(parts[::2], parts[1::2], strict=True)
        nameless = _MARK.sub(r"\0\1\0", text)  # marks differ between processes
        return cls(
            [_piece(plain.encode(), gap) for plain, gap in pairs],
            hashlib.sha256(nameless.encode()).digest(),
        )

    def filled(self, values: Mapping[str, str], language: str) -> "FilledPage":
        """Return the page with each value escaped in its gaps."""
        escaped = {name: _escaped(one).encode() for name, one in values.items()}
        return FilledPage(self, escaped, language)


@dataclass(frozen=True)
class FilledPage:
    """A page of a shape; each form is put together only if somebody asks for it."""

    shape: Shape
    values: Mapping[str, bytes]
    language: str

    @property
    def body(self) -> bytes:
        """Return the page as it is read."""
        return b"".join(self._parts)

    @cached_property
    def packed(self) -> bytes:
        """Return the page in gzip."""
        stored = {name: _stored(one) for name, one in self.values.items()}
        stored[""] = b""
        packed = [
            part for one in self.shape.pieces for part in (one.packed, stored[one.gap])
        ]
        check, length = 0, 0
        for part in self._parts:
            check, length = isal_zlib.crc32(part, check), length + len(part)
        return b"".join([_HEAD, *packed, _END, struct.pack("<II", check, length)])

    @cached_property
    def etag(self) -> str:
        """Return what names the page: its shape, and what fills each gap."""
        told = hashlib.sha256(self.shape.digest)
        told.update(repr(sorted(self.values.items())).encode())
        return told.hexdigest()[:ETAG_LETTERS]

    def named(self, *, packed: bool) -> str:
        """Return the ETag of a form."""
        return etag_of(self.etag, packed=packed)

    @property
    def size(self) -> int:
        """Return about how much room it takes beside its shape."""
        return _ROOM + sum(map(len, self.values.values()))

    @property
    def _parts(self) -> Sequence[bytes]:
        values = {**self.values, "": b""}
        pieces = self.shape.pieces
        return [part for one in pieces for part in (one.plain, values[one.gap])]


def _piece(plain: bytes, gap: str) -> _Piece:
    """Return a piece whose packed form refers to nothing before it."""
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _RAW)
    packed = packer.compress(plain) + packer.flush(zlib.Z_FULL_FLUSH)
    return _Piece(plain, packed, gap)


def _escaped(value: str) -> str:
    return str(escape(value)) if _SPECIAL.search(value) else value


def _stored(value: bytes) -> bytes:
    """Return a value as blocks that are not compressed (RFC 1951, section 3.2.4)."""
    length = len(value)
    if length > _MOST_STORED:
        return _stored(value[:_MOST_STORED]) + _stored(value[_MOST_STORED:])
    return _STORED.pack(0, length, length ^ _MOST_STORED) + value
