"""The print shop's list: what it tells, and what no spreadsheet may run."""

import csv
from dataclasses import replace
from io import StringIO

import pytest

from tests.labels.make_labels import FACTS, sealed_labels, serial_labels
from traceability.core.spreadsheet import guarded
from traceability.labels.content import human_text
from traceability.labels.listing import COLUMNS, render_csv


def _rows(text: str) -> list[dict[str, str]]:
    assert text.startswith("\ufeff")
    return list(csv.DictReader(StringIO(text[1:])))


def test_the_list_tells_serial_link_and_words_in_printing_order() -> None:
    labels = serial_labels(3)
    rows = _rows(render_csv(labels, human_text(FACTS)))
    assert tuple(rows[0]) == COLUMNS
    assert [row["serial"] for row in rows] == [label.serial for label in labels]
    assert rows[0]["link"] == labels[0].link
    assert rows[0]["serial_for_reading"] == labels[0].readable
    assert "Gạo Bao Thai Định Hóa" in rows[0]["text"]


def test_sealed_links_are_listed_whole() -> None:
    [label] = sealed_labels(1)
    [row] = _rows(render_csv([label], "x"))
    assert row["link"] == label.qr_text


@pytest.mark.parametrize(
    "name", ["=cmd|' /C calc'!A0", "+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", " =1"]
)
def test_names_are_not_run_as_formulas(name: str) -> None:
    [row] = _rows(
        render_csv(serial_labels(1), human_text(replace(FACTS, product_name=name)))
    )
    assert row["text"].startswith("'")
    assert guarded(name) == f"'{name}"


def test_plain_words_stay_as_they_are() -> None:
    assert guarded("Gạo = 5 kg") == "Gạo = 5 kg"
