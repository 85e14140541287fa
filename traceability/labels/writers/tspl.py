"""Labels for printers that speak TSPL: a bitmap of each label, whole dots, no fonts."""

from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO

import numpy as np

from traceability.labels.geometry import MM_PER_INCH
from traceability.labels.label import Label
from traceability.labels.layout import LabelLayout
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
from traceability.labels.writers.tspl_reader import read_tspl

PART_LABELS = 500
PART_DOTS = 400_000_000  # 50 MB


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

    def part(self, first: int, labels: Sequence[Label]) -> bytes:
        """Return the bitmaps of the labels from position ``first``."""
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
        marks = "".join(
            f"BAR {mark.left},{mark.top},{mark.width},{mark.height}\r\n"
            for mark in self._layout.marks()
        )
        begin = f"CLS\r\n{marks}".encode()
        for _, pieces in pages_of(parts):
            sink.write(begin)
            sink.writelines(pieces)
            sink.write(b"PRINT 1,1\r\n")

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
        """Yield each label's bitmap, in order; TSPL's light dots are 1."""
        height, octets = self._bitmaps.height, self._bitmaps.octets
        places = (
            place
            for page in stretches(self._layout, first, len(labels))
            for place in self._places.of(page)
        )
        for some in self._bitmaps.draw(labels, first):
            for label in np.invert(some, out=some):
                place = next(places)
                head = f"BITMAP {place.left},{place.top},{octets},{height},0,"
                yield head.encode() + label.tobytes() + b"\r\n"
