"""Labels as dots of a printer: one bit each, 1 is dark, rows of whole bytes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from traceability.labels.label import Label
from traceability.labels.layout import LabelLayout
from traceability.labels.symbols.drawing import SymbolBlock, draw_symbols
from traceability.labels.typeset import TextLine
from traceability.labels.writers.lettering import Letters, letters, rounded
from traceability.labels.writers.serial_text import (
    SERIAL_LETTERS,
    SerialTexts,
    serial_texts,
)

Bytes = NDArray[np.uint8]
_MEMORY = 4 << 20  # bytes of bitmaps at a time


@dataclass(frozen=True, slots=True)
class Patch:
    """A rectangle of every label: ``(label, y, byte)`` from a row and a byte on."""

    top: int
    octet: int
    dots: Bytes

    def paint(self, on: Bytes) -> None:
        """Add the dark dots to bitmaps of whole labels; what is outside is cut."""
        skipped = max(-self.top, 0)
        dots = self.dots[:, skipped:, : on.shape[2] - self.octet]
        top = self.top + skipped
        target = on[
            :, top : top + dots.shape[1], self.octet : self.octet + dots.shape[2]
        ]
        target |= dots[:, : target.shape[1]]


class LabelBitmaps:
    """Draws the labels of one layout."""

    def __init__(self, layout: LabelLayout) -> None:
        """Draw what all labels share."""
        self._layout = layout
        width, height = layout.label_size
        self.height, self.octets = height, -(-width // 8)
        self.shared = np.zeros((height, self.octets), np.uint8)
        for line in layout.static_lines:
            found = letters(line.text, line.size * layout.point, bold=line.bold)
            patch = self._text(line, found, found.codes(line.text)[np.newaxis])
            patch.paint(self.shared[np.newaxis])

    def draw(self, labels: Sequence[Label], first: int) -> Iterator[Bytes]:
        """Yield whole labels as ``(label, y, byte)``, some at a time."""
        for symbols, texts in self.contents(labels, first):
            drawn = np.repeat(self.shared[np.newaxis], len(symbols), axis=0)
            self.symbol_patch(symbols).paint(drawn)
            if texts is not None:
                self.serial_patch(texts).paint(drawn)
            yield drawn

    def contents(
        self, labels: Sequence[Label], first: int
    ) -> Iterator[tuple[SymbolBlock, SerialTexts | None]]:
        """Yield what labels do not share, some labels at a time."""
        symbols = draw_symbols(labels, first, size=self._layout.fit.modules)
        texts = serial_texts(self._layout, labels)
        step = max(_MEMORY // (self.height * self.octets), 1)
        for start in range(0, len(labels), step):
            own = slice(start, start + step)
            yield symbols.part(own), None if texts is None else texts.part(own)

    def symbol_patch(self, symbols: SymbolBlock) -> Patch:
        """Return the symbols in whole dots, where they stand."""
        octet, bit = divmod(self._layout.symbol_left, 8)
        rows = self.symbol_rows(symbols, bit)
        dots = np.repeat(rows, self._layout.fit.dots, axis=1)
        return Patch(self._layout.symbol_top, octet, dots)

    def symbol_rows(self, symbols: SymbolBlock, bit: int = 0) -> Bytes:
        """Return ``(label, module row, byte)``, the first module from this dot on."""
        dots = self._layout.fit.dots
        packed = symbols.packed_rows().reshape(len(symbols), symbols.size, -1)
        rows = _stretched(dots)[packed].reshape(*packed.shape[:2], -1)
        return moved(rows, bit)[..., : -(-(bit + symbols.size * dots) // 8)]

    def serial_patch(self, texts: SerialTexts) -> Patch:
        """Return the serials' lines, where they stand."""
        layout, line = self._layout, texts.kinds[0]
        alphabet = layout.prefix + SERIAL_LETTERS
        [slot] = [one for one in layout.lines if one.slot]
        whole = letters(alphabet, slot.size * layout.point, bold=line.bold)
        sizes = np.array([rounded(one.size * layout.point) for one in texts.kinds])
        dots = np.zeros((len(texts.kind), whole.dots.shape[2], self.octets), np.uint8)
        for size in {*sizes.tolist()}:
            [own] = np.nonzero(sizes[texts.kind] == size)
            if len(own):
                way = letters(alphabet, size, bold=line.bold)
                codes = _codes(layout, way, texts.characters[own])
                top = whole.over - way.over
                drawn = self._text(line, way, codes).dots
                dots[own, top : top + drawn.shape[1]] = drawn[:, : dots.shape[1] - top]
        return Patch(self._baseline(line) - whole.over, 0, dots)

    def serial_octets(self) -> slice:
        """Return the bytes of a row that serials can touch: those of the text box."""
        box, point = self._layout.text_box, self._layout.point
        left = max(int(box.left * point) // 8 - 1, 0)
        return slice(left, int((box.left + box.width) * point) // 8 + 2)

    def _text(self, line: TextLine, way: Letters, codes: NDArray[np.intp]) -> Patch:
        behind = way.dots.shape[3] + 1
        height = way.dots.shape[2]
        strips = np.zeros((len(codes), height, 1 + self.octets + behind), np.uint8)
        way.set(strips, codes, self._layout.text_box.left * self._layout.point)
        own = strips[..., 1 : 1 + self.octets]
        return Patch(self._baseline(line) - way.over, 0, own)

    def _baseline(self, line: TextLine) -> int:
        box, point = self._layout.text_box, self._layout.point
        return round((box.top + line.baseline) * point)


def moved(rows: Bytes, bit: int) -> Bytes:
    """Return rows moved to the right by less than an octet, and an octet longer."""
    wide = np.zeros((*rows.shape[:-1], rows.shape[-1] + 1), np.uint8)
    wide[..., :-1] = rows
    if bit:
        flat = wide.reshape(-1)  # each row ends blank: none runs into the next
        behind = flat[:-1] << np.uint8(8 - bit)
        flat >>= np.uint8(bit)
        flat[1:] |= behind
    return wide


@lru_cache(maxsize=16)
def _stretched(dots: int) -> Bytes:
    """Return what each octet of modules is in dots, ``(octet, byte)``."""
    modules = np.unpackbits(np.arange(256, dtype=np.uint8)[:, np.newaxis], axis=1)
    return np.packbits(np.repeat(modules, dots, axis=1), axis=1)


def _codes(layout: LabelLayout, way: Letters, characters: Bytes) -> NDArray[np.intp]:
    """Return prefix and serials as the numbers of letters."""
    known = np.zeros(128, np.intp)
    known[list(SERIAL_LETTERS.encode("ascii"))] = way.codes(SERIAL_LETTERS)
    prefix = np.broadcast_to(
        way.codes(layout.prefix), (len(characters), len(layout.prefix))
    )
    return np.concatenate([prefix, known[characters]], axis=1)
