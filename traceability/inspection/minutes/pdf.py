"""Minutes as PDF, set in the labels' typeface with every Vietnamese letter. Pure."""

from collections.abc import Iterator
from html import escape
from io import BytesIO
from typing import Any

from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import cm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    KeepTogether,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)

from traceability.inspection.minutes.content import (
    SIGNERS,
    STATE,
    SUBTITLE,
    TITLE,
    Block,
    Kind,
    Minutes,
)
from traceability.labels.typeface import BOLD, LEADING, REGULAR

_SIZE = 12
_ROOM_TO_SIGN = 3 * cm
_ROOM_BELOW = 3 * cm  # else a heading begins the next page
_WIDTH = A4[0] - 4.5 * cm


def _style(
    name: str, *, size: float = _SIZE, bold: bool = False, **more: Any
) -> ParagraphStyle:
    return ParagraphStyle(
        name,
        fontName=BOLD if bold else REGULAR,
        fontSize=size,
        leading=size * LEADING * 1.1,
        spaceAfter=4,
        splitLongWords=1,
        **more,
    )


_TEXT = _style("text", alignment=TA_JUSTIFY)
_LEFT = _style("left")
_STRONG = _style("strong", bold=True)
_HEADING = _style("heading", bold=True, spaceBefore=8)
_SMALL = _style("small", size=9, spaceBefore=6)
_CENTRE = _style("centre", alignment=TA_CENTER)
_CENTRE_STRONG = _style("centre-strong", bold=True, alignment=TA_CENTER)
_TITLE = _style("title", size=15, bold=True, alignment=TA_CENTER, spaceBefore=14)


def render_pdf(minutes: Minutes) -> bytes:
    """Return the minutes as a PDF; the same minutes give the same bytes."""
    buffer = BytesIO()
    document = BaseDocTemplate(
        buffer,
        pagesize=A4,
        leftMargin=3 * cm,
        rightMargin=1.5 * cm,
        topMargin=2 * cm,
        bottomMargin=2 * cm,
        title=TITLE,
        lang="vi",
        invariant=1,
    )
    frame = Frame(3 * cm, 2 * cm, _WIDTH, A4[1] - 4 * cm, 0, 0, 0, 0)
    document.addPageTemplates(PageTemplate("page", [frame], onPage=_number_page))
    document.build(list(_story(minutes)))
    return buffer.getvalue()


def _story(minutes: Minutes) -> Iterator[Flowable]:
    yield _head(minutes)
    yield Paragraph(TITLE, _TITLE)
    yield Paragraph(SUBTITLE, _CENTRE_STRONG)
    yield Spacer(0, 8)
    for block in minutes.blocks():
        yield from _flowables(block)
    yield KeepTogether(_signatures())


def _number_page(canvas: Canvas, document: BaseDocTemplate) -> None:
    canvas.setFont(REGULAR, 9)
    canvas.drawCentredString(A4[0] / 2, 1.2 * cm, f"Trang {document.page}")


def _head(minutes: Minutes) -> Table:
    left = [
        Paragraph(_words(minutes.authority.upper()), _CENTRE_STRONG),
        Paragraph(_words(minutes.number_line), _CENTRE),
    ]
    right = [
        Paragraph(STATE[0], _CENTRE_STRONG),
        Paragraph(f"<u>{STATE[1]}</u>", _CENTRE_STRONG),
    ]
    table = Table([[left, right]], colWidths=[_WIDTH * 0.42, _WIDTH * 0.58])
    table.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP")]))
    return table


def _flowables(block: Block) -> Iterator[Flowable]:
    if block.kind is Kind.TABLE:
        yield _table(block)
        yield Spacer(0, 6)
        return
    style = {
        Kind.HEADING: _HEADING,
        Kind.SMALL: _SMALL,
        Kind.TEXT: _TEXT if block.text else _STRONG,
    }.get(block.kind, _LEFT)
    if block.kind is Kind.HEADING or not block.text:
        yield CondPageBreak(_ROOM_BELOW)
    for line in block.text.split("\n"):
        name = f"{block.name}: " if block.name and block.text else block.name
        said = _words(f"{name}{line}")
        yield Paragraph(said or "&nbsp;", style)


def _words(text: str) -> str:
    """Return a text as reportlab's markup means it: no tag in it is one."""
    return escape(text, quote=False)


def _table(block: Block) -> Table:
    rows = [
        [Paragraph(_words(text), _STRONG if number == 0 else _LEFT) for text in row]
        for number, row in enumerate(block.rows)
    ]
    widths = [1.4 * cm, _WIDTH - 5.4 * cm, 4 * cm]
    table = Table(rows, colWidths=widths, repeatRows=1)
    table.setStyle(
        TableStyle(
            [
                ("GRID", (0, 0), (-1, -1), 0.5, colors.black),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ]
        )
    )
    return table


def _signatures() -> list[Flowable]:
    names = [Paragraph(who, _CENTRE_STRONG) for who in SIGNERS]
    hints = [Paragraph("(Ký, ghi rõ họ tên)", _CENTRE) for _ in SIGNERS]
    return [
        Spacer(0, 12),
        Table([names, hints], colWidths=[_WIDTH / 3] * 3),
        Spacer(0, _ROOM_TO_SIGN),
    ]
