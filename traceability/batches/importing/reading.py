"""A file's bytes to lots: what it is, is told by its content, never by its name."""

from hashlib import sha256

from traceability.batches.importing.delimited import read_csv
from traceability.batches.importing.errors import (
    ImportEmptyError,
    ImportKindError,
    ImportTooLargeError,
)
from traceability.batches.importing.lines import Reading, read_lines
from traceability.batches.importing.table import MAX_BYTES, Table
from traceability.batches.importing.workbook import read_xlsx

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # XLS, or a workbook with a password
_OTHERS = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf")


def read_file(data: bytes) -> Reading:
    """Return the lots of a CSV file or XLSX workbook with the report on them.

    Raises the refusal of the file as a whole, before it is unpacked where it is one.
    """
    reading = read_lines(table_of(data))
    reading.digest = sha256(data).hexdigest()
    return reading


def table_of(data: bytes) -> Table:
    """Return the file's rows. Raises ``ImportKindError`` and its readers' errors."""
    if len(data) > MAX_BYTES:
        raise ImportTooLargeError(
            "The file is larger than %(most)s MB.", most=MAX_BYTES // 1024 // 1024
        )
    if not data.strip():
        raise ImportEmptyError("The file is empty.")
    if data.startswith(_ZIP):
        return read_xlsx(data)
    if data.startswith(_OLE):
        raise ImportKindError(
            "This is an old XLS workbook or one with a password. Save it as XLSX."
        )
    if data.startswith(_OTHERS):
        raise ImportKindError("This is neither a CSV file nor an XLSX workbook.")
    return read_csv(data)
