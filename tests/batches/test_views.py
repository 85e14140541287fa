"""A clerk enters, issues, corrects and recalls a lot with nothing but forms."""

import re
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from tests.accounts.make_accounts import PASSWORD, make_person, make_signed_in
from tests.batches.make_batches import GTINS, make_product, make_site
from tests.web.make_web import Browser
from traceability.accounts.models import Person
from traceability.batches.models import Batch, BatchInput, BatchState
from traceability.catalog.models import Product
from traceability.core.permissions import Role
from traceability.web.context import Services


class Clerk(Browser):
    """A producer's clerk with one product and one place."""

    product: str
    site: str


def make_clerk(use: Services, app: Flask, number: int = 0) -> Clerk:
    login = f"chu-the-{number}@example.com"
    person = make_person(use, Role.PRODUCER, login)
    clerk = Clerk(app)
    with use.database.transaction() as session:
        owner = person.organisation_id
        product = make_product(session, use.clock, owner, gtin=GTINS[number])
        clerk.product = product.public_id
        clerk.site = make_site(session, use.clock, owner).public_id
    clerk.sign_in(login, PASSWORD)
    return clerk


@pytest.fixture
def clerk(use: Services, app: Flask) -> Clerk:
    return make_clerk(use, app)


def form_of(clerk: Clerk, **changes: str) -> dict[str, str]:
    return {
        "product": clerk.product,
        "site": clerk.site,
        "production_date": "20/11/2026",
        "quantity": "1.234,5",
        "unit": "KGM",
        **changes,
    }


def entered(use: Services, clerk: Clerk, **changes: str) -> str:
    """Enter a lot; return its public id."""
    clerk.get("/batches/new")
    response = clerk.post("/batches/new", form_of(clerk, **changes))
    assert response.status_code == 303, clerk.page
    return str(response.location.rpartition("/")[2])


def issued(use: Services, clerk: Clerk, **changes: str) -> str:
    public_id = entered(use, clerk, **changes)
    clerk.get(f"/batches/{public_id}")
    assert clerk.post(f"/batches/{public_id}/issue").status_code == 303
    return public_id


def stored(use: Services) -> list[Batch]:
    with use.database.reading() as session:
        return list(session.scalars(select(Batch).order_by(Batch.id)))


def test_an_empty_list_leads_to_the_first_lot(clerk: Clerk) -> None:
    clerk.get("/batches")
    assert "Tạo lô đầu tiên" in clerk.page
    assert 'href="/batches/new"' in clerk.page


def test_a_lot_is_entered_looked_over_and_issued(use: Services, clerk: Clerk) -> None:
    public_id = entered(use, clerk)
    clerk.get(f"/batches/{public_id}")
    assert "261120-01" in clerk.page
    assert "1.234,5 kg" in clerk.page
    assert "Cấp lô" in clerk.page
    assert clerk.post(f"/batches/{public_id}/issue").status_code == 303
    [batch] = stored(use)
    assert batch.state == BatchState.ISSUED.value
    clerk.get(f"/batches/{public_id}")
    assert "Cấp lô" not in clerk.page
    assert batch.digital_link in clerk.page
    clerk.get("/batches?state=issued&q=261120")
    assert "Lô 261120-01" in clerk.page


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"production_date": "30/02/2026"}, "Không có ngày này"),
        ({"production_date": "23/11/2026"}, "Ngày này chưa đến"),
        ({"packaging_date": "19/11/2026"}, "trước khi đóng gói"),
        ({"expiry": "19/11/2026"}, "hết hạn trước khi đóng gói"),
        ({"quantity": "0"}, "lớn hơn"),
        ({"quantity": "-5"}, ""),
        ({"quantity": "12kg"}, ""),
        ({"quantity": "1000000000000000000"}, ""),
        ({"unit": "Kg"}, ""),
        ({"lot_number": "LÔ 1"}, "0-9, A-Z"),
        ({"lot_number": "A" * 21}, "0-9, A-Z"),
        ({"variety": "a\u200bb"}, "U+200B"),
        ({"inputs-0-source": "nobody", "inputs-0-quantity": "1"}, ""),
    ],
)
def test_a_refused_form_keeps_what_was_typed(
    use: Services, clerk: Clerk, changes: dict[str, str], words: str
) -> None:
    clerk.get("/batches/new")
    sent = form_of(clerk, variety="Giống mẫu <b>") | changes
    if "inputs-0-quantity" in sent:
        sent["inputs-0-unit"] = "KGM"
    response = clerk.post("/batches/new", sent)
    assert response.status_code == 422
    assert words in clerk.page
    assert 'class="error"' in clerk.page
    if "variety" not in changes:
        assert 'value="Giống mẫu &lt;b&gt;"' in clerk.page
    for name, value in changes.items():
        if name not in {"unit", "inputs-0-source", "variety"}:
            assert f'name="{name}" type="text" value="{value}"' in clerk.page
    assert stored(use) == []


def test_more_lines_keep_everything_and_judge_nothing(
    use: Services, clerk: Clerk
) -> None:
    clerk.get("/batches/new")
    typed = {
        "inputs-0-outside": "Lá chè tươi",
        "inputs-0-quantity": "abc",
        "production_date": "chưa biết",
        "action": "add-input",
    }
    response = clerk.post("/batches/new", form_of(clerk, **typed))
    assert response.status_code == 200
    assert 'class="error"' not in clerk.page
    assert 'value="Lá chè tươi"' in clerk.page
    assert 'value="chưa biết"' in clerk.page
    assert 'name="inputs-3-quantity"' in clerk.page
    assert stored(use) == []


def test_inputs_of_every_kind_are_stored(
    use: Services, app: Flask, clerk: Clerk
) -> None:
    issued(use, clerk, lot_number="LA-1")
    other = make_clerk(use, app, 1)
    issued(use, other, lot_number="MUA-1")
    mine, theirs = stored(use)
    lines = {
        "inputs-0-source": mine.public_id,
        "inputs-2-other": theirs.digital_link,
        "inputs-5-outside": "Lá chè tươi",
        "inputs-5-supplier": "Hộ cung cấp mẫu",
    }
    for line in (0, 2, 5):
        lines |= {f"inputs-{line}-quantity": "1.000", f"inputs-{line}-unit": "KGM"}
    public_id = issued(use, clerk, lot_number="CHE-1", **lines)
    with use.database.reading() as session:
        rows = session.scalars(select(BatchInput).order_by(BatchInput.position)).all()
        assert [row.source_id for row in rows] == [mine.id, theirs.id, None]
    clerk.get(f"/batches/{public_id}")
    assert "Hộ cung cấp mẫu" in clerk.page
    clerk.get(f"/batches/{mine.public_id}")
    assert "CHE-1" in clerk.page


def test_more_out_than_in_asks_for_a_reason_and_keeps_the_form(
    use: Services, clerk: Clerk
) -> None:
    clerk.get("/batches/new")
    line = {
        "inputs-0-outside": "Bột gạo",
        "inputs-0-quantity": "100",
        "inputs-0-unit": "KGM",
    }
    response = clerk.post("/batches/new", form_of(clerk, **line))
    assert response.status_code == 409
    assert "100 kg" in clerk.page
    assert "1.234,5 kg" in clerk.page
    assert 'value="Bột gạo"' in clerk.page
    assert 'href="#exceptions"' in clerk.page
    assert '<details id="exceptions" open>' in clerk.page
    line["override_reason"] = "Thêm nước khi tráng"
    response = clerk.post("/batches/new", form_of(clerk, **line))
    assert response.status_code == 303


def test_the_next_form_starts_from_the_last_lot(use: Services, clerk: Clerk) -> None:
    public_id = entered(use, clerk, unit="TNE", variety="LDP1", quantity="2")
    for address in ("/batches/new", f"/batches/new?like={public_id}"):
        clerk.get(address)
        assert f'<option value="{clerk.product}" selected>' in clerk.page
        assert f'<option value="{clerk.site}" selected>' in clerk.page
        assert '<option value="TNE" selected>' in clerk.page
        assert ('value="LDP1"' in clerk.page) is ("like" in address)


def test_a_draft_is_changed_and_thrown_away(use: Services, clerk: Clerk) -> None:
    public_id = entered(use, clerk)
    clerk.get(f"/batches/{public_id}/edit")
    assert 'value="1.234,5"' in clerk.page
    assert 'value="20/11/2026"' in clerk.page
    sent = form_of(clerk, lot_number="261120-01", quantity="90")
    assert clerk.post(f"/batches/{public_id}/edit", sent).status_code == 303
    assert stored(use)[0].amount == 90
    clerk.get(f"/batches/{public_id}/delete")
    assert clerk.post(f"/batches/{public_id}/delete").status_code == 303
    assert stored(use) == []


def test_an_issued_lot_is_neither_edited_nor_deleted(
    use: Services, clerk: Clerk
) -> None:
    public_id = issued(use, clerk)
    clerk.get(f"/batches/{public_id}/edit")
    sent = form_of(clerk, lot_number="261120-01", quantity="90")
    assert clerk.post(f"/batches/{public_id}/edit", sent).status_code == 409
    clerk.get(f"/batches/{public_id}/delete")
    assert clerk.post(f"/batches/{public_id}/delete").status_code == 409
    assert str(stored(use)[0].amount) == "1234.5"


def test_a_lot_is_issued_once(use: Services, clerk: Clerk) -> None:
    public_id = entered(use, clerk)
    clerk.get(f"/batches/{public_id}")
    page = clerk.page
    assert clerk.post(f"/batches/{public_id}/issue").status_code == 303
    clerk.page = page
    assert clerk.post(f"/batches/{public_id}/issue").status_code == 409
    assert 'role="alert"' in clerk.page


def test_a_correction_is_looked_over_then_signed(use: Services, clerk: Clerk) -> None:
    public_id = issued(use, clerk)
    address = f"/batches/{public_id}/correct"
    clerk.get(address)
    sent = form_of(clerk, lot_number="261120-01", quantity="95")
    assert clerk.post(address, sent).status_code == 422
    sent["reason"] = "Cân lại"
    assert clerk.post(address, sent).status_code == 200
    assert "95 kg" in clerk.page
    assert str(stored(use)[0].amount) == "1234.5"
    assert clerk.post(address, {**sent, "back": "1"}).status_code == 200
    assert 'value="95"' in clerk.page
    assert clerk.post(address, {**sent, "confirmed": "1"}).status_code == 303
    assert stored(use)[0].amount == 95
    clerk.get(f"/batches/{public_id}")
    assert "phiên bản 2" in clerk.page


NOTICE = {"reason_vi": "Túi hở, có mốc", "advice_vi": "Mang trả nơi mua"}


def test_a_recall_is_looked_over_then_signed(use: Services, clerk: Clerk) -> None:
    public_id = issued(use, clerk)
    address = f"/batches/{public_id}/recall"
    clerk.get(address)
    assert clerk.post(address, {"advice_vi": "x"}).status_code == 422
    assert clerk.post(address, NOTICE).status_code == 200
    assert "Ký lệnh thu hồi" in clerk.page
    assert stored(use)[0].state == BatchState.ISSUED.value
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', clerk.page))
    assert hidden["reason_vi"] == NOTICE["reason_vi"]
    assert clerk.post(address, {**NOTICE, "back": "1"}).status_code == 200
    assert NOTICE["reason_vi"] in clerk.page
    assert clerk.post(address, {**NOTICE, "confirmed": "1"}).status_code == 303
    assert stored(use)[0].state == BatchState.RECALLED.value
    clerk.get(f"/batches/{public_id}")
    assert NOTICE["reason_vi"] in clerk.page
    assert clerk.post(address, {**NOTICE, "confirmed": "1"}).status_code == 409


def test_an_officer_lists_and_holds_every_issued_lot_but_sees_no_draft(
    use: Services, app: Flask, clerk: Clerk
) -> None:
    public_id = issued(use, clerk, lot_number="CHE-9")
    draft = entered(use, clerk, lot_number="NHAP-1")
    make_person(use, Role.OFFICER, "can-bo@example.com")
    officer = Browser(app)
    officer.sign_in("can-bo@example.com", PASSWORD)
    officer.get("/batches")
    assert "CHE-9" in officer.page
    assert "NHAP-1" not in officer.page
    assert officer.get(f"/batches/{draft}").status_code == 404
    officer.get(f"/batches/{public_id}")
    officer.get(f"/batches/{public_id}/hold")
    sent = {**NOTICE, "confirmed": "1"}
    assert officer.post(f"/batches/{public_id}/hold", sent).status_code == 303
    clerk.get(f"/batches/{public_id}/release")
    release = f"/batches/{public_id}/release"
    assert clerk.post(release, sent).status_code == 403
    officer.get(release)
    assert officer.post(release, sent).status_code == 303


def test_another_producer_finds_nothing_of_a_lot(
    use: Services, app: Flask, clerk: Clerk
) -> None:
    draft = entered(use, clerk, lot_number="MINE-1")
    public = issued(use, clerk, lot_number="MINE-2")
    other = make_clerk(use, app, 1)
    other.get("/batches")
    assert "MINE" not in other.page
    pages = ("", "/edit", "/delete", "/correct", "/hold", "/recall", "/release")
    for public_id in (draft, public):
        for page in pages:
            address = f"/batches/{public_id}{page}"
            assert other.get(address).status_code == 404
            if page:
                other.get("/batches/new")
                sent = {**form_of(other), **NOTICE, "confirmed": "1"}
                assert other.post(address, sent).status_code == 404
        other.get("/batches/new")
        assert other.post(f"/batches/{public_id}/issue").status_code == 404
        assert other.get(f"/batches/new?like={public_id}").status_code == 404
    sent = form_of(other) | {"product": clerk.product}
    other.get("/batches/new")
    assert other.post("/batches/new", sent).status_code == 404


def test_nobody_enters_without_signing_in(app: Flask) -> None:
    stranger = Browser(app)
    for address in ("/batches", "/batches/new", "/batches/x"):
        response = stranger.get(address)
        assert response.status_code == 303
        assert "/sign-in" in response.location


@pytest.mark.parametrize(
    "query", ["page=-1", "page=0", "page=1e9", "page=99999999", "page=٣", "state=x"]
)
def test_a_list_asked_for_wrongly_is_not_there(clerk: Clerk, query: str) -> None:
    assert clerk.get(f"/batches?{query}").status_code == 404


def test_names_are_shown_as_typed_never_as_markup(use: Services, clerk: Clerk) -> None:
    for variety in ("<script>alert(1)</script>", "{{7*7}}", "' OR 1=1--"):
        public_id = entered(use, clerk, variety=variety)
        clerk.get(f"/batches/{public_id}")
        assert "<script>alert" not in clerk.page
        assert "{{7*7}}" in clerk.page or variety != "{{7*7}}"
    assert [one.variety for one in stored(use)][2] == "' OR 1=1--"


def test_a_new_lot_keeps_as_long_as_its_product(use: Services, clerk: Clerk) -> None:
    with use.database.transaction() as session:
        product = session.scalars(select(Product)).one()
        product.shelf_life_days = 30
    entered(use, clerk)
    entered(use, clerk, packaging_date="22/11/2026", expiry="1/12/2026")
    entered(use, clerk, best_before="1/12/2026")
    ends = [batch.expiry for batch in stored(use)]
    assert ends == [date(2026, 12, 20), date(2026, 12, 1), None]


def test_units_show_what_they_stand_for(clerk: Clerk) -> None:
    clerk.get("/batches/new")
    assert "tạ (100 kg)" in clerk.page


def test_a_form_without_products_or_places_says_what_to_add_first(
    use: Services, app: Flask
) -> None:
    newcomer = make_signed_in(use, Role.PRODUCER, "moi@example.com")
    newcomer.get("/batches/new")
    assert 'href="/products/new"' in newcomer.page
    with use.database.transaction() as session:
        person = session.scalars(select(Person)).one()
        make_product(session, use.clock, person.organisation_id, gtin=GTINS[2])
    newcomer.get("/batches/new")
    assert 'href="/sites/new"' in newcomer.page
