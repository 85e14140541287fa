"""Letters as dots: each drawn once at a size, then copied to where the layout has it.

A rasteriser of fonts rounds the width of each letter, and a line may grow by several
percent. Here every letter begins at the dot nearest to where it was measured.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from traceability.labels.typeface import ASCENT, DESCENT, FILES, font_of, width_of

Bytes = NDArray[np.uint8]
Codes = NDArray[np.intp]
_BITS = 8
_STEP = 0.25  # dots: sizes are rounded down to it, so that few are drawn


@dataclass(frozen=True, slots=True)
class Letters:
    """An alphabet at one size, each letter at each offset within a byte.

    ``dots`` is ``(offset, letter, y, byte)``; a letter begins one byte to the right, so
    that it may reach to the left of its origin. ``over`` dots are above the baseline.
    """

    alphabet: str
    over: int
    dots: Bytes
    advances: NDArray[np.float64]

    def codes(self, text: str) -> Codes:
        """Return a text's letters by number."""
        return np.array([self.alphabet.index(one) for one in text], np.intp)

    def set(self, strips: Bytes, codes: Codes, x: float) -> None:
        """Draw lines of ``(line, letter)`` into ``(line, y, byte)``, each from dot x.

        ``strips`` are as high as the letters, and have a byte before dot 0 and enough
        behind.
        """
        starts = x + np.cumsum(self.advances[codes], axis=1) - self.advances[codes]
        at = np.rint(starts).astype(np.intp)
        lines = np.arange(len(codes))
        for place in range(codes.shape[1]):
            octet, bit = np.divmod(at[:, place], _BITS)
            letter = self.dots[bit, codes[:, place]]
            for column in range(letter.shape[2]):
                strips[lines, :, octet + column] |= letter[..., column]


@lru_cache(maxsize=256)
def _letters(alphabet: str, size: float, *, bold: bool) -> Letters:
    over, under = ceil(ASCENT * size) + 1, ceil(DESCENT * size) + 1
    widths = np.array([width_of(one, size, bold=bold) for one in alphabet])
    octets = int(widths.max(initial=0) * 1.2 + _BITS) // _BITS + 3
    basic = ImageFont.Layout.BASIC
    font = ImageFont.truetype(FILES[font_of(bold=bold)], size, layout_engine=basic)
    drawn = []
    for letter in alphabet:
        image = Image.new("1", (octets * _BITS, over + under))
        draw = ImageDraw.Draw(image)
        draw.text((_BITS, over), letter, fill=1, font=font, anchor="ls")
        drawn.append(np.asarray(image))
    dark = np.array(drawn)
    shifted = [np.roll(dark, offset, axis=2) for offset in range(_BITS)]
    return Letters(alphabet, over, np.packbits(shifted, axis=3), widths)


def rounded(size: float) -> float:
    """Return the size of letters that is drawn for a size in dots."""
    return int(size / _STEP) * _STEP


def letters(alphabet: Sequence[str], size: float, *, bold: bool) -> Letters:
    """Return the letters at the size of so many dots, or a little less."""
    return _letters("".join(sorted({*alphabet})), rounded(size), bold=bold)
