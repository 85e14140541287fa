"""QR symbols: the one place that knows the ``qrcode`` package."""

from dataclasses import dataclass
from functools import lru_cache

from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode
from qrcode.util import MODE_8BIT_BYTE, MODE_NUMBER, QRData

from traceability.labels.errors import SealLinkTooLongError

QUIET_ZONE = 4  # modules of white paper on every side (ISO/IEC 18004, 5.3.8)
SEALED_VERSION_LIMIT = 8
SEAL_KEY = "?s="


@dataclass(frozen=True, slots=True)
class Symbol:
    """A QR symbol without its quiet zone; ``rows[y][x]`` is 1 where it is dark."""

    version: int
    rows: tuple[bytes, ...]

    @property
    def size(self) -> int:
        """Return the modules on one side."""
        return len(self.rows)

    def packed_rows(self) -> bytes:
        """Return one bit per module, rows padded to whole bytes, 1 is dark."""
        width = -(-self.size // 8)
        pad = width * 8 - self.size
        return b"".join(
            (int("".join("01"[dark] for dark in row), 2) << pad).to_bytes(width, "big")
            for row in self.rows
        )

    def runs(self) -> list[tuple[int, int, int]]:
        """Return the dark runs as (x, y, length), row by row."""
        found = []
        for y, row in enumerate(self.rows):
            x = 0
            while x < self.size:
                start = x
                while x < self.size and row[x]:
                    x += 1
                if x > start:
                    found.append((start, y, x - start))
                x += 1
        return found


def symbol_of(link: str, seal: str = "") -> Symbol:
    """Return the symbol of a link, error correction M, the smallest version.

    The link should be in upper case, so that ``qrcode`` takes alphanumeric mode. The
    seal's digits become a numeric segment of their own. Raises
    ``SealLinkTooLongError`` where a sealed link would pass version 8.
    """
    return _symbol(link, seal)


@lru_cache(maxsize=1024)  # a run in another format, or again, has the same symbols
def _symbol(link: str, seal: str) -> Symbol:
    code: QRCode[object] = QRCode(error_correction=ERROR_CORRECT_M, border=0)
    code.add_data(link)
    if seal:
        code.add_data(QRData(SEAL_KEY.encode("ascii"), mode=MODE_8BIT_BYTE))
        code.add_data(QRData(seal.encode("ascii"), mode=MODE_NUMBER))
    code.make(fit=True)
    if seal and code.version > SEALED_VERSION_LIMIT:
        raise SealLinkTooLongError(
            "The link is too long for a sealed label.", field="kind"
        )
    rows = tuple(bytes(map(bool, row)) for row in code.modules)
    return Symbol(version=code.version, rows=rows)


def forget_symbols() -> None:
    """Drop the kept symbols, so that a benchmark draws each one."""
    _symbol.cache_clear()
