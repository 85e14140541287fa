"""Bits as W3C Bitstring Status List v1.0 writes them: GZIP in multibase base64url."""

import binascii
import gzip
import zlib
from collections.abc import Iterable

from traceability.signing.keys import decode_base64url, encode_base64url
from traceability.status.errors import StatusListEncodingError, StatusListSizeError

SIZE = 131_072  # bits: the least a list may hold (2.2), and what each of ours holds
_BYTES = SIZE // 8
_MULTIBASE = "u"  # base64url without padding
_GZIP = 31  # zlib's number for a GZIP frame with the largest window


def bits_of(positions: Iterable[int]) -> bytes:
    """Return the bits with those at some positions set; 0 is the left-most bit."""
    bits = bytearray(_BYTES)
    for position in positions:
        bits[position >> 3] |= 0x80 >> (position & 7)
    return bytes(bits)


def is_set(bits: bytes, position: int) -> bool:
    """Return whether the bit at a position is set."""
    return bool(bits[position >> 3] & (0x80 >> (position & 7)))


def encode(bits: bytes) -> str:
    """Return the bits as an ``encodedList``; the same bits give the same text."""
    return _MULTIBASE + encode_base64url(gzip.compress(bits, mtime=0))


def decode(text: str) -> bytes:
    """Read what ``encode`` wrote; never unpacks more than one list's bits.

    Raises ``StatusListEncodingError``, ``StatusListSizeError``.
    """
    if not text.startswith(_MULTIBASE):
        raise StatusListEncodingError("The list is not written in base64url.")
    stream = zlib.decompressobj(_GZIP)
    try:
        bits = stream.decompress(decode_base64url(text[1:]), _BYTES + 1)
    except (ValueError, binascii.Error, zlib.error):
        raise StatusListEncodingError("The list cannot be unpacked.") from None
    if len(bits) > _BYTES:
        raise StatusListSizeError("The list does not hold %(n)d bits.", n=SIZE)
    if not stream.eof or stream.unused_data:
        raise StatusListEncodingError("The list cannot be unpacked.")
    if len(bits) != _BYTES:
        raise StatusListSizeError("The list does not hold %(n)d bits.", n=SIZE)
    return bits
