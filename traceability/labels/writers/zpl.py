"""Labels for printers that speak ZPL II: one form for each page of the roll.

What all labels say is stored in the printer once and recalled. Symbols and serials are
bitmaps in whole dots: no printer's own font is asked for a letter of Vietnamese.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from traceability.labels.label import Label
from traceability.labels.layout import LabelLayout, Place
from traceability.labels.readback import ReadBack, read_back_images
from traceability.labels.writers.bitmap import LabelBitmaps
from traceability.labels.writers.parts import (
    Frame,
    Places,
    pack,
    pages_of,
    stretches,
    whole_pages,
)
from traceability.labels.writers.zpl_reader import read_zpl

PART_LABELS = 4_000
_HEXADECIMAL = np.frombuffer(
    b"".join(f"{octet:02X}".encode() for octet in range(256)), np.uint8
).view(np.uint16)  # both digits of an octet as one number
Bytes = NDArray[np.uint8]


class ZplWriter:
    """Makes a run's forms in parts."""

    suffix = "zpl"
    media_type = "application/octet-stream"

    def __init__(self, layout: LabelLayout) -> None:
        """Write labels of this layout."""
        self.part_labels = whole_pages(layout, PART_LABELS)
        self._layout = layout
        self._places = Places(layout)
        self._bitmaps = LabelBitmaps(layout)

    def part(self, first: int, labels: Sequence[Label]) -> bytes:
        """Return the fields of the labels from position ``first``."""
        fields = self._fields(first, labels)
        frames = [
            Frame(
                page.page, b"".join(next(fields) for _ in range(page.first, page.stop))
            )
            for page in stretches(self._layout, first, len(labels))
        ]
        return pack(first, len(labels), frames)

    def assemble(self, parts: Iterable[bytes], sink: BinaryIO) -> None:
        """Write the forms of consecutive parts; one is in memory at a time."""
        sink.write(self._stored())
        width, height = self._layout.page_size
        begin = f"^XA\n^PW{width}\n^LL{height}\n^LH0,0\n".encode() + self._marks()
        for _, pieces in pages_of(parts):
            sink.write(begin)
            sink.writelines(pieces)
            sink.write(b"^PQ1\n^XZ\n")

    def read_back(
        self, document: bytes, first: int, labels: Sequence[Label]
    ) -> ReadBack:
        """Rasterise the forms and decode every symbol. Raises ``ReadBackError``."""
        images = read_zpl(document, self._layout.page_size)
        return read_back_images(images, self._layout, first, labels, self._layout.dpi)

    def _stored(self) -> bytes:
        """Return the graphic that holds what all labels say."""
        shared = self._bitmaps.shared
        head = f"~DGR:LABEL.GRF,{shared.size},{shared.shape[1]},\n".encode()
        return head + _HEXADECIMAL[shared].tobytes() + b"\n"

    def _marks(self) -> bytes:
        marks = [
            f"^FO{mark.left},{mark.top}^GB{mark.width},{mark.height},"
            f"{min(mark.width, mark.height)}^FS\n"
            for mark in self._layout.marks()
        ]
        return "".join(marks).encode()

    def _fields(self, first: int, labels: Sequence[Label]) -> Iterator[bytes]:
        """Yield each label's fields, in order."""
        layout, dots = self._layout, self._layout.fit.dots
        places = (
            place
            for page in stretches(layout, first, len(labels))
            for place in self._places.of(page)
        )
        for symbols, texts in self._bitmaps.contents(labels, first):
            rows = self._bitmaps.symbol_rows(symbols)
            graphics = [_Graphic(layout.symbol_left, layout.symbol_top, rows, dots)]
            if texts is not None:
                patch, own = (
                    self._bitmaps.serial_patch(texts),
                    self._bitmaps.serial_octets(),
                )
                graphics.append(
                    _Graphic(own.start * 8, patch.top, patch.dots[..., own], 1)
                )
            data = [graphic.data() for graphic in graphics]
            for number in range(len(symbols)):
                place = next(places)
                field = [f"^FO{place.left},{place.top}^XGR:LABEL.GRF,1,1^FS\n".encode()]
                for graphic, digits in zip(graphics, data, strict=True):
                    field += [graphic.head(place), digits[number].tobytes(), b"^FS\n"]
                yield b"".join(field)


class _Graphic:
    """A bitmap of every label; each of its rows counts for several rows of dots."""

    def __init__(self, left: int, top: int, rows: Bytes, repeat: int) -> None:
        self._left, self._top = left, top
        self._rows, self._repeat = rows, repeat

    def head(self, place: Place) -> bytes:
        """Return what stands before the data of the label at a place."""
        _, height, octets = self._rows.shape
        total = height * self._repeat * octets
        at = f"^FO{place.left + self._left},{place.top + self._top}"
        return f"{at}^GFA,{total},{total},{octets},".encode()

    def data(self) -> Bytes:
        """Return ``(label, byte)``: digits, a colon for a row like the one before."""
        count, height, octets = self._rows.shape
        line = np.full(
            (count, height, 2 * octets + self._repeat - 1), ord(":"), np.uint8
        )
        line[..., : 2 * octets] = _HEXADECIMAL[self._rows].view(np.uint8)
        return line.reshape(count, -1)
