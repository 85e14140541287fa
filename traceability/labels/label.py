"""One label: the link its symbol carries, its serial, its seal."""

from dataclasses import dataclass

from traceability.labels.qr import SEAL_KEY, Symbol, symbol_of
from traceability.labels.serials import grouped


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What one label carries; ``serial`` and ``seal`` are empty where it has none."""

    link: str
    serial: str = ""
    seal: str = ""

    @property
    def qr_text(self) -> str:
        """Return exactly what a scanner reads."""
        return f"{self.link}{SEAL_KEY}{self.seal}" if self.seal else self.link

    @property
    def readable(self) -> str:
        """Return the serial in groups."""
        return grouped(self.serial) if self.serial else ""

    def symbol(self) -> Symbol:
        """Return the QR symbol."""
        return symbol_of(self.link, self.seal)
