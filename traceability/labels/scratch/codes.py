"""Scratch codes: 40 random bits as eight characters, and what is kept of each.

Kept is a tag of eight bytes, the first 64 bits of HMAC-SHA256 under the pepper over

    ``traceability-scratch-v1`` 00 ``run`` 00 ``index`` ``code``

where ``run`` is the run's id in ASCII, ``index`` is four bytes, big endian, and
``code`` its eight characters. Without the pepper nobody can try codes against it.
"""

import hmac
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from traceability.core.ids import decode_base32, encode_base32, fold_typed
from traceability.core.ports import Mac
from traceability.labels.scratch.errors import ScratchCodeMalformedError

CODE_CHARACTERS = 8
CODE_BITS = 5 * CODE_CHARACTERS
TAG_BYTES = 8
CHUNK = 8192  # tags in one stored piece: 64 KiB
_DOMAIN = b"traceability-scratch-v1\0"
RandomBits = Callable[[int], int]  # ``secrets.randbits``


@dataclass(frozen=True, slots=True)
class ScratchCode:
    """The eight characters under the layer; ``repr`` does not show them."""

    text: str

    def __repr__(self) -> str:
        return "ScratchCode(…)"

    @classmethod
    def typed(cls, text: str) -> "ScratchCode":
        """Read what a person typed: case, blanks, hyphens and look-alikes put right.

        Raises ``ScratchCodeMalformedError``, which does not repeat the text.
        """
        folded = fold_typed(text.replace("-", ""))
        if len(folded) != CODE_CHARACTERS:
            raise ScratchCodeMalformedError(
                "The code has %(n)d characters.", field="code", n=CODE_CHARACTERS
            )
        try:
            decode_base32(folded)
        except ValueError:
            raise ScratchCodeMalformedError(
                "Only digits and letters without U stand in the code.", field="code"
            ) from None
        return cls(folded)

    @classmethod
    def fresh(cls, random_bits: RandomBits) -> "ScratchCode":
        """Return a new code."""
        return cls(encode_base32(random_bits(CODE_BITS), CODE_CHARACTERS))


def tag_of(code: ScratchCode, run_id: str, index: int, pepper: Mac) -> bytes:
    """Return what is kept of a label's code."""
    message = _DOMAIN + run_id.encode("ascii") + b"\0" + index.to_bytes(4, "big")
    return pepper.digest(message + code.text.encode("ascii"))[:TAG_BYTES]


def same_tag(one: bytes, other: bytes) -> bool:
    """Return whether two tags are the same, in constant time."""
    return hmac.compare_digest(one, other)


def chunks_of(tags: bytes) -> Iterator[tuple[int, bytes]]:
    """Return the stored pieces of a run's tags with their numbers."""
    size = CHUNK * TAG_BYTES
    for number, begin in enumerate(range(0, len(tags), size)):
        yield number, tags[begin : begin + size]


def place_of(position: int) -> tuple[int, int]:
    """Return in which piece the tag of a run's label lies, and at which byte."""
    number, within = divmod(position, CHUNK)
    return number, within * TAG_BYTES
