"""Findings of a phone: written without a network, sent once, and gone from it after."""

import json
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, Route
from sqlalchemy import select

from tests.journeys.make_service import Service
from tests.journeys.pocket import INSPECTOR, Pocket, pocket_of
from traceability.inspection.models import Inspection
from traceability.inspection.queries import photo_content, photos_of, signed_visit

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LOT = "BT-261114-1"
NOTES = "Tem dán lệch, số lô trên thùng khác số lô trên tem."


@pytest.fixture
def pocket(browser: Browser, service: Service) -> Iterator[Pocket]:
    """A phone whose inspector signed in once and opened the page."""
    with pocket_of(browser, service) as opened:
        opened.sign_in()
        opened.open()
        yield opened


def photo(path: Path, size: tuple[int, int] = (4000, 3000)) -> Path:
    exif = Image.Exif()
    exif.get_ifd(0x8825)[2] = (21.0, 35.0, 30.0)
    Image.new("RGB", size, (120, 90, 60)).save(path, "JPEG", exif=exif)
    return path


def visits(service: Service) -> list[Inspection]:
    with service.use.database.reading() as session:
        return list(session.scalars(select(Inspection).order_by(Inspection.id)))


def check(pocket: Pocket, position: int = 7) -> None:
    pocket.check(pocket.service.labels(LOT)[position].qr_text)


def lost(page: Page) -> list[Any]:
    """Let the next finding reach the server and its answer be lost on the way."""
    told: list[Any] = []

    def drop(route: Route) -> None:
        told.append(route.fetch().json())
        route.abort()

    page.route("**/inspector/findings", drop, times=1)
    return told


def test_a_finding_waits_and_is_sent_when_the_network_is_back(
    pocket: Pocket, tmp_path: Path
) -> None:
    before = len(visits(pocket.service))
    pocket.offline()
    check(pocket)
    pocket.begin("non_conformant")
    pocket.page.fill("#notes", NOTES)
    pocket.page.fill("#measures", "Tạm giữ một thùng.")
    pocket.page.set_input_files("#photo", photo(tmp_path / "a.jpg"))
    pocket.page.locator("#photos img").wait_for()
    pocket.save()
    pocket.item("waiting").wait_for()
    assert len(visits(pocket.service)) == before
    pocket.online()
    pocket.item("sent").wait_for()
    *_, row = visits(pocket.service)
    assert len(visits(pocket.service)) == before + 1
    with pocket.service.use.database.reading() as session:
        visit = signed_visit(session, session.merge(row), personal=True)
        [kept] = photos_of(session, row)
        content = photo_content(session, kept).content
    assert "số lô trên thùng" in str(visit)
    assert max(Image.open(BytesIO(content)).size) <= 1600
    link = pocket.item("sent").get_by_role("link").get_attribute("href")
    assert link == f"/inspections/{row.public_id}"


def test_what_was_sent_leaves_nothing_personal_on_the_phone(
    pocket: Pocket, tmp_path: Path
) -> None:
    check(pocket, 8)
    pocket.begin()
    pocket.page.fill("#notes", NOTES)
    pocket.page.set_input_files("#photo", photo(tmp_path / "a.jpg", (600, 400)))
    pocket.page.locator("#photos img").wait_for()
    assert len(pocket.kept("photos")) == 1
    pocket.save()
    pocket.item("sent").wait_for()
    assert pocket.kept("photos") == []
    [left] = pocket.kept("findings")
    assert NOTES not in json.dumps(left, ensure_ascii=False)
    assert "Chợ mẫu" not in json.dumps(left, ensure_ascii=False)
    assert left["state"] == "sent"


def test_a_lost_answer_does_not_double_the_finding(
    pocket: Pocket, tmp_path: Path
) -> None:
    before = len(visits(pocket.service))
    check(pocket, 9)
    pocket.begin()
    pocket.page.set_input_files("#photo", photo(tmp_path / "a.jpg", (600, 400)))
    pocket.page.locator("#photos img").wait_for()
    told = lost(pocket.page)
    with pocket.page.expect_event("requestfailed"):
        pocket.save()
    pocket.item("waiting").wait_for()
    assert len(visits(pocket.service)) == before + 1
    assert pocket.item("waiting").get_by_text("Viết tiếp").count() == 0
    pocket.page.click("#send")
    pocket.item("sent").wait_for()
    assert len(visits(pocket.service)) == before + 1
    [left] = pocket.kept("findings")
    assert told[0]["url"].endswith(left["url"])


def test_it_survives_closing_the_page_half_written(pocket: Pocket) -> None:
    pocket.offline()
    check(pocket, 10)
    pocket.begin()
    pocket.page.fill("#notes", NOTES)
    pocket.page.locator("#notes").blur()
    pocket.page.close()
    pocket.page = pocket.context.new_page()
    pocket.page.goto("/inspector/?lang=vi#queue")
    pocket.item("draft").get_by_role("button", name="Viết tiếp").click()
    pocket.page.locator("#finding").wait_for()
    assert pocket.page.input_value("#notes") == NOTES
    assert pocket.page.is_checked("[value=conformant]")
    pocket.save()
    pocket.item("waiting").wait_for()


def test_a_refused_finding_keeps_its_words_and_can_be_put_right(
    pocket: Pocket,
) -> None:
    before = len(visits(pocket.service))
    check(pocket, 11)
    pocket.begin(place="   ")
    pocket.page.fill("#notes", NOTES)
    pocket.save()
    refused = pocket.item("refused")
    refused.wait_for()
    assert "Hãy ghi nơi kiểm tra" in refused.inner_text()
    assert len(visits(pocket.service)) == before
    refused.get_by_role("button", name="Viết tiếp").click()
    pocket.page.locator("#finding").wait_for()
    assert pocket.page.input_value("#notes") == NOTES
    pocket.page.fill("#place", "Chợ mẫu")
    pocket.save()
    pocket.item("sent").wait_for()
    assert len(visits(pocket.service)) == before + 1


def test_without_a_sign_in_it_is_kept_and_asks_for_one(
    browser: Browser, service: Service
) -> None:
    with pocket_of(browser, service) as pocket:
        pocket.open()
        check(pocket, 12)
        pocket.begin()
        pocket.save()
        pocket.item("signed-out").wait_for()
        assert len(pocket.kept("findings")) == 1
        pocket.item("signed-out").get_by_role("link", name="Đăng nhập").click()
        pocket.page.fill("[name=login]", INSPECTOR)
        pocket.page.fill("[name=password]", service.password(INSPECTOR))
        pocket.page.locator("form:has([name=password]) button").click()
        pocket.page.wait_for_url("**/inspector/**")
        pocket.page.locator("#app").wait_for()
        pocket.go("queue")
        pocket.item("sent").wait_for()


def test_nobody_s_finding_goes_out_under_another_name(
    pocket: Pocket,
) -> None:
    """Two inspectors share a phone: the second does not sign what the first wrote."""
    before = len(visits(pocket.service))
    pocket.page.locator("#ages li").first.wait_for()
    pocket.go("phone")
    pocket.page.locator("#who", has_text="Đang đăng nhập").wait_for()
    pocket.offline()
    check(pocket, 16)
    pocket.begin()
    pocket.save()
    pocket.item("waiting").wait_for()
    pocket.context.clear_cookies()
    pocket.online()
    pocket.item("signed-out").wait_for()
    pocket.sign_in("officer@sample.example")
    pocket.open("queue")
    pocket.item("another").wait_for()
    assert len(visits(pocket.service)) == before
    pocket.context.clear_cookies()
    pocket.sign_in()
    pocket.open("queue")
    pocket.item("sent").wait_for()
    assert len(visits(pocket.service)) == before + 1


def test_somebody_who_is_no_inspector_is_refused_in_words(
    browser: Browser, service: Service
) -> None:
    with pocket_of(browser, service) as pocket:
        pocket.sign_in("officer@sample.example")
        pocket.open()
        check(pocket, 13)
        pocket.begin()
        pocket.save()
        pocket.item("refused").wait_for()
        assert "vai trò" in pocket.item("refused").inner_text().lower()


def test_at_most_six_photos_are_taken_and_one_can_be_dropped(
    pocket: Pocket, tmp_path: Path
) -> None:
    pocket.offline()
    check(pocket, 14)
    pocket.begin()
    files = [photo(tmp_path / f"{n}.jpg", (300, 200)) for n in range(7)]
    pocket.page.set_input_files("#photo", files)
    pocket.page.locator("#photos img").nth(5).wait_for()
    assert pocket.page.locator("#photos img").count() == 6
    assert "sáu ảnh" in pocket.page.inner_text("#told")
    assert pocket.page.is_disabled("#add")
    pocket.page.get_by_role("button", name="Bỏ ảnh 6").click()
    pocket.page.locator("#photos img").nth(5).wait_for(state="detached")
    assert len(pocket.kept("photos")) == 5


def test_everything_on_the_phone_is_deleted_when_asked(pocket: Pocket) -> None:
    pocket.offline()
    check(pocket, 15)
    pocket.begin()
    pocket.page.fill("#notes", NOTES)
    pocket.save()
    pocket.item("waiting").wait_for()
    asked: list[str] = []

    def agree(dialog: Any) -> None:
        asked.append(dialog.message)
        dialog.accept()

    pocket.page.on("dialog", agree)
    pocket.go("phone")
    pocket.page.click("#forget")
    pocket.page.locator("#told", has_text="Đã xóa").wait_for()
    assert "1" in asked[0]
    for store in ("memory", "findings", "photos"):
        assert pocket.kept(store) == []
