"""Read CSV: the encoding told by its mark, commas, quotes that close. Pure."""

import csv
import io
import re
from collections.abc import Iterator, Sequence

from traceability.batches.importing.columns import recognised
from traceability.batches.importing.errors import (
    ImportColumnError,
    ImportDelimiterError,
    ImportEncodingError,
    ImportKindError,
    ImportQuoteError,
)
from traceability.batches.importing.table import BLANK, MAX_COLUMNS, Cell, Row, Table

_MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", ""),  # UTF-32: nobody's spreadsheet writes it
    (b"\x00\x00\xfe\xff", ""),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_DELIMITERS = ";\t|"
_NAMED_LINES = 10


def read_csv(data: bytes) -> Table:
    """Return the rows of a CSV file (RFC 4180), read one at a time.

    Raises ``ImportEncodingError``, ``ImportDelimiterError``, ``ImportKindError``; the
    rows raise ``ImportQuoteError``.
    """
    text = decoded(data)
    if "\x00" in text:
        raise ImportKindError("This is neither a CSV file nor an XLSX workbook.")
    _check_delimiter(text)
    return Table("csv", _rows(text))


def decoded(data: bytes) -> str:
    """Return the text: UTF-8, or what a byte order mark says. Never a guess.

    Raises ``ImportEncodingError`` naming the encoding that was seen, and its lines.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _marked(data[len(mark) :], encoding)
    if b"\x00" in data[:4]:
        raise ImportEncodingError(
            "This looks like UTF-16 without a byte order mark."
            " Save the file as CSV UTF-8."
        )
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise _not_utf8(data) from None


def _marked(data: bytes, encoding: str) -> str:
    if not encoding:
        raise ImportEncodingError(
            "This looks like %(seen)s. Save the file as CSV UTF-8.", seen="UTF-32"
        )
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as fault:
        raise ImportEncodingError(
            "The mark says %(seen)s, but byte %(position)s is something else.",
            seen=encoding.upper(),
            position=fault.start,
        ) from None


def _not_utf8(data: bytes) -> ImportEncodingError:
    """Say which lines are not UTF-8, and whether others are: then two are mixed."""
    wrong, right = [], 0
    for number, line in enumerate(re.split(rb"\r\n|\r|\n", data), start=1):
        if line.isascii():
            continue
        try:
            line.decode("utf-8")
        except UnicodeDecodeError:
            wrong.append(number)
        else:
            right += 1
    lines = ", ".join(map(str, wrong[:_NAMED_LINES]))
    more = " …" if len(wrong) > _NAMED_LINES else ""
    if right:
        return ImportEncodingError(
            "Two encodings are mixed: lines %(lines)s are not UTF-8, others are.",
            lines=lines + more,
            row=wrong[0],
        )
    return ImportEncodingError(
        "This is not UTF-8 but an 8-bit encoding such as Windows-1258, VNI or TCVN3"
        " (lines %(lines)s). Save the file as CSV UTF-8.",
        lines=lines + more,
        row=wrong[0],
    )


def _check_delimiter(text: str) -> None:
    header = text.partition("\n")[0].rstrip("\r")
    best = recognised(_split(header, ","))
    for delimiter in _DELIMITERS:
        separator = header.lower().startswith(f"sep={delimiter}")
        if separator or recognised(_split(header, delimiter)) > best:
            raise ImportDelimiterError(
                "The values are separated by “%(sign)s”, not by commas."
                " Save the file as XLSX, or as CSV with commas.",
                sign=delimiter.strip() or "Tab",
                row=1,
            )


def _split(header: str, delimiter: str) -> Sequence[str]:
    return [part.strip().strip('"') for part in header.split(delimiter)]


def _rows(text: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    width = 0
    while True:
        number = reader.line_num + 1
        try:
            values = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise ImportQuoteError(
                "A quotation mark in row %(row)s is not closed, or stands in the"
                " middle of a value.",
                row=number,
            ) from None
        width = width or len(values)
        yield _row(number, values, width)


def _row(number: int, values: Sequence[str], width: int) -> Row:
    cells = [Cell(value) if value else BLANK for value in values[:MAX_COLUMNS]]
    if len(values) > width and any(value.strip() for value in values[width:]):
        refusal = ImportColumnError(
            "The row has %(found)s values, the header %(wanted)s. A value with a comma"
            " stands in quotation marks.",
            found=len(values),
            wanted=width,
        )
        return Row(number, cells, refusal=refusal)
    return Row(number, cells)
