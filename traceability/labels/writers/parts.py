"""Parts of a document: pieces of pages that say themselves where they belong.

A part is a head and frames. Where a part ends in the middle of a page, the next one
begins with a frame of the same page, and whoever puts the document together joins them.
"""

import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from traceability.labels.layout import LabelLayout, Place

_HEAD = struct.Struct(">4sQQ")
_FRAME = struct.Struct(">QI")
_MAGIC = b"part"
PART_DOTS = 1_000_000_000  # some seconds of reading back


@dataclass(frozen=True, slots=True)
class Frame:
    """What one part has to say of one page."""

    page: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Stretch:
    """The positions of a part that stand on one page."""

    page: int
    first: int
    stop: int


def whole_pages(layout: LabelLayout, most: int, dots: int = PART_DOTS) -> int:
    """Return the labels of a part: whole pages, at most so many labels and dots.

    Labels may be as large as a page of one's own stock; a part stays in memory, and a
    worker is heard of between two parts.
    """
    width, height = layout.label_size
    labels, per_page = min(most, dots // (width * height)), layout.stock.per_page
    return max(labels // per_page, 1) * per_page


def pack(first: int, count: int, frames: Iterable[Frame]) -> bytes:
    """Return a part of the ``count`` labels from position ``first``."""
    pieces = [_HEAD.pack(_MAGIC, first, count)]
    for frame in frames:
        pieces += [_FRAME.pack(frame.page, len(frame.data)), frame.data]
    return b"".join(pieces)


def pages_of(parts: Iterable[bytes]) -> Iterator[tuple[int, list[bytes]]]:
    """Yield each page's number and the pieces that it is made of, in order."""
    for page, frames in groupby(_frames(parts), key=lambda frame: frame.page):
        yield page, [frame.data for frame in frames]


def _frames(parts: Iterable[bytes]) -> Iterator[Frame]:
    """Yield all frames. Raises ``ValueError`` where a part does not follow."""
    expected: int | None = None
    for part in parts:
        magic, first, count = _HEAD.unpack_from(part)
        if magic != _MAGIC or first != (first if expected is None else expected):
            raise ValueError(f"a part begins at {first}, not at {expected}")
        expected = first + count
        start = _HEAD.size
        while start < len(part):
            page, length = _FRAME.unpack_from(part, start)
            start += _FRAME.size + length
            yield Frame(page, part[start - length : start])


def stretches(layout: LabelLayout, first: int, count: int) -> Iterator[Stretch]:
    """Yield a part's pages with the positions on each."""
    position, stop = first, first + count
    while position < stop:
        page = layout.page_of(position)
        end = layout.positions_of(page, stop).stop
        yield Stretch(page, position, end)
        position = end


class Places:
    """Where labels stand: asked of the layout once for each place of a page."""

    def __init__(self, layout: LabelLayout) -> None:
        self._layout = layout
        self._known: dict[tuple[bool, int], Place] = {}

    def of(self, stretch: Stretch) -> Sequence[Place]:
        """Return the corners of a page's labels; only the first page differs."""
        start = self._layout.positions_of(stretch.page, stretch.stop).start
        return [
            self._place(stretch.page, position, position - start)
            for position in range(stretch.first, stretch.stop)
        ]

    def _place(self, page: int, position: int, number: int) -> Place:
        key = (page == 0, number)
        if key not in self._known:
            self._known[key] = self._layout.place(position)
        return self._known[key]
