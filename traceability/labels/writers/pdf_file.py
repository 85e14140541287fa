"""A PDF's objects, written one after another: pages as they come, the rest at the end.

Numbers depend on the order of pages alone, and nothing tells the time, so that the same
pages give the same bytes (ISO 32000-1, 7.5).
"""

import zlib
from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO

from traceability.labels.layout import Box, Boxes
from traceability.labels.writers.pdf_font import Subset, stream

_CATALOG, _PAGES, _INFO, _FORM, _SCALE = range(1, 6)
_FIRST_FONT = 6
_FONT_OBJECTS = 5
_BRANCH = 256  # pages of one node of the page tree


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What all pages share; ``size`` in dots, ``point`` the dots of one point."""

    title: str
    size: tuple[int, int]
    point: float
    boxes: Boxes
    fonts: Mapping[str, Subset]
    form: bytes
    form_size: tuple[int, int]
    marks: bytes


class PdfFile:
    """Writes a document to a sink that need not seek."""

    def __init__(self, sink: BinaryIO, shared: Shared) -> None:
        """Write what stands before the pages."""
        self._sink = sink
        self._shared = shared
        self._length = 0
        self._offsets = array("Q", [0] * (_FIRST_FONT - 1))
        self._branches: list[tuple[int, int]] = []  # number and pages of each node
        self._kids: list[int] = []
        self._write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
        self._put(_CATALOG, b"<< /Type /Catalog /Pages 2 0 R /Lang (vi) >>")
        title = shared.title.encode("utf-16-be").hex()
        self._put(_INFO, f"<< /Title <feff{title}> >>".encode())
        self._put(_FORM, self._form())
        self._put(_SCALE, stream(self._scale()))
        for place, font in enumerate(shared.fonts.values()):
            for body in font.objects(_FIRST_FONT + place * _FONT_OBJECTS):
                self._put(self._next(), body)
        self._boxes = self._page_boxes()

    def page(self, content: bytes) -> None:
        """Write a page of this content, which is compressed already."""
        if not self._kids:
            self._branches.append((self._next(), 0))
        branch = self._branches[-1][0]
        own, number = self._next(), self._next()
        head = f"<< /Length {len(content)} /Filter /FlateDecode >>\nstream\n".encode()
        self._put(own, head + content + b"\nendstream")
        contents = f"/Contents [{_SCALE} 0 R {own} 0 R]"
        page = f"<< /Type /Page /Parent {branch} 0 R {self._boxes}{contents} >>"
        self._put(number, page.encode())
        self._kids.append(number)
        if len(self._kids) == _BRANCH:
            self._close_branch()

    def close(self) -> None:
        """Write the page tree, the cross-reference table and the trailer."""
        if self._kids:
            self._close_branch()
        kids = " ".join(f"{number} 0 R" for number, _ in self._branches)
        count = sum(pages for _, pages in self._branches)
        tree = f"<< /Type /Pages /Count {count} /Kids [{kids}] {self._inherited()} >>"
        self._put(_PAGES, tree.encode())
        begin, size = self._length, len(self._offsets) + 1
        self._write(f"xref\n0 {size}\n0000000000 65535 f \n".encode())
        for start in range(0, len(self._offsets), _BRANCH):
            lines = [
                f"{offset:010} 00000 n \n"
                for offset in self._offsets[start : start + _BRANCH]
            ]
            self._write("".join(lines).encode())
        root = f"/Root {_CATALOG} 0 R /Info {_INFO} 0 R"
        self._write(f"trailer\n<< /Size {size} {root} >>\n".encode())
        self._write(f"startxref\n{begin}\n%%EOF\n".encode())

    def _write(self, data: bytes) -> None:
        self._sink.write(data)
        self._length += len(data)

    def _next(self) -> int:
        self._offsets.append(0)
        return len(self._offsets)

    def _put(self, number: int, body: bytes) -> None:
        self._offsets[number - 1] = self._length
        self._write(b"%d 0 obj\n" % number + body + b"\nendobj\n")

    def _close_branch(self) -> None:
        kids = " ".join(f"{number} 0 R" for number in self._kids)
        number = self._branches[-1][0]
        self._branches[-1] = (number, len(self._kids))
        node = f"/Type /Pages /Parent {_PAGES} 0 R /Count {len(self._kids)}"
        self._put(number, f"<< {node} /Kids [{kids}] >>".encode())
        self._kids = []

    def _form(self) -> bytes:
        width, height = self._shared.form_size
        data = zlib.compress(self._shared.form, 9)
        kind = f"/Type /XObject /Subtype /Form /BBox [0 0 {width} {height}]"
        resources = f"/Resources << {self._fonts()} >>"
        size = f"/Length {len(data)} /Filter /FlateDecode"
        head = f"<< {kind} {resources} {size} >>\nstream\n".encode()
        return head + data + b"\nendstream"

    def _scale(self) -> bytes:
        """Return what every page begins with: it counts in dots; its cut marks."""
        scale = f"{1 / self._shared.point:.8f}"
        return f"{scale} 0 0 {scale} 0 0 cm\n".encode() + self._shared.marks

    def _fonts(self) -> str:
        listed = " ".join(
            f"/{name} {_FIRST_FONT + place * _FONT_OBJECTS} 0 R"
            for place, name in enumerate(self._shared.fonts)
        )
        return f"/Font << {listed} >>"

    def _inherited(self) -> str:
        width, height = (dots / self._shared.point for dots in self._shared.size)
        resources = f"{self._fonts()} /XObject << /L {_FORM} 0 R >>"
        return f"/MediaBox [0 0 {width:.5f} {height:.5f}] /Resources << {resources} >>"

    def _page_boxes(self) -> str:
        """Return what is cut out, where that is to bleed; pages do not inherit it."""
        boxes = self._shared.boxes
        if boxes.trim == boxes.bleed:
            return ""
        return f"/TrimBox {self._box(boxes.trim)} /BleedBox {self._box(boxes.bleed)} "

    def _box(self, box: Box) -> str:
        height = self._shared.size[1] / self._shared.point
        left, bottom = box.left, height - box.top - box.height
        right, top = left + box.width, bottom + box.height
        return f"[{left:.5f} {bottom:.5f} {right:.5f} {top:.5f}]"
