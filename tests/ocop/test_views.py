"""The officer's pages, over the whole application."""

from typing import Any

import pytest
from sqlalchemy import select

from tests.accounts.make_accounts import make_organisation, make_signed_in
from tests.catalog.make_catalog import make_product
from tests.web.make_web import Browser
from traceability.accounts.kinds import OrganisationKind
from traceability.catalog.models import Product
from traceability.core.permissions import Role
from traceability.gs1.keys import InternalCode
from traceability.ocop.models import Recognition
from traceability.records.models import SignedRecord
from traceability.web.context import Services

RECOGNITION = {
    "stars": "4",
    "points": "81,5",
    "recognised_by": "province",
    "decision_no": "SAMPLE-QD-03",
    "decided_by": "UBND tỉnh mẫu",
    "certificate_no": "SAMPLE-OCOP-003",
    "issued": "26/06/2026",
}


def a_product(use: Services, number: int = 1, **changed: Any) -> Product:
    name = f"Hợp tác xã mẫu {number}"
    owner = make_organisation(use, OrganisationKind.COOPERATIVE, name)
    with use.database.transaction() as session:
        return make_product(session, owner, use.clock, number, **changed)


def send(browser: Browser, path: str, data: dict[str, str]) -> int:
    browser.get(path)
    return browser.post(path, data).status_code


def stored(use: Services) -> list[Recognition]:
    with use.database.reading() as session:
        return list(session.scalars(select(Recognition).order_by(Recognition.id)))


def test_an_officer_finds_the_product_and_enters_its_stars(use: Services) -> None:
    product = a_product(use, name_vi="Chè Tân Cương")
    officer = make_signed_in(use, Role.OFFICER)
    officer.get("/recognitions")
    assert 'class="empty"' in officer.page
    officer.get("/recognitions/new?q=che tan cuong")
    path = f"/recognitions/new/{product.public_id}"
    assert path in officer.page
    assert send(officer, path, RECOGNITION) == 303
    officer.get("/recognitions")
    assert "Chè Tân Cương" in officer.page
    assert "81,5 điểm" in officer.page
    assert "đến 26/06/2029" in officer.page
    assert "OCOP 4 sao" in officer.page


def test_the_product_search_says_when_nothing_matches(light_use: Services) -> None:
    a_product(light_use, key=InternalCode("THOC"), is_intermediate=True, name_vi="Thóc")
    officer = make_signed_in(light_use, Role.OFFICER)
    officer.get("/recognitions/new?q=thoc")
    assert "Không có sản phẩm này" in officer.page
    assert officer.get("/recognitions/new/nobody").status_code == 404


@pytest.mark.parametrize("role", [Role.PRODUCER, Role.INSPECTOR, Role.ADMINISTRATOR])
def test_only_officers_reach_the_board(light_use: Services, role: Role) -> None:
    product = a_product(light_use)
    browser = make_signed_in(light_use, role)
    for path in ("", "/new", f"/new/{product.public_id}"):
        assert browser.get(f"/recognitions{path}").status_code == 403
    browser.get("/account")
    path = f"/recognitions/new/{product.public_id}"
    assert browser.post(path, RECOGNITION).status_code == 403
    assert not stored(light_use)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"stars": "6"}, "Chỉ hạng 3, 4 và 5 sao"),
        ({"stars": "2", "points": "35"}, "Chỉ hạng 3, 4 và 5 sao"),
        ({"stars": "5"}, "ứng với 4 sao"),
        ({"points": "100,01"}, "0 đến 100"),
        ({"points": "69.9"}, ""),
        ({"stars": "5", "points": "92"}, "cấp này không công nhận hạng 5 sao"),
        ({"recognised_by": "district"}, "cấp này không công nhận"),
        ({"recognised_by": "king"}, ""),
        ({"issued": "30/02/2026"}, ""),
        ({"issued": "23/11/2026"}, "không thể sau hôm nay"),
        ({"issued": "01/01/2023"}, "24/02/2023"),
        ({"rules": "148/QĐ-TTg", "issued": "22/07/2026"}, "148/QĐ-TTg"),
        ({"rules": "1/QĐ"}, ""),
        ({"decision_no": ""}, ""),
        ({"decided_by": "UBND\u200b"}, "U+200B"),
        ({"scope": "x" * 201}, ""),
    ],
)
def test_a_rating_that_does_not_hold_together_is_refused(
    light_use: Services, changed: dict[str, str], said: str
) -> None:
    product = a_product(light_use)
    officer = make_signed_in(light_use, Role.OFFICER)
    path = f"/recognitions/new/{product.public_id}"
    assert send(officer, path, RECOGNITION | changed) == 422
    assert said in officer.page
    assert "aria-invalid" in officer.page
    assert 'value="SAMPLE-OCOP-003"' in officer.page
    assert not stored(light_use)


def test_the_same_decision_twice_is_a_conflict(light_use: Services) -> None:
    product = a_product(light_use)
    officer = make_signed_in(light_use, Role.OFFICER)
    path = f"/recognitions/new/{product.public_id}"
    assert send(officer, path, RECOGNITION) == 303
    assert send(officer, path, RECOGNITION) == 409
    assert len(stored(light_use)) == 1


def test_a_correction_and_a_withdrawal_are_new_versions(use: Services) -> None:
    product = a_product(use)
    officer = make_signed_in(use, Role.OFFICER)
    send(officer, f"/recognitions/new/{product.public_id}", RECOGNITION)
    [made] = stored(use)
    path = f"/recognitions/{made.public_id}"
    officer.get(f"{path}/edit")
    assert 'value="81,5"' in officer.page
    assert send(officer, f"{path}/edit", RECOGNITION | {"points": "82"}) == 303
    late = {"withdrawn_on": "23/11/2026", "reason": "b"}
    assert send(officer, f"{path}/withdraw", late) == 422
    assert send(officer, f"{path}/withdraw", late | {"reason": "z"}) == 422
    assert (
        send(officer, f"{path}/withdraw", late | {"withdrawn_on": "10/09/2026"}) == 303
    )
    with use.database.reading() as session:
        versions = session.scalars(select(SignedRecord.version)).all()
    assert sorted(versions) == [1, 2, 3]
    officer.get("/recognitions")
    assert "Đã thu hồi" in officer.page
    assert "không còn đạt tiêu chí" in officer.page
    assert officer.get(f"{path}/withdraw").status_code == 409
    assert officer.get(f"{path}/edit").status_code == 409


def test_another_authority_reads_but_changes_nothing(use: Services) -> None:
    product = a_product(use)
    officer = make_signed_in(use, Role.OFFICER)
    send(officer, f"/recognitions/new/{product.public_id}", RECOGNITION)
    [made] = stored(use)
    home = make_organisation(use, OrganisationKind.AUTHORITY, "Sở mẫu 2")
    other = make_signed_in(use, Role.OFFICER, "khac@example.com", home)
    other.get("/recognitions")
    assert "Gạo mẫu 1" in other.page
    assert "/edit" not in other.page
    for action in ("edit", "withdraw"):
        assert other.get(f"/recognitions/{made.public_id}/{action}").status_code == 403
    assert other.get("/recognitions/nobody/edit").status_code == 404


def test_the_board_searches_and_filters_by_todays_standing(light_use: Services) -> None:
    officer = make_signed_in(light_use, Role.OFFICER)
    old = {"issued": "20/06/2023", "stars": "3", "points": "51"} | {
        "recognised_by": "district",
    }
    for number, changed in ((1, {}), (2, old)):
        product = a_product(light_use, number)
        numbers = {"decision_no": f"QD-{number}", "certificate_no": f"C-{number}"}
        path = f"/recognitions/new/{product.public_id}"
        assert send(officer, path, RECOGNITION | changed | numbers) == 303
    officer.get("/recognitions?state=expired")
    assert "QD-2" in officer.page
    assert "QD-1" not in officer.page
    assert "từ 21/06/2026" in officer.page
    officer.get("/recognitions?q=hop tac xa mau 1")
    assert "QD-1" in officer.page
    assert "QD-2" not in officer.page
    officer.get("/recognitions?q=khong co")
    assert 'class="empty"' in officer.page
    officer.get("/recognitions?state=nonsense&q=%F0%9F%8C%BE")
    assert 'class="empty"' in officer.page
