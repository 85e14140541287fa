"""An officer: stars come and go by signed records, a lot is held."""

import pytest

from tests.journeys.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LOGIN = "officer@sample.example"


def find_recognition(visitor: Visitor, words: str) -> None:
    visitor.open("/recognitions")
    visitor.fill(q=words)
    visitor.press("Tìm")


def stars_on(visitor: Visitor, link: str) -> tuple[int, int]:
    """Return how many filled and how many outlined stars a page draws."""
    visitor.open_anew(link)
    drawn = visitor.page.locator(".stars .full"), visitor.page.locator(".stars .empty")
    return drawn[0].count(), drawn[1].count()


def test_stars_appear_with_a_recognition_and_go_with_its_withdrawal(
    desk: Visitor, stranger: Visitor
) -> None:
    product = stranger.service.lot("TK-260610-1").partition("/10/")[0]
    assert stars_on(stranger, product) == (0, 3)  # those of 2023 lapsed
    desk.enter(LOGIN)
    desk.open("/recognitions")
    desk.press("Nhập công nhận")
    desk.fill(q="tom kho")
    desk.press("Tìm")
    desk.follow("Tôm khô Vinh Kim")
    desk.choose("stars", "4")
    desk.fill(points="50")
    desk.press("Ký và lưu")
    assert desk.page.locator(".error").count()
    assert desk.typed("points") == "50"
    desk.fill(
        points="76,5",
        decision_no="QD-THU-99",
        decided_by="UBND tỉnh thử",
        issued="02/10/2026",
        certificate_no="OCOP-THU-99",
    )
    desk.choose("recognised_by", "Chủ tịch UBND cấp tỉnh")
    desk.press("Ký và lưu")
    assert desk.reads("QD-THU-99")

    assert stars_on(stranger, product) == (4, 0)
    assert stranger.reads("OCOP 4 sao")
    assert stranger.reads("QD-THU-99, UBND tỉnh thử")
    assert stranger.reads("02/10/2029")

    find_recognition(desk, "QD-THU-99")
    desk.press("Thu hồi")
    desk.fill(withdrawn_on="22/11/2026")
    desk.field("reason").select_option(index=1)
    desk.press("Ký việc thu hồi")
    assert stars_on(stranger, product) == (0, 4)
    assert stranger.reads("Đã bị thu hồi từ 22/11/2026")


def test_a_lot_made_before_the_recognition_does_not_borrow_its_stars(
    stranger: Visitor,
) -> None:
    stranger.open(stranger.service.lot("BT-261114-1"))
    assert stranger.reads("OCOP 3 sao")


def test_a_lot_is_held_and_released(phone: Visitor, stranger: Visitor) -> None:
    lot = phone.service.lot("TC-260919-2")
    phone.enter(LOGIN)
    phone.open("/batches?q=TC-260919-2")
    phone.follow("Lô TC-260919-2")
    phone.follow("Tạm ngừng")
    phone.press("Xem lại")
    assert phone.beside("reason_vi")
    phone.fill(reason_vi="Chờ kết quả kiểm nghiệm.")
    phone.press("Xem lại")
    assert phone.reads("Chờ kết quả kiểm nghiệm.")
    phone.press("Ký tạm ngừng")
    stranger.open(lot)
    assert stranger.verdict == "Lô hàng tạm ngừng lưu thông"
    assert stranger.reads("Văn phòng điều phối OCOP mẫu")
    phone.follow("Giải tỏa")
    phone.fill(reason_vi="Kết quả kiểm nghiệm đạt.")
    phone.press("Xem lại")
    phone.press("Ký giải tỏa")
    stranger.open_anew(lot)
    assert stranger.verdict.startswith("Thông tin lô đã được xác thực")


def test_an_officer_sees_every_producers_lots_but_enters_none(desk: Visitor) -> None:
    desk.enter(LOGIN)
    desk.open("/batches")
    assert desk.reads("HTX mẫu 01")
    assert desk.reads("HTX mẫu 11")
    assert desk.open("/batches/new").status == 403
