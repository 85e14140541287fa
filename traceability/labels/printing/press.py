"""The press: makes parts of a run, reads them back, puts the file together.

It knows nothing of tasks and databases. A part is kept under its name only after it
was made whole and, where the policy asks for it, read back as a document of its own:
a part that lies in the archive is good, and carries a tag of a key that the archive's
keepers lack, so that nothing but what was made here gets into a file. Parts whose seals
are of different keys are kept apart: no file mixes them.
"""

import hashlib
import hmac
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from io import BytesIO
from typing import BinaryIO, cast

from traceability.labels.job import LabelKeys, LabelKind, PrintJob
from traceability.labels.label import Label
from traceability.labels.layout import LabelLayout
from traceability.labels.printing.archive import Archive, Digest, Digested
from traceability.labels.printing.errors import PartAlteredError
from traceability.labels.printing.state import parts_of
from traceability.labels.sheets import SheetFormat
from traceability.labels.writers import Writer, writer_for

STALE = timedelta(minutes=1)  # a worker that was not heard of for so long is dead
PACE = 2.0  # seconds of work that a worker claims at once
SLICE = 2.0  # seconds before a worker looks what else is queued
PLAIN = "plain"  # parts without seals
_TAG = 32  # bytes before a part
_DOMAIN = b"traceability-print-part-v1\0"
MakeWriter = Callable[[SheetFormat, LabelLayout, PrintJob], Writer]


class ResealedError(Exception):
    """The seal key was changed while the parts were made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """Where prints lie, with what they are made, and how long workers take turns."""

    archive: Archive
    keys: LabelKeys
    writer_for: MakeWriter = writer_for
    stale: timedelta = STALE
    pace: float = PACE
    slice: float = SLICE

    def print(self, job: PrintJob, format_: SheetFormat) -> "Print":
        """Return a run ready to be made. Raises ``LabelTooSmallError`` and others."""
        layout, keys, sort = job.layout(), self.keys, PLAIN
        if job.spec.kind is LabelKind.SEALED:
            signer = keys.sealer()  # asked once: it may be changed at any time
            keys = replace(keys, sealer=lambda: signer)
            sort = hashlib.sha256(signer.kid.encode()).hexdigest()[:16]
        writer = self.writer_for(format_, layout, job)
        return Print(self.archive, keys, job, writer, sort)


@dataclass(frozen=True, slots=True)
class Print:
    """One run in one format, as it goes through the press."""

    archive: Archive
    keys: LabelKeys
    job: PrintJob
    writer: Writer
    sort: str = PLAIN

    @property
    def parts(self) -> int:
        """Return how many parts the run has."""
        return parts_of(self.job.positions, self.writer.part_labels)

    def size_of(self, number: int) -> int:
        """Return how many labels a part holds."""
        first, stop = self._range(number)
        return stop - first

    def make_part(self, place: str, number: int, *, read: bool) -> int:
        """Make a part unless it is there; return how many symbols were read back.

        Raises ``ReadBackError``: the part is not kept.
        """
        kept = self.kept(place, number)
        if kept is not None and not read:
            return 0
        first, stop = self._range(number)
        labels = self.job.labels_at(self.keys, first, stop)
        part = self.writer.part(first, labels) if kept is None else kept
        symbols = self._symbols(part, first, labels) if read else 0
        if kept is None:
            self.keep(place, number, part)
        return symbols

    def keep(self, place: str, number: int, part: bytes) -> None:
        """Put a part into the archive, with the tag that says it was made here."""
        data = self._tag(place, number, part) + part
        self.archive.put_part(place, self.sort, number, data)

    def kept(self, place: str, number: int) -> bytes | None:
        """Return a part from the archive, or nothing where it was not made here."""
        if not self.archive.has_part(place, self.sort, number):
            return None
        data = self.archive.part(place, self.sort, number)
        tag, part = data[:_TAG], data[_TAG:]
        whole = hmac.compare_digest(tag, self._tag(place, number, part))
        return part if whole else None

    def _tag(self, place: str, number: int, part: bytes) -> bytes:
        name = f"{place}/{self.sort}/{number}".encode()
        digest = hashlib.sha256(part).digest()
        mac = self.keys.mac_of(self.job.serial_key_id)
        return mac.digest(_DOMAIN + name + b"\0" + digest)

    def _symbols(self, part: bytes, first: int, labels: list[Label]) -> int:
        document = BytesIO()
        self.writer.assemble([part], document)
        return self.writer.read_back(document.getvalue(), first, labels).symbols

    def put_together(
        self, place: str, beat: Callable[[], None], *, read: Collection[int] = ()
    ) -> Digest:
        """Join the parts to the finished file; return what the archive holds then.

        A part that is not there is made, and read back if its number is in ``read``:
        a restored database remembers parts that its archive lacks. Raises
        ``ResealedError`` where some of them have seals of another key,
        ``PartAlteredError`` where one is not as it was made.
        """
        if self.archive.sorts(place) - {self.sort}:
            raise ResealedError
        suffix = self.writer.suffix
        with self.archive.writing(place, suffix) as file:
            sink = Digested(file)
            self.writer.assemble(self._parts(place, beat, read), cast("BinaryIO", sink))
        return sink.digest

    def _parts(
        self, place: str, beat: Callable[[], None], read: Collection[int]
    ) -> Iterator[bytes]:
        for number in range(self.parts):
            beat()
            part = self.kept(place, number)
            if part is None and not self.archive.has_part(place, self.sort, number):
                self.make_part(place, number, read=number in read)
                part = self.kept(place, number)
            if part is None:
                raise PartAlteredError(
                    "A piece of the file was altered where it is kept; nothing was "
                    "released. Tell the operator."
                )
            yield part

    def _range(self, number: int) -> tuple[int, int]:
        size = self.writer.part_labels
        return number * size, min((number + 1) * size, self.job.positions)
