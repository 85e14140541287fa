"""Sheets as PDF, PNG and SVG: crisp, readable, searchable, the same every time."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree as ET

import pikepdf
import pypdfium2
import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import sync_playwright

from tests.labels.make_labels import (
    FACTS,
    LONG_FACTS,
    lot_labels,
    sealed_labels,
    serial_labels,
)
from traceability.labels.errors import ReadBackError
from traceability.labels.job import printed
from traceability.labels.label import Label
from traceability.labels.layout import LabelLayout, lay_out
from traceability.labels.pdf import render_pdf
from traceability.labels.png import render_png_label, render_png_pages
from traceability.labels.readback import (
    check_symbol,
    read_back_pdf,
    read_back_png,
    read_back_svg,
)
from traceability.labels.setup import Setup
from traceability.labels.stock import A4_24, A4_65, ROLL_50X30, Stock
from traceability.labels.svg import render_svg_label, render_svg_pages

# Small print can look like a code of another kind.
QR = zxingcpp.barcode_formats_from_str("QRCode")


def _text_of(document: bytes, page: int = 0) -> str:
    with pypdfium2.PdfDocument(document) as sheets:
        return str(sheets[page].get_textpage().get_text_range())


def _page(document: bytes, dpi: int) -> Image.Image:
    with pypdfium2.PdfDocument(document) as sheets:
        scale = dpi / 72 * (1 - 1e-7)  # pdfium keeps sizes in single precision
        image: Image.Image = sheets[0].render(scale=scale, grayscale=True).to_pil()
        return image


@pytest.mark.parametrize("stock", [A4_65, A4_24], ids=lambda stock: stock.id)
@pytest.mark.parametrize("make", [serial_labels, sealed_labels, lot_labels])
def test_every_symbol_of_a_full_sheet_reads(stock: Stock, make: object) -> None:
    labels: list[Label] = make(stock.per_page, lot=LONG_FACTS.lot_number)  # type: ignore[operator]
    layout = lay_out(stock, LONG_FACTS, labels[0])
    document = render_pdf(layout, labels, title="Tem")
    assert read_back_pdf(document, layout, labels).symbols == stock.per_page
    found = zxingcpp.read_barcodes(_page(document, 300), formats=QR)
    assert sorted(code.text for code in found) == sorted(
        label.qr_text for label in labels
    )


def test_at_the_printers_dots_every_module_is_pure_black_or_white() -> None:
    [label] = sealed_labels(1)
    layout = lay_out(A4_65, FACTS, label)
    image = _page(render_pdf(layout, [label], title="Tem"), layout.dpi)
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
    document = render_pdf(lay_out(A4_24, FACTS, labels[0]), labels, title="Tem")
    text = _text_of(document)
    for expected in (
        "Gạo Bao Thai Định Hóa",
        "OCOP 4 sao · Túi 5 kg",
        "Hợp tác xã nông sản",
        "Quét để kiểm tra nguồn gốc",
        labels[0].readable,
        labels[1].readable,
    ):
        assert expected in text


def test_the_font_is_embedded() -> None:
    labels = lot_labels(1)
    document = render_pdf(lay_out(A4_24, FACTS, labels[0]), labels, title="Tem")
    assert b"/FontFile2" in document
    assert b"RobotoCondensed" in document


def test_printing_again_gives_the_same_bytes() -> None:
    labels = sealed_labels(3)
    layout = lay_out(A4_24, FACTS, labels[0])
    first = render_pdf(layout, labels, title="Tem")
    assert render_pdf(layout, labels, title="Tem") == first


def test_labels_go_on_on_the_next_page() -> None:
    labels = lot_labels(66)
    layout = lay_out(A4_65, FACTS, labels[0])
    document = render_pdf(layout, labels, title="Tem")
    with pypdfium2.PdfDocument(document) as sheets:
        assert len(sheets) == 2
    assert read_back_pdf(document, layout, labels).symbols == 66
    assert len(render_svg_pages(layout, labels)) == 2
    assert len(list(render_png_pages(layout, labels))) == 2


def test_every_format_honours_the_printers_setup() -> None:
    setup = Setup(
        shift_x=0.5, scale_y=1.002, skip=frozenset({0, 4}), copies=2, cut_marks=True
    )
    labels = printed(serial_labels(13), setup.copies)
    layout = lay_out(A4_24, FACTS, labels[0], setup=setup)
    document = render_pdf(layout, labels, title="Tem")
    assert read_back_pdf(document, layout, labels).symbols == 26
    images = list(render_png_pages(layout, labels))
    assert read_back_png(images, layout, labels).symbols == 26
    assert read_back_svg(render_svg_pages(layout, labels), layout, labels).symbols == 26
    mark = layout.marks()[0]
    box = (mark.left, mark.top, mark.left + mark.width, mark.top + mark.height)
    assert _page(document, layout.dpi).crop(box).getextrema() == (0, 0)
    plain = lay_out(A4_24, FACTS, labels[0])
    with pytest.raises(ReadBackError):
        read_back_pdf(document, plain, labels)


def test_bleed_is_told_to_the_print_shop() -> None:
    labels = lot_labels(1)
    setup = Setup(bleed=2, cut_marks=True)
    layout = lay_out(ROLL_50X30, FACTS, labels[0], setup=setup)
    with pikepdf.open(BytesIO(render_pdf(layout, labels, title="Tem"))) as document:
        page = document.pages[0]
        boxes = [
            [float(side) for side in page.obj[name]]
            for name in ("/MediaBox", "/BleedBox", "/TrimBox")
        ]
    assert boxes[1] == pytest.approx(boxes[0], abs=0.25)
    edge = 2 * 72 / 25.4
    assert boxes[2][:2] == pytest.approx([edge, edge], abs=0.25)
    assert boxes[2][2] - boxes[2][0] == pytest.approx(50 * 72 / 25.4, abs=0.25)


def test_one_wrong_symbol_refuses_the_run() -> None:
    labels = serial_labels(4)
    layout = lay_out(A4_24, FACTS, labels[0])
    wrong = [*labels[:2], labels[3], labels[2]]
    with pytest.raises(ReadBackError, match="Label 3") as refusal:
        read_back_pdf(render_pdf(layout, wrong, title="Tem"), layout, labels)
    assert refusal.value.code == "read-back-failed"


def test_a_missing_symbol_refuses_the_run() -> None:
    labels = serial_labels(25)
    layout = lay_out(A4_24, FACTS, labels[0])
    with pytest.raises(ReadBackError, match="Label 24"):
        read_back_pdf(render_pdf(layout, labels[:23], title="Tem"), layout, labels)
    with pytest.raises(ReadBackError, match="1 pages"):
        read_back_pdf(render_pdf(layout, labels[:24], title="Tem"), layout, labels)


def test_a_symbol_without_its_seal_refuses_the_run() -> None:
    [label] = sealed_labels(1)
    layout = lay_out(A4_24, FACTS, label)
    bare = replace(label, seal="")
    with pytest.raises(ReadBackError, match="Label 1"):
        read_back_pdf(render_pdf(layout, [bare], title="Tem"), layout, [label])


def test_png_labels_and_sheets_read_and_know_their_dots() -> None:
    labels = sealed_labels(3)
    layout = lay_out(A4_65, FACTS, labels[0])
    single = Image.open(BytesIO(render_png_label(layout, labels[0])))
    assert single.size == layout.label_size
    assert single.info["dpi"] == pytest.approx((300, 300), abs=0.1)
    check_symbol(single, labels[0], 0)
    [page] = render_png_pages(layout, labels)
    sheet = Image.open(BytesIO(page))
    assert sheet.size == layout.page_size
    found = {code.text for code in zxingcpp.read_barcodes(sheet, formats=QR)}
    assert found == {label.qr_text for label in labels}


def test_png_text_stays_inside_its_box() -> None:
    for labels in (serial_labels(1), sealed_labels(1), lot_labels(1)):
        layout = lay_out(A4_65, LONG_FACTS, labels[0])
        image = Image.open(BytesIO(render_png_label(layout, labels[0])))
        width, height = layout.label_size
        dots, point = layout.fit.dots, layout.point
        side = layout.fit.modules * dots
        after = layout.symbol_left + side
        gap = image.crop((after, 0, after + 4 * dots, height))
        assert gap.getextrema() == (255, 255)
        right = round((layout.text_box.left + layout.text_box.width) * point) + 1
        assert image.crop((right, 0, width, height)).getextrema() == (255, 255)


def test_svg_text_is_text_and_fixed_in_length() -> None:
    [label] = serial_labels(1)
    facts = replace(FACTS, product_name="Mật <ong> & phấn")
    document = render_svg_label(lay_out(A4_24, facts, label), label)
    root = ET.fromstring(document.encode())  # noqa: S314 (our own output)
    texts = root.findall(".//{http://www.w3.org/2000/svg}text")
    assert texts[0].text == "Mật <ong> & phấn"
    assert f"Mã: {label.readable}" in [text.text for text in texts]
    assert all("textLength" in text.attrib for text in texts)


def _screenshot(layout: LabelLayout, chromium: str, svg: Path, size: int) -> bytes:
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium)
        page = browser.new_page(viewport={"width": size, "height": size})
        page.goto(svg.as_uri())
        image = page.screenshot()
        browser.close()
        return image


@pytest.mark.browser
@pytest.mark.slow
def test_a_browser_shows_an_svg_label_that_reads(chromium: str, tmp_path: Path) -> None:
    [label] = sealed_labels(1)
    layout = lay_out(A4_65, FACTS, label)
    document = render_svg_label(layout, label)
    width, height = layout.label_size
    mm = f'width="{width * 25.4 / 300:.4f}mm" height="{height * 25.4 / 300:.4f}mm"'
    assert mm in document
    svg = tmp_path / "label.svg"
    svg.write_text(document.replace(mm, f'width="{width * 2}" height="{height * 2}"'))
    image = _screenshot(layout, chromium, svg, width * 2)
    found = zxingcpp.read_barcodes(Image.open(BytesIO(image)), formats=QR)
    assert [code.text for code in found] == [label.qr_text]
