"""What all labels of a TSPL run say: a BMP in the printer's memory, kept for the run.

TSC, TSPL/TSPL2 Programming: DOWNLOAD, PUTBMP, KILL; with no drive named they mean DRAM,
which wears nothing out and forgets when the printer is switched off. The file is named
after what is in it: one that stayed behind from another run is never recalled.
"""

import hashlib
import struct
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from traceability.labels.layout import Place

_FILE = struct.Struct("<2sIHHI")
_INFO = struct.Struct("<IiiHHIIiiII")
_COLOURS = bytes((0, 0, 0, 0)) + bytes((255, 255, 255, 0))  # dark is 0, light is 1
_HEADERS = _FILE.size + _INFO.size + len(_COLOURS)


@dataclass(frozen=True, slots=True)
class StoredBmp:
    """A picture from a dot of the label on; without data where labels share nothing."""

    left: int = 0
    top: int = 0
    data: bytes = b""

    @property
    def name(self) -> str:
        """Return the file's name in the printer."""
        return f"T{hashlib.sha256(self.data).hexdigest()[:7].upper()}.BMP"

    def download(self) -> bytes:
        """Return the command that hands it to the printer."""
        head = f'DOWNLOAD "{self.name}",{len(self.data)},'
        return head.encode() + self.data + b"\r\n" if self.data else b""

    def put(self, place: Place) -> bytes:
        """Return the command that draws it on the label at a place."""
        at = f"{place.left + self.left},{place.top + self.top}"
        return f'PUTBMP {at},"{self.name}"\r\n'.encode() if self.data else b""

    def kill(self) -> bytes:
        """Return the command that makes the printer forget it."""
        return f'KILL "{self.name}"\r\n'.encode() if self.data else b""


def stored_bmp(dark: NDArray[np.bool_]) -> StoredBmp:
    """Return the dark dots ``(y, x)`` of a label, nothing around them."""
    rows, columns = np.nonzero(dark)
    if not len(rows):
        return StoredBmp()
    top, left = int(rows.min()), int(columns.min())
    data = _bmp(dark[top : rows.max() + 1, left : columns.max() + 1])
    return StoredBmp(left, top, data)


def _bmp(dark: NDArray[np.bool_]) -> bytes:
    """Return a BMP of one bit a dot: rows of whole 4 bytes, the lowest first."""
    height, width = dark.shape
    light = np.zeros((height, -(-width // 32) * 32), np.bool_)
    light[:, :width] = ~dark
    dots = np.packbits(light[::-1], axis=1).tobytes()
    file = _FILE.pack(b"BM", _HEADERS + len(dots), 0, 0, _HEADERS)
    info = _INFO.pack(_INFO.size, width, height, 1, 1, 0, len(dots), 0, 0, 2, 2)
    return file + info + _COLOURS + dots
