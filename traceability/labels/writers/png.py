"""Sheets and single labels as PNG, one bit for each dot of the printer."""

import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from io import BytesIO
from typing import BinaryIO

import numpy as np
from isal import isal_zlib
from numpy.typing import NDArray
from PIL import Image

from traceability.labels.errors import ReadBackError
from traceability.labels.geometry import MM_PER_INCH
from traceability.labels.label import Label
from traceability.labels.layout import LabelLayout, Place
from traceability.labels.readback import ReadBack, read_back_images
from traceability.labels.writers.bitmap import LabelBitmaps, moved
from traceability.labels.writers.paged import ZIP_TYPE, read_pages, write_pages
from traceability.labels.writers.parts import (
    Frame,
    Places,
    Stretch,
    pack,
    pages_of,
    stretches,
    whole_pages,
)

PART_LABELS = 4_000
_UP = 2  # the filter that subtracts the row above
_HEAD = struct.Struct(">2I5B")
_END = b"\0\0\0\0IEND\xae\x42\x60\x82"
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
Bytes = NDArray[np.uint8]


class PngWriter:
    """Makes a run's sheets in parts."""

    def __init__(self, layout: LabelLayout, pages: int) -> None:
        """Write labels of this layout; a run of several ``pages`` becomes a ZIP."""
        self.part_labels = whole_pages(layout, PART_LABELS)
        self._zipped = pages > 1
        self.suffix = "png.zip" if self._zipped else "png"
        self.media_type = ZIP_TYPE if self._zipped else "image/png"
        self._layout = layout
        self._places = Places(layout)
        self._bitmaps = LabelBitmaps(layout)
        self._blank = _blank(layout)

    def part(self, first: int, labels: Sequence[Label]) -> bytes:
        """Return the pages of the labels from position ``first``."""
        drawn = (one for some in self._bitmaps.draw(labels, first) for one in some)
        cut = list(stretches(self._layout, first, len(labels)))
        frames = [Frame(one.page, scanlines(self._page(one, drawn))) for one in cut]
        return pack(first, len(labels), frames)

    def _page(self, stretch: Stretch, drawn: Iterator[Bytes]) -> Bytes:
        page = self._blank.copy()
        for place in self._places.of(stretch):
            _paste(page, next(drawn), place)
        return page

    def assemble(self, parts: Iterable[bytes], sink: BinaryIO) -> None:
        """Write the pages of consecutive parts; one is in memory at a time."""
        pages = (
            (
                page,
                png(
                    _joined(pieces, self._blank),
                    self._layout.page_size,
                    self._layout.dpi,
                ),
            )
            for page, pieces in pages_of(parts)
        )
        write_pages(pages, sink, "png", zipped=self._zipped, compress=False)

    def read_back(
        self, document: bytes, first: int, labels: Sequence[Label]
    ) -> ReadBack:
        """Decode every symbol. Raises ``ReadBackError``."""
        files = (data for _, data in read_pages(document, zipped=self._zipped))
        images = map(opened, files)
        return read_back_images(images, self._layout, first, labels, self._layout.dpi)


def opened(data: bytes) -> Image.Image:
    """Return a picture. Raises ``ReadBackError``."""
    try:
        return Image.open(BytesIO(data)).convert("L")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise ReadBackError(
            "The document cannot be opened; nothing was released."
        ) from error


def scanlines(dark: Bytes) -> bytes:
    """Return compressed scanlines of rows in which 1 is dark (PNG, 9.2 and 10.1).

    Each row tells what differs from the one above: within a module that is nothing, so
    that runs are all that is left to find.
    """
    lines = np.empty((dark.shape[0], dark.shape[1] + 1), np.uint8)
    lines[:, 0] = _UP
    np.invert(dark[0], out=lines[0, 1:])
    np.subtract(dark[:-1], dark[1:], out=lines[1:, 1:])
    packer = isal_zlib.compressobj(1)  # DEFLATE like any other, in a third of the time
    return bytes(packer.compress(lines.data)) + bytes(packer.flush())


def png(data: bytes, size: tuple[int, int], dpi: int) -> bytes:
    """Return a PNG of one bit per dot of compressed scanlines."""
    return _begin(*size, dpi) + _chunk(b"IDAT", data) + _END


@lru_cache(maxsize=16)
def _begin(width: int, height: int, dpi: int) -> bytes:
    metre = round(dpi * 1000 / MM_PER_INCH)
    head = _chunk(b"IHDR", _HEAD.pack(width, height, 1, 0, 0, 0, 0))
    return _SIGNATURE + head + _chunk(b"pHYs", struct.pack(">2IB", metre, metre, 1))


def _chunk(kind: bytes, data: bytes) -> bytes:
    check = zlib.crc32(data, zlib.crc32(kind))
    return len(data).to_bytes(4, "big") + kind + data + check.to_bytes(4, "big")


def _joined(pieces: Sequence[bytes], blank: Bytes) -> bytes:
    """Return the scanlines of one page, of which parts drew some labels each."""
    if len(pieces) == 1:
        return pieces[0]
    dark = np.zeros(blank.shape, np.uint8)
    for piece in pieces:
        lines = np.frombuffer(zlib.decompress(piece), np.uint8)
        rows = lines.reshape(len(dark), -1)[:, 1:]
        dark |= ~np.add.accumulate(rows, axis=0, dtype=np.uint8)
    return scanlines(dark)


def _blank(layout: LabelLayout) -> Bytes:
    """Return a page with nothing but its cut marks."""
    width, height = layout.page_size
    dark = np.zeros((height, width), np.bool_)
    for mark in layout.marks():
        rows = slice(mark.top, mark.top + mark.height)
        dark[rows, mark.left : mark.left + mark.width] = True
    return np.packbits(dark, axis=1)


def _paste(page: Bytes, label: Bytes, place: Place) -> None:
    """Add a label's dark dots to a page at any dot."""
    octet, bit = divmod(place.left, 8)
    wide = moved(label, bit)
    own = page[place.top : place.top + len(label), octet : octet + wide.shape[1]]
    own |= wide[: len(own), : own.shape[1]]
