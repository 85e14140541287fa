"""Minutes as a Word document, to be edited before they are signed. Pure."""

from io import BytesIO

from docx import Document
from docx.document import Document as DocumentType
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.table import _Cell
from docx.text.paragraph import Paragraph

from traceability.inspection.minutes.content import (
    SIGNERS,
    STATE,
    SUBTITLE,
    TITLE,
    Block,
    Kind,
    Minutes,
)

FONT = "Times New Roman"
SIZE = 13
_SMALL = 10
_WIDTHS = (Cm(1.6), Cm(10.4), Cm(4.5))
_ROOM_TO_SIGN = 5  # blank lines


def render_docx(minutes: Minutes) -> bytes:
    """Return the minutes as a .docx file."""
    document = Document()
    _set_page(document)
    _head(document, minutes)
    for block in minutes.blocks():
        _add(document, block)
    _signatures(document)
    buffer = BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _set_page(document: DocumentType) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin, section.right_margin = Cm(3), Cm(1.5)
    section.top_margin = section.bottom_margin = Cm(2)
    style = document.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(SIZE)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), FONT)
    style.paragraph_format.space_after = Pt(4)
    document.core_properties.title = TITLE
    document.core_properties.author = ""
    document.core_properties.language = "vi-VN"


def _head(document: DocumentType, minutes: Minutes) -> None:
    table = document.add_table(rows=1, cols=2)
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    left, right = table.rows[0].cells
    left.width, right.width = Cm(7), Cm(9.5)
    _centred(left, minutes.authority.upper(), bold=True, first=True)
    _centred(left, minutes.number_line)
    _centred(right, STATE[0], bold=True, first=True)
    _centred(right, STATE[1], bold=True)
    right.paragraphs[-1].runs[0].underline = True
    title = document.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.paragraph_format.space_before = Pt(12)
    run = title.add_run(TITLE)
    run.bold, run.font.size = True, Pt(15)
    below = document.add_paragraph()
    below.alignment = WD_ALIGN_PARAGRAPH.CENTER
    below.add_run(SUBTITLE).bold = True


def _centred(
    cell: _Cell, text: str, *, bold: bool = False, first: bool = False
) -> None:
    paragraph = cell.paragraphs[0] if first else cell.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.space_after = Pt(0)
    run = paragraph.add_run(text)
    run.bold, run.font.size = bold, Pt(12)


def _add(document: DocumentType, block: Block) -> None:
    if block.kind is Kind.TABLE:
        _table(document, block)
        return
    for line in block.text.split("\n"):
        paragraph = document.add_paragraph()
        _shape(paragraph, block)
        if block.name:
            gap = ": " if block.text else ""
            run = paragraph.add_run(f"{block.name}{gap}")
            run.bold = not block.text
        run = paragraph.add_run(line)
        run.bold = block.kind is Kind.HEADING
        if block.kind is Kind.SMALL:
            run.italic, run.font.size = True, Pt(_SMALL)


def _shape(paragraph: Paragraph, block: Block) -> None:
    heading = block.kind is Kind.HEADING
    paragraph.paragraph_format.keep_with_next = heading or not block.text
    if heading:
        paragraph.paragraph_format.space_before = Pt(8)
    if block.kind is Kind.TEXT and block.text:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY


def _table(document: DocumentType, block: Block) -> None:
    table = document.add_table(rows=len(block.rows), cols=len(_WIDTHS))
    table.style = "Table Grid"
    for number, (made, row) in enumerate(zip(table.rows, block.rows, strict=True)):
        for cell, width, text in zip(made.cells, _WIDTHS, row, strict=True):
            cell.width = width
            run = cell.paragraphs[0].add_run(text)
            run.bold, run.font.size = number == 0, Pt(12)
    document.add_paragraph().paragraph_format.space_after = Pt(0)


def _signatures(document: DocumentType) -> None:
    table = document.add_table(rows=1, cols=len(SIGNERS))
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    for cell, who in zip(table.rows[0].cells, SIGNERS, strict=True):
        _centred(cell, who, bold=True, first=True)
        _centred(cell, "(Ký, ghi rõ họ tên)")
        for _ in range(_ROOM_TO_SIGN):
            cell.add_paragraph()
