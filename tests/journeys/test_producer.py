"""A producer's afternoon: from signing in to a label that a stranger can scan."""

from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from PIL import Image

from tests.journeys.visitor import Visitor

# Small print can look like a code of another kind.
QR = zxingcpp.barcode_formats_from_str("QRCode")

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LOGIN = "producer@sample.example"


def a_photo(folder: Path) -> Path:
    path = folder / "photo.jpg"
    Image.linear_gradient("L").convert("RGB").resize((1200, 900)).save(path)
    return path


def links_on(sheet: Path) -> list[str]:
    """Return what each symbol of a PDF sheet says, read by a tool that is not ours."""
    document = pypdfium2.PdfDocument(sheet.read_bytes())
    try:
        pages = [page.render(scale=300 / 72).to_pil() for page in document]
    finally:
        document.close()
    return [
        one.text for page in pages for one in zxingcpp.read_barcodes(page, formats=QR)
    ]


def add_product(visitor: Visitor, photo: Path) -> None:
    visitor.open("/products")
    visitor.press("Thêm sản phẩm")
    visitor.fill(
        name_vi="Trà sen thử",
        internal_code="TRA-SEN",
        pack_text="hộp 100 g",
        shelf_life_days="365",
        story_vi="Sen ướp trong một đêm.",
    )
    visitor.upload("photo", photo)
    visitor.press("Lưu sản phẩm")
    assert visitor.reads("Trà sen thử")


def add_place(visitor: Visitor) -> None:
    visitor.open("/sites")
    visitor.press("Thêm địa điểm")
    visitor.fill(name="Xưởng thử", commune="Dinh Hoa, Thai Nguyen")
    visitor.press("Tìm xã, phường")
    assert visitor.typed("name") == "Xưởng thử"
    visitor.mark("Định Hóa")
    visitor.press("Lưu địa điểm")
    assert visitor.reads("Xưởng thử")


def fill_batch(visitor: Visitor) -> None:
    visitor.open("/batches/new")
    visitor.choose("product", "Trà sen thử · hộp 100 g")
    visitor.choose("site", "Xưởng thử")
    visitor.fill(
        lot_number="TS-THU-1",
        production_date="31/02/2026",
        packaging_date="20/11/2026",
        quantity="1.200",
        variety="Sen hồng",
    )


def print_sheet(visitor: Visitor, path: Path) -> Path:
    visitor.press("In tem")
    visitor.fill(count="24")
    visitor.press("Tạo tem")
    with visitor.page.expect_download() as download:
        visitor.page.get_by_text("Tải tờ tem (PDF)").click()
    download.value.save_as(path)
    return path


def test_a_producer_registers_a_lot_and_prints_labels_that_scan(
    phone: Visitor, stranger: Visitor, tmp_path: Path
) -> None:
    phone.sign_in(LOGIN)
    add_product(phone, a_photo(tmp_path))
    add_place(phone)
    fill_batch(phone)

    phone.press("Lưu bản nháp")  # 31/02 is no day
    assert phone.beside("production_date")
    assert not phone.beside("quantity")
    kept = ["lot_number", "production_date", "packaging_date", "quantity", "variety"]
    assert [phone.typed(name) for name in kept] == [
        "TS-THU-1",
        "31/02/2026",
        "20/11/2026",
        "1.200",
        "Sen hồng",
    ]
    phone.fill(production_date="19/11/2026")
    phone.press("Lưu bản nháp")
    assert phone.reads("Bản nháp")
    assert phone.reads("20/11/2027")  # 365 days after packing
    phone.press("Cấp lô")
    assert phone.reads("Đã cấp")

    sheet = print_sheet(phone, tmp_path / "sheet.pdf")
    links = links_on(sheet)
    assert len(set(links)) == 24

    stranger.open(links[0])
    assert stranger.verdict == "Thông tin lô đã được xác thực"
    assert stranger.reads("Trà sen thử")
    assert stranger.reads("Sen hồng")
    assert stranger.reads("Chủ thể tự khai")
    picture = stranger.page.locator(".product img").evaluate("it => it.naturalWidth")
    assert picture > 300


def test_a_lot_is_corrected_by_a_new_signed_version(
    phone: Visitor, stranger: Visitor
) -> None:
    lot = phone.service.lot("BT-261114-2")
    phone.enter(LOGIN)
    phone.open("/batches")
    phone.follow("Lô BT-261114-2")
    phone.follow("Đính chính")
    phone.fill(variety="Bao Thai lùn", reason="Ghi thiếu giống.")
    phone.press("Xem lại")
    assert phone.reads("Bao Thai lùn")
    phone.press("Ký đính chính")
    stranger.open(lot)
    assert stranger.reads("Bao Thai lùn")
    assert stranger.reads("bản thứ 2")


def test_labels_that_were_spoilt_are_made_void(
    phone: Visitor, stranger: Visitor
) -> None:
    spoilt = phone.service.labels("BT-261114-2")[3]
    phone.enter(LOGIN)
    phone.open("/batches")
    phone.follow("Lô BT-261114-2")
    phone.press("In tem")
    phone.follow("24 tem")
    phone.press("Hủy tem")
    phone.fill(first=spoilt.readable, reason="In lệch.")
    phone.press("Hủy tem")
    stranger.open(phone.service.opened(spoilt))
    assert stranger.verdict == "Tem này đã bị hủy"
    assert stranger.reads("In lệch.")


def test_a_desk_shows_the_same_pages(desk: Visitor) -> None:
    desk.sign_in(LOGIN)
    for name in ["Tem truy xuất", "Sản phẩm", "Vùng trồng và cơ sở", "Giấy chứng nhận"]:
        desk.follow(name)
        assert desk.page.inner_text("h1")
    stock = ["/label-stocks", "/label-stocks/new", "/label-stocks/a4-24/printer"]
    for address in ["/batches/new", "/products/new", "/sites/new", "/account", *stock]:
        desk.open(address)


def test_what_belongs_to_the_producer_is_only_shown_signed_in(phone: Visitor) -> None:
    phone.open("/batches")
    assert phone.page.url.split("?")[0].endswith("/sign-in")


def test_a_photo_that_is_none_is_refused_beside_its_field(
    phone: Visitor, tmp_path: Path
) -> None:
    wrong = tmp_path / "photo.jpg"
    wrong.write_bytes(b"no picture")
    phone.enter(LOGIN)
    phone.open("/products/new")
    phone.fill(name_vi="Bánh thử", internal_code="BANH-THU")
    phone.upload("photo", wrong)
    phone.press("Lưu sản phẩm")
    assert phone.beside("photo")
    assert phone.typed("name_vi") == "Bánh thử"
