"""CSV files: what they say is read, what they might mean is never guessed."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from tests.batches.importing.make_files import GTIN, HEADERS, csv_file, row
from traceability.batches.importing.columns import COLUMNS, INPUT_COLUMNS
from traceability.batches.importing.lines import Reading
from traceability.batches.importing.reading import read_file
from traceability.batches.importing.template import csv_template, headers
from traceability.core.errors import DomainError
from traceability.core.quantity import Quantity


def faults(reading: Reading) -> list[tuple[int, str, str]]:
    return [(one.row, one.column, one.rule) for one in reading.report.in_order()]


def refusal(data: bytes) -> DomainError:
    with pytest.raises(DomainError) as refused:
        read_file(data)
    return refused.value


def test_rows_become_lots() -> None:
    reading = read_file(csv_file([row(1), row(2, made="2026-11-19", unit="TNE")]))
    assert reading.report.sound
    first, second = reading.lines
    assert (first.row, first.product, first.lot_number) == (2, GTIN, "L-1")
    assert first.production_date == date(2026, 11, 20)
    assert first.quantity == Quantity(Decimal("12.5"), "KGM")
    assert (second.production_date, second.quantity.unit) == (date(2026, 11, 19), "TNE")


@pytest.mark.parametrize("language", ["vi", "en"])
def test_columns_stand_in_any_order_and_either_language(language: str) -> None:
    names = [getattr(one, language).upper() for one in COLUMNS]
    names += [f"{getattr(one, language)} 12" for one in INPUT_COLUMNS]
    values = {
        "product": GTIN,
        "production_date": "20/11/2026",
        "quantity": "1",
        "unit": "kg",
        "amount": "2",
        "outside": "Phân hữu cơ",
    }
    cells = [values.get(one.field, "") for one in (*COLUMNS, *INPUT_COLUMNS)]
    without_unit = ["", *cells[-2::-1]]
    reading = read_file(csv_file([without_unit], names[::-1]))
    assert faults(reading) == [(2, names[-1], "cell-missing")]
    [line] = read_file(csv_file([cells[::-1]], names[::-1])).lines
    assert (line.inputs[0].outside, line.input_numbers) == ("Phân hữu cơ", (12,))


def test_the_template_is_read_back_as_a_file_without_lots() -> None:
    assert refusal(csv_template()).code == "import-empty"
    lot = f"{GTIN},,20/11/2026,,,,3,kg" + "," * (len(headers()) - 8)
    filled = csv_template() + lot.encode()
    assert len(read_file(filled).lines) == 1


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"]
)
def test_a_mark_says_the_encoding(encoding: str) -> None:
    text = csv_file([row(1)]).decode()
    marks = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}
    data = marks.get(encoding, b"") + text.encode(encoding)
    assert read_file(data).lines[0].lot_number == "L-1"


@pytest.mark.parametrize(
    ("data", "seen"),
    [
        ("Sản phẩm".encode("cp1258", "replace") + b",\xd2", "Windows-1258"),
        ("Sản phẩm,".encode() + b"\nCh\xcc\xe8,\n", "lines 2"),
        ("Sản phẩm,".encode("utf-16-le"), "UTF-16 without"),
        (b"\xff\xfe\x00\x00" + "S".encode("utf-32-le"), "UTF-32"),
        (b"\xff\xfe" + "S".encode("utf-16-le") + b"\x00", "UTF-16-LE"),
        (b"\xef\xbb\xbf" + b"Ch\xe8", "UTF-8"),
    ],
)
def test_other_encodings_are_named_and_refused(data: bytes, seen: str) -> None:
    refused = refusal(data)
    assert refused.code == "import-encoding"
    assert seen in str(refused)


def test_two_encodings_in_one_file_are_told_apart() -> None:
    data = csv_file([row(1, lot="L-1"), row(2)]).replace(b"L-2", b"L\xd5-2")
    refused = refusal(data)
    assert refused.code == "import-encoding"
    assert "mixed" in str(refused)
    assert "lines 3" in str(refused)


@pytest.mark.parametrize(
    ("delimiter", "name"), [(";", "“;”"), ("\t", "“Tab”"), ("|", "“|”")]
)
def test_another_delimiter_is_named(delimiter: str, name: str) -> None:
    data = csv_file([row(1)]).replace(b",", delimiter.encode())
    assert refusal(data).code == "import-delimiter"
    assert name in str(refusal(data))
    assert refusal(f"sep={delimiter}\n".encode() + data).code == "import-delimiter"


def test_a_quote_that_never_closes_is_named_by_its_row() -> None:
    rows = b'9520001001017,"L-2,20/11/2026,1,kg\n' * 3
    refused = refusal(csv_file([row(1)]) + rows)
    assert (refused.code, refused.params["row"]) == ("import-quote", 3)
    assert refusal(csv_file([row(1)]) + b'"a"b,1,2\n').code == "import-quote"


def test_a_value_too_many_is_a_fault_of_its_row() -> None:
    data = csv_file([row(1), row(2)]) + b"9520001001017,L-3,20/11/2026,1.000,5,kg\n"
    assert faults(read_file(data)) == [(4, "", "import-column")]


@pytest.mark.parametrize(
    ("headers_", "named"),
    [
        (HEADERS[1:], "Sản phẩm"),
        ((*HEADERS, "Lot number"), "Số lô"),
        ((*HEADERS, "Màu sắc"), "Màu sắc"),
        ((*HEADERS, "Lô đầu vào 21"), "Lô đầu vào 21"),
        ((*HEADERS, "Lô đầu vào 0"), "Lô đầu vào 0"),
    ],
)
def test_missing_doubled_and_unknown_columns_are_named(
    headers_: tuple[str, ...], named: str
) -> None:
    refused = refusal(csv_file([row(1)], headers_))
    assert refused.code == "import-column"
    assert named in str(refused)


def test_a_column_of_notes_and_blank_rows_are_passed_over() -> None:
    rows = [[], [*row(1), "để ý"], ["", " ", "", "", "", ""], [*row(2), ""]]
    reading = read_file(csv_file(rows, (*HEADERS, "Ghi chú")))
    assert [line.row for line in reading.lines] == [3, 5]


@pytest.mark.parametrize(
    ("column", "value", "rule"),
    [
        ("quantity", "1.000,5", "cell-number"),
        ("quantity", "1,000", "cell-number"),
        ("quantity", "1.000", "cell-number"),
        ("quantity", "12kg", "cell-number"),
        ("quantity", "١٢", "cell-number"),
        ("quantity", "1e3", "cell-number"),
        ("quantity", "0", "quantity-invalid"),
        ("quantity", "-5", "quantity-invalid"),
        ("quantity", "1.00001", "quantity-invalid"),
        ("quantity", "1" * 15, "quantity-invalid"),
        ("quantity", "", "cell-missing"),
        ("unit", "cân", "unit-unknown"),
        ("unit", "", "cell-missing"),
        ("made", "261120", "cell-day"),
        ("made", "20261120", "cell-day"),
        ("made", "11/22/2026", "cell-day"),
        ("made", "30/02/2026", "cell-day"),
        ("made", "2026-02-30", "cell-day"),
        ("made", "20.11.2026", "cell-day"),
        ("made", "", "cell-missing"),
        ("lot", "LÔ-1", "batch-lot-format"),
        ("lot", "A" * 21, "batch-lot-format"),
        ("lot", "L\u200b1", "hidden-character"),
        ("product", "", "cell-missing"),
        ("product", "x" * 201, "cell-text"),
    ],
)
def test_one_bad_cell_is_told_by_row_column_and_rule(
    column: str, value: str, rule: str
) -> None:
    names = dict(
        zip(("product", "lot", "made", "quantity", "unit"), HEADERS, strict=True)
    )
    reading = read_file(csv_file([row(1), row(2, **{column: value}), row(3)]))
    assert faults(reading) == [(3, names[column], rule)]
    assert [line.row for line in reading.lines] == [2, 4]


@pytest.mark.parametrize(
    ("word", "code", "shown"),
    [
        ("Kg", "KGM", None),
        ("tạ", "DTN", "100 kg (DTN)"),
        ("TẤN", "TNE", "1000 kg (TNE)"),
    ],
)
def test_units_are_words_of_the_trade_with_their_size(
    word: str, code: str, shown: str | None
) -> None:
    reading = read_file(csv_file([row(1, unit=word)]))
    assert reading.lines[0].quantity.unit == code
    assert dict(reading.report.conversions()).get(word) == shown


def test_an_input_is_a_lot_or_an_outside_source() -> None:
    names = [*HEADERS, *(f"{one.en} 1" for one in INPUT_COLUMNS)]
    both = [*row(1), "L-0", "Phân", "", "", "1", "kg"]
    neither = [*row(2), "", "", "", "", "1", "kg"]
    reading = read_file(csv_file([both, neither], names))
    assert [one.rule for one in reading.report.faults] == ["batch-input-shape"] * 2
    assert {one.column for one in reading.report.faults} == {"Input lot 1"}


def test_twenty_thousand_rows_and_one_bad_one() -> None:
    data = csv_file(row(number) for number in range(20_000))
    bad = data.replace(b"L-17777,", b"L_17777,")
    reading = read_file(bad)
    assert faults(reading) == [(17_779, "Số lô", "batch-lot-format")]
    assert refusal(data + csv_file([row(1)])).code == "import-too-large"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "import-empty"),
        (b" \n \r\n", "import-empty"),
        (b"%PDF-1.7\n", "import-kind"),
        (b"\x89PNG\r\n\x1a\n", "import-kind"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "import-kind"),
        (b"abc,def\x00,ghi", "import-kind"),
        (b"a" * (16 * 1024 * 1024 + 1), "import-too-large"),
        (b'"' + b"a" * 200_000, "import-quote"),
    ],
)
def test_what_is_no_file_of_lots_says_so(data: bytes, code: str) -> None:
    assert refusal(data).code == code


@given(st.binary(max_size=400))
def test_whatever_the_bytes_the_answer_is_a_refusal(data: bytes) -> None:
    try:
        read_file(data)
    except DomainError:
        return
    raise AssertionError("four hundred random bytes are no file of lots")


@given(st.lists(st.text(max_size=30), max_size=12))
def test_whatever_the_cells_there_is_a_report(cells: list[str]) -> None:
    data = csv_file([row(1)]) + b"\n".join(
        ",".join(cells).encode("utf-8", "surrogatepass").splitlines()
    )
    try:
        reading = read_file(data)
    except DomainError:
        return
    assert reading.report.rows == len(reading.lines) + len(
        {one.row for one in reading.report.faults}
    )
