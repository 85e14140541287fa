"""A list as XLSX under a password, made in memory: no code touches a disk in clear.

openpyxl writes its sheets to temporary files first, so the few parts of a workbook
(ECMA-376 part 1) are written here; the encryption (MS-OFFCRYPTO, agile: AES-256,
SHA-512 with 100,000 rounds) is ``msoffcrypto-tool``'s.
"""

import zipfile
from collections.abc import Iterable, Sequence
from io import BytesIO
from xml.sax.saxutils import escape

from msoffcrypto.format.ooxml import OOXMLFile

from traceability.core.ids import ALPHABET, encode_base32
from traceability.labels.scratch.codes import RandomBits
from traceability.labels.scratch.errors import ScratchPasswordError

PASSWORD_CHARACTERS = 28  # 140 bits
_GROUP = 4
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_PARTS = {
    "[Content_Types].xml": f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" '
    f'ContentType="{_TYPES}.worksheet+xml"/></Types>',
    "_rels/.rels": f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" '
    'Target="xl/workbook.xml"/></Relationships>',
    "xl/_rels/workbook.xml.rels": f'{_HEAD}<Relationships xmlns="{_PACKAGE}'
    f'/relationships"><Relationship Id="rId1" Type="{_OFFICE}/worksheet" '
    'Target="worksheets/sheet1.xml"/></Relationships>',
    # The blanks: msoffcrypto-tool misplaces a package of less than 4,097 bytes.
    "xl/workbook.xml": f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
    '<sheet name="codes" sheetId="1" r:id="rId1"/></sheets></workbook>' + " " * 4096,
}
_SHEET = "xl/worksheets/sheet1.xml"
_WIDTHS = (10, 18, 80, 14)  # characters
Row = Sequence[str | int]


def protected_workbook(rows: Iterable[Row], password: str) -> bytes:
    """Return rows as an encrypted XLSX; texts stay texts, whatever they look like."""
    sealed = BytesIO()
    OOXMLFile(BytesIO(_workbook(rows))).encrypt(password, sealed)
    return sealed.getvalue()


def new_password(random_bits: RandomBits) -> str:
    """Return a password of 140 random bits in groups that can be read aloud."""
    text = encode_base32(random_bits(5 * PASSWORD_CHARACTERS), PASSWORD_CHARACTERS)
    starts = range(0, PASSWORD_CHARACTERS, _GROUP)
    return "-".join(text[start : start + _GROUP] for start in starts)


def parse_password(text: str) -> str:
    """Return a password of the shape made here. Raises ``ScratchPasswordError``."""
    groups = text.split("-")
    plain = "".join(groups)
    sound = all(len(one) == _GROUP for one in groups) and set(plain) <= set(ALPHABET)
    if len(plain) != PASSWORD_CHARACTERS or not sound:
        raise ScratchPasswordError("Open this page again; it shows a new password.")
    return text


def _workbook(rows: Iterable[Row]) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as package:
        for name, text in _PARTS.items():
            package.writestr(name, text)
        with package.open(_deflated(_SHEET), "w") as sheet:
            sheet.write(_opening())
            for number, row in enumerate(rows, start=1):
                sheet.write(_row(number, row))
            sheet.write(b"</sheetData></worksheet>")
    return buffer.getvalue()


def _deflated(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def _opening() -> bytes:
    widths = "".join(
        f'<col min="{number}" max="{number}" width="{width}" customWidth="1"/>'
        for number, width in enumerate(_WIDTHS, start=1)
    )
    head = f'{_HEAD}<worksheet xmlns="{_MAIN}"><cols>{widths}</cols><sheetData>'
    return head.encode()


def _row(number: int, row: Row) -> bytes:
    cells = "".join(_cell(one) for one in row)
    return f'<row r="{number}">{cells}</row>'.encode()


def _cell(value: str | int) -> str:
    if isinstance(value, int):
        return f"<c><v>{value}</v></c>"
    return f'<c t="inlineStr"><is><t>{escape(value)}</t></is></c>'
