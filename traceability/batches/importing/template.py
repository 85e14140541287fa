"""The file to fill in: headers in both languages, a guide, nothing to clear away."""

import csv
from io import BytesIO, StringIO

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from traceability.batches.importing.columns import COLUMNS, INPUT_COLUMNS

INPUTS = 3  # shown; a file may number more (columns.MAX_INPUTS)
_BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"  # spreadsheets read UTF-8 only behind it
_TEXT, _NUMBER = "@", "General"
_NUMBERS = {"quantity", "amount"}
_GUIDE = (
    ("Cột / Column", "Bắt buộc / Required", "Ví dụ / Example", "Giải thích"),
    ("", "", "", "Không dùng công thức, không gộp ô. Thứ tự cột tự do."),
    ("", "", "", "Thêm đầu vào: đánh số tiếp 4, 5 … đến 20."),
)


def headers() -> list[str]:
    """Return the template's headers, in Vietnamese."""
    numbered = (
        f"{column.vi} {number}"
        for number in range(1, INPUTS + 1)
        for column in INPUT_COLUMNS
    )
    return [*(column.vi for column in COLUMNS), *numbered]


def csv_template() -> bytes:
    """Return the template as CSV in UTF-8 with its mark, as Excel wants it."""
    buffer = StringIO()
    csv.writer(buffer).writerow(headers())
    return (_BOM + buffer.getvalue()).encode()


def xlsx_template() -> bytes:
    """Return the template as a workbook: the sheet to fill in, and a guide."""
    book = Workbook()
    sheet, guide = book.worksheets[0], book.create_sheet("Hướng dẫn")
    _fill_sheet(sheet)
    _fill_guide(guide)
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _fill_sheet(sheet: Worksheet) -> None:
    sheet.title = "Lô"
    fields = [*COLUMNS, *(INPUT_COLUMNS * INPUTS)]
    for place, (header, column) in enumerate(
        zip(headers(), fields, strict=True), start=1
    ):
        cell = sheet.cell(1, place, header)
        cell.font = Font(bold=True)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        letter = get_column_letter(place)
        sheet.column_dimensions[letter].width = 18
        shape = _NUMBER if column.field in _NUMBERS else _TEXT
        sheet.column_dimensions[letter].number_format = shape
    sheet.freeze_panes = "A2"


def _fill_guide(sheet: Worksheet) -> None:
    for line in _GUIDE:
        sheet.append(line)
    for column in (*COLUMNS, *INPUT_COLUMNS):
        needed = "có / yes" if column.required else ""
        name = f"{column.vi} / {column.en}"
        sheet.append((name, needed, column.example, column.hint_vi))
    for letter, width in zip("ABCD", (36, 20, 20, 80), strict=True):
        sheet.column_dimensions[letter].width = width
    for cell in sheet[1]:
        cell.font = Font(bold=True)
