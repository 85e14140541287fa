"""The press: makes parts of a run, reads them back, puts the file together.

It knows nothing of tasks and databases. A part is kept under its name only after it
was made whole and, where the policy asks for it, read back as a document of its own:
a part that lies in the archive is good. Parts whose seals are of different keys are
kept apart: no file mixes them.
"""

import hashlib
from collections.abc import Callable, Container, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta
from io import BytesIO

from traceability.labels.ahead import ahead
from traceability.labels.job import LabelKeys, LabelKind, PrintJob
from traceability.labels.label import Label
from traceability.labels.layout import LabelLayout
from traceability.labels.printing.archive import Archive, Digest
from traceability.labels.printing.state import parts_of
from traceability.labels.sheets import SheetFormat
from traceability.labels.writers import Writer, writer_for

STALE = timedelta(minutes=1)  # a worker that was not heard of for so long is dead
PACE = 2.0  # seconds of work that a worker claims at once
SLICE = 2.0  # seconds before a worker looks what else is queued
PLAIN = "plain"  # parts without seals
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
class _Part:
    number: int
    there: bool
    read: bool


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

    def make_parts(
        self, place: str, numbers: Iterable[int], read: Container[int]
    ) -> Generator[int, None, None]:
        """Make the parts that are not there; yield each one's symbols read back.

        The labels of the next part are made while one is drawn: signing lets go of the
        interpreter. Raises ``ReadBackError``: the part is not kept.
        """
        todo = (self._todo(place, number, read) for number in numbers)
        with closing(ahead(self._begun, todo)) as begun:
            for part, labels in begun:
                yield self._made(place, part, labels)

    def _todo(self, place: str, number: int, read: Container[int]) -> "_Part":
        there = self.archive.has_part(place, self.sort, number)
        return _Part(number, there=there, read=number in read)

    def _begun(self, part: "_Part") -> tuple["_Part", list[Label]]:
        if part.there and not part.read:
            return part, []
        return part, self.job.labels_at(self.keys, *self._range(part.number))

    def _made(self, place: str, part: "_Part", labels: list[Label]) -> int:
        if part.there and not part.read:
            return 0
        archive, number = self.archive, part.number
        first, _ = self._range(number)
        there = part.there
        data = (
            archive.part(place, self.sort, number)
            if there
            else self.writer.part(first, labels)
        )
        symbols = self._symbols(data, first, labels) if part.read else 0
        if not there:
            archive.put_part(place, self.sort, number, data)
        return symbols

    def _symbols(self, part: bytes, first: int, labels: list[Label]) -> int:
        document = BytesIO()
        self.writer.assemble([part], document)
        return self.writer.read_back(document.getvalue(), first, labels).symbols

    def put_together(self, place: str, beat: Callable[[], None]) -> Digest:
        """Join the parts to the finished file; return what the archive holds then.

        Raises ``ResealedError`` where some of them have seals of another key.
        """
        if self.archive.sorts(place) - {self.sort}:
            raise ResealedError
        suffix = self.writer.suffix
        with self.archive.writing(place, suffix) as sink:
            self.writer.assemble(self._parts(place, beat), sink)
        return self.archive.digest(place, suffix)

    def _parts(self, place: str, beat: Callable[[], None]) -> Iterator[bytes]:
        for number in range(self.parts):
            beat()
            yield self.archive.part(place, self.sort, number)

    def _range(self, number: int) -> tuple[int, int]:
        size = self.writer.part_labels
        return number * size, min((number + 1) * size, self.job.positions)
