"""Draw what a printer draws of our TSPL: the commands that we write, and no others.

TSC, TSPL/TSPL2 Programming: SIZE, GAP, DIRECTION, REFERENCE, DOWNLOAD, CLS,
PUTBMP, BITMAP, BAR, PRINT, KILL.
"""

import re
from collections.abc import Iterator
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from traceability.labels.errors import ReadBackError

_BITMAP = re.compile(rb"BITMAP (\d{1,6}),(\d{1,6}),(\d{1,5}),(\d{1,6}),0,")
_BAR = re.compile(rb"BAR (\d{1,6}),(\d{1,6}),(\d{1,6}),(\d{1,6})\r\n")
_DOWNLOAD = re.compile(rb'DOWNLOAD "([0-9A-Z]{1,8}\.BMP)",(\d{1,8}),')
_PUT = re.compile(rb'PUTBMP (\d{1,6}),(\d{1,6}),"([0-9A-Z]{1,8}\.BMP)"\r\n')
_KILL = re.compile(rb'KILL "([0-9A-Z]{1,8}\.BMP)"\r\n')
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
    printer = _Printer(document, page)
    at = len(head)
    while at < len(document):
        if (after := printer.kept(at)) is not None:
            at = after
        else:
            at, image = printer.printed(at)
            yield image
    if printer.stored:
        raise _refused(document[at:])


class _Printer:
    """Carries out commands; methods take where one begins and say where it ends."""

    def __init__(self, document: bytes, page: tuple[int, int]) -> None:
        self._document = document
        self._width, self._height = page
        self.stored: dict[bytes, Dots] = {}

    def kept(self, at: int) -> int | None:
        """Store or forget a picture, where that is the command."""
        if download := _DOWNLOAD.match(self._document, at):
            name, size = download.groups()
            data, end = self._data(download.end(), int(size))
            self.stored[name] = _picture(data)
            return end
        if kill := _KILL.match(self._document, at):
            if self.stored.pop(kill[1], None) is None:
                raise _refused(kill[0])
            return kill.end()
        return None

    def printed(self, at: int) -> tuple[int, Image.Image]:
        """Draw one page and print it."""
        dots = np.full((self._height, self._width), _WHITE, np.uint8)
        at = _after(self._document, at, _CLEAR)
        while not self._document.startswith(_PRINT, at):
            at = self._painted(at, dots)
        return at + len(_PRINT), Image.fromarray(dots)

    def _painted(self, at: int, page: Dots) -> int:
        if bar := _BAR.match(self._document, at):
            left, top, width, height = map(int, bar.groups())
            _paint(page, left, top, np.zeros((height, width), np.uint8))
            return bar.end()
        if put := _PUT.match(self._document, at):
            if put[3] not in self.stored:
                raise _refused(put[0])
            _paint(page, int(put[1]), int(put[2]), self.stored[put[3]])
            return put.end()
        bitmap = _BITMAP.match(self._document, at)
        if bitmap is None:
            raise _refused(self._document[at:])
        left, top, octets, height = map(int, bitmap.groups())
        data, end = self._data(bitmap.end(), octets * height)
        rows = np.frombuffer(data, np.uint8).reshape(height, octets)
        _paint(page, left, top, np.unpackbits(rows, axis=1) * np.uint8(_WHITE))
        return end

    def _data(self, at: int, size: int) -> tuple[bytes, int]:
        """Return so many bytes, and where the command goes on."""
        end = at + size
        return self._document[at:end], _after(self._document, end, _END)


def _paint(page: Dots, left: int, top: int, dots: Dots) -> None:
    """Put dots on a page; what is outside is cut."""
    target = page[top : top + len(dots), left : left + dots.shape[1]]
    target[:] = dots[: target.shape[0], : target.shape[1]]


def _picture(data: bytes) -> Dots:
    """Return the dots of a BMP that is black and white."""
    try:
        with Image.open(BytesIO(data), formats=["BMP"]) as picture:
            if picture.mode != "1":
                raise _refused(data)
            return np.asarray(picture).astype(np.uint8) * np.uint8(_WHITE)
    except (OSError, ValueError) as error:
        raise _refused(data) from error


def _after(document: bytes, at: int, expected: bytes) -> int:
    if not document.startswith(expected, at):
        raise _refused(document[at:])
    return at + len(expected)


def _refused(what: bytes) -> ReadBackError:
    return ReadBackError(
        "The commands hold what was not meant: %(what)s. Nothing was released.",
        what=what[:20].decode("ascii", "replace"),
    )
