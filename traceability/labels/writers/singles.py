"""A file for each label in a ZIP, for shops that place labels themselves."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from itertools import repeat
from typing import BinaryIO, ClassVar

from PIL import Image

from traceability.labels.errors import ReadBackError
from traceability.labels.label import Label
from traceability.labels.layout import LabelLayout, Place
from traceability.labels.readback import ReadBack, check_symbol
from traceability.labels.writers.bitmap import LabelBitmaps
from traceability.labels.writers.paged import ZIP_TYPE, read_pages
from traceability.labels.writers.parts import Frame, pack, pages_of, whole_pages
from traceability.labels.writers.png import opened, png, scanlines
from traceability.labels.writers.svg import SvgDrawing, drawn
from traceability.labels.writers.zipping import ZipStream

PART_LABELS = 2_000
_CORNER = Place(page=0, left=0, top=0)


class SinglesWriter(ABC):
    """Makes single files in parts; each kind says how a label is drawn and read."""

    media_type = ZIP_TYPE
    kind: ClassVar[str]
    compress: ClassVar[bool]

    def __init__(self, layout: LabelLayout) -> None:
        """Write labels of this layout."""
        self.suffix = f"{self.kind}.zip"
        self.part_labels = whole_pages(layout, PART_LABELS)
        self._layout = layout

    @abstractmethod
    def files(self, labels: Sequence[Label], first: int) -> Iterable[bytes]:
        """Yield each label's file."""

    @abstractmethod
    def picture(self, data: bytes) -> Image.Image:
        """Return what a file shows. Raises ``ReadBackError``."""

    def part(self, first: int, labels: Sequence[Label]) -> bytes:
        """Return the files of the labels from position ``first``, with their names."""
        named = zip(labels, self.files(labels, first), strict=True)
        frames = [
            Frame(position, self._name(label, position).encode() + b"\0" + data)
            for position, (label, data) in enumerate(named, start=first)
        ]
        return pack(first, len(labels), frames)

    def assemble(self, parts: Iterable[bytes], sink: BinaryIO) -> None:
        """Write the files of consecutive parts; one is in memory at a time."""
        with ZipStream(sink) as archive:
            for _, [piece] in pages_of(parts):
                name, _, data = piece.partition(b"\0")
                archive.add(name.decode(), data, compress=self.compress)

    def read_back(
        self, document: bytes, first: int, labels: Sequence[Label]
    ) -> ReadBack:
        """Decode every file's symbol. Raises ``ReadBackError``."""
        position = first - 1
        for position, (name, data) in enumerate(
            read_pages(document, zipped=True), first
        ):
            at = position - first
            if at >= len(labels) or name != self._name(labels[at], position):
                raise ReadBackError(
                    "%(name)s is none of the files; nothing was released.", name=name
                )
            check_symbol(self.picture(data), labels[at], position)
        if position + 1 != first + len(labels):
            raise ReadBackError(
                "The document has %(files)d files; nothing was released.",
                files=position + 1 - first,
            )
        return ReadBack(symbols=len(labels), dpi=self._layout.dpi)

    def _name(self, label: Label, position: int) -> str:
        """Return the number, and the serial where there is one: copies differ too."""
        serial = f"-{label.serial}" if label.serial else ""
        return f"{position + 1:07}{serial}.{self.kind}"


class PngSingles(SinglesWriter):
    """Single labels as PNG, one bit for each dot."""

    kind = "png"
    compress = False

    def __init__(self, layout: LabelLayout) -> None:
        """Draw what all labels share."""
        super().__init__(layout)
        self._bitmaps = LabelBitmaps(layout)

    def files(self, labels: Sequence[Label], first: int) -> Iterator[bytes]:
        """Yield each label's file."""
        size, dpi = self._layout.label_size, self._layout.dpi
        for some in self._bitmaps.draw(labels, first):
            for label in some:
                yield png(scanlines(label), size, dpi)

    def picture(self, data: bytes) -> Image.Image:
        """Return what a file shows. Raises ``ReadBackError``."""
        return opened(data)


class SvgSingles(SinglesWriter):
    """Single labels as SVG."""

    kind = "svg"
    compress = True

    def __init__(self, layout: LabelLayout) -> None:
        """Set what all labels share."""
        super().__init__(layout)
        self._drawing = SvgDrawing(layout)

    def files(self, labels: Sequence[Label], first: int) -> Iterator[bytes]:
        """Yield each label's file."""
        corners = repeat(_CORNER, len(labels))
        for body in self._drawing.labels(labels, first, corners):
            yield self._drawing.document(self._layout.label_size, body)

    def picture(self, data: bytes) -> Image.Image:
        """Return the symbol that a file draws."""
        return drawn(data, self._layout.label_size)
