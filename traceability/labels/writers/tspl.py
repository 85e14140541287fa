"""Labels for printers that speak TSPL: bitmaps in whole dots, no fonts.

What all labels say is a BMP that the printer keeps for the run and recalls. Each label
adds its symbol and the box around its serial. Both overwrite what is there, and the
serial's box has in it what all labels say: nothing depends on how a printer mixes.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from traceability.labels.geometry import MM_PER_INCH
from traceability.labels.label import Label
from traceability.labels.layout import LabelLayout, Place
from traceability.labels.readback import ReadBack, read_back_images
from traceability.labels.symbols.drawing import SymbolBlock
from traceability.labels.writers.bitmap import LabelBitmaps
from traceability.labels.writers.parts import (
    Frame,
    Places,
    pack,
    pages_of,
    stretches,
    whole_pages,
)
from traceability.labels.writers.serial_text import SerialTexts
from traceability.labels.writers.tspl_reader import read_tspl
from traceability.labels.writers.tspl_stored import stored_bmp

PART_LABELS = 500
PART_DOTS = 400_000_000  # 50 MB, were a symbol as large as its label
Bytes = NDArray[np.uint8]


class TsplWriter:
    """Makes a run's pages in parts."""

    suffix = "tspl"
    media_type = "application/octet-stream"

    def __init__(self, layout: LabelLayout) -> None:
        """Write labels of this layout."""
        self.part_labels = whole_pages(layout, PART_LABELS, PART_DOTS)
        self._layout = layout
        self._places = Places(layout)
        self._bitmaps = LabelBitmaps(layout)
        dark = np.unpackbits(self._bitmaps.shared, axis=1)[:, : layout.label_size[0]]
        self._stored = stored_bmp(dark.astype(np.bool_))

    def part(self, first: int, labels: Sequence[Label]) -> bytes:
        """Return the commands of the labels from position ``first``."""
        fields = self._fields(first, labels)
        frames = [
            Frame(
                page.page, b"".join(next(fields) for _ in range(page.first, page.stop))
            )
            for page in stretches(self._layout, first, len(labels))
        ]
        return pack(first, len(labels), frames)

    def assemble(self, parts: Iterable[bytes], sink: BinaryIO) -> None:
        """Write the pages of consecutive parts; one is in memory at a time."""
        sink.write(self._head())
        sink.write(self._stored.download())
        marks = "".join(
            f"BAR {mark.left},{mark.top},{mark.width},{mark.height}\r\n"
            for mark in self._layout.marks()
        )
        begin = f"CLS\r\n{marks}".encode()
        for _, pieces in pages_of(parts):
            sink.write(begin)
            sink.writelines(pieces)
            sink.write(b"PRINT 1,1\r\n")
        sink.write(self._stored.kill())

    def read_back(
        self, document: bytes, first: int, labels: Sequence[Label]
    ) -> ReadBack:
        """Rasterise the pages and decode every symbol. Raises ``ReadBackError``."""
        images = read_tspl(document, self._layout.page_size, self._head())
        return read_back_images(images, self._layout, first, labels, self._layout.dpi)

    def _head(self) -> bytes:
        """Return what tells the printer its stock."""
        layout = self._layout
        width, height = (dots * MM_PER_INCH / layout.dpi for dots in layout.page_size)
        size = f"SIZE {width:.2f} mm,{height:.2f} mm"
        gap = f"GAP {layout.stock.gap:.2f} mm,0 mm"
        lines = [size, gap, "DIRECTION 1,0", "REFERENCE 0,0"]
        return "".join(f"{line}\r\n" for line in lines).encode()

    def _fields(self, first: int, labels: Sequence[Label]) -> Iterator[bytes]:
        """Yield each label's commands, in order."""
        places = (
            place
            for page in stretches(self._layout, first, len(labels))
            for place in self._places.of(page)
        )
        for symbols, texts in self._bitmaps.contents(labels, first):
            graphics = [self._symbols(symbols)]
            if texts is not None:
                graphics.append(self._serials(texts))
            for own in zip(*graphics, strict=True):
                place = next(places)
                commands = [graphic.command(place) for graphic in own]
                yield self._stored.put(place) + b"".join(commands)

    def _symbols(self, symbols: SymbolBlock) -> Iterator["_Graphic"]:
        """Yield each label's symbol; what fills its last byte is of the quiet zone."""
        layout = self._layout
        rows = self._bitmaps.symbol_rows(symbols)
        for dark in np.repeat(rows, layout.fit.dots, axis=1):
            yield _Graphic(layout.symbol_left, layout.symbol_top, dark)

    def _serials(self, texts: SerialTexts) -> Iterator["_Graphic"]:
        """Yield the box around each label's serial, with all that stands in it."""
        shared = self._bitmaps.shared
        drawn = np.zeros((len(texts.kind), *shared.shape), np.uint8)
        self._bitmaps.serial_patch(texts).paint(drawn)
        for serial in drawn:
            high, wide = _within(serial.max(axis=1)), _within(serial.max(axis=0))
            dark = serial[high, wide] | shared[high, wide]
            yield _Graphic(wide.start * 8, high.start, dark)


@dataclass(frozen=True, slots=True)
class _Graphic:
    """A bitmap of one label, ``(y, byte)``, from a dot of the label on."""

    left: int
    top: int
    dark: Bytes

    def command(self, place: Place) -> bytes:
        """Return what draws it on the label at a place; TSPL's light dots are 1."""
        height, octets = self.dark.shape
        left, top = place.left + self.left, place.top + self.top
        head = f"BITMAP {left},{top},{octets},{height},0,"
        return head.encode() + np.invert(self.dark).tobytes() + b"\r\n"


def _within(filled: Bytes) -> slice:
    """Return from the first to the last that is not empty."""
    [places] = np.nonzero(filled)
    return slice(int(places[0]), int(places[-1]) + 1)
