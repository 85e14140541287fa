"""Draw the symbols of many labels at once, each as ``qrcode`` alone would draw it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from traceability.labels.errors import SymbolMismatchError
from traceability.labels.label import Label
from traceability.labels.qr import Symbol
from traceability.labels.symbols.oracle import (
    ALPHANUMERIC,
    MIN_CHUNK,
    Canvas,
    canvas,
    encode,
    reference,
)
from traceability.labels.symbols.penalty import Words, lost_points
from traceability.labels.symbols.tables import Characters, Tables

CHECKED_BETWEEN = 2  # labels compared with ``qrcode`` beside a part's first and last
_CHUNK = 512  # labels whose codewords are added at a time,
_PLACED = 128  # that are placed as modules,
_WEIGHED = 128  # and whose masks are weighed: what stays in a processor's cache
_WORD = 64
_BIT_OF_OCTET = np.arange(7, -1, -1, dtype=np.uint8)[:, np.newaxis]
_SIZES = "The symbols of these labels are not of one size; nothing was released."
_REVERSED = np.packbits(
    np.unpackbits(np.arange(256, dtype=np.uint8)[:, np.newaxis], axis=1)[:, ::-1]
)
_IS_ALPHANUMERIC = np.isin(np.arange(256), list(ALPHANUMERIC))


@dataclass(frozen=True, slots=True)
class SymbolBlock:
    """Symbols of one size; ``lines`` is ``(line, label)``, module ``i`` in bit ``i``.

    The first ``size`` lines are the rows from above, the others the columns from left.
    """

    size: int
    lines: Words

    def __len__(self) -> int:
        """Return how many symbols there are."""
        return int(self.lines.shape[1])

    def part(self, own: slice) -> "SymbolBlock":
        """Return some of them."""
        return SymbolBlock(self.size, self.lines[:, own])

    def packed_rows(self) -> Characters:
        """Return ``(label, byte)``: rows of whole bytes, the left module first."""
        return self._packed(self.lines[: self.size])

    def packed_columns(self) -> Characters:
        """Return ``(label, byte)``: columns of whole bytes, the upper module first."""
        return self._packed(self.lines[self.size :])

    def modules(self) -> NDArray[np.bool_]:
        """Return ``(label, y, x)``, true where a module is dark."""
        packed = self.packed_rows().reshape(len(self), self.size, -1)
        return np.unpackbits(packed, axis=2, count=self.size).astype(np.bool_)

    def _packed(self, lines: Words) -> Characters:
        width = -(-self.size // 8)
        words = np.ascontiguousarray(lines.T).astype("<u8", copy=False)
        octets = words.view(np.uint8).reshape(*words.shape, 8)[..., :width]
        return _REVERSED[octets].reshape(len(self), -1)


def draw_symbols(
    labels: Sequence[Label], first: int = 0, *, size: int | None = None
) -> SymbolBlock:
    """Return the symbols of these labels, of which ``first`` is the first's number.

    Some are compared with ``qrcode``'s own. Raises ``SymbolMismatchError`` where one
    differs, or where the labels' symbols are not of one ``size``.
    """
    block = _drawn_by_tables(labels)
    if block is None:
        block = _drawn_one_by_one([_reference(label) for label in labels])
    if size not in {None, block.size}:
        raise SymbolMismatchError(_SIZES)
    for place in sorted(checked(first, len(labels))):
        expected = _lines([_reference(labels[place])])
        if not np.array_equal(block.lines[:, place], expected[:, 0]):
            raise SymbolMismatchError(
                "The symbol of label %(number)d is not the one it should be; nothing "
                "was released.",
                number=first + place + 1,
            )
    return block


def _reference(label: Label) -> Symbol:
    return reference(label.link, label.seal)


def checked(first: int, count: int) -> set[int]:
    """Return which labels of a part are compared; the same for the same part."""
    spread = (first * 2654435761 + 40503 * place for place in range(CHECKED_BETWEEN))
    return {0, count - 1, *(number % count for number in spread)}


def _drawn_by_tables(labels: Sequence[Label]) -> SymbolBlock | None:
    """Return the symbols, or nothing where the labels' payloads differ in more."""
    sample = labels[0]
    own = len(sample.serial) if sample.link.endswith(sample.serial) else 0
    fixed = sample.link[: len(sample.link) - own]
    characters = _characters(labels, len(sample.qr_text))
    if characters is None or not _is_regular(fixed, own):
        return None
    varies = _varying(len(fixed), own, len(sample.seal), characters.shape[1])
    if not _same_but(varies, characters, len(fixed) + own):
        return None
    tables = _tables(fixed, own, len(sample.seal))
    pen = _pen(tables.version)
    if pen is None:
        return None
    if not varies.any():
        one = pen.lines(tables.codewords(characters[:1]))
        return SymbolBlock(pen.size, np.repeat(one, len(labels), axis=1))
    lines = [
        pen.lines(piece)
        for some in _cut(characters, _CHUNK)
        for piece in _cut(tables.codewords(some), _PLACED)
    ]
    return SymbolBlock(pen.size, np.concatenate(lines, axis=1))


def _characters(labels: Sequence[Label], length: int) -> Characters | None:
    """Return the payloads as ``(label, character)``, or nothing if lengths differ."""
    payloads = [label.qr_text for label in labels]
    if any(len(payload) != length for payload in payloads):
        return None
    octets = "".join(payloads).encode("ascii")
    return np.frombuffer(octets, np.uint8).reshape(len(labels), length)


def _is_regular(fixed: str, own: int) -> bool:
    """Return whether no serial can change how the link is cut into segments.

    Digits become a numeric segment where enough of them stand together.
    """
    digits = len(fixed) - len(fixed.rstrip("0123456789"))
    return own == 0 or digits + own < MIN_CHUNK


def _same_but(varies: NDArray[np.bool_], characters: Characters, link: int) -> bool:
    """Return whether payloads differ only where they may, links in plain capitals."""
    differ = (characters != characters[0]).any(axis=0)
    own = characters[:, :link][:, varies[:link]]
    return not (differ & ~varies).any() and bool(_IS_ALPHANUMERIC[own].all())


def _varying(fixed: int, own: int, seal: int, length: int) -> NDArray[np.bool_]:
    varies = np.zeros(length, np.bool_)
    varies[fixed : fixed + own] = True
    varies[length - seal :] = True
    return varies


@lru_cache(maxsize=4)  # up to 17 MB each, those of sealed labels
def _tables(fixed: str, own: int, seal: int) -> Tables:
    # Not zeros: qrcode cannot encode a block of the symbol that is zero throughout.
    encoded = encode(fixed + "1" * own, "1" * seal)
    length = sum(len(segment.data) for segment in encoded.segments)
    return Tables(encoded, _varying(len(fixed), own, seal, length))


class _Pen:
    """Draws codewords into one version's symbols."""

    def __init__(self, of: Canvas) -> None:
        self.size = of.size
        self._bits = self._order(of)
        self._tested = _packed(_both_ways(of.tested)).T[..., np.newaxis]
        self._drawn = _packed(_both_ways(of.drawn)).T.copy()

    def _order(self, of: Canvas) -> NDArray[np.int64]:
        """Return the codeword bit of each module, a padding bit where there is none."""
        width = -(-self.size // 8) * 8
        order = np.full((2 * self.size, width), of.bits.max() + 1)
        ways = _both_ways(of.bits)
        order[:, : self.size] = np.where(ways < 0, of.bits.max() + 1, ways)
        return order.reshape(2 * self.size, -1, 8)

    def lines(self, codewords: Characters) -> Words:
        """Return ``(line, label)`` of the symbols under the best masks.

        Labels come last in every array: a module is copied for all of them at once.
        """
        octets = np.ascontiguousarray(codewords.T)
        bits = octets[:, np.newaxis] >> _BIT_OF_OCTET & np.uint8(1)
        placed = bits.reshape(-1, len(codewords))[self._bits]
        packed = placed[:, :, 0]
        for place in range(1, 8):
            packed |= placed[:, :, place] << np.uint8(place)
        words = np.zeros((2 * self.size, len(codewords), 8), np.uint8)
        words[..., : packed.shape[1]] = packed.swapaxes(1, 2)
        lines = words.view("<u8")[..., 0].astype(np.uint64, copy=False)
        lines ^= self._drawn[:, self._masks(lines)]
        return lines

    def _masks(self, lines: Words) -> NDArray[np.intp]:
        """Return the first of the masks that lose the fewest points."""
        starts = range(0, lines.shape[1], _WEIGHED)
        chosen = [
            lost_points(self._tested ^ part[:, np.newaxis], self.size).argmin(axis=0)
            for part in (lines[:, start : start + _WEIGHED] for start in starts)
        ]
        return np.concatenate(chosen)


@lru_cache(maxsize=8)
def _pen(version: int) -> _Pen | None:
    """Return a version's pen, or nothing where a line is longer than a word."""
    drawn = canvas(version)
    return _Pen(drawn) if drawn.size < _WORD else None


def _cut(rows: Characters, size: int) -> Iterator[Characters]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def _both_ways(modules: NDArray[np.generic]) -> NDArray[np.int64]:
    """Return rows and columns of ``(..., y, x)`` as ``(..., line, module)``."""
    turned = np.swapaxes(modules, -1, -2)
    return np.concatenate([modules, turned], axis=-2).astype(np.int64)


def _packed(lines: NDArray[np.int64]) -> Words:
    places = np.arange(lines.shape[-1], dtype=np.uint64)
    packed: Words = (lines.astype(np.uint64) << places).sum(axis=-1, dtype=np.uint64)
    return packed


def _lines(symbols: Sequence[Symbol]) -> Words:
    modules = np.array([[[*row] for row in symbol.rows] for symbol in symbols])
    return _packed(_both_ways(modules)).T


def _drawn_one_by_one(symbols: Sequence[Symbol]) -> SymbolBlock:
    size = symbols[0].size
    if size > _WORD:
        raise SymbolMismatchError("This link is too long for a symbol on a label.")
    if any(symbol.size != size for symbol in symbols):
        raise SymbolMismatchError(_SIZES)
    return SymbolBlock(size, _lines(symbols))
