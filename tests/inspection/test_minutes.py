"""Minutes of a visit, read back by readers that did not write them."""

import io
import re
import unicodedata
from dataclasses import replace
from typing import Any

import pypdfium2
import pytest
from docx import Document

from tests.inspection.make_inspection import MET, NOTES, SEEN, Inspector, visit_draft
from tests.inspection.test_views import visit
from tests.verification.make_house import House
from traceability.inspection.minutes.content import DOTS, Minutes
from traceability.inspection.minutes.pdf import render_pdf
from traceability.inspection.minutes.word import render_docx
from traceability.inspection.record import SignedVisit
from traceability.inspection.visit import Result

AUTHORITY = "Chi cục Quản lý chất lượng nông lâm sản và thủy sản tỉnh mẫu"
LETTERS = "ẳẵặễộữỵẨỖƯỚĐđ"
LONG = " ".join(["Đối chiếu sổ nhập hàng, số lô và tem dán trên bao bì."] * 150)
ENDLESS = "x" * 3_000  # a word that fits no line
LINK = "https://tx.example/01/09520001001017/10/CHE-1/21/0000000000000"


def make_minutes(**changes: Any) -> Minutes:
    draft = visit_draft(LINK, **changes)
    return Minutes(
        authority=AUTHORITY,
        number="",
        visit=SignedVisit(
            draft=draft,
            inspector="Người Kiểm Tra Mẫu",
            entered_at=SEEN,
            photos=["ab" * 32],
            published=False,
            erased=False,
        ),
        product="Chè búp mẫu",
        lot_number="CHE-1",
        producer="Hợp tác xã mẫu",
        checks=[("3", "Dấu niêm trong mã đúng", "đạt")],
        record="https://tx.example/records/abc",
        log_index=12,
        digest="ef" * 32,
    )


def in_pdf(data: bytes) -> list[str]:
    """The words of each page, blanks taken out: lines break where they must."""
    with pypdfium2.PdfDocument(data) as document:
        pages = []
        for page in document:
            text = page.get_textpage()
            said = "".join(text.get_text_range().split())
            pages.append(re.sub(r"^Trang\d+|Trang\d+$", "", said))
            text.close()
            page.close()
        return pages


def in_docx(data: bytes) -> str:
    document = Document(io.BytesIO(data))
    cells = (
        cell.text
        for table in document.tables
        for row in table.rows
        for cell in row.cells
    )
    lines = [*(one.text for one in document.paragraphs), *cells]
    return "".join("".join(lines).split())


def squeezed(text: str) -> str:
    return "".join(text.split())


def texts(minutes: Minutes) -> list[str]:
    return ["".join(in_pdf(render_pdf(minutes))), in_docx(render_docx(minutes))]


SAID = [
    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    "Độc lập - Tự do - Hạnh phúc",
    AUTHORITY.upper(),
    "BIÊN BẢN KIỂM TRA",
    "hồi 09 giờ 30 phút, ngày 22 tháng 11 năm 2026",
    "Quầy 12, chợ mẫu, Xã Bình Yên, tỉnh Thái Nguyên",
    "Người Kiểm Tra Mẫu",
    MET,
    "Chè búp mẫu",
    "CHE-1",
    "Dấu niêm trong mã đúng",
    NOTES,
    "Phù hợp",
    "BIỆN PHÁP XỬ LÝ",
    "Ý KIẾN CỦA BÊN ĐƯỢC KIỂM TRA",
    "ĐẠI DIỆN BÊN ĐƯỢC KIỂM TRA",
    "NGƯỜI LẬP BIÊN BẢN",
    "https://tx.example/records/abc",
    "cán bộ " + AUTHORITY + " nhập, hệ thống ký",
]


@pytest.mark.parametrize("said", SAID)
def test_both_forms_say_everything(said: str) -> None:
    for text in texts(make_minutes()):
        assert squeezed(said) in text


def test_every_letter_survives_with_its_marks() -> None:
    for text in texts(make_minutes(notes=f"Chữ: {LETTERS}.")):
        assert LETTERS in unicodedata.normalize("NFC", text)


def test_what_is_missing_is_left_to_be_written_in() -> None:
    for text in texts(make_minutes(met="", measures="", opinion="")):
        assert text.count(squeezed(DOTS)) >= 3
        assert "Số:............" in text


def test_markup_in_notes_is_text() -> None:
    evil = "<b>đậm</b> & <img src=x> {{7*7}}"
    for text in texts(make_minutes(notes=evil)):
        assert squeezed(evil) in text


def test_lines_of_notes_stay_lines() -> None:
    data = render_docx(make_minutes(notes="Một\nHai"))
    lines = [one.text for one in Document(io.BytesIO(data)).paragraphs]
    assert lines.index("Hai") == lines.index("Một") + 1


def test_long_texts_go_on_over_pages_and_nothing_is_cut() -> None:
    minutes = make_minutes(notes=LONG, measures=ENDLESS)
    pages = in_pdf(render_pdf(minutes))
    assert len(pages) > 2
    whole = "".join(pages)
    assert whole.count("Đốichiếusổnhậphàng") == 150
    assert whole.count("x") >= 3_000
    assert in_docx(render_docx(minutes)).count("Đốichiếusổnhậphàng") == 150


def test_nothing_is_printed_beyond_the_margins() -> None:
    with pypdfium2.PdfDocument(render_pdf(make_minutes(measures=ENDLESS))) as document:
        for page in document:
            picture = page.render(scale=1).to_pil().convert("L")
            width, height = picture.size
            for strip in (
                (0, 0, 70, height),
                (width - 30, 0, width, height),
                (0, 0, width, 40),
            ):
                assert picture.crop(strip).getextrema() == (255, 255)
            page.close()


def test_the_same_minutes_are_the_same_pdf() -> None:
    assert render_pdf(make_minutes()) == render_pdf(make_minutes())


def test_a_bad_result_and_a_number_are_said() -> None:
    minutes = replace(make_minutes(result=Result.NON_CONFORMANT), number="12/BB-KT")
    for text in texts(minutes):
        assert "Khôngphùhợp" in text
        assert "Số:12/BB-KT" in text


def test_the_minutes_of_a_visit_are_filled_in(
    house: House, inspector: Inspector
) -> None:
    where = visit(inspector, str(house.serials[2].link))
    pdf = inspector.get(f"{where}/minutes.pdf")
    docx = inspector.get(f"{where}/minutes.docx")
    assert pdf.headers["Content-Disposition"].startswith("attachment")
    for text in ("".join(in_pdf(pdf.data)), in_docx(docx.data)):
        for said in (NOTES, MET, "CHE-1", "CHI CỤC MẪU", "Người dùng mẫu", "đạt"):
            assert squeezed(said) in text
        assert "10tem" in text
