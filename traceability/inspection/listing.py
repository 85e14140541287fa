"""A list of visits as CSV or as a workbook, safe to open in a spreadsheet. Pure."""

import csv
from collections.abc import Sequence
from io import BytesIO, StringIO

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from traceability.core.spreadsheet import guarded

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"  # spreadsheets read UTF-8 only behind it
_WIDTH = 24
Rows = Sequence[Sequence[str]]


def as_csv(headers: Sequence[str], rows: Rows) -> bytes:
    """Return the list as CSV in UTF-8 whose cells no spreadsheet runs."""
    buffer = StringIO()
    writer = csv.writer(buffer)
    writer.writerow(headers)
    writer.writerows([guarded(cell) for cell in row] for row in rows)
    return (_BOM + buffer.getvalue()).encode()


def as_xlsx(title: str, headers: Sequence[str], rows: Rows) -> bytes:
    """Return the list as a workbook of texts, none of which is a formula."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = title[:31]
    sheet.append(list(headers))
    for row in rows:
        sheet.append([guarded(cell) for cell in row])
    for place, cell in enumerate(sheet[1], start=1):
        cell.font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(place)].width = _WIDTH
    sheet.freeze_panes = "A2"
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()
