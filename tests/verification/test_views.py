"""The page: paste, type, photograph; every answer in words, never a 500."""

import io
import re
from html import unescape
from urllib.parse import quote

import pytest
from werkzeug.test import TestResponse

from tests.verification.make_house import House
from tests.verification.make_photos import picture_of
from tests.web.make_web import Browser, make_app


@pytest.fixture
def browser(light_house: House) -> Browser:
    return Browser(make_app(light_house.use))


def send(browser: Browser, data: bytes, name: str = "tem.png") -> TestResponse:
    sent = {"photo": (io.BytesIO(data), name)}
    response = browser.client.post(
        "/verify", data=sent, base_url=browser.origin, headers={"Accept": "text/html"}
    )
    browser.page = response.get_data(as_text=True)
    return response


def words(browser: Browser) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", browser.page)).split())


def test_an_empty_page_offers_link_and_photo(browser: Browser) -> None:
    assert browser.get("/verify").status_code == 200
    assert "Kiểm tra một con tem" in words(browser)
    assert 'name="link"' in browser.page
    assert 'name="photo"' in browser.page
    assert "<script" not in browser.page


def test_a_pasted_link_shows_verdict_and_eleven_checks(
    browser: Browser, light_house: House
) -> None:
    label = light_house.sealed[0]
    assert browser.get(f"/verify?link={quote(label.qr_text)}").status_code == 200
    shown = words(browser)
    assert "Thông tin lô đã được xác thực" in shown
    assert shown.count(": đạt") == 10
    assert shown.count("chưa kiểm tra") == 1
    assert "danh sách trạng thái lúc 22/11/2026 10:00 (cách đây 0 giờ 0 phút)" in shown
    assert not re.search(r"hàng (thật|giả)", shown, re.IGNORECASE)


def test_the_page_speaks_english_when_asked(
    browser: Browser, light_house: House
) -> None:
    link = quote(light_house.batch.digital_link)
    browser.get(f"/verify?lang=en&link={link}")
    assert "The information about this lot is verified (one code" in words(browser)


def test_a_typed_serial_finds_its_label(browser: Browser, light_house: House) -> None:
    typed = light_house.serials[0].readable.lower()
    browser.get(f"/verify?link={quote(typed)}")
    assert "Thông tin lô đã được xác thực" in words(browser)


def test_elements_in_parentheses_are_a_link(
    browser: Browser, light_house: House
) -> None:
    serial = light_house.serials[0].serial
    browser.get(f"/verify?link={quote(f'(01)09520001001017(10)CHE-1(21){serial}')}")
    assert "Thông tin lô đã được xác thực" in words(browser)


def test_a_seal_that_was_dropped_needs_attention(
    browser: Browser, light_house: House
) -> None:
    browser.get(f"/verify?link={quote(light_house.sealed[0].link)}")
    assert "Cần chú ý" in words(browser)


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "https://tx.example/01/09520001001018",
        "https://evil.example/01/09520001001017/10/CHE-1",
        "0000000000000",
        "<script>alert(1)</script>",
        "{{7*7}}",
        "(01)",
        "https://tx.example/01/0952%00",
        "=cmd|' /C calc'!A0",
        "a" * 5000,
        "\u202e",
    ],
)
def test_whatever_is_typed_gets_an_answer(browser: Browser, text: str) -> None:
    response = browser.get(f"/verify?link={quote(text)}")
    assert response.status_code == 200
    assert "<script>alert" not in browser.page
    assert "Không xác thực được" in words(browser)


def test_a_photo_of_one_code_leads_to_its_own_address(
    browser: Browser, light_house: House
) -> None:
    response = send(browser, picture_of(light_house.serials[0].qr_text, kind="JPEG"))
    assert response.status_code == 303
    browser.get(response.headers["Location"].removeprefix(browser.origin))
    assert "Thông tin lô đã được xác thực" in words(browser)


def test_a_photo_of_several_codes_becomes_a_list(
    browser: Browser, light_house: House
) -> None:
    texts = [light_house.serials[0].qr_text, "https://evil.example/"]
    assert send(browser, picture_of(*texts)).status_code == 200
    assert "Thông tin lô đã được xác thực" in words(browser)
    assert "Không xác thực được" in words(browser)


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"", 415),
        (b"%PDF-1.7 no", 415),
        (b"GIF89a", 415),
        (b"\x89PNG\r\n\x1a\n broken", 415),
        (b"<svg onload=alert(1)>", 415),
    ],
)
def test_what_is_no_photo_is_refused_in_words(
    browser: Browser, data: bytes, status: int
) -> None:
    assert send(browser, data).status_code == status
    assert 'id="photo-error"' in browser.page


def test_a_photo_without_a_code_says_what_to_do(browser: Browser) -> None:
    blank = picture_of("x")
    response = send(browser, blank[: len(blank) // 2])
    assert response.status_code in {415, 422}
    assert 'id="photo-error"' in browser.page


def test_the_page_sets_no_cookie_and_is_not_stored(browser: Browser) -> None:
    response = browser.get("/verify")
    assert "Set-Cookie" not in response.headers
    assert response.headers["Cache-Control"] == "no-store"


def test_a_lot_nobody_registered_is_told_from_its_product(
    browser: Browser, light_house: House
) -> None:
    link = light_house.batch.digital_link.replace("CHE-1", "CHE-9")
    browser.get(f"/verify?link={quote(link)}")
    assert "Sản phẩm có đăng ký, lô này thì không" in words(browser)


def test_a_product_alone_could_not_be_checked(
    browser: Browser, light_house: House
) -> None:
    link = light_house.batch.digital_link.partition("/10/")[0]
    browser.get(f"/verify?link={quote(link)}")
    assert "Chưa kiểm tra được đầy đủ" in words(browser)


def test_a_bundle_is_offered_only_where_there_is_one(
    browser: Browser, light_house: House
) -> None:
    label = light_house.serials[0].link
    browser.get(f"/verify?link={quote(label)}")
    assert "/bundles/" in browser.page
    guessed = label[:-1] + ("0" if label[-1] != "0" else "1")
    path = guessed.split("/", 3)[3]
    assert browser.get(f"/bundles/{path}.zip").status_code == 404
    browser.get(f"/verify?link={quote(guessed)}")
    assert "/bundles/" not in browser.page
