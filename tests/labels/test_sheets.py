"""Sheets of labels: crisp, readable, searchable, in a browser and on paper."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree as ET

import pikepdf
import pypdfium2
import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser

from tests.labels.make_labels import (
    FACTS,
    LONG_FACTS,
    lot_labels,
    sealed_labels,
    serial_labels,
)
from tests.labels.make_sheets import DRAWN, document, layout_of, writer_of
from traceability.labels.errors import ReadBackError
from traceability.labels.job import printed
from traceability.labels.label import Label
from traceability.labels.layout import Place, lay_out
from traceability.labels.readback import check_symbol
from traceability.labels.setup import Setup
from traceability.labels.stock import A4_24, A4_65, ROLL_50X30, Stock
from traceability.labels.symbols.drawing import draw_symbols
from traceability.labels.writers.pdf import PdfWriter
from traceability.labels.writers.png import PngWriter
from traceability.labels.writers.preview import render_picture
from traceability.labels.writers.singles import PngSingles
from traceability.labels.writers.svg import SvgDrawing, SvgWriter
from traceability.labels.writers.zpl_reader import read_zpl

# Small print can look like a code of another kind.
QR = zxingcpp.barcode_formats_from_str("QRCode")


def _text_of(sheet: bytes, page: int = 0) -> str:
    with pypdfium2.PdfDocument(sheet) as sheets:
        return str(sheets[page].get_textpage().get_text_range())


def _page(sheet: bytes, dpi: int) -> Image.Image:
    with pypdfium2.PdfDocument(sheet) as sheets:
        scale = dpi / 72 * (1 - 1e-7)  # pdfium keeps sizes in single precision
        image: Image.Image = sheets[0].render(scale=scale, grayscale=True).to_pil()
        return image


@pytest.mark.parametrize("stock", [A4_65, A4_24], ids=lambda stock: stock.id)
@pytest.mark.parametrize("make", [serial_labels, sealed_labels, lot_labels])
def test_every_symbol_of_a_full_sheet_reads(stock: Stock, make: object) -> None:
    labels: list[Label] = make(stock.per_page, lot=LONG_FACTS.lot_number)  # type: ignore[operator]
    layout = lay_out(stock, LONG_FACTS, labels[0])
    writer = PdfWriter(layout, "Tem")
    sheet = document(writer, labels)
    assert writer.read_back(sheet, 0, labels).symbols == stock.per_page
    found = zxingcpp.read_barcodes(_page(sheet, 300), formats=QR)
    assert sorted(code.text for code in found) == sorted(
        label.qr_text for label in labels
    )


def test_at_the_printers_dots_every_module_is_pure_black_or_white() -> None:
    [label] = sealed_labels(1)
    layout = lay_out(A4_65, FACTS, label)
    image = _page(document(PdfWriter(layout, "Tem"), [label]), layout.dpi)
    assert image.size == layout.page_size
    symbol, dots = label.symbol(), layout.fit.dots
    corner = layout.place(0)
    left, top = corner.left + layout.symbol_left, corner.top + layout.symbol_top
    for y, row in enumerate(symbol.rows):
        for x, dark in enumerate(row):
            box = (left + x * dots, top + y * dots)
            module = image.crop((*box, box[0] + dots, box[1] + dots))
            assert module.getextrema() == ((0, 0) if dark else (255, 255))


def test_vietnamese_letters_survive_in_the_text_of_the_pdf() -> None:
    labels = serial_labels(2)
    text = _text_of(document(PdfWriter(layout_of(labels), "Tem"), labels))
    for expected in (
        "Gạo Bao Thai Định Hóa",
        "OCOP 4 sao · Túi 5 kg",
        "Hợp tác xã nông sản",
        "Quét để kiểm tra nguồn gốc",
        labels[0].readable,
        labels[1].readable,
    ):
        assert expected in text


def test_the_sheet_is_sound_and_its_fonts_are_embedded_once() -> None:
    labels = serial_labels(50)
    sheet = document(PdfWriter(layout_of(labels), "Gạo · Lô 1"), labels)
    with pikepdf.open(BytesIO(sheet)) as opened:
        assert not opened.check_pdf_syntax()
        assert len(opened.pages) == 9
        assert str(opened.docinfo["/Title"]) == "Gạo · Lô 1"
        fonts = {
            str(one["/FontName"])
            for one in opened.objects
            if isinstance(one, pikepdf.Dictionary) and "/FontFile2" in one
        }
        assert {name.partition("+")[2] for name in fonts} == {
            "RobotoCondensed",
            "RobotoCondensed-Bold",
        }
    assert len(sheet) < 60_000
    assert b"/CreationDate" not in sheet


def test_a_page_tree_of_many_pages_is_sound() -> None:
    labels = lot_labels(6 * 520)
    writer = PdfWriter(layout_of(labels), "Tem")
    with pikepdf.open(BytesIO(document(writer, labels))) as opened:
        assert not opened.check_pdf_syntax()
        assert len(opened.pages) == 520


@pytest.mark.parametrize("dpi", [150, 203, 300, 600])
def test_a_sheet_reads_at_any_resolution(dpi: int) -> None:
    labels = sealed_labels(2)
    sheet = document(PdfWriter(layout_of(labels), "Tem"), labels)
    found = zxingcpp.read_barcodes(_page(sheet, dpi), formats=QR)
    assert {code.text for code in found} == {label.qr_text for label in labels}


def test_data_that_looks_like_an_images_end_is_spelled_out() -> None:
    labels = serial_labels(6, first=2732)  # the third of these symbols holds "EI"
    packed = draw_symbols(labels).packed_columns()
    assert [b"EI" in one.tobytes() for one in packed] == [
        number == 2 for number in range(6)
    ]
    writer = PdfWriter(layout_of(labels), "Tem")
    sheet = document(writer, labels)
    with pikepdf.open(BytesIO(sheet)) as opened:
        content = opened.pages[0].Contents[1].read_bytes()
        images = [
            one
            for one in pikepdf.parse_content_stream(opened.pages[0])
            if isinstance(one, pikepdf.ContentStreamInlineImage)
        ]
    assert content.count(b"/F /AHx ID ") == 1
    assert content.count(b"EI") == len(images) == 6
    assert writer.read_back(sheet, 0, labels).symbols == 6
    assert document(writer, labels, cuts=[3]) == sheet


@pytest.mark.parametrize("name", DRAWN)
def test_every_format_honours_the_printers_setup(name: str) -> None:
    setup = Setup(
        shift_x=0.5, scale_y=1.002, skip=frozenset({0, 4}), copies=2, cut_marks=True
    )
    labels = printed(serial_labels(13), setup.copies)
    layout = lay_out(A4_24, FACTS, labels[0], setup=setup)
    writer = writer_of(name, layout)
    sheet = document(writer, labels)
    assert writer.read_back(sheet, 0, labels).symbols == 26
    assert document(writer, labels, cuts=[24]) == sheet
    if not name.startswith("singles"):
        with pytest.raises(ReadBackError):
            writer_of(name, layout_of(labels, A4_24)).read_back(sheet, 0, labels)


def test_cut_marks_are_drawn_where_the_layout_has_them() -> None:
    labels = serial_labels(1)
    layout = lay_out(A4_24, FACTS, labels[0], setup=Setup(cut_marks=True))
    sheets = [
        _page(document(PdfWriter(layout, "Tem"), labels), layout.dpi),
        Image.open(BytesIO(document(PngWriter(layout, 1), labels))).convert("L"),
        next(read_zpl(document(writer_of("zpl", layout), labels), layout.page_size)),
    ]
    for sheet in sheets:
        for mark in layout.marks():
            box = (mark.left, mark.top, mark.left + mark.width, mark.top + mark.height)
            assert sheet.crop(box).getextrema() == (0, 0)


def test_bleed_is_told_to_the_print_shop() -> None:
    labels = lot_labels(1)
    setup = Setup(bleed=2, cut_marks=True)
    layout = lay_out(ROLL_50X30, FACTS, labels[0], setup=setup)
    sheet = document(PdfWriter(layout, "Tem"), labels)
    with pikepdf.open(BytesIO(sheet)) as opened:
        page = opened.pages[0]
        boxes = [
            [float(side) for side in page[name]]
            for name in ("/MediaBox", "/BleedBox", "/TrimBox")
        ]
    assert boxes[1] == pytest.approx(boxes[0], abs=0.25)
    edge = 2 * 72 / 25.4
    assert boxes[2][:2] == pytest.approx([edge, edge], abs=0.25)
    assert boxes[2][2] - boxes[2][0] == pytest.approx(50 * 72 / 25.4, abs=0.25)


def test_a_plain_label_takes_at_most_120_bytes() -> None:
    labels = serial_labels(650)
    part = PdfWriter(layout_of(labels, A4_65), "Tem").part(0, labels)
    assert len(part) <= 120 * len(labels)


def test_png_labels_and_sheets_read_and_know_their_dots() -> None:
    labels = sealed_labels(3)
    layout = lay_out(A4_65, FACTS, labels[0])
    single = Image.open(BytesIO(render_picture(layout, labels[0])))
    assert single.size == layout.label_size
    check_symbol(single, labels[0], 0)
    sheet = Image.open(BytesIO(document(PngWriter(layout, 1), labels)))
    assert sheet.size == layout.page_size
    assert sheet.info["dpi"] == pytest.approx((300, 300), abs=0.1)
    found = {code.text for code in zxingcpp.read_barcodes(sheet, formats=QR)}
    assert found == {label.qr_text for label in labels}


def test_in_dots_every_module_is_black_or_white_where_the_layout_has_it() -> None:
    labels = serial_labels(1)
    layout = layout_of(labels, A4_65)
    sheet = Image.open(BytesIO(document(PngWriter(layout, 1), labels)))
    symbol, dots, corner = labels[0].symbol(), layout.fit.dots, layout.place(0)
    left, top = corner.left + layout.symbol_left, corner.top + layout.symbol_top
    for y, row in enumerate(symbol.rows):
        for x, dark in enumerate(row):
            for at in ((0, 0), (dots - 1, dots - 1)):
                dot = (left + x * dots + at[0], top + y * dots + at[1])
                assert sheet.getpixel(dot) == (0 if dark else 255)


@pytest.mark.parametrize("make", [serial_labels, sealed_labels, lot_labels])
@pytest.mark.parametrize("drawn", [render_picture, None], ids=["preview", "dots"])
def test_png_text_stays_inside_its_box(make: object, drawn: object) -> None:
    labels: list[Label] = make(1)  # type: ignore[operator]
    layout = lay_out(A4_65, LONG_FACTS, labels[0])
    if drawn is None:
        [data] = PngSingles(layout).files(labels, 0)
    else:
        data = render_picture(layout, labels[0])
    image = Image.open(BytesIO(data)).convert("L")
    width, height = layout.label_size
    dots, point = layout.fit.dots, layout.point
    after = layout.symbol_left + layout.fit.modules * dots
    gap = image.crop((after, 0, after + 4 * dots, height))
    assert gap.getextrema() == (255, 255)
    right = round((layout.text_box.left + layout.text_box.width) * point) + 1
    assert image.crop((right, 0, width, height)).getextrema() == (255, 255)
    assert image.crop((after + 4 * dots, 0, right, height)).getextrema() == (0, 255)


def test_svg_text_is_text_and_fixed_in_length() -> None:
    [label] = serial_labels(1)
    facts = replace(FACTS, product_name="Mật <ong> & phấn")
    sheet = document(SvgWriter(lay_out(A4_24, facts, label), 1), [label])
    root = ET.fromstring(sheet)  # noqa: S314 (our own output)
    texts = root.findall(".//{http://www.w3.org/2000/svg}text")
    assert texts[0].text == "Mật <ong> & phấn"
    assert f"Mã: {label.readable}" in [text.text for text in texts]
    assert all("textLength" in text.attrib for text in texts)


def _screenshot(browser: Browser, svg: Path, size: int) -> bytes:
    page = browser.new_page(viewport={"width": size, "height": size})
    page.goto(svg.as_uri())
    image = page.screenshot()
    page.close()
    return image


@pytest.mark.browser
@pytest.mark.slow
def test_a_browser_shows_an_svg_label_that_reads(
    chromium_browser: Browser, tmp_path: Path
) -> None:
    [label] = sealed_labels(1)
    layout = lay_out(A4_65, FACTS, label)
    drawing = SvgDrawing(layout)
    [body] = drawing.labels([label], 0, [Place(page=0, left=0, top=0)])
    drawn = drawing.document(layout.label_size, body).decode()
    width, height = layout.label_size
    mm = f'width="{width * 25.4 / 300:.4f}mm" height="{height * 25.4 / 300:.4f}mm"'
    assert mm in drawn
    svg = tmp_path / "label.svg"
    svg.write_text(drawn.replace(mm, f'width="{width * 2}" height="{height * 2}"'))
    image = _screenshot(chromium_browser, svg, width * 2)
    found = zxingcpp.read_barcodes(Image.open(BytesIO(image)), formats=QR)
    assert [code.text for code in found] == [label.qr_text]
