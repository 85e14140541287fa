"""An inspector at a stall: a pasted link, a crooked photo, numbered checks."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageFilter

from tests.journeys.make_service import Service
from tests.journeys.visitor import Visitor
from traceability.labels.writers.preview import render_picture

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def photograph(service: Service, lot: str, position: int, path: Path) -> Path:
    """Save a label as a hand-held phone would see it: large, crooked, a bit soft."""
    row = service.runs(lot)[-1]
    drawn = render_picture(row.job.layout(), service.labels(lot)[position])
    label = Image.open(BytesIO(drawn)).convert("L")
    label = label.resize((label.width * 2, label.height * 2), Image.Resampling.BICUBIC)
    crooked = label.rotate(7, expand=True, fillcolor=200)
    crooked.filter(ImageFilter.GaussianBlur(1.2)).save(path, quality=80)
    return path


def numbers(visitor: Visitor) -> list[str]:
    found = visitor.page.locator(".findings strong").all_inner_texts()
    return [text.partition(".")[0] for text in found]


ALL = [str(number) for number in range(1, 12)]


def test_a_pasted_link_is_checked_number_by_number(phone: Visitor) -> None:
    phone.open("/verify")
    label = phone.service.labels("BT-261114-1")[2]
    phone.fill(link=f"  {label.qr_text}  ")
    phone.press("Kiểm tra")
    assert phone.verdict == "Thông tin lô đã được xác thực"
    assert numbers(phone) == ALL
    assert phone.page.locator(".result.fail").count() == 0


def test_a_photo_of_a_label_is_read_and_checked(phone: Visitor, tmp_path: Path) -> None:
    photo = photograph(phone.service, "BT-261114-1", 4, tmp_path / "label.jpg")
    phone.open("/verify")
    phone.upload("photo", photo)
    phone.press("Đọc ảnh")
    assert phone.verdict == "Thông tin lô đã được xác thực"
    assert numbers(phone) == ALL
    serial = phone.service.labels("BT-261114-1")[4].link.rpartition("/21/")[2]
    assert phone.reads(f"/21/{serial}")


def test_a_link_changed_in_one_letter_is_not_found(phone: Visitor) -> None:
    link = str(phone.service.labels("BT-261114-1")[2].link)
    changed = link[:-1] + ("0" if link[-1] != "0" else "1")
    phone.open("/verify")
    phone.fill(link=changed)
    phone.press("Kiểm tra")
    assert phone.verdict == "Không tìm thấy mã này"
    assert phone.page.locator(".result.fail").count() >= 1


def test_a_lookalike_host_is_not_trusted(phone: Visitor) -> None:
    label = phone.service.labels("BT-261114-1")[2]
    phone.open("/verify")
    phone.fill(link=str(label.link).replace("127.0.0.1", "127.0.0.2"))
    phone.press("Kiểm tra")
    assert phone.verdict == "Không xác thực được"
    assert phone.page.locator("li:has(.result.fail)").first.inner_text()[:2] == "2."


def test_a_photo_without_a_code_says_what_to_do(phone: Visitor, tmp_path: Path) -> None:
    Image.new("L", (400, 300), 128).save(tmp_path / "wall.png")
    phone.open("/verify")
    phone.upload("photo", tmp_path / "wall.png")
    phone.press("Đọc ảnh")
    assert phone.beside("photo")


def test_a_signed_in_inspector_finds_the_reports_and_the_check(desk: Visitor) -> None:
    desk.sign_in("inspector@sample.example")
    desk.follow("Kiểm tra tem")
    assert desk.page.url.endswith("/verify")
    desk.open("/reports")


def test_the_record_and_its_proof_open_from_the_label(phone: Visitor) -> None:
    phone.open(phone.service.opened(phone.service.labels("BT-261114-1")[2]))
    phone.follow("Bản ghi đã ký")
    assert phone.reads("BatchRecord") or phone.reads("BT-261114-1")
    assert "/records/" in phone.page.url


def pictured(folder: Path) -> Path:
    Image.new("RGB", (1200, 900), "olive").save(folder / "stall.jpg", quality=85)
    return folder / "stall.jpg"


def record_bad_visit(phone: Visitor, folder: Path) -> None:
    """From the public page to the signed visit, on a phone, without JavaScript."""
    label = phone.service.labels("BT-261114-1")[6]
    phone.open(phone.service.opened(label))
    phone.follow("Dành cho cán bộ kiểm tra")
    login = "inspector@sample.example"
    phone.fill(login=login, password=phone.service.password(login))
    phone.press("Đăng nhập")
    assert phone.verdict == "Thông tin lô đã được xác thực"
    assert numbers(phone) == ALL
    for section in ("Lùi một bước", "Tiến một bước", "Tem và đơn vị hàng", "Lượt quét"):
        assert phone.reads(section)
    phone.press("Ghi lần kiểm tra")
    phone.mark("Không phù hợp")
    phone.fill(place="Quầy 12, chợ mẫu", notes="Hai gói rách.", commune="05587")
    phone.upload("photos", pictured(folder))
    phone.press("Ký lần kiểm tra")
    assert phone.reads("Lần kiểm tra đã được ký và ghi vào nhật ký.")


def test_a_visit_is_recorded_at_the_stall_and_its_minutes_go_along(
    phone: Visitor, tmp_path: Path
) -> None:
    record_bad_visit(phone, tmp_path)
    assert phone.reads("Không phù hợp")
    assert phone.reads("Lô này chưa bị tạm ngừng.")
    assert phone.page.locator(".photos img").count() == 1
    phone.fill(number="7/BB-KT")
    phone.press("Lập biên bản")
    assert phone.reads("số 7/BB-KT")
    with phone.page.expect_download() as waiting:
        phone.page.get_by_role("link", name="Biên bản PDF").click()
    saved = waiting.value.path().read_bytes()
    assert saved.startswith(b"%PDF")
    phone.open("/inspections")
    assert phone.reads("lần kiểm tra")


def test_an_officer_finds_the_bad_visit_and_holds_the_lot(
    phone: Visitor, desk: Visitor, tmp_path: Path
) -> None:
    record_bad_visit(phone, tmp_path)
    desk.enter("officer@sample.example")
    desk.open("/today")
    desk.press("Xem các lần kiểm tra này")
    desk.page.locator(".card h2 a").first.click()
    desk.look()
    desk.press("Tạm ngừng lưu thông lô")
    assert desk.page.url.endswith("/hold")
