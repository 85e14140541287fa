"""Draw what a printer draws of our TSPL: the commands that we write, and no others.

TSC, TSPL/TSPL2 Programming: SIZE, GAP, DIRECTION, REFERENCE, CLS, BITMAP, BAR, PRINT.
"""

import re
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from traceability.labels.errors import ReadBackError

_BITMAP = re.compile(rb"BITMAP (\d{1,6}),(\d{1,6}),(\d{1,5}),(\d{1,6}),0,")
_BAR = re.compile(rb"BAR (\d{1,6}),(\d{1,6}),(\d{1,6}),(\d{1,6})\r\n")
_CLEAR, _PRINT, _END = b"CLS\r\n", b"PRINT 1,1\r\n", b"\r\n"
_WHITE = 255
Dots = NDArray[np.uint8]


def read_tspl(
    document: bytes, page: tuple[int, int], head: bytes
) -> Iterator[Image.Image]:
    """Yield each printed page; ``head`` is what the printer must be told first.

    Raises ``ReadBackError`` for what we do not write.
    """
    if not document.startswith(head):
        raise _refused(document)
    at, width, height = len(head), *page
    while at < len(document):
        dots = np.full((height, width), _WHITE, np.uint8)
        at = _after(document, at, _CLEAR)
        while not document.startswith(_PRINT, at):
            at = _painted(document, at, dots)
        at += len(_PRINT)
        yield Image.fromarray(dots)


def _painted(document: bytes, at: int, page: Dots) -> int:
    """Carry out one command and return where the next one begins."""
    if bar := _BAR.match(document, at):
        left, top, width, height = map(int, bar.groups())
        page[top : top + height, left : left + width] = 0
        return bar.end()
    bitmap = _BITMAP.match(document, at)
    if bitmap is None:
        raise _refused(document[at:])
    left, top, octets, height = map(int, bitmap.groups())
    end = bitmap.end() + octets * height
    data = np.frombuffer(document[bitmap.end() : end], np.uint8)
    if len(data) != octets * height:
        raise _refused(document[at:])
    light = np.unpackbits(data.reshape(height, octets), axis=1) * np.uint8(_WHITE)
    target = page[top : top + height, left : left + octets * 8]
    target[:] = light[: target.shape[0], : target.shape[1]]
    return _after(document, end, _END)


def _after(document: bytes, at: int, expected: bytes) -> int:
    if not document.startswith(expected, at):
        raise _refused(document[at:])
    return at + len(expected)


def _refused(what: bytes) -> ReadBackError:
    return ReadBackError(
        "The commands hold what was not meant: %(what)s. Nothing was released.",
        what=what[:20].decode("ascii", "replace"),
    )
