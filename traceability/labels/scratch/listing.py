"""A run's codes as one file for the print room, and what is kept of them."""

import zipfile
from collections.abc import Iterator
from typing import BinaryIO

from traceability.core.ports import Mac
from traceability.labels.job import LabelKeys, PrintJob
from traceability.labels.scratch.codes import RandomBits, ScratchCode, tag_of
from traceability.labels.scratch.workbook import Row, protected_workbook

COLUMNS = ("number", "serial", "link", "code")
VOLUME = 50_000  # labels in one workbook: what lies in memory at a time
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # a ZIP's own beginning: no clock is asked


def write_codes(  # noqa: PLR0913 (what goes into the file, one by one)
    sink: BinaryIO,
    job: PrintJob,
    run_id: str,
    *,
    keys: LabelKeys,
    pepper: Mac,
    password: str,
    random_bits: RandomBits,
) -> bytes:
    """Write a ZIP of encrypted workbooks; return the tags of all codes, in order.

    Nothing else is left of the codes when this returns.
    """
    tags = bytearray()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:
        for volume, first in enumerate(range(0, job.spec.count, VOLUME), start=1):
            rows = _rows(job, run_id, first, tags, keys, pepper, random_bits)
            name = zipfile.ZipInfo(f"scratch-codes-{volume:02}.xlsx", _FIRST_DAY)
            archive.writestr(name, protected_workbook(rows, password))
    return bytes(tags)


def _rows(  # noqa: PLR0913 (as above)
    job: PrintJob,
    run_id: str,
    first: int,
    tags: bytearray,
    keys: LabelKeys,
    pepper: Mac,
    random_bits: RandomBits,
) -> Iterator[Row]:
    yield COLUMNS
    labels = job.labels(keys, first, first + VOLUME)
    for position, label in enumerate(labels, start=first):
        code = ScratchCode.fresh(random_bits)
        tags += tag_of(code, run_id, job.first_index + position, pepper)
        yield position + 1, label.serial, label.qr_text, code.text
