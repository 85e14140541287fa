"""Sheets as PDF, written straight as content streams.

A page counts in printer dots. Each label shows one form that holds what all labels
say, sets its serial, and paints its symbol as an inline image mask of one bit per
module: no seams between modules in any viewer. All labels of a part are rows of one
array of bytes, alike but for the columns of place, serial and symbol.
"""

import zlib
from collections.abc import Iterable, Sequence
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from traceability.labels.label import Label
from traceability.labels.layout import LabelLayout
from traceability.labels.readback import ReadBack, read_back_pdf
from traceability.labels.symbols.drawing import SymbolBlock, draw_symbols
from traceability.labels.typeface import BOLD, REGULAR, font_of
from traceability.labels.typeset import TextLine
from traceability.labels.writers.parts import (
    Frame,
    Places,
    pack,
    pages_of,
    stretches,
    whole_pages,
)
from traceability.labels.writers.pdf_file import PdfFile, Shared
from traceability.labels.writers.pdf_font import Subset, subset
from traceability.labels.writers.serial_text import (
    SERIAL_LETTERS,
    SerialTexts,
    serial_texts,
)

PART_LABELS = 10_000
# Renderers paint every dot that an image touches. A fiftieth of a dot keeps rounding
# from touching one more, which would stretch the symbol by a fraction.
_INSET = 0.02
_LEVEL = 1  # zlib: the rest is random bits that no level makes smaller
_DATA = b" ID "
_HEXADECIMAL = b" /F /AHx ID "
_TAIL = b"\nEI Q\n"
_FONTS = {REGULAR: "R", BOLD: "B"}
Bytes = NDArray[np.uint8]


class PdfWriter:
    """Makes a run's sheets in parts."""

    suffix = "pdf"
    media_type = "application/pdf"

    def __init__(self, layout: LabelLayout, title: str) -> None:
        """Write labels of this layout; ``title`` is the document's."""
        self.part_labels = whole_pages(layout, PART_LABELS)
        self._layout = layout
        self._title = title
        self._places = Places(layout)
        self._fonts = {
            name: subset(name, frozenset(text))
            for name, text in _letters(layout).items()
            if text
        }

    def part(self, first: int, labels: Sequence[Label]) -> bytes:
        """Return the pages of the labels from position ``first``."""
        rows, image = self._rows(first, labels)
        ends = _hold_end(rows[:, image])
        frames = []
        for stretch in stretches(self._layout, first, len(labels)):
            own = slice(stretch.first - first, stretch.stop - first)
            if ends[own].any():
                pairs = zip(rows[own], ends[own], strict=True)
                page = b"".join([_spelled(row, image, bad) for row, bad in pairs])
            else:
                page = rows[own].tobytes()
            frames.append(Frame(stretch.page, zlib.compress(page, _LEVEL)))
        return pack(first, len(labels), frames)

    def assemble(self, parts: Iterable[bytes], sink: BinaryIO) -> None:
        """Write the document of consecutive parts; one is in memory at a time."""
        document = PdfFile(sink, self._shared())
        for _, pieces in pages_of(parts):
            document.page(_joined(pieces))
        document.close()

    def read_back(
        self, document: bytes, first: int, labels: Sequence[Label]
    ) -> ReadBack:
        """Decode every symbol of the rasterised pages. Raises ``ReadBackError``."""
        return read_back_pdf(document, self._layout, first, labels)

    def _shared(self) -> Shared:
        layout = self._layout
        return Shared(
            title=self._title,
            size=layout.page_size,
            point=layout.point,
            boxes=layout.boxes,
            fonts={_FONTS[name]: font for name, font in self._fonts.items()},
            form=self._form(),
            form_size=layout.label_size,
            marks=_marks(layout),
        )

    def _form(self) -> bytes:
        """Return the operators of the text that every label shares."""
        lines = [
            self._text_head(line) + self._font(line).code(line.text) + b"> Tj"
            for line in self._layout.static_lines
        ]
        return b"BT\n" + b"\n".join(lines) + b"\nET" if lines else b""

    def _font(self, line: TextLine) -> Subset:
        return self._fonts[font_of(bold=line.bold)]

    def _text_head(self, line: TextLine) -> bytes:
        """Return what stands before a line's glyphs, in dots from the label's corner.

        Its length does not depend on the size.
        """
        layout, box, point = self._layout, self._layout.text_box, self._layout.point
        x = box.left * point
        y = layout.label_size[1] - (box.top + line.baseline) * point
        font = _FONTS[font_of(bold=line.bold)]
        size = int(line.size * point * 1000) / 1000
        return f"/{font} {size:07.3f} Tf 1 0 0 1 {x:.3f} {y:.3f} Tm <".encode()

    def _rows(self, first: int, labels: Sequence[Label]) -> tuple[Bytes, slice]:
        """Return each label's operators, one row each, and where the images stand."""
        count = len(labels)
        symbols = draw_symbols(labels, first, size=self._layout.fit.modules)
        texts = serial_texts(self._layout, labels)
        columns = [
            self._corners(first, count),
            _same(b" cm /L Do\n", count),
            *([] if texts is None else self._serials(texts)),
            _same(self._image_head(symbols) + _DATA, count),
        ]
        image = symbols.packed_columns()
        start = sum(column.shape[1] for column in columns)
        rows = np.concatenate([*columns, image, _same(_TAIL, count)], axis=1)
        return rows, slice(start, start + image.shape[1])

    def _corners(self, first: int, count: int) -> Bytes:
        """Return where each label's lower left corner stands, in dots."""
        page, label = self._layout.page_size[1], self._layout.label_size[1]
        texts = [
            f"q 1 0 0 1 {place.left:6} {page - place.top - label:6}"
            for stretch in stretches(self._layout, first, count)
            for place in self._places.of(stretch)
        ]
        return np.frombuffer("".join(texts).encode(), np.uint8).reshape(count, -1)

    def _serials(self, texts: SerialTexts) -> list[Bytes]:
        count, font = len(texts.kind), self._font(texts.kinds[0])
        heads = [self._text_head(line) for line in texts.kinds]
        codes = font.code("".join(map(chr, range(128))))
        hexadecimal = np.frombuffer(codes, np.uint8).reshape(128, 4)
        return [
            _same(b"BT ", count),
            np.frombuffer(b"".join(heads), np.uint8).reshape(len(heads), -1)[
                texts.kind
            ],
            _same(font.code(self._layout.prefix), count),
            hexadecimal[texts.characters].reshape(count, -1),
            _same(b"> Tj ET\n", count),
        ]

    def _image_head(self, symbols: SymbolBlock) -> bytes:
        """Return what stands before an image's data (ISO 32000-1, 8.9.7).

        The image's rows are the symbol's columns, so that what varies from label to
        label (columns on the left) stands together and the rest repeats for zlib.
        """
        layout = self._layout
        dots = symbols.size * layout.fit.dots
        side = dots - 2 * _INSET
        x = layout.symbol_left + _INSET + side
        y = layout.label_size[1] - layout.symbol_top - _INSET
        return (
            f"0 {-side:.2f} {-side:.2f} 0 {x:.2f} {y:.2f} cm\n"
            f"BI /W {symbols.size} /H {symbols.size} /IM true /BPC 1 /D [1 0]"
        ).encode()


def _joined(pieces: Sequence[bytes]) -> bytes:
    """Return one page's content, as it were had one part made it."""
    if len(pieces) == 1:
        return pieces[0]
    return zlib.compress(b"".join(map(zlib.decompress, pieces)), _LEVEL)


def _same(text: bytes, count: int) -> Bytes:
    row = np.frombuffer(text, np.uint8)
    return np.broadcast_to(row, (count, len(row)))


def _hold_end(images: Bytes) -> NDArray[np.bool_]:
    """Return which images' data hold what a reader could take for their end."""
    found = (images[:, :-1] == ord("E")) & (images[:, 1:] == ord("I"))
    ends: NDArray[np.bool_] = np.any(found, axis=1)
    return ends


def _spelled(row: Bytes, image: slice, ends: bool) -> bytes:  # noqa: FBT001 (one of a pair)
    """Return a label's operators, its image in hexadecimal where it must be."""
    if not ends:
        return row.tobytes()
    head = row[: image.start - len(_DATA)].tobytes() + _HEXADECIMAL
    return head + row[image].tobytes().hex().encode() + b">" + _TAIL


def _marks(layout: LabelLayout) -> bytes:
    """Return the operators that paint the cut marks of a page."""
    height = layout.page_size[1]
    marks = [
        f"{mark.left} {height - mark.top - mark.height} {mark.width} {mark.height} re"
        for mark in layout.marks()
    ]
    return " ".join([*marks, "f\n"]).encode() if marks else b""


def _letters(layout: LabelLayout) -> dict[str, str]:
    """Return what each font is asked to set."""
    letters = {REGULAR: "", BOLD: ""}
    for line in layout.lines:
        own = layout.prefix + SERIAL_LETTERS if line.slot else line.text
        letters[font_of(bold=line.bold)] += own
    return letters
