"""XLSX workbooks: stored values only, nothing unpacked before it was looked at."""

import zipfile
import zlib
from collections.abc import Callable
from datetime import date, datetime
from io import BytesIO
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.worksheet import Worksheet

from tests.batches.importing.make_files import (
    GTIN,
    HEADERS,
    changed,
    part,
    row,
    xlsx_file,
)
from tests.batches.importing.test_csv import faults, refusal
from traceability.batches.importing.reading import read_file
from traceability.batches.importing.template import headers, xlsx_template
from traceability.core.errors import DomainError

SHEET = "xl/worksheets/sheet1.xml"


def test_text_numbers_and_days_are_read_as_stored() -> None:
    cells = [9520001001017, 261122, date(2026, 11, 20), 12.5, "kg"]
    [line] = read_file(xlsx_file([cells])).lines
    assert (line.product, line.lot_number) == ("9520001001017", "261122")
    assert line.production_date == date(2026, 11, 20)
    assert line.quantity.plain() == "12.5"
    [texts] = read_file(xlsx_file([row(1)])).lines
    assert (texts.product, texts.quantity) == (GTIN, line.quantity)


def test_the_template_is_a_workbook_that_is_read_back() -> None:
    assert refusal(xlsx_template()).code == "import-empty"
    book = load_workbook(BytesIO(xlsx_template()))
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[1]] == headers()
    for place, value in {"A": GTIN, "C": "20/11/2026", "G": "5", "H": "tạ"}.items():
        sheet[f"{place}2"] = value
    buffer = BytesIO()
    book.save(buffer)
    [line] = read_file(buffer.getvalue()).lines
    assert (line.quantity.plain(), line.quantity.unit) == ("5", "DTN")


def test_days_that_count_from_1904_are_the_same_days() -> None:
    book = Workbook()
    book.epoch = CALENDAR_MAC_1904
    book.worksheets[0].append(list(HEADERS))
    book.worksheets[0].append([GTIN, "L-1", date(2026, 11, 20), 1, "kg"])
    buffer = BytesIO()
    book.save(buffer)
    assert b"date1904" in part(buffer.getvalue(), "xl/workbook.xml")
    assert read_file(buffer.getvalue()).lines[0].production_date == date(2026, 11, 20)


@pytest.mark.parametrize(
    ("place", "value", "rule"),
    [
        (3, "=12+1", "cell-formula"),
        (0, "=A1", "cell-formula"),
        (3, True, "cell-kind"),
        (3, date(2026, 11, 20), "cell-kind"),
        (1, date(2026, 11, 20), "cell-kind"),
        (1, 1.5, "cell-kind"),
        (1, 10**16, "cell-kind"),
        (2, datetime(2026, 11, 20, 7, 30), "cell-kind"),  # noqa: DTZ001 (a workbook knows no zone)
        (2, 20261120, "cell-day"),
        (2, 261120, "cell-day"),
        (3, "1.000,5", "cell-number"),
        (3, -5, "quantity-invalid"),
        (3, 1e18, "quantity-invalid"),
        (3, 0.00001, "quantity-invalid"),
    ],
)
def test_cells_of_another_kind_are_refused(place: int, value: Any, rule: str) -> None:
    cells: list[Any] = row(1)
    cells[place] = value
    reading = read_file(xlsx_file([cells, row(2)]))
    assert faults(reading) == [(2, HEADERS[place], rule)]


def test_error_values_and_times_are_refused() -> None:
    def spoil(sheet: Worksheet) -> None:
        sheet["D2"].value, sheet["D2"].data_type = "#N/A", "e"
        sheet["D3"].value, sheet["D3"].number_format = 0.5, "h:mm"

    reading = read_file(xlsx_file([row(1), row(2)], change=spoil))
    assert [one.rule for one in reading.report.faults] == ["cell-kind"] * 2


def test_a_number_shown_with_leading_zeros_is_not_read_without_them() -> None:
    def spoil(sheet: Worksheet) -> None:
        sheet["B2"].value, sheet["B2"].number_format = 7, "000"

    reading = read_file(xlsx_file([row(1)], change=spoil))
    assert faults(reading) == [(2, "Số lô", "cell-kind")]


def test_hidden_rows_are_read_and_named() -> None:
    def hide(sheet: Worksheet) -> None:
        sheet.row_dimensions[3].hidden = True

    reading = read_file(xlsx_file([row(1), row(2), row(3)], change=hide))
    assert (len(reading.lines), reading.report.hidden) == (3, [3])
    assert "hidden rows, read like the others: 3" in reading.report.as_table()


def test_merged_cells_are_refused_unless_they_lie_above_the_table() -> None:
    def merge(sheet: Worksheet) -> None:
        sheet.merge_cells("C2:C3")

    reading = read_file(xlsx_file([row(1), row(2)], change=merge))
    assert (2, "Ngày sản xuất", "cell-merged") in faults(reading)


def test_a_hidden_sheet_is_not_the_one_that_is_read() -> None:
    book = load_workbook(BytesIO(xlsx_file([row(1)])))
    shown = book.create_sheet("Lô")
    for line in (HEADERS, row(5)):
        shown.append(list(line))
    book.worksheets[0].sheet_state = "hidden"
    buffer = BytesIO()
    book.active = 1
    book.save(buffer)
    assert read_file(buffer.getvalue()).lines[0].lot_number == "L-5"


def with_lot_number(cell: str, strings: str = "<sst/>") -> bytes:
    """A workbook whose cell B2 and shared strings are written by hand."""
    package = xlsx_file([row(1)])
    before, _, after = part(package, SHEET).decode().partition('<c r="B2"')
    sheet = f"{before}{cell}{after.partition('</c>')[2]}"
    parts = {SHEET: sheet.encode(), "xl/sharedStrings.xml": strings.encode()}
    return changed(package, parts)


def test_rich_shared_and_escaped_texts_are_texts() -> None:
    runs = "<r><t>L_x002D_</t></r><rPh><t>x</t></rPh><r><t>9</t></r>"
    inline = f'<c r="B2" t="inlineStr"><is>{runs}</is></c>'
    shared = f"<sst><si><t>no</t></si><si>{runs}</si></sst>"
    for data in (
        with_lot_number(inline),
        with_lot_number('<c r="B2" t="s"><v>1</v></c>', shared),
        with_lot_number('<c r="B2" t="str"><v>L-9</v></c>'),
    ):
        assert read_file(data).lines[0].lot_number == "L-9"


def test_a_text_that_is_not_there_is_damage() -> None:
    for number in ("1", "-1", "x"):
        cell = f'<c r="B2" t="s"><v>{number}</v></c>'
        data = with_lot_number(cell, "<sst><si><t>no</t></si></sst>")
        assert refusal(data).code == "import-workbook"


def test_days_of_iso_8601_and_unknown_kinds() -> None:
    [line] = read_file(with_lot_number('<c r="B2"/>')).lines
    assert line.lot_number == ""
    for value in (
        't="d"><v>2026-11-20T00:00:00</v>',
        't="d"><v>x</v>',
        't="b"><v>1</v>',
    ):
        reading = read_file(with_lot_number(f'<c r="B2" {value}</c>'))
        assert faults(reading) == [(2, "Số lô", "cell-kind")]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("xl/vbaProject.bin", b"x", "import-kind"),
        ("xl/macrosheets/sheet1.xml", b"<x/>", "import-kind"),
        ("xl/workbook.xml", None, "import-kind"),
        ("xl/workbook.xml", b"<workbook/>", "import-workbook"),
        ("xl/workbook.xml", b"<workbook", "import-workbook"),
        (
            "xl/styles.xml",
            b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>',
            "import-workbook",
        ),
        ("xl/_rels/workbook.xml.rels", None, "import-workbook"),
        (SHEET, b"<worksheet><sheetData><row r='x'/></sheetData>", "import-workbook"),
        (SHEET, b"<worksheet><sheetData/></worksheet>", "import-empty"),
        ("xl/bomb.bin", bytes(40 * 1024 * 1024), "import-too-large"),
    ],
)
def test_macros_damage_and_bombs_are_told_apart(
    name: str, content: bytes | None, code: str
) -> None:
    assert refusal(changed(xlsx_file([row(1)]), {name: content})).code == code


def test_a_bomb_is_refused_by_its_directory_and_never_unpacked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bomb = changed(xlsx_file([row(1)]), {SHEET: b" " * (200 * 1024 * 1024)})
    assert len(bomb) < 400_000

    def opened(*_args: object, **_more: object) -> None:
        raise AssertionError("a part of the bomb was opened")

    monkeypatch.setattr(zipfile.ZipFile, "open", opened)
    assert refusal(bomb).code == "import-too-large"


def test_more_parts_than_any_workbook_has_are_not_even_listed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    many = changed(xlsx_file([row(1)]), {f"xl/x{n}": b"" for n in range(600)})
    monkeypatch.setattr(zipfile, "ZipFile", None)
    assert refusal(many).code == "import-too-large"


def test_a_part_that_is_longer_than_its_entry_says_does_not_get_through() -> None:
    package = bytearray(changed(xlsx_file([row(1)]), {SHEET: b" " * 100_000}))
    true_size = (100_000).to_bytes(4, "little")
    assert package.count(true_size) == 2  # the local header and the directory
    lie = package.replace(true_size, (10).to_bytes(4, "little"))
    assert refusal(bytes(lie)).code == "import-workbook"


def test_one_endless_row_and_endless_rows_are_stopped() -> None:
    cells = b'<c r="A1"><v>1</v></c>' * 500
    wide = b"<worksheet><sheetData><row>" + cells + b"</row></sheetData></worksheet>"
    assert refusal(changed(xlsx_file([row(1)]), {SHEET: wide})).code == "import-column"


def spoilt(change: Callable[[bytearray], object]) -> bytes:
    package = bytearray(xlsx_file([row(1)]))
    change(package)
    return bytes(package)


@pytest.mark.parametrize("at", range(0, 4000, 97))
def test_a_flipped_byte_is_a_refusal_or_the_same_lot(at: int) -> None:
    def flip(package: bytearray) -> None:
        package[at % len(package)] ^= 0x55

    try:
        reading = read_file(spoilt(flip))
    except DomainError:
        return
    assert [one.lot_number for one in reading.lines] in (["L-1"], [])


def test_a_locked_part_is_no_workbook_of_ours() -> None:
    buffer = BytesIO(xlsx_file([row(1)]))
    with zipfile.ZipFile(buffer) as package:
        entry = package.getinfo("xl/workbook.xml")
    data = bytearray(buffer.getvalue())
    directory = data.rfind(b"PK\x01\x02", 0, data.rfind(b"xl/workbook.xml"))
    data[directory + 8] |= 1
    assert entry.flag_bits & 1 == 0
    assert refusal(bytes(data)).code == "import-kind"
    assert zlib.crc32(bytes(data)) != zlib.crc32(buffer.getvalue())


@pytest.mark.parametrize(
    "data",
    [
        b"PK\x03\x04" + bytes(50),  # no end
        b"PK\x03\x04" + bytes(50) + b"PK\x05\x06" + bytes(3),  # half an end
        b"PK\x03\x04" + b"PK\x05\x06" + bytes(6) + b"\xff\xff" + bytes(10),
    ],
)
def test_a_package_without_a_sound_end_is_refused(data: bytes) -> None:
    assert refusal(data).code in {"import-workbook", "import-too-large"}


def test_parts_that_lie_over_each_other_are_refused() -> None:
    package = bytearray(xlsx_file([row(1)]))
    for place in range(len(package)):
        if package[place : place + 4] == b"PK\x01\x02":
            package[place + 20 : place + 24] = (60_000).to_bytes(4, "little")
    assert refusal(bytes(package)).code == "import-too-large"


def test_a_sheet_may_be_named_from_the_root_of_the_package() -> None:
    package = xlsx_file([row(1)])
    name = "xl/_rels/workbook.xml.rels"
    relations = part(package, name).decode()
    assert 'Target="/xl/worksheets/sheet1.xml"' in relations
    relative = relations.replace('Target="/xl/', 'Target="').encode()
    assert read_file(changed(package, {name: relative})).lines[0].lot_number == "L-1"
    assert read_file(changed(package, {"xl/styles.xml": None})).lines
