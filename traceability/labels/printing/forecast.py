"""What a run will come to before it is made: sheets, bytes, seconds.

How large a file becomes is measured, not guessed: some pages are made with the
format's own writer, and what a page more adds is multiplied. The keys of these pages
are no keys, so that nothing is signed and no key need be at hand.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from io import BytesIO

from traceability.labels.job import LabelKeys, PrintJob
from traceability.labels.layout import LabelLayout
from traceability.labels.printing.errors import ArchiveFullError
from traceability.labels.printing.state import ReadPolicy
from traceability.labels.sheets import SheetFormat
from traceability.labels.stock import Stock, StockKind
from traceability.labels.writers import Writer, writer_for
from traceability.web.formats import number

_LABELS = 16  # about so many make a sample, in whole pages …
_DOTS = 8_000_000  # … of no more dots in all, but for one page
_MM_PER_METRE = 1000
_UNITS = ("B", "kB", "MB", "GB")
_KILO = 1000
_TWO_DIGITS = 10
Paces = Mapping[tuple[SheetFormat, ReadPolicy], float]


@dataclass(frozen=True, slots=True)
class Bytes:
    """What a run takes in a format: the file, and the parts that it is made of."""

    file: int
    parts: int

    @property
    def both(self) -> int:
        """Return what is on the disk when the file is put together."""
        return self.file + self.parts

    def grown(self, other: "Bytes", times: float) -> "Bytes":
        """Return this and so many times what it has more than another."""
        return Bytes(
            file=self.file + round((self.file - other.file) * times),
            parts=self.parts + round((self.parts - other.parts) * times),
        )


@dataclass(frozen=True, slots=True)
class Forecast:
    """A run in a format: what it takes, and how long where that is known."""

    takes: Bytes
    seconds: float | None
    fits: bool


def forecast_of(
    job: PrintJob, format_: SheetFormat, paces: Paces, free: int | None
) -> Forecast:
    """Return what a format will come to, with ``free`` bytes left to write."""
    policy = ReadPolicy.for_run(job.positions, everything=False)
    takes, pace = bytes_of(job, format_), paces.get((format_, policy))
    seconds = None if pace is None else pace * job.positions
    return Forecast(takes, seconds, fits(takes, free))


def fitting(job: PrintJob, free: int | None) -> list[SheetFormat]:
    """Return the formats for which there is room."""
    return [one for one in SheetFormat if fits(bytes_of(job, one), free)]


def check_room(job: PrintJob, format_: SheetFormat, free: int | None) -> None:
    """Raise ``ArchiveFullError`` where a run has no room: what it needs, what fits."""
    if free is None:
        return
    takes = bytes_of(job, format_)
    if fits(takes, free):
        return
    needed, left = size_text(takes.both), size_text(free)
    others = ", ".join(one.value.upper() for one in fitting(job, free))
    if not others:
        raise ArchiveFullError(
            "Making this file needs about %(needed)s on the server's disk and %(free)s "
            "is free; no other format has room either. Tell the operator.",
            needed=needed,
            free=left,
        )
    raise ArchiveFullError(
        "Making this file needs about %(needed)s on the server's disk and %(free)s is "
        "free. There is room for: %(fitting)s.",
        needed=needed,
        free=left,
        fitting=others,
    )


def size_text(size: int) -> str:
    """Return a size as people read it: ``3,4 GB``, ``12 MB``."""
    unit = 0
    while size >= _KILO ** (unit + 1) and unit < len(_UNITS) - 1:
        unit += 1
    amount = Decimal(size) / _KILO**unit
    digits = 1 if amount < _TWO_DIGITS else 0
    return f"{number(round(amount, digits))} {_UNITS[unit]}"


def fits(takes: Bytes, free: int | None) -> bool:
    """Return whether there is room; nobody knows where nothing is told."""
    return free is None or takes.both <= free


@lru_cache(maxsize=512)
def bytes_of(job: PrintJob, format_: SheetFormat) -> Bytes:
    """Return about how many bytes a run takes. Raises ``LabelTooSmallError``."""
    layout = job.layout()
    sample = _Sample(job, layout, writer_for(format_, layout, job))
    step, total = _step(layout), job.positions
    first = layout.on_first_page  # it may be used in part: no page to measure by
    if total < first + 2 * step:
        return sample.of(0, total)
    one, two = sample.of(first, first + step), sample.of(first, first + 2 * step)
    return two.grown(one, (total - 2 * step) / step)


def _step(layout: LabelLayout) -> int:
    """Return the labels of a sample."""
    per_page = layout.stock.per_page
    width, height = layout.page_size
    pages = min(-(-_LABELS // per_page), _DOTS // (width * height))
    return max(pages, 1) * per_page


@dataclass(frozen=True, slots=True)
class _Sample:
    """Some labels of a run, as they would be written."""

    job: PrintJob
    layout: LabelLayout
    writer: Writer

    def of(self, first: int, stop: int) -> Bytes:
        labels = self.job.labels_at(_NO_KEYS, first, stop)
        part, file = self.writer.part(first, labels), BytesIO()
        self.writer.assemble([part], file)
        return Bytes(file=file.tell(), parts=len(part))


class _NoKey:
    """Makes what is as long and as random as a key's, and proves nothing."""

    key_id = kid = ""
    alg = "EdDSA"
    key_id4 = bytes(4)

    def digest(self, message: bytes) -> bytes:
        return hashlib.sha256(message).digest()

    def sign(self, message: bytes) -> bytes:
        return hashlib.sha512(message).digest()


_NO_KEYS = LabelKeys(mac_of=lambda _: _NoKey(), sealer=_NoKey)


@dataclass(frozen=True, slots=True)
class Feed:
    """What a run draws from the printer's tray: sheets, or metres of a roll."""

    sheets: int
    metres: int

    @classmethod
    def of(cls, stock: Stock, positions: int, skipped: int = 0) -> "Feed":
        """Return what so many labels take, ``skipped`` places of a sheet being used."""
        pages = stock.pages_for(positions + skipped)
        if stock.kind is StockKind.SHEET:
            return cls(sheets=pages, metres=0)
        length = pages * (stock.page_height + stock.gap)
        return cls(sheets=0, metres=-(-round(length) // _MM_PER_METRE))
