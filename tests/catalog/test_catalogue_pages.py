"""A producer's pages of photos, files, places, details and what ends."""

import io
from typing import Any

import pytest
from sqlalchemy import select

from tests.accounts.make_accounts import make_organisation, make_signed_in
from tests.catalog.make_catalog import huge_png, make_gtin, make_jpeg, make_pdf
from tests.catalog.test_views import CERTIFICATE, PRODUCT, SITE, count, only, send
from tests.web.make_web import Browser
from traceability.catalog.models import (
    Certificate,
    CertificateFile,
    IpRight,
    ProducerDetails,
    Product,
    ProductPhoto,
    ProductPicture,
    Site,
)
from traceability.core.permissions import Role
from traceability.records.models import SignedRecord
from traceability.web.context import Services

BAD_FILES = [
    (make_pdf(), "anh.png", 415),
    (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "a.svg", 415),
    (huge_png(30_000, 30_000), "a.png", 413),
]
SCRIPT = "<script>alert(1)</script>{{7*7}}"


def product_path(use: Services, browser: Browser, **changed: Any) -> str:
    assert send(browser, "/products/new", PRODUCT | changed) == 303
    return f"/products/{only(use, Product).public_id}"


def test_a_new_product_leads_to_what_is_still_missing(light_use: Services) -> None:
    browser = make_signed_in(light_use)
    browser.get("/products/new")
    answer = browser.post("/products/new", PRODUCT | {"ocop_set": "tea"})
    path = f"/products/{only(light_use, Product).public_id}"
    assert answer.location == path
    browser.get(path)
    for said in (
        *("Ảnh sản phẩm", "còn thiếu", "Điều 6 Thông tư 02/2024/TT-BKHCN"),
        *("Điều 32 Nghị định 37/2026/NĐ-CP", "chưa xác nhận"),
        *(f"{path}/photos", f"{path}/edit#origin", "/producer", f"{path}/edit#usage"),
    ):
        assert said in browser.page
    assert "party_id" not in browser.page


def test_the_checklist_grows_shorter(light_use: Services) -> None:
    browser = make_signed_in(light_use)
    path = product_path(light_use, browser)
    browser.get(path)
    assert "Điền: Xuất xứ" in browser.page
    sent = PRODUCT | {"origin": "Thái Nguyên", "standards": "TCVN 9740"}
    assert send(browser, f"{path}/edit", sent) == 303
    details = {"address": "Xã mẫu", "tax_code": "0100109106"}
    assert send(browser, "/producer", details) == 303
    assert only(light_use, ProducerDetails).address == "Xã mẫu"
    browser.get("/producer")
    assert 'value="0100109106"' in browser.page
    browser.get(path)
    assert "Điền: Xuất xứ" not in browser.page
    assert "Đã đủ" in browser.page


def test_a_product_without_a_gtin_learns_what_its_passport_lacks(
    light_use: Services,
) -> None:
    browser = make_signed_in(light_use)
    path = product_path(light_use, browser, gtin="", internal_code="CHE-1")
    browser.get(path)
    assert "Sản phẩm dùng mã riêng thì giữ mã đó" in browser.page


def test_shops_are_kept_and_shown_as_links_that_lead_nowhere_unsafe(
    light_use: Services,
) -> None:
    browser = make_signed_in(light_use)
    shops = {
        "shops-0-url": "https://www.shop.example/che?id=1",
        "shops-1-url": " ",
        "shops-4-url": "https://other.example/",
    }
    path = product_path(light_use, browser, **shops)
    assert only(light_use, Product).shop_links == [
        "https://www.shop.example/che?id=1",
        "https://other.example/",
    ]
    browser.get(path)
    link = '<a href="https://www.shop.example/che?id=1" rel="nofollow noopener'
    assert link in browser.page
    assert ">shop.example</a>" in browser.page
    browser.get(f"{path}/edit")
    assert 'value="https://other.example/"' in browser.page


@pytest.mark.parametrize(
    "url",
    ["http://shop.example/", "javascript:alert(1)", "https://127.1/", "shop.example"],
)
def test_an_unsafe_shop_is_refused_beside_its_line(
    light_use: Services, url: str
) -> None:
    browser = make_signed_in(light_use)
    sent = PRODUCT | {"shops-0-url": "https://a.example/", "shops-1-url": url}
    assert send(browser, "/products/new", sent) == 422
    assert "https://…" in browser.page
    assert 'id="shops-1-url-error"' in browser.page
    assert f'value="{url}"' in browser.page
    assert count(light_use, Product) == 0


def test_photos_are_added_ordered_described_and_removed(use: Services) -> None:
    browser = make_signed_in(use)
    path = product_path(use, browser) + "/photos"
    browser.get(path)
    assert 'class="empty"' in browser.page
    for colour in ("olive", "navy"):
        sent = {"photo": (io.BytesIO(make_jpeg(colour)), "a.jpg"), "alt": colour}
        assert send(browser, path, sent) == 303
    first, second = _digests(use)
    assert send(browser, f"{path}/{second}", {"alt": "Đồi chè"}) == 303
    browser.get(path)
    assert 'alt="Đồi chè"' in browser.page
    assert browser.post(f"{path}/{second}/up", {}).status_code == 303
    assert _digests(use) == [second, first]
    assert only(use, Product).photo_digest == second
    browser.get(path)
    assert browser.post(f"{path}/{second}/remove", {}).status_code == 303
    assert _digests(use) == [first]
    assert count(use, ProductPhoto) == 1
    browser.get(path)
    assert browser.post(f"{path}/{second}/remove", {}).status_code == 404


def _digests(use: Services) -> list[str]:
    query = select(ProductPicture.digest).order_by(ProductPicture.position)
    with use.database.reading() as session:
        return list(session.scalars(query))


@pytest.mark.parametrize(
    ("data", "name", "status"), [*BAD_FILES, (b"", "", 415)], ids=str
)
def test_a_bad_photo_is_refused_and_nothing_is_stored(
    light_use: Services, data: bytes, name: str, status: int
) -> None:
    browser = make_signed_in(light_use)
    path = product_path(light_use, browser) + "/photos"
    sent = {"photo": (io.BytesIO(data), name), "alt": "Giữ lại"}
    assert send(browser, path, sent) == status
    assert 'value="Giữ lại"' in browser.page
    assert count(light_use, ProductPhoto) == 0


@pytest.mark.parametrize(
    ("data", "name", "status"), [*BAD_FILES, (b"", "", 415)], ids=str
)
def test_a_bad_scan_is_refused_and_nothing_is_signed(
    light_use: Services, data: bytes, name: str, status: int
) -> None:
    browser = make_signed_in(light_use)
    assert send(browser, "/certificates/new", CERTIFICATE) == 303
    path = f"/certificates/{only(light_use, Certificate).public_id}/files"
    assert send(browser, path, {"file": (io.BytesIO(data), name)}) == status
    assert count(light_use, CertificateFile) == 0
    assert count(light_use, SignedRecord) == 1
    if name:
        file = {"number": "SAMPLE-02", "file": (io.BytesIO(data), name)}
        assert send(browser, "/certificates/new", CERTIFICATE | file) == status
        assert 'value="SAMPLE-02"' in browser.page
        assert count(light_use, Certificate) == 1


def test_a_file_the_browser_lost_is_asked_for_again(light_use: Services) -> None:
    browser = make_signed_in(light_use)
    page, again = "/certificates/new", "hãy chọn lại tệp"
    faulty = CERTIFICATE | {"issued": "31/02/2026"}
    assert send(browser, page, faulty) == 422
    assert again not in browser.page
    sent = {"file": (io.BytesIO(make_pdf()), "giay.pdf")}
    assert send(browser, page, faulty | sent) == 422
    assert again in browser.page
    assert 'name="file-again" value="1"' in browser.page
    assert send(browser, page, faulty | {"file-again": "1"}) == 422
    assert again in browser.page
    photo = {"photo": (io.BytesIO(make_jpeg("red")), "a.jpg")}
    assert send(browser, "/products/new", PRODUCT | {"name_vi": ""} | photo) == 422
    assert again in browser.page


def test_a_scan_is_attached_opened_closed_and_removed(use: Services) -> None:
    browser = make_signed_in(use)
    send(browser, "/certificates/new", CERTIFICATE)
    path = f"/certificates/{only(use, Certificate).public_id}/files"
    browser.get(path)
    assert 'class="empty"' in browser.page
    sent = {"file": (io.BytesIO(make_jpeg()), "=giấy.jpeg")}
    assert send(browser, path, sent) == 303
    file = only(use, CertificateFile)
    assert (file.media_type, file.name) == ("image/jpeg", "giấy.jpg")
    again = {"file": (io.BytesIO(make_jpeg()), "a.jpg")}
    assert send(browser, path, again) == 409
    for act, is_public in (("open", True), ("close", False)):
        browser.get(path)
        assert browser.post(f"{path}/{file.digest}/{act}", {}).status_code == 303
        assert only(use, CertificateFile).is_public is is_public
    assert browser.get(f"{path}/{file.digest}/download").status_code == 200
    browser.get(path)
    assert browser.post(f"{path}/{file.digest}/remove", {}).status_code == 303
    assert count(use, CertificateFile) == 0
    assert count(use, SignedRecord) == 3


def test_another_producers_photos_and_files_are_not_there(light_use: Services) -> None:
    browser = make_signed_in(light_use)
    product = product_path(light_use, browser)
    photo = {"photo": (io.BytesIO(make_jpeg()), "a.jpg")}
    send(browser, f"{product}/photos", photo)
    send(browser, "/certificates/new", CERTIFICATE | _scan())
    certificate = f"/certificates/{only(light_use, Certificate).public_id}"
    [digest] = _digests(light_use)
    file = only(light_use, CertificateFile).digest
    home = make_organisation(light_use, name="Hợp tác xã mẫu 2")
    other = make_signed_in(light_use, login="khac@example.com", organisation=home)
    for path in (product, f"{product}/photos", f"{product}/photos/{digest}"):
        assert other.get(path).status_code == 404
    assert other.get(f"{certificate}/files").status_code == 404
    for path in (
        *(f"{product}/photos/{digest}/{act}" for act in ("up", "remove")),
        *(f"{certificate}/files/{file}/{act}" for act in ("open", "close", "remove")),
        f"{certificate}/files",
    ):
        other.get("/products/new")
        sent = _scan() if path.endswith("files") else {}
        assert other.post(path, sent).status_code == 404
    assert count(light_use, ProductPicture) == count(light_use, CertificateFile) == 1


def _scan() -> dict[str, Any]:
    return {"file": (io.BytesIO(make_pdf()), "a.pdf")}


def test_a_place_with_a_point_and_an_odd_code_is_saved_and_warned_of(
    light_use: Services,
) -> None:
    browser = make_signed_in(light_use)
    sent = SITE | {
        "point": "21.59422, 105.84817",
        "area_hectares": "1,5",
        "area_code": "mã 12",
    }
    assert send(browser, "/sites/new", sent) == 303
    browser.get("/sites")
    assert "21.59422, 105.84817" in browser.page
    assert "1,5 ha" in browser.page
    assert "Mã có dạng lạ" in browser.page
    path = f"/sites/{only(light_use, Site).public_id}/edit"
    browser.get(path)
    assert 'value="21.59422, 105.84817"' in browser.page
    assert send(browser, path, sent | {"is_retired": "1"}) == 303
    assert only(light_use, Site).state == "retired"
    browser.get("/sites")
    assert "Không còn dùng" in browser.page
    for wrong in ({"point": "105.8, 21.5"}, {"area_hectares": "0"}):
        assert send(browser, path, sent | wrong) == 422
        assert "aria-invalid" in browser.page


def test_a_brand_that_looks_like_another_is_a_conflict(light_use: Services) -> None:
    browser = make_signed_in(light_use)
    send(browser, "/products/new", PRODUCT | {"brand": "Sao Mai"})
    false = {"name_vi": "Khác", "gtin": str(make_gtin(2)), "brand": "Sаo Mai"}
    assert send(browser, "/products/new", PRODUCT | false) == 409
    assert "trông giống một tên đã có" in browser.page
    hidden = {"name_vi": "Khác", "gtin": str(make_gtin(2)), "brand": "Sao\u202eMai"}
    assert send(browser, "/products/new", PRODUCT | hidden) == 422
    assert "U+202E" in browser.page


def test_script_in_everything_a_product_says_is_shown_as_text(
    light_use: Services,
) -> None:
    browser = make_signed_in(light_use)
    said = (
        *("brand", "ingredients", "usage", "storage", "warnings", "origin"),
        *("standards", "responsible_name", "responsible_address", "pack_text"),
    )
    path = product_path(light_use, browser, **dict.fromkeys(said, SCRIPT))
    alt = {"photo": (io.BytesIO(make_jpeg()), f"{SCRIPT}.jpg"), "alt": SCRIPT}
    assert send(browser, f"{path}/photos", alt) == 303
    scan = {"file": (io.BytesIO(make_pdf()), f"{SCRIPT}.pdf"), "scope": SCRIPT}
    assert send(browser, "/certificates/new", CERTIFICATE | scan) == 303
    files = f"/certificates/{only(light_use, Certificate).public_id}/files"
    for one in (path, f"{path}/edit", f"{path}/photos", "/products", files):
        browser.get(one)
        assert "<script>alert" not in browser.page, one


def test_a_right_is_withdrawn_on_its_page(light_use: Services) -> None:
    browser = make_signed_in(light_use)
    product_path(light_use, browser)
    right = {
        "product": only(light_use, Product).public_id,
        "kind": "trademark",
        "sign": "M",
        "state": "registered",
    }
    send(browser, "/ip-rights/new", right)
    path = f"/ip-rights/{only(light_use, IpRight).public_id}/withdraw"
    assert send(browser, path, {"on": "23/11/2026", "reason": "x"}) == 422
    assert send(browser, path, {"on": "22/11/2026", "reason": "Đã bán"}) == 303
    browser.get("/certificates")
    assert "Đã bán" in browser.page
    assert send(browser, path, {"on": "22/11/2026", "reason": "x"}) == 409


@pytest.mark.parametrize(
    ("page", "section"),
    [
        ("/ip-rights/new", "/certificates"),
        ("/expiring", "/certificates"),
        ("/account/api-keys", "/account"),
    ],
)
def test_the_menu_marks_the_section_of_every_page(
    light_use: Services, page: str, section: str
) -> None:
    browser = make_signed_in(light_use)
    browser.get(page)
    assert f'href="{section}" aria-current="page"' in browser.page


def test_the_overview_is_a_producers_own_and_an_officers_of_everybody(
    light_use: Services,
) -> None:
    browser = make_signed_in(light_use)
    browser.get("/expiring")
    assert 'class="empty"' in browser.page
    ends = {"1": "1/12/2026", "2": "20/11/2026", "3": "22/11/2026", "4": "1/5/2027"}
    for number, (kind, day) in enumerate(
        zip(("vietgap", "haccp", "organic", "iso22000"), ends.values(), strict=True), 1
    ):
        sent = {"kind": kind, "number": f"GIAY-{number}", "expires": day}
        assert send(browser, "/certificates/new", CERTIFICATE | sent) == 303
    browser.get("/expiring")
    places = [browser.page.index(f"GIAY-{number}") for number in (2, 3, 1, 4)]
    assert places == sorted(places)
    for said in ("hết hạn 2 ngày trước", "hết hạn hôm nay", "còn 9 ngày", "20/11/2026"):
        assert said in browser.page
    other = make_signed_in(light_use, login="khac@example.com")
    other.get("/expiring")
    assert "GIAY-" not in other.page
    officer = make_signed_in(light_use, Role.OFFICER, login="can.bo@example.com")
    officer.get("/expiring")
    assert "GIAY-2" in officer.page
    assert "Hợp tác xã mẫu" in officer.page
    inspector = make_signed_in(light_use, Role.INSPECTOR, login="thanh.tra@example.com")
    assert inspector.get("/expiring").status_code == 403
