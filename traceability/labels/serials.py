"""Serial numbers: 6 characters of index and 7 of a secret MAC over it.

A serial is 13 Crockford base32 characters. The first six are the index in the product's
sequence (30 bits). The other seven are the first 35 bits of HMAC-SHA256 over

    ``traceability-serial-v1`` 00 ``product`` 00 ``index``

where ``product`` is the element string of the product alone, ``(01)09520001001017`` or
``(X)RUONG-01``, in ASCII, and ``index`` is four bytes, big endian. The layout is
version 1; another layout gets another first word, and runs name the key they used.
"""

import hmac
from dataclasses import dataclass

from traceability.core.ids import ALPHABET, decode_base32, encode_base32, fold_typed
from traceability.core.ports import Mac
from traceability.labels.errors import SerialMalformedError

INDEX_CHARACTERS = 6
TAG_CHARACTERS = 7
SERIAL_CHARACTERS = INDEX_CHARACTERS + TAG_CHARACTERS
INDEX_LIMIT = 1 << 5 * INDEX_CHARACTERS
MAX_INDEX_DIGITS = len(str(INDEX_LIMIT))
_TAG_BITS = 5 * TAG_CHARACTERS
_SPARE_BITS = 40 - _TAG_BITS  # of the five bytes that a tag is cut from
_PAIRS = [one + other for one in ALPHABET for other in ALPHABET]
_DOMAIN = b"traceability-serial-v1\0"
_GROUPS = (3, 3, 4, 3)  # as it is printed for reading: the index is the first two


@dataclass(frozen=True, slots=True)
class SerialNumber:
    """A serial taken apart; nothing says yet that it is genuine."""

    index: int
    tag: int

    def __str__(self) -> str:
        """Return the 13 characters."""
        index = encode_base32(self.index, INDEX_CHARACTERS)
        return index + encode_base32(self.tag, TAG_CHARACTERS)

    @classmethod
    def parse(cls, text: str) -> "SerialNumber":
        """Read the one spelling of a serial. Raises ``SerialMalformedError``."""
        if len(text) != SERIAL_CHARACTERS:
            raise SerialMalformedError(
                "A serial has %(n)d characters.", field="serial", n=SERIAL_CHARACTERS
            )
        try:
            return cls(
                decode_base32(text[:INDEX_CHARACTERS]),
                decode_base32(text[INDEX_CHARACTERS:]),
            )
        except ValueError:
            raise SerialMalformedError(
                "This serial holds a character that no serial has.", field="serial"
            ) from None


def serial_for(product: str, index: int, mac: Mac) -> str:
    """Return the serial of an index in a product's sequence.

    ``product`` is the product's element string. Raises ``ValueError`` for an index
    outside the 30 bits.
    """
    return str(SerialNumber(index, _tag(product, index, mac)))


def serials_for(product: str, indexes: range, mac: Mac) -> list[str]:
    """Return the serials of many indexes, each as ``serial_for`` makes it."""
    if indexes and not 0 <= min(indexes) <= max(indexes) < INDEX_LIMIT:
        raise ValueError(f"{indexes} are no indexes of a sequence")
    head = _DOMAIN + product.encode("ascii") + b"\0"
    made = []
    for index in indexes:
        digest = mac.digest(head + index.to_bytes(4, "big"))
        number = index << _TAG_BITS | int.from_bytes(digest[:5], "big") >> _SPARE_BITS
        made.append(
            _PAIRS[number >> 55]
            + _PAIRS[number >> 45 & 1023]
            + _PAIRS[number >> 35 & 1023]
            + _PAIRS[number >> 25 & 1023]
            + _PAIRS[number >> 15 & 1023]
            + _PAIRS[number >> 5 & 1023]
            + ALPHABET[number & 31]
        )
    return made


def is_genuine(serial: SerialNumber, product: str, mac: Mac) -> bool:
    """Return whether this key made the serial for this product, in constant time."""
    expected = _tag(product, serial.index, mac)
    return hmac.compare_digest(_bytes(serial.tag), _bytes(expected))


def grouped(serial: str) -> str:
    """Return a serial as people read it aloud: ``00A 1BC 7KQ2 MXA``."""
    parts, start = [], 0
    for length in _GROUPS:
        parts.append(serial[start : start + length])
        start += length
    return " ".join(parts)


def typed(text: str) -> str:
    """Return the serial that a person typed from a label, blanks and hyphens dropped.

    Look-alikes are put right (O is 0, I and L are 1). Raises ``SerialMalformedError``.
    """
    return str(SerialNumber.parse(fold_typed(text.replace("-", ""))))


def index_typed(text: str) -> int | SerialNumber:
    """Read what names a label: a plain index, or the serial printed on it.

    No index has as many digits as a serial. Raises ``SerialMalformedError``.
    """
    plain = text.strip()
    if plain.isascii() and plain.isdecimal() and len(plain) <= MAX_INDEX_DIGITS:
        return int(plain)
    return SerialNumber.parse(typed(text))


def _tag(product: str, index: int, mac: Mac) -> int:
    if not 0 <= index < INDEX_LIMIT:
        raise ValueError(f"{index} is no index of a sequence")
    message = _DOMAIN + product.encode("ascii") + b"\0" + index.to_bytes(4, "big")
    return int.from_bytes(mac.digest(message)[:5], "big") >> _SPARE_BITS


def _bytes(tag: int) -> bytes:
    return tag.to_bytes(5, "big")
