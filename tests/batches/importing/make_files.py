"""Plain builders of files: CSV texts, workbooks, and workbooks taken apart."""

import csv
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from io import BytesIO, StringIO
from typing import Any

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from tests.batches.make_batches import GTINS

HEADERS = ("Sản phẩm", "Số lô", "Ngày sản xuất", "Số lượng", "Đơn vị")
GTIN = GTINS[0]


def row(number: int = 1, **values: str) -> list[str]:
    """A sound row of the plain columns; values by the column's place."""
    cells = [GTIN, f"L-{number}", "20/11/2026", "12.5", "kg"]
    for place, name in enumerate(("product", "lot", "made", "quantity", "unit")):
        cells[place] = values.get(name, cells[place])
    return cells


def csv_file(rows: Iterable[Sequence[str]], headers: Sequence[str] = HEADERS) -> bytes:
    buffer = StringIO()
    csv.writer(buffer).writerows([headers, *rows])
    return buffer.getvalue().encode()


def xlsx_file(
    rows: Iterable[Sequence[Any]],
    headers: Sequence[Any] = HEADERS,
    change: Callable[[Worksheet], object] | None = None,
) -> bytes:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(list(headers))
    for line in rows:
        sheet.append(list(line))
    if change is not None:
        change(sheet)
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def changed(package: bytes, parts: Mapping[str, bytes | None]) -> bytes:
    """The package with parts replaced, added, or (None) left out."""
    buffer = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(package)) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        kept = {name: old.read(name) for name in old.namelist()}
        for name, data in {**kept, **parts}.items():
            if data is not None:
                new.writestr(name, data)
    return buffer.getvalue()


def part(package: bytes, name: str) -> bytes:
    with zipfile.ZipFile(BytesIO(package)) as opened:
        return opened.read(name)
