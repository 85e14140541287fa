"""A producer's pages, over the whole application."""

import io
from typing import Any, TypeVar

import pytest
from PIL import Image
from sqlalchemy import select

from tests.accounts.make_accounts import make_organisation, make_signed_in
from tests.catalog.make_catalog import huge_png, make_gtin
from tests.web.make_web import Browser, make_app
from traceability.catalog.models import Certificate, IpRight, Product, Site
from traceability.core.permissions import Role
from traceability.records.models import SignedRecord
from traceability.web.context import Services

T = TypeVar("T")
FORMS = ["/products/new", "/sites/new", "/certificates/new", "/ip-rights/new"]
LISTS = ["/products", "/sites", "/certificates"]
PRODUCT = {"name_vi": "Gạo mẫu 01", "gtin": str(make_gtin()), "net_unit": "KGM"}
SITE = {"kind": "plot", "name": "Thửa mẫu", "commune": "05587"}
CERTIFICATE = {
    "kind": "vietgap",
    "number": "SAMPLE-01",
    "body": "Sở mẫu",
    "issued": "15/6/2025",
    "expires": "2027-06-15",
}


def only(use: Services, model: type[T]) -> T:
    with use.database.reading() as session:
        return session.scalars(select(model)).one()


def count(use: Services, model: type[Any]) -> int:
    with use.database.reading() as session:
        return len(session.scalars(select(model)).all())


def send(browser: Browser, path: str, data: dict[str, Any]) -> int:
    browser.get(path)
    return browser.post(path, data).status_code


def jpeg() -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (1600, 1200), "olive").save(stream, "JPEG")
    return stream.getvalue()


def test_empty_lists_say_what_to_do_first(light_use: Services) -> None:
    browser = make_signed_in(light_use)
    for path in LISTS:
        assert browser.get(path).status_code == 200
        assert 'class="empty"' in browser.page
    for path in FORMS:
        assert browser.get(path).status_code == 200


@pytest.mark.parametrize("role", [Role.OFFICER, Role.INSPECTOR])
def test_others_have_no_business_on_producers_pages(
    light_use: Services, role: Role
) -> None:
    browser = make_signed_in(light_use, role)
    for path in [*LISTS, *FORMS]:
        assert browser.get(path).status_code == 403


def test_a_stranger_is_led_to_sign_in(light_use: Services) -> None:
    response = Browser(make_app(light_use)).get("/products/new")
    assert response.location == "/sign-in?next=/products/new"


def test_a_product_with_its_photo_is_registered_and_shown(use: Services) -> None:
    browser = make_signed_in(use)
    sent = PRODUCT | {
        "net_amount": "0,5",
        "ocop_set": "rice-grain",
        "story_vi": "Một\r\nhai",
        "photo": (io.BytesIO(jpeg()), "gao.jpg"),
    }
    assert send(browser, "/products/new", sent) == 303
    product = only(use, Product)
    assert (str(product.net_amount), product.story_vi) == ("0.5", "Một\nhai")
    browser.get("/products")
    assert "Gạo mẫu 01" in browser.page
    assert "Gạo, ngũ cốc" in browser.page
    photo = browser.get(f"/photos/{product.photo_digest}.webp")
    assert (photo.status_code, photo.mimetype) == (200, "image/webp")
    assert "immutable" in photo.headers["Cache-Control"]
    assert "Set-Cookie" not in photo.headers
    assert browser.get("/photos/nope.webp").status_code == 404


@pytest.mark.parametrize(
    ("data", "status", "said"),
    [
        (b"%PDF-1.7", 415, "không phải ảnh JPEG, PNG hay WebP"),
        (b"<svg><script/></svg>", 415, "không phải ảnh JPEG, PNG hay WebP"),
        (huge_png(30_000, 30_000), 413, "quá nhiều điểm ảnh"),
    ],
    ids=["pdf", "svg", "bomb"],
)
def test_a_refused_photo_stores_nothing_and_keeps_what_was_typed(
    light_use: Services, data: bytes, status: int, said: str
) -> None:
    browser = make_signed_in(light_use)
    sent = PRODUCT | {"photo": (io.BytesIO(data), "anh.png")}
    assert send(browser, "/products/new", sent) == status
    assert 'value="Gạo mẫu 01"' in browser.page
    assert said in browser.page
    assert count(light_use, Product) == 0


@pytest.mark.parametrize(
    ("changed", "status", "said"),
    [
        ({"gtin": ""}, 422, "một trong hai"),
        ({"internal_code": "THOC"}, 422, "một trong hai"),
        ({"gtin": "9520001001018"}, 422, "Số kiểm tra"),
        ({"gtin": "٩٥٢٠"}, 422, "GTIN có 8, 12, 13 hoặc 14"),
        ({"name_vi": ""}, 422, ""),
        ({"name_vi": "Gạo\u200bmẫu"}, 422, "U+200B"),
        ({"name_vi": "Gạо mẫu"}, 422, "U+043E"),
        ({"net_amount": "1.5"}, 422, ""),
        ({"net_amount": "0"}, 422, ""),
        ({"net_amount": "-5"}, 422, ""),
        ({"net_amount": "1e18"}, 422, ""),
        ({"net_amount": "5", "net_unit": "Kg"}, 422, ""),
        ({"ocop_set": "no-such"}, 422, ""),
        ({"shelf_life_days": "9999999"}, 422, ""),
        ({"name_vi": "x" * 201}, 422, ""),
        ({"is_intermediate": "1"}, 422, "mã riêng"),
    ],
)
def test_a_product_form_is_refused_beside_the_field(
    light_use: Services, changed: dict[str, str], status: int, said: str
) -> None:
    browser = make_signed_in(light_use)
    sent = PRODUCT | {"name_en": "Kept as typed"} | changed
    assert send(browser, "/products/new", sent) == status
    assert 'value="Kept as typed"' in browser.page
    assert said in browser.page
    assert "aria-invalid" in browser.page
    assert count(light_use, Product) == 0


def test_a_name_or_gtin_that_is_taken_is_a_conflict(use: Services) -> None:
    browser = make_signed_in(use)
    assert send(browser, "/products/new", PRODUCT) == 303
    same_name = PRODUCT | {"gtin": str(make_gtin(2))}
    assert send(browser, "/products/new", same_name) == 409
    assert "Bạn đã có một sản phẩm mang tên này" in browser.page
    assert send(browser, "/products/new", PRODUCT | {"name_vi": "Khác"}) == 409
    look_alike = {"name_vi": "Gạо mẫu 01", "gtin": str(make_gtin(2))}
    assert send(browser, "/products/new", PRODUCT | look_alike) == 409
    assert "trông giống một tên đã có" in browser.page


def test_script_in_a_name_is_shown_as_text(light_use: Services) -> None:
    browser = make_signed_in(light_use)
    name = "<script>alert(1)</script>{{7*7}}"
    assert send(browser, "/products/new", PRODUCT | {"name_vi": name}) == 303
    browser.get("/products")
    assert "<script>alert" not in browser.page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{7*7}}" in browser.page


def test_a_product_is_changed_but_keeps_its_gtin(use: Services) -> None:
    browser = make_signed_in(use)
    send(browser, "/products/new", PRODUCT | {"is_intermediate": ""})
    path = f"/products/{only(use, Product).public_id}/edit"
    browser.get(path)
    assert 'value="Gạo mẫu 01"' in browser.page
    changed = PRODUCT | {"name_vi": "Gạo mới", "gtin": str(make_gtin(7))}
    assert send(browser, path, changed | {"is_retired": "1"}) == 303
    product = only(use, Product)
    assert (product.name_vi, product.state) == ("Gạo mới", "retired")
    assert product.gtin == str(make_gtin())


def test_a_place_is_found_without_diacritics_and_saved(use: Services) -> None:
    browser = make_signed_in(use)
    browser.get("/sites/new")
    sent = SITE | {"commune": "tan cuong thai nguyen", "find": "1"}
    response = browser.post("/sites/new", sent)
    assert response.status_code == 200
    assert "Tân Cương, tỉnh Thái Nguyên" in browser.page
    assert 'value="Thửa mẫu"' in browser.page
    assert count(use, Site) == 0
    choice = {"commune": "tan cuong", "commune_choice": "05587"}
    assert send(browser, "/sites/new", SITE | choice) == 303
    site = only(use, Site)
    assert (site.commune_code, site.is_public) == ("05587", False)
    path = f"/sites/{site.public_id}/edit"
    browser.get(path)
    assert site.commune.label in browser.page
    sent = SITE | {"commune": site.commune.label, "is_public": "1"}
    assert send(browser, path, sent | {"old_address": "Xã cũ, huyện cũ"}) == 303
    assert only(use, Site).is_public
    browser.get("/sites")
    assert "Xã cũ, huyện cũ" in browser.page


def test_an_unclear_commune_brings_up_the_choices(light_use: Services) -> None:
    browser = make_signed_in(light_use)
    assert send(browser, "/sites/new", SITE | {"commune": "Tân"}) == 422
    assert 'name="commune_choice"' in browser.page
    assert send(browser, "/sites/new", SITE | {"commune_choice": "99999"}) == 422
    browser.get("/sites/new")
    browser.post("/sites/new", SITE | {"commune": "zzz", "find": "1"})
    assert "Không tìm thấy" in browser.page


def test_a_certificate_is_signed_withdrawn_and_listed(use: Services) -> None:
    browser = make_signed_in(use)
    send(browser, "/products/new", PRODUCT)
    send(browser, "/sites/new", SITE)
    chosen = {
        "products": only(use, Product).public_id,
        "sites": only(use, Site).public_id,
    }
    assert send(browser, "/certificates/new", CERTIFICATE | chosen) == 303
    assert count(use, SignedRecord) == 1
    browser.get("/certificates")
    assert "Còn hiệu lực" in browser.page
    assert send(browser, "/certificates/new", CERTIFICATE) == 409
    path = f"/certificates/{only(use, Certificate).public_id}/withdraw"
    assert send(browser, path, {"on": "23/11/2026", "reason": "x"}) == 422
    assert send(browser, path, {"on": "22/11/2026", "reason": "Vi phạm"}) == 303
    assert count(use, SignedRecord) == 2
    browser.get("/certificates")
    assert "Đã thu hồi" in browser.page
    assert send(browser, path, {"on": "22/11/2026", "reason": "x"}) == 409


@pytest.mark.parametrize(
    "changed",
    [
        {"issued": "30/02/2026"},
        {"issued": "2026-02-30"},
        {"issued": "hôm qua"},
        {"expires": "14/06/2025"},
        {"kind": "gold"},
        {"number": "\u202e1"},
    ],
)
def test_a_certificate_that_cannot_be_is_refused(
    light_use: Services, changed: dict[str, str]
) -> None:
    browser = make_signed_in(light_use)
    assert send(browser, "/certificates/new", CERTIFICATE | changed) == 422
    assert "aria-invalid" in browser.page
    assert count(light_use, Certificate) == count(light_use, SignedRecord) == 0


def test_a_shared_name_is_shown_to_buyers_once_its_document_is_there(
    use: Services,
) -> None:
    browser = make_signed_in(use)
    send(browser, "/products/new", PRODUCT)
    sent = {
        "product": only(use, Product).public_id,
        "kind": "gi",
        "sign": "Bắc Kạn",
        "state": "registered",
        "register_no": "106",
    }
    assert send(browser, "/ip-rights/new", sent) == 303
    browser.get("/certificates")
    assert "Không hiện cho người mua" in browser.page
    assert "dạng lạ" in browser.page
    path = f"/ip-rights/{only(use, IpRight).public_id}/edit"
    half = sent | {"right_to_use": "SAMPLE-QSD-05"}
    assert send(browser, path, half) == 422
    whole = half | {"right_to_use_date": "10/05/2023", "register_no": "00106"}
    assert send(browser, path, whole) == 303
    browser.get("/certificates")
    assert "Có hiện cho người mua" in browser.page
    assert count(use, SignedRecord) == 2


def test_another_producers_things_are_not_there(use: Services) -> None:
    browser = make_signed_in(use)
    send(browser, "/products/new", PRODUCT)
    send(browser, "/sites/new", SITE)
    send(browser, "/certificates/new", CERTIFICATE)
    product = only(use, Product).public_id
    right = {
        "product": product,
        "kind": "trademark",
        "sign": "M",
        "state": "registered",
    }
    send(browser, "/ip-rights/new", right)
    home = make_organisation(use, name="Hợp tác xã mẫu 2")
    stranger = make_signed_in(use, login="khac@example.com", organisation=home)
    for path in (
        f"/products/{product}/edit",
        f"/sites/{only(use, Site).public_id}/edit",
        f"/certificates/{only(use, Certificate).public_id}/withdraw",
        f"/ip-rights/{only(use, IpRight).public_id}/edit",
    ):
        assert stranger.get(path).status_code == 404
        stranger.get("/products/new")
        assert stranger.post(path, PRODUCT).status_code == 404
    for path in LISTS:
        stranger.get(path)
        assert "Gạo mẫu 01" not in stranger.page
        assert 'class="empty"' in stranger.page
    assert (
        send(stranger, "/certificates/new", CERTIFICATE | {"products": product}) == 404
    )
    site = {"sites": only(use, Site).public_id}
    assert send(stranger, "/certificates/new", CERTIFICATE | site) == 404
    assert send(stranger, "/ip-rights/new", right) == 404


def test_a_form_without_its_token_changes_nothing(light_use: Services) -> None:
    browser = make_signed_in(light_use)
    browser.page = ""
    assert browser.post("/products/new", PRODUCT).status_code == 400
    assert count(light_use, Product) == 0
