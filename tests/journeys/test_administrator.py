"""An administrator lets a new organisation in; it sees nothing of the others."""

import pytest

from tests.journeys.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_new_person_signs_in_and_sees_only_their_own(
    desk: Visitor, phone: Visitor
) -> None:
    desk.enter("admin@sample.example")
    desk.open("/admin/organisations")
    desk.press("Thêm đơn vị")
    desk.press("Lưu")
    assert desk.beside("name_vi")
    desk.choose("kind", "Hợp tác xã")
    desk.fill(name_vi="HTX thử nghiệm", commune_code="05587")
    desk.press("Lưu")
    assert desk.reads("HTX thử nghiệm")
    desk.open("/admin/people")
    desk.press("Cấp tài khoản")
    desk.choose("organisation", "HTX thử nghiệm")
    desk.fill(name="Người thử", login="nguoi.thu@sample.example")
    desk.mark("Chủ thể")
    desk.press("Tạo tài khoản")
    password = desk.page.inner_text("code.secret")

    phone.sign_in("nguoi.thu@sample.example", password)
    phone.open("/batches")
    assert "BT-261114" not in phone.text
    phone.open("/products")
    assert "Bao Thai" not in phone.text
    phone.open("/sites")
    assert "Cơ sở mẫu" not in phone.text
    other = next(
        one["id"]
        for one in phone.service.told["batches"]
        if one["lot_number"] == "BT-261114-1"
    )
    for address in ["", "/edit", "/labels", "/change/recall"]:
        assert phone.open(f"/batches/{other}{address}").status in {403, 404}
    assert phone.open("/admin/people").status == 403
    phone.open("/activity")
    assert "BT-261114" not in phone.text


def test_a_closed_account_is_refused(desk: Visitor, phone: Visitor) -> None:
    phone.sign_in("inspector@sample.example")
    desk.enter("admin@sample.example")
    desk.open("/admin/people")
    row = desk.page.locator("li", has_text="inspector@sample.example")
    row.get_by_role("button", name="Đóng tài khoản").click()
    desk.look()
    phone.open("/reports")
    assert "/sign-in" in phone.page.url
    desk.open("/activity")
    assert desk.reads("Đóng tài khoản")
