"""Look at an XLSX package before anything in it is unpacked. Pure."""

import struct
import zipfile
from io import BytesIO

from traceability.batches.importing.errors import (
    ImportKindError,
    ImportTooLargeError,
    ImportWorkbookError,
)

MAX_ENTRIES = 500
MAX_UNPACKED = 96 * 1024 * 1024
MAX_RATIO = 200
_SMALL = 1024 * 1024  # below, a high ratio harms nobody
_END = b"PK\x05\x06"
_END_BYTES = 22
_COMMENT = 65_535
_MACROS = ("vbaproject.bin", "vbadata.xml")
_ENCRYPTED = 0x1


def open_package(data: bytes) -> zipfile.ZipFile:
    """Return the package of a workbook without macros, of bearable size.

    Raises ``ImportTooLargeError`` for what would unpack to too much, by the central
    directory alone, ``ImportKindError`` for macros and for what is no workbook,
    ``ImportWorkbookError`` for a damaged one.
    """
    _check_entry_count(data)
    try:
        package = zipfile.ZipFile(BytesIO(data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise ImportWorkbookError("The workbook is damaged.") from None
    entries = package.infolist()
    _check_sizes(entries, len(data))
    names = [one.filename.lower() for one in entries]
    if len(set(names)) != len(names):
        raise ImportWorkbookError("The workbook is damaged.")
    if any(name.endswith(_MACROS) or "macrosheet" in name for name in names):
        raise ImportKindError("The workbook holds macros. Save it as XLSX without.")
    if "xl/workbook.xml" not in names or "[content_types].xml" not in names:
        raise ImportKindError("This is neither a CSV file nor an XLSX workbook.")
    if any(one.flag_bits & _ENCRYPTED for one in entries):
        raise ImportKindError("The workbook is locked with a password.")
    return package


def _check_entry_count(data: bytes) -> None:
    """Read the number of entries before a reader makes an object of each."""
    begin = data.rfind(_END, max(0, len(data) - _END_BYTES - _COMMENT))
    if begin < 0 or len(data) - begin < _END_BYTES:
        raise ImportWorkbookError("The workbook is damaged.")
    (count,) = struct.unpack_from("<H", data, begin + 10)
    (size,) = struct.unpack_from("<I", data, begin + 12)
    if count > MAX_ENTRIES or size > MAX_ENTRIES * 1024:
        raise ImportTooLargeError(
            "The workbook consists of more than %(most)s parts.", most=MAX_ENTRIES
        )


def _check_sizes(entries: list[zipfile.ZipInfo], packed: int) -> None:
    if sum(one.compress_size for one in entries) > packed:
        raise ImportTooLargeError("Parts of the workbook lie over each other.")
    swollen = any(
        one.file_size > _SMALL and one.file_size > MAX_RATIO * max(one.compress_size, 1)
        for one in entries
    )
    if swollen or sum(one.file_size for one in entries) > MAX_UNPACKED:
        raise ImportTooLargeError("The workbook unpacks to too much.")
