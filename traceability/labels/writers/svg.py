"""Sheets and single labels as SVG: symbols as one path on whole dots, text as text.

Text stays text, so that a print shop can search and edit it; the font is named, not
embedded, and each line fixes its length, so that another font on another machine is
squeezed into the same place instead of running over the edge.
"""

import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from operator import add
from typing import BinaryIO
from xml.sax.saxutils import escape

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from traceability.labels.errors import ReadBackError
from traceability.labels.geometry import MM_PER_INCH
from traceability.labels.label import Label
from traceability.labels.layout import LabelLayout, Place
from traceability.labels.readback import ReadBack, read_back_images
from traceability.labels.symbols.drawing import SymbolBlock, draw_symbols
from traceability.labels.typeface import width_of
from traceability.labels.typeset import TextLine
from traceability.labels.writers.paged import ZIP_TYPE, read_pages, write_pages
from traceability.labels.writers.parts import (
    Frame,
    Places,
    pack,
    pages_of,
    stretches,
    whole_pages,
)
from traceability.labels.writers.serial_text import serial_texts

PART_LABELS = 2_000
_FAMILY = "'Roboto Condensed', 'Arial Narrow', Arial, sans-serif"
_WHITE = 255
_AT_ONCE = 256  # labels whose paths are found at a time
_SYMBOL = re.compile(
    r'<path transform="translate\((\d+) (\d+)\) scale\((\d+)\)"[^>]* d="([^"]*)"'
)
_RUNS = re.compile(r"(?:M\d+ \d+h\d+v1h-\d+z)+")
_NUMBER = re.compile(r"\d+")


class SvgDrawing:
    """Draws the labels of one layout as SVG elements."""

    def __init__(self, layout: LabelLayout) -> None:
        """Set what all labels share."""
        self._layout = layout
        self._shared = "".join(_text(layout, line) for line in layout.static_lines)

    def labels(
        self, labels: Sequence[Label], first: int, places: Iterable[Place]
    ) -> Iterator[str]:
        """Yield each label's elements at its place."""
        layout = self._layout
        paths = _paths(draw_symbols(labels, first, size=layout.fit.modules))
        serials = self._serials(labels)
        for path, serial, place in zip(paths, serials, places, strict=True):
            x, y = place.left + layout.symbol_left, place.top + layout.symbol_top
            yield (
                f'<path transform="translate({x} {y}) scale({layout.fit.dots})" '
                f'shape-rendering="crispEdges" d="{path}"/>'
                f'<use href="#t" x="{place.left}" y="{place.top}"/>'
                f'<g transform="translate({place.left} {place.top})">{serial}</g>\n'
            )

    def document(self, size: tuple[int, int], body: str) -> bytes:
        """Return a document of this size in dots."""
        width, height = size
        mm = MM_PER_INCH / self._layout.dpi
        text = (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            '<svg xmlns="http://www.w3.org/2000/svg" xml:lang="vi" '
            f'width="{width * mm:.4f}mm" height="{height * mm:.4f}mm" '
            f'viewBox="0 0 {width} {height}">\n'
            f'<defs><g id="t">{self._shared}</g></defs>\n'
            '<rect width="100%" height="100%" fill="#fff"/>\n'
            f'<g font-family="{_FAMILY}">\n{body}</g>\n</svg>\n'
        )
        return text.encode("utf-8")

    def _serials(self, labels: Sequence[Label]) -> Iterator[str]:
        texts = serial_texts(self._layout, labels)
        if texts is None:
            yield from [""] * len(labels)
            return
        prefix, bold = self._layout.prefix, texts.kinds[0].bold
        before = width_of(prefix, 1, bold=bold)
        sizes = np.array([line.size for line in texts.kinds])[texts.kind]
        lengths = (before + texts.widths) * sizes * self._layout.point
        ways = [_text_head(self._layout, line) for line in texts.kinds]
        lines = np.ascontiguousarray(texts.characters).view(
            f"S{texts.characters.shape[1]}"
        )
        kinds = texts.kind.tolist(), lengths.tolist(), lines[:, 0].tolist()
        for kind, length, serial in zip(*kinds, strict=True):
            yield ways[kind] + _text_tail(length, prefix + serial.decode())


class SvgWriter:
    """Makes a run's sheets in parts."""

    def __init__(self, layout: LabelLayout, pages: int) -> None:
        """Write labels of this layout; a run of several ``pages`` becomes a ZIP."""
        self.part_labels = whole_pages(layout, PART_LABELS)
        self._zipped = pages > 1
        self.suffix = "svg.zip" if self._zipped else "svg"
        self.media_type = ZIP_TYPE if self._zipped else "image/svg+xml"
        self._layout = layout
        self._places = Places(layout)
        self._drawing = SvgDrawing(layout)
        self._marks = "".join(
            f'<rect x="{mark.left}" y="{mark.top}" width="{mark.width}" '
            f'height="{mark.height}"/>\n'
            for mark in layout.marks()
        )

    def part(self, first: int, labels: Sequence[Label]) -> bytes:
        """Return the pages of the labels from position ``first``."""
        pages = [*stretches(self._layout, first, len(labels))]
        places = [place for page in pages for place in self._places.of(page)]
        drawn = [*self._drawing.labels(labels, first, places)]
        frames = [
            Frame(page.page, _packed(drawn[page.first - first : page.stop - first]))
            for page in pages
        ]
        return pack(first, len(labels), frames)

    def assemble(self, parts: Iterable[bytes], sink: BinaryIO) -> None:
        """Write the pages of consecutive parts; one is in memory at a time."""
        pages = ((page, self._page(pieces)) for page, pieces in pages_of(parts))
        write_pages(pages, sink, "svg", zipped=self._zipped, compress=True)

    def read_back(
        self, document: bytes, first: int, labels: Sequence[Label]
    ) -> ReadBack:
        """Draw the symbols' paths and decode them. Raises ``ReadBackError``."""
        layout = self._layout
        files = (data for _, data in read_pages(document, zipped=self._zipped))
        images = (drawn(data, layout.page_size) for data in files)
        return read_back_images(images, layout, first, labels, layout.dpi)

    def _page(self, pieces: Sequence[bytes]) -> bytes:
        body = "".join(zlib.decompress(piece).decode("utf-8") for piece in pieces)
        return self._drawing.document(self._layout.page_size, self._marks + body)


def drawn(document: bytes, size: tuple[int, int]) -> Image.Image:
    """Return a picture of a document's symbols, in their dots."""
    image = Image.new("L", size, _WHITE)
    for symbol in _SYMBOL.finditer(document.decode("utf-8", "replace")):
        left, top, dots = (int(part) for part in symbol.groups()[:3])
        modules = _modules(symbol[4])
        dark = np.where(modules.repeat(dots, axis=0).repeat(dots, axis=1), 0, _WHITE)
        image.paste(Image.fromarray(dark.astype(np.uint8)), (left, top))
    return image


def _modules(path: str) -> NDArray[np.bool_]:
    """Return the modules that a path fills. Raises ``ReadBackError``."""
    if not _RUNS.fullmatch(path):
        raise ReadBackError("A path is not a symbol's; nothing was released.")
    numbers = [int(number) for number in _NUMBER.findall(path)]
    left, upper, lengths, _, back = (numbers[place::5] for place in range(5))
    if lengths != back:
        raise ReadBackError("A path is not a symbol's; nothing was released.")
    width = max(map(add, left, lengths))
    modules = np.zeros((max(upper) + 1, width), np.bool_)
    for x, y, length in zip(left, upper, lengths, strict=True):
        modules[y, x : x + length] = True
    return modules


def _packed(drawn: Sequence[str]) -> bytes:
    return zlib.compress("".join(drawn).encode("utf-8"), 1)


def _paths(symbols: SymbolBlock) -> Iterator[str]:
    """Yield each symbol's dark runs, row by row, as the data of a path."""
    size = symbols.size
    starts = np.array([f"M{x} {y}" for y in range(size) for x in range(size)], object)
    runs = np.array([f"h{n}v1h-{n}z" for n in range(size + 1)], object)
    for begin in range(0, len(symbols), _AT_ONCE):
        modules = symbols.part(slice(begin, begin + _AT_ONCE)).modules()
        edges = np.zeros((*modules.shape[:2], size + 2), np.int8)
        edges[..., 1:-1] = modules
        steps = np.diff(edges, axis=2)
        label, y, x = np.nonzero(steps == 1)
        lengths = np.nonzero(steps == -1)[2] - x
        pieces = (starts[y * size + x] + runs[lengths]).tolist()
        ends = np.cumsum(np.bincount(label, minlength=len(modules))).tolist()
        start = 0
        for end in ends:
            yield "".join(pieces[start:end])
            start = end


def _text(layout: LabelLayout, line: TextLine) -> str:
    length = width_of(line.text, line.size, bold=line.bold) * layout.point
    return _text_head(layout, line) + _text_tail(length, line.text)


def _text_head(layout: LabelLayout, line: TextLine) -> str:
    box, point = layout.text_box, layout.point
    weight = ' font-weight="700"' if line.bold else ""
    return (
        f'<text x="{box.left * point:.2f}" y="{(box.top + line.baseline) * point:.2f}" '
        f'font-size="{line.size * point:.2f}"{weight}'
    )


def _text_tail(length: float, text: str) -> str:
    """Return a text that is as long as this, in dots, whatever the font."""
    return (
        f' textLength="{length:.2f}" lengthAdjust="spacingAndGlyphs">'
        f"{escape(text)}</text>"
    )
