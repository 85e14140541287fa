"""A template's lookup tables: what each value at each place changes in the symbol.

With version, level, segments and mask fixed, a symbol is an affine map of the payload's
bits over GF(2). A pair of alphanumeric characters is one 11-bit value, 45 a + b, three
digits are one of 10 bits: each such group has a table with a row of codewords for every
value, and a symbol is the base and one row of each table, added bit by bit (XOR).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from traceability.labels.symbols.oracle import (
    ALPHANUMERIC,
    ALPHANUMERIC_MODE,
    NUMERIC_MODE,
    Encoded,
    Segment,
    basis,
)

Words = NDArray[np.uint64]
Characters = NDArray[np.uint8]
_WORD = 8  # bytes

_ALPHANUMERIC_VALUES = np.zeros(256, np.int64)
_ALPHANUMERIC_VALUES[list(ALPHANUMERIC)] = range(len(ALPHANUMERIC))
_DIGIT_VALUES = np.zeros(256, np.int64)
_DIGIT_VALUES[list(b"0123456789")] = range(10)


@dataclass(frozen=True, slots=True)
class Group:
    """Characters that one value of ``width`` bits stands for, from bit ``offset``."""

    first: int  # characters of the payload
    length: int
    offset: int
    width: int
    mode: int

    def values(self, characters: Characters) -> NDArray[np.int64]:
        """Return the values of ``(label, character)`` of whole payloads."""
        own = characters[:, self.first : self.first + self.length]
        if self.mode == NUMERIC_MODE:
            digits, radix = _DIGIT_VALUES[own], 10
        elif self.mode == ALPHANUMERIC_MODE:
            digits, radix = _ALPHANUMERIC_VALUES[own], len(ALPHANUMERIC)
        else:
            digits, radix = own.astype(np.int64), 256
        value = digits[:, 0]
        for place in range(1, self.length):
            value = value * radix + digits[:, place]
        return value


class Tables:
    """The tables of all groups that hold a character which varies."""

    def __init__(self, encoded: Encoded, varies: NDArray[np.bool_]) -> None:
        """Build them; ``varies`` has one flag for each character of the payload."""
        self.version = encoded.version
        flips = _words(basis(encoded.version))
        self._groups = [
            group
            for group in _groups(encoded.segments)
            if varies[group.first : group.first + group.length].any()
        ]
        self._tables = [_table(flips, group) for group in self._groups]
        payload = b"".join(segment.data for segment in encoded.segments)
        sample = np.frombuffer(payload, np.uint8)[np.newaxis]
        self._base = _words(encoded.codewords[np.newaxis])[0]
        self._base = self._base ^ self._varying(sample)[0]

    def codewords(self, characters: Characters) -> Characters:
        """Return ``(label, byte)`` for payloads of ``(label, character)``.

        Rows are padded with zeros, one byte at least.
        """
        words = self._varying(characters)
        words ^= self._base
        return words.view(np.uint8)

    def _varying(self, characters: Characters) -> Words:
        words = np.zeros((len(characters), len(self._base)), np.uint64)
        row = np.empty_like(words)
        for group, table in zip(self._groups, self._tables, strict=True):
            np.take(table, group.values(characters), axis=0, out=row, mode="clip")
            words ^= row
        return words


def _groups(segments: Sequence[Segment]) -> list[Group]:
    groups, first = [], 0
    for segment in segments:
        offset, length = segment.offset, len(segment.data)
        each = {NUMERIC_MODE: 3, ALPHANUMERIC_MODE: 2}.get(segment.mode, 1)
        for start in range(0, length, each):
            group = Group(
                first=first + start,
                length=min(each, length - start),
                offset=offset,
                width=_width(segment.mode, min(each, length - start)),
                mode=segment.mode,
            )
            groups.append(group)
            offset += group.width
        first += length
    return groups


def _width(mode: int, length: int) -> int:
    """Return the bits of a group (ISO/IEC 18004, 7.4.3 to 7.4.5)."""
    if mode == NUMERIC_MODE:
        return (4, 7, 10)[length - 1]
    return (6, 11)[length - 1] if mode == ALPHANUMERIC_MODE else 8


def _table(flips: Words, group: Group) -> Words:
    """Return the codewords that each value of the group adds to a group of zeros."""
    rows = np.zeros((1, flips.shape[1]), np.uint64)
    for bit in reversed(range(group.offset, group.offset + group.width)):
        rows = np.concatenate([rows, rows ^ flips[bit]])
    return rows


def _words(rows: Characters) -> Words:
    """Return rows of bytes as words, with at least one byte of padding."""
    count, length = rows.shape
    padded = np.zeros((count, (length // _WORD + 1) * _WORD), np.uint8)
    padded[:, :length] = rows
    return padded.view(np.uint64)
