"""Weigh masks as ``qrcode`` does, 64 modules in one operation.

A line (a row, or a column) is one unsigned 64-bit word, module ``i`` in bit ``i``.
Arrays are ``(line, ...)``: the first ``size`` lines are rows, the others columns. The
rules are those of ``qrcode.util.lost_point`` to the letter; what it skips to save
time never holds a pattern, so that nothing needs to be skipped here.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint64]
Points = NDArray[np.int64]


def _w(number: int) -> np.uint64:
    return np.uint64(number)


def lost_points(lines: Words, size: int) -> Points:
    """Return the points that each symbol loses; ``lines`` is ``(2 * size, ...)``."""
    same = lines >> _w(1)
    same ^= lines
    same ^= _w((1 << (size - 1)) - 1)  # bit i: modules i and i + 1 are alike …
    same &= _w((1 << (size - 1)) - 1)
    small = _runs(same)
    small[: size - 1] += _blocks(lines[:size], same[:size])
    points = _total(small)
    points += 40 * _total(_finder_like(lines, size))
    dark = _total(np.bitwise_count(lines[:size]))
    points += _balance(size)[dark]
    return points


def _runs(same: Words) -> NDArray[np.uint8]:
    """Return a line's points for runs of five and more: three, and one for each more.

    A run of n holds n - 4 stretches of five, and n - 2 points: two more than these.
    """
    pairs = same >> _w(1)
    pairs &= same
    five = pairs >> _w(2)
    five &= pairs
    inner = five >> _w(1)
    inner &= five
    points: NDArray[np.uint8] = np.bitwise_count(five)
    points *= np.uint8(3)
    points -= np.bitwise_count(inner) * np.uint8(2)
    return points


def _blocks(rows: Words, same: Words) -> NDArray[np.uint8]:
    """Return three points for each 2 × 2 block of one colour, by its upper row."""
    blocks = rows[1:] ^ rows[:-1]
    np.invert(blocks, out=blocks)
    blocks &= same[1:]
    blocks &= same[:-1]
    points: NDArray[np.uint8] = np.bitwise_count(blocks)
    points *= np.uint8(3)
    return points


def _finder_like(lines: Words, size: int) -> NDArray[np.uint8]:
    """Count 1011101 with four light modules before or behind it."""
    light = lines ^ _w((1 << size) - 1)
    ends = lines >> _w(2)
    ends &= lines
    core = ends >> _w(4)
    core &= ends
    core &= lines >> _w(3)
    gaps = light >> _w(4)
    gaps &= light
    core &= gaps >> _w(1)
    light &= light >> _w(1)
    light &= light >> _w(2)  # bit i: modules i to i + 3 are light
    before = core >> _w(4)
    before &= light
    light >>= _w(7)
    light &= core
    light |= before
    counts: NDArray[np.uint8] = np.bitwise_count(light)
    return counts


def _total(counts: NDArray[np.uint8]) -> Points:
    total: Points = np.add.reduce(counts, axis=0, dtype=np.uint16).astype(np.int64)
    return total


@lru_cache(maxsize=16)
def _balance(size: int) -> Points:
    """Return the points by the number of dark modules, in ``qrcode``'s arithmetic."""
    modules = size**2
    return np.array(
        [
            int(abs(float(dark) / modules * 100 - 50) / 5) * 10
            for dark in range(modules + 1)
        ]
    )
