"""What is asked of ``qrcode``: the one module of symbols that knows its internals.

``requirements.lock`` pins the package. Every part of a run compares some of its symbols
with ``reference``, so a release that works in another way is seen before it prints.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from qrcode import base, util
from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode

from traceability.labels.qr import SEAL_KEY, Symbol, symbol_of

MASKS = 8
ALPHANUMERIC = util.ALPHA_NUM
NUMERIC_MODE = util.MODE_NUMBER
ALPHANUMERIC_MODE = util.MODE_ALPHA_NUM
MIN_CHUNK = 20  # of a kind make a segment: the default of qrcode's ``add_data``
Bits = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Segment:
    """One mode's stretch of the payload; ``offset`` is the bit its data begins at."""

    mode: int
    data: bytes
    offset: int


@dataclass(frozen=True, slots=True)
class Encoded:
    """A payload laid out: the version it takes, its segments, its codewords."""

    version: int
    segments: tuple[Segment, ...]
    codewords: Bits


@dataclass(frozen=True, slots=True)
class Canvas:
    """What a version draws around the data, and where each bit of the data goes.

    ``tested`` and ``drawn`` are ``(mask, y, x)`` with all data bits 0: as ``qrcode``
    weighs its masks (without format bits), and as the symbol is. ``bits`` is
    ``(y, x)``: the number of the codeword bit, or -1.
    """

    tested: Bits
    drawn: Bits
    bits: NDArray[np.int64]

    @property
    def size(self) -> int:
        """Return the modules on one side."""
        return int(self.bits.shape[0])


def encode(link: str, seal: str) -> Encoded:
    """Return the payload as ``symbol_of`` has it encoded."""
    chunks = list(util.optimal_data_chunks(link, minimum=MIN_CHUNK))
    if seal:
        key, digits = SEAL_KEY.encode("ascii"), seal.encode("ascii")
        chunks.append(util.QRData(key, mode=util.MODE_8BIT_BYTE))
        chunks.append(util.QRData(digits, mode=util.MODE_NUMBER))
    code: QRCode[object] = QRCode(error_correction=ERROR_CORRECT_M)
    for chunk in chunks:
        code.add_data(chunk)
    version = code.best_fit()
    codewords = util.create_data(version, ERROR_CORRECT_M, chunks)
    segments = tuple(_segments(chunks, version))
    return Encoded(version, segments, np.array(codewords, np.uint8))


def _segments(chunks: Sequence[util.QRData], version: int) -> list[Segment]:
    found, end = [], 0
    for chunk in chunks:
        offset = end + 4 + util.length_in_bits(chunk.mode, version)
        found.append(Segment(chunk.mode, chunk.data, offset))
        buffer = util.BitBuffer()
        chunk.write(buffer)
        end = offset + len(buffer)
    return found


@lru_cache(maxsize=16)
def canvas(version: int) -> Canvas:
    """Return what all symbols of a version share."""
    total = _codeword_count(version)
    blank = _drawn(version, bytes(total), 0)
    bits = np.full(blank.shape, -1, np.int64)
    holds_data = blank != _drawn(version, b"\xff" * total, 0)
    bits[holds_data] = 0
    numbers = np.arange(total * 8)
    for place in range(int(total * 8 - 1).bit_length()):
        one_bit = np.packbits((numbers >> place & 1).astype(np.uint8)).tobytes()
        bits += (blank != _drawn(version, one_bit, 0)).astype(np.int64) << place
    return Canvas(
        tested=np.array(
            [_drawn(version, bytes(total), mask, test=True) for mask in range(MASKS)]
        ),
        drawn=np.array([_drawn(version, bytes(total), mask) for mask in range(MASKS)]),
        bits=bits,
    )


@lru_cache(maxsize=16)
def basis(version: int) -> Bits:
    """Return ``(payload bit, codeword byte)``: what flipping each bit changes."""
    blocks = base.rs_blocks(version, ERROR_CORRECT_M)
    places = _interleaved([(one.data_count, one.total_count) for one in blocks])
    shapes = {(one.data_count, one.total_count): _unit_blocks(one) for one in blocks}
    rows = []
    for block, place in zip(blocks, places, strict=True):
        units = shapes[block.data_count, block.total_count]
        changed = np.zeros((len(units), _codeword_count(version)), np.uint8)
        changed[:, place] = units
        rows.append(changed)
    return np.concatenate(rows)


def _unit_blocks(block: base.RSBlock) -> Bits:
    """Return a block's bytes with each data bit set alone; none is all zero."""
    rows = []
    for bit in range(block.data_count * 8):
        buffer = util.BitBuffer()
        buffer.buffer = [0] * block.data_count
        buffer.buffer[bit // 8] = 0x80 >> bit % 8
        rows.append(util.create_bytes(buffer, [block]))
    return np.array(rows, np.uint8)


def reference(link: str, seal: str) -> Symbol:
    """Return the symbol that ``qrcode`` makes, mask and all."""
    return symbol_of(link, seal)


def _drawn(version: int, data: bytes, mask: int, *, test: bool = False) -> Bits:
    code: QRCode[object] = QRCode(
        version=version, error_correction=ERROR_CORRECT_M, border=0
    )
    code.data_cache = list(data)
    code.makeImpl(test, mask)
    return np.array(code.modules, dtype=bool).astype(np.uint8)


def _codeword_count(version: int) -> int:
    return sum(one.total_count for one in base.rs_blocks(version, ERROR_CORRECT_M))


def _interleaved(blocks: Sequence[tuple[int, int]]) -> list[list[int]]:
    """Return where each block's bytes go: data in turns, then the rest in turns.

    ISO/IEC 18004, 7.6. ``blocks`` are pairs of data bytes and all bytes.
    """
    order = sorted(
        (byte >= data, byte - data if byte >= data else byte, number, byte)
        for number, (data, total) in enumerate(blocks)
        for byte in range(total)
    )
    places: list[list[int]] = [[0] * total for _, total in blocks]
    for place, (_, _, number, byte) in enumerate(order):
        places[number][byte] = place
    return places
