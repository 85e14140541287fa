"""Read XLSX (ECMA-376): values as they are stored, rows one at a time. Pure.

A reader of our own, since what matters here is what others leave out: formulas,
hidden rows, merged cells, the kind of each value.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any
from xml.etree.ElementTree import Element  # the type's name only

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, iterparse

from traceability.batches.importing.errors import (
    ImportColumnError,
    ImportTooLargeError,
    ImportWorkbookError,
)
from traceability.batches.importing.package import open_package
from traceability.batches.importing.table import (
    BLANK,
    MAX_COLUMNS,
    Cell,
    Merged,
    Row,
    Table,
)
from traceability.batches.importing.values import Format, Formats, RawCell, cell_of

MAX_STRINGS = 600_000
MAX_SHEET_ROWS = 1_048_576  # of any sheet, blank ones included
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})", re.ASCII)
_DAMAGE = (
    ParseError,
    DefusedXmlException,
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    KeyError,
    ValueError,
    NotImplementedError,
)


@dataclass(frozen=True, slots=True)
class _Book:
    package: zipfile.ZipFile
    strings: Sequence[str]
    formats: Formats


def read_xlsx(data: bytes) -> Table:
    """Return the rows of a workbook's first visible sheet.

    Raises the errors of ``open_package``; the rows raise ``ImportWorkbookError`` and
    ``ImportTooLargeError``.
    """
    package = open_package(data)
    table = Table("xlsx", ())
    try:
        sheet, counts_from_1904 = _first_sheet(package)
        book = _Book(
            package, _strings(package), _formats(package, from_1904=counts_from_1904)
        )
    except _DAMAGE:
        raise ImportWorkbookError("The workbook is damaged.") from None
    table.rows = _rows(book, sheet, table.merged)
    return table


def _parsed(
    package: zipfile.ZipFile, name: str, events: Sequence[str] = ("end",)
) -> Iterator[tuple[str, str, Element]]:
    """Yield event, local name and element; a part with a DTD is refused."""
    with package.open(name) as part:
        for event, element in _iterparse(part, events):
            yield event, element.tag.rpartition("}")[2], element


def _iterparse(part: IO[bytes], events: Sequence[str]) -> Iterator[tuple[str, Any]]:
    found: Iterator[tuple[str, Any]] = iterparse(part, events=events, forbid_dtd=True)
    return found


def _first_sheet(package: zipfile.ZipFile) -> tuple[str, bool]:
    """Return the first visible worksheet's part, and whether days count from 1904."""
    relations = {
        element.get("Id", ""): element.get("Target", "")
        for _, name, element in _parsed(package, "xl/_rels/workbook.xml.rels")
        if name == "Relationship" and element.get("Type", "").endswith("/worksheet")
    }
    sheet, from_1904 = "", False
    for _, name, element in _parsed(package, "xl/workbook.xml"):
        if name == "workbookPr":
            from_1904 = element.get("date1904", "0") in {"1", "true"}
        elif name == "sheet" and element.get("state", "visible") == "visible":
            sheet = sheet or relations.get(_relation(element), "")
    if not sheet:
        raise ImportWorkbookError("The workbook has no visible sheet.")
    return (sheet.lstrip("/") if sheet.startswith("/") else f"xl/{sheet}"), from_1904


def _relation(element: Element) -> str:
    for name, value in element.items():
        if name.endswith("}id"):
            return value
    return ""


def _strings(package: zipfile.ZipFile) -> list[str]:
    found: list[str] = []
    if "xl/sharedStrings.xml" not in package.namelist():
        return found
    for _, name, element in _parsed(package, "xl/sharedStrings.xml"):
        if name == "si":
            found.append(_text(element))
            element.clear()
            if len(found) > MAX_STRINGS:
                raise ImportTooLargeError("The workbook unpacks to too much.")
    return found


def _text(element: Element) -> str:
    """Return a text's runs put together, without the readings of East Asian scripts."""
    parts: list[str] = []
    for child in element:
        name = child.tag.rpartition("}")[2]
        if name == "t":
            parts.append(child.text or "")
        elif name == "r":
            parts += (
                one.text or "" for one in child if one.tag.rpartition("}")[2] == "t"
            )
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), "".join(parts))


def _formats(package: zipfile.ZipFile, *, from_1904: bool) -> Formats:
    codes: dict[int, str] = {}
    styles: list[int] = []
    if "xl/styles.xml" not in package.namelist():
        return Formats((), from_1904=from_1904)
    for event, name, element in _parsed(package, "xl/styles.xml", ("start", "end")):
        if event == "end" and name == "numFmt":
            codes[int(element.get("numFmtId", "0"))] = element.get("formatCode", "")
        elif event == "end" and name == "cellXfs":
            styles = [int(one.get("numFmtId", "0")) for one in element]
    return Formats(
        tuple(Format(one, codes.get(one, "")) for one in styles), from_1904=from_1904
    )


def _rows(book: _Book, sheet: str, merged: list[Merged]) -> Iterator[Row]:
    reader = _SheetReader(book, merged)
    try:
        for event, name, element in _parsed(book.package, sheet, ("start", "end")):
            row = reader.take(event, name, element)
            if row is not None:
                yield row
    except _DAMAGE:
        raise ImportWorkbookError("The workbook is damaged.") from None


class _SheetReader:
    """Puts cells together into rows as the parser passes over them."""

    def __init__(self, book: _Book, merged: list[Merged]) -> None:
        self._book = book
        self._merged = merged
        self._data: Element | None = None
        self._cells: dict[int, Cell] = {}
        self._number = self._rows = self._seen = 0

    def take(self, event: str, name: str, element: Element) -> Row | None:
        """Return a row where one ends here."""
        if event == "start":
            if name == "sheetData":
                self._data = element
            elif name == "row":
                self._cells, self._seen = {}, 0
            return None
        if name == "c":
            self._cell(element)
        elif name == "mergeCell":
            self._merge(element.get("ref", ""))
        elif name == "row":
            return self._row(element)
        return None

    def _cell(self, element: Element) -> None:
        place = _place(element.get("r", "")) if element.get("r") else None
        column = place[0] if place else self._seen
        self._seen += 1
        if max(column + 1, self._seen) > MAX_COLUMNS:
            raise ImportColumnError(
                "The sheet has more than %(most)s columns.", most=MAX_COLUMNS
            )
        raw = _raw(element, self._book.strings)
        if raw is not None:
            self._cells[column] = cell_of(raw, self._book.formats)
        element.clear()

    def _row(self, element: Element) -> Row:
        self._number = int(element.get("r") or self._number + 1)
        self._rows += 1
        if self._rows > MAX_SHEET_ROWS:
            raise ImportTooLargeError("The workbook unpacks to too much.")
        hidden = element.get("hidden", "0") in {"1", "true"}
        width = max(self._cells, default=-1) + 1
        cells = [self._cells.get(place, BLANK) for place in range(width)]
        if self._data is not None:
            self._data.clear()  # rows that are read take no more room
        return Row(self._number, cells, hidden=hidden)

    def _merge(self, reference: str) -> None:
        first, _, last = reference.partition(":")
        column, top = _place(first)
        self._merged.append(Merged(top, _place(last or first)[1], column))


def _place(reference: str) -> tuple[int, int]:
    """Return column (from 0) and row (from 1) of ``B7``."""
    match = _PLACE.fullmatch(reference)
    if match is None:
        raise ValueError(reference)
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return column - 1, int(match[2])


def _raw(element: Element, strings: Sequence[str]) -> RawCell | None:
    parts: Mapping[str, Element] = {
        child.tag.rpartition("}")[2]: child for child in element
    }
    kind = element.get("t", "n")
    value = (parts["v"].text or "") if "v" in parts else ""
    if "f" in parts:
        return RawCell("formula", value, 0)
    if kind == "inlineStr" and "is" in parts:
        return RawCell("text", _text(parts["is"]), 0)
    if not value:
        return None
    if kind == "s":
        return RawCell("text", strings[_index(value, len(strings))], 0)
    style = int(element.get("s", "0"))
    return RawCell({"str": "text"}.get(kind, kind), value, style)


def _index(value: str, count: int) -> int:
    index = int(value)
    if not 0 <= index < count:
        raise ValueError(value)
    return index
