"""A workbook of one sheet of text, written as a stream (ECMA-376, part 1).

Every cell is text and stays text: no spreadsheet takes a serial for a number.
"""

from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO
from typing import BinaryIO
from xml.sax.saxutils import escape
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from traceability.labels.errors import ReadBackError
from traceability.labels.writers.zipping import ZipStream

_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_FIXED = {
    "[Content_Types].xml": (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
        '<Override PartName="/xl/worksheets/sheet1.xml" '
        f'ContentType="{_KIND}.worksheet+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        '<sheet name="Tem" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
    ),
}


def row_xml(cells: Sequence[str]) -> str:
    """Return a row of text."""
    texts = "".join(
        f'<c t="inlineStr"><is><t xml:space="preserve">{escape(cell)}</t></is></c>'
        for cell in cells
    )
    return f"<row>{texts}</row>"


def write_workbook(
    sink: BinaryIO, head: Sequence[str], rows: Iterable[bytes], *, widths: Sequence[int]
) -> None:
    """Write a workbook; ``rows`` are pieces of ``row_xml``, as long as they come."""
    with ZipStream(sink) as archive:
        for name, text in _FIXED.items():
            archive.add(name, (_XML + text).encode("utf-8"))
        archive.add_stream("xl/worksheets/sheet1.xml", _sheet(head, rows, widths))


def read_workbook(document: bytes) -> Iterator[list[str]]:
    """Yield the rows of text. Raises ``ReadBackError``."""
    try:
        book = load_workbook(BytesIO(document), read_only=True)
        for row in book.worksheets[0].iter_rows(values_only=True):
            yield [str(cell or "") for cell in row]
    except (BadZipFile, InvalidFileException, KeyError, ValueError) as error:
        raise ReadBackError(
            "The document cannot be opened; nothing was released."
        ) from error


def _sheet(
    head: Sequence[str], rows: Iterable[bytes], widths: Sequence[int]
) -> Iterator[bytes]:
    columns = "".join(
        f'<col min="{number}" max="{number}" width="{width}" customWidth="1"/>'
        for number, width in enumerate(widths, start=1)
    )
    begin = f'{_XML}<worksheet xmlns="{_MAIN}"><cols>{columns}</cols><sheetData>'
    yield (begin + row_xml(head)).encode("utf-8")
    yield from rows
    yield b"</sheetData></worksheet>"
