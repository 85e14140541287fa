"""A run's codes as one file for the print room, and what is kept of them."""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from traceability.core.ports import Mac
from traceability.labels.job import LabelKeys, PrintJob
from traceability.labels.scratch.codes import RandomBits, ScratchCode, tag_of
from traceability.labels.scratch.workbook import Row, protected_workbook

COLUMNS = ("number", "serial", "link", "code")
VOLUME = 40_000  # labels in one workbook: what lies in memory at a time
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # a ZIP's own beginning: no clock is asked


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeList:
    """The codes of one run, about to be made."""

    job: PrintJob
    run_id: str
    keys: LabelKeys
    pepper: Mac
    random_bits: RandomBits

    def write(self, sink: IO[bytes], password: str) -> bytes:
        """Write a ZIP of encrypted workbooks; return the tags of all codes, in order.

        Nothing else is left of the codes when this returns.
        """
        tags = bytearray()
        with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:
            firsts = range(0, self.job.spec.count, VOLUME)
            for number, first in enumerate(firsts, start=1):
                name = zipfile.ZipInfo(f"scratch-codes-{number:02}.xlsx", _FIRST_DAY)
                book = protected_workbook(self._rows(first, tags), password)
                archive.writestr(name, book)
        return bytes(tags)

    def _rows(self, first: int, tags: bytearray) -> Iterator[Row]:
        yield COLUMNS
        labels = self.job.labels(self.keys, first, first + VOLUME)
        for position, label in enumerate(labels, start=first):
            code = ScratchCode.fresh(self.random_bits)
            index = self.job.first_index + position
            tags += tag_of(code, self.run_id, index, self.pepper)
            yield position + 1, label.serial, label.qr_text, code.text
