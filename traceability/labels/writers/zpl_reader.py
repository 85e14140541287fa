"""Draw what a printer draws of our ZPL: the commands that we write, and no others.

Zebra, ZPL II Programming Guide: ^FO, ^GF, ^GB, ~DG, ^XG, ^PW, ^LL, ^LH, ^PQ.
"""

import re
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from traceability.labels.errors import ReadBackError

_COMMAND = re.compile(rb"([\^~])([A-Z@]{2})([^\^~]*)")
_GRAPHIC = re.compile(rb"R:([A-Z0-9]{1,8})\.GRF,(\d{1,9}),(\d{1,5}),\s*([0-9A-F:\s]*)")
_RECALL = re.compile(rb"R:([A-Z0-9]{1,8})\.GRF,1,1")
_FIELD = re.compile(rb"A,(\d{1,9}),(\d{1,9}),(\d{1,5}),([0-9A-F:]*)")
_NUMBER = re.compile(rb"\d{1,6}")
_REPEAT = b":"
_WHITE = 255
Dark = NDArray[np.bool_]
Dots = NDArray[np.uint8]


def read_zpl(document: bytes, page: tuple[int, int]) -> Iterator[Image.Image]:
    """Yield each printed page. Raises ``ReadBackError`` for what we do not write."""
    printer = _Printer(page)
    end = 0
    for command in _COMMAND.finditer(document):
        if document[end : command.start()].strip():
            raise _refused(command[0])
        end = command.end()
        yield from printer.obey(command[1] + command[2], command[3].strip())
    if document[end:].strip() or printer.page is not None:
        raise _refused(document[end:])


class _Printer:
    def __init__(self, size: tuple[int, int]) -> None:
        self._width, self._height = size
        self._stored: dict[bytes, Dark] = {}
        self.page: Dots | None = None
        self._at = (0, 0)

    def obey(self, name: bytes, given: bytes) -> Iterator[Image.Image]:
        """Carry out one command; the end of a form yields its page."""
        if name == b"~DG":
            stored, total, octets, data = _matched(_GRAPHIC, given)
            self._stored[stored] = _bitmap(
                int(total), int(octets), b"".join(data.split())
            )
        elif name == b"^XA":
            if self.page is not None or given:
                raise _refused(name)
            self.page = np.full((self._height, self._width), _WHITE, np.uint8)
        elif self.page is None:
            raise _refused(name)
        elif name == b"^XZ":
            yield Image.fromarray(self.page)
            self.page = None
        else:
            self._field(name, given, self.page)

    def _field(self, name: bytes, given: bytes, page: Dots) -> None:
        if name == b"^FO":
            left, top = _numbers(given, 2)
            self._at = (left, top)
        elif name == b"^XG":
            self._paint(page, self._recalled(given))
        elif name == b"^GF":
            self._paint(page, _graphic(given))
        elif name == b"^GB":
            self._paint(page, _bar(given))
        elif (name, given) not in self._expected():
            raise _refused(name + given)

    def _recalled(self, given: bytes) -> Dark:
        [stored] = _matched(_RECALL, given)
        if stored not in self._stored:
            raise _refused(given)
        return self._stored[stored]

    def _expected(self) -> set[tuple[bytes, bytes]]:
        """Return what says that the form is of this page, once, from its corner."""
        return {
            (b"^PW", b"%d" % self._width),
            (b"^LL", b"%d" % self._height),
            (b"^LH", b"0,0"),
            (b"^PQ", b"1"),
            (b"^FS", b""),
        }

    def _paint(self, page: Dots, dark: Dark) -> None:
        left, top = self._at
        target = page[top : top + len(dark), left : left + dark.shape[1]]
        target[dark[: len(target), : target.shape[1]]] = 0


def _graphic(given: bytes) -> Dark:
    total, of, octets, data = _matched(_FIELD, given)
    if total != of:
        raise _refused(given)
    return _bitmap(int(total), int(octets), data)


def _bar(given: bytes) -> Dark:
    width, height, thickness = _numbers(given, 3)
    if thickness != min(width, height):
        raise _refused(given)
    return np.ones((height, width), np.bool_)


def _bitmap(total: int, octets: int, data: bytes) -> Dark:
    """Return a graphic of hexadecimal rows, ``:`` repeating the row before."""
    rows: list[bytes] = []
    at = 0
    while at < len(data) and octets:
        if data[at] == _REPEAT[0]:
            if not rows:
                raise _refused(data[:20])
            rows.append(rows[-1])
            at += 1
        else:
            rows.append(_row(data[at : at + 2 * octets], octets))
            at += 2 * octets
    if not octets or len(rows) * octets != total:
        raise _refused(b"%d" % total)
    packed = np.frombuffer(b"".join(rows), np.uint8).reshape(len(rows), octets)
    return np.unpackbits(packed, axis=1).astype(np.bool_)


def _row(digits: bytes, octets: int) -> bytes:
    if len(digits) != 2 * octets or _REPEAT in digits:
        raise _refused(digits[:20])
    return bytes.fromhex(digits.decode("ascii"))


def _matched(pattern: re.Pattern[bytes], given: bytes) -> tuple[bytes, ...]:
    match = pattern.fullmatch(given)
    if match is None:
        raise _refused(given[:20])
    return match.groups()


def _numbers(given: bytes, count: int) -> list[int]:
    found = given.split(b",")
    if len(found) != count or not all(map(_NUMBER.fullmatch, found)):
        raise _refused(given[:20])
    return [int(number) for number in found]


def _refused(what: bytes) -> ReadBackError:
    return ReadBackError(
        "The commands hold what was not meant: %(what)s. Nothing was released.",
        what=what[:20].decode("ascii", "replace"),
    )
