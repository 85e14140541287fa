"""The print shop's lists: what they tell, and what no spreadsheet may run."""

import csv
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO, StringIO

import openpyxl
import pytest

from tests.labels.make_labels import FACTS, sealed_labels, serial_labels
from tests.labels.make_sheets import document
from traceability.core.spreadsheet import guarded
from traceability.labels.content import human_text
from traceability.labels.errors import ReadBackError
from traceability.labels.label import Label
from traceability.labels.writers.lists import COLUMNS, CsvWriter, XlsxWriter

Rows = list[dict[str, str]]
RowsOf = Callable[[list[Label], str], Rows]


def _csv(labels: list[Label], text: str) -> Rows:
    listing = document(CsvWriter(text), labels).decode("utf-8")
    assert listing.startswith("\ufeff")
    return list(csv.DictReader(StringIO(listing[1:])))


def _xlsx(labels: list[Label], text: str) -> Rows:
    book = openpyxl.load_workbook(BytesIO(document(XlsxWriter(text), labels)))
    head, *rows = book.worksheets[0].iter_rows()
    assert {cell.data_type for row in rows for cell in row} == {"s"}
    names = [str(cell.value) for cell in head]
    return [
        dict(zip(names, [str(cell.value) for cell in row], strict=True)) for row in rows
    ]


READERS = pytest.mark.parametrize("rows_of", [_csv, _xlsx], ids=["csv", "xlsx"])


@READERS
def test_the_list_tells_serial_link_and_words_in_order(
    rows_of: RowsOf,
) -> None:
    labels = serial_labels(3)
    rows = rows_of(labels, human_text(FACTS))
    assert tuple(rows[0]) == COLUMNS
    assert [row["number"] for row in rows] == ["1", "2", "3"]
    assert [row["serial"] for row in rows] == [label.serial for label in labels]
    assert rows[0]["link"] == labels[0].link
    assert rows[0]["serial_for_reading"] == labels[0].readable
    assert "Gạo Bao Thai Định Hóa" in rows[0]["text"]


@READERS
def test_sealed_links_are_listed_whole(rows_of: RowsOf) -> None:
    [label] = sealed_labels(1)
    [row] = rows_of([label], "x")
    assert row["link"] == label.qr_text


@READERS
@pytest.mark.parametrize(
    "name", ["=cmd|' /C calc'!A0", "+1", "-2+3", "@SUM(A1)", " =1"]
)
def test_names_are_not_run_as_formulas(rows_of: RowsOf, name: str) -> None:
    text = human_text(replace(FACTS, product_name=name))
    [row] = rows_of(serial_labels(1), text)
    assert row["text"].startswith("'")
    assert guarded(name) == f"'{name}"


def test_tabs_and_line_ends_are_guarded_in_csv() -> None:
    for name in ("\t=1", "\r=1"):
        [row] = _csv(serial_labels(1), human_text(replace(FACTS, product_name=name)))
        assert row["text"].startswith("'")


def test_plain_words_stay_as_they_are() -> None:
    assert guarded("Gạo = 5 kg") == "Gạo = 5 kg"


@pytest.mark.parametrize("make", [CsvWriter, XlsxWriter])
def test_a_list_of_other_labels_is_refused(make: type[CsvWriter | XlsxWriter]) -> None:
    writer, labels = make("Gạo"), serial_labels(4)
    good = document(writer, labels)
    assert writer.read_back(good, 0, labels).symbols == 0
    for wrong in (labels[:3], [*labels[:3], labels[0]], labels[::-1]):
        with pytest.raises(ReadBackError):
            writer.read_back(document(writer, wrong), 0, labels)
    with pytest.raises(ReadBackError):
        writer.read_back(good, 1, labels)
    with pytest.raises(ReadBackError):
        writer.read_back(document(make("Chè"), labels), 0, labels)
    with pytest.raises(ReadBackError):
        writer.read_back(good[:40], 0, labels)


@pytest.mark.parametrize("make", [CsvWriter, XlsxWriter])
def test_copies_are_listed_once(make: type[CsvWriter | XlsxWriter]) -> None:
    labels = serial_labels(4)
    once, twice = make("Gạo"), make("Gạo", 2)
    copied = [label for label in labels for _ in range(2)]
    listing = document(twice, copied, cuts=[3])
    assert once.read_back(listing, 0, labels).symbols == 0
    assert twice.read_back(listing, 0, copied).symbols == 0
