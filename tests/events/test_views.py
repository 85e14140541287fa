"""A clerk keeps the diary with nothing but forms."""

import io
import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from tests.accounts.make_accounts import PASSWORD, make_person
from tests.batches.make_batches import GTINS, make_product, make_site
from tests.web.make_web import Browser, make_app, make_services
from traceability.core.permissions import Role
from traceability.core.ports import Clock
from traceability.db.database import Database
from traceability.events.kinds import kinds
from traceability.events.models import TraceEvent
from traceability.events.queries import elements_of, signed_event
from traceability.web.context import Services

PDF = b"%PDF-1.4\n1 0 obj\nendobj\n%%EOF\n"


@pytest.fixture
def use(tmp_path: Path, sqlite_database: Database, clock: Clock) -> Services:
    return make_services(tmp_path / "home", sqlite_database, clock)


@pytest.fixture
def app(use: Services) -> Flask:
    return make_app(use)


class Clerk(Browser):
    """A producer's clerk with one product, one place and one draft lot."""

    site: str
    lot: str


def make_clerk(use: Services, app: Flask, number: int = 0) -> Clerk:
    login = f"chu-the-{number}@example.com"
    person = make_person(use, Role.PRODUCER, login)
    clerk = Clerk(app)
    with use.database.transaction() as session:
        owner = person.organisation_id
        product = make_product(session, use.clock, owner, gtin=GTINS[number])
        product.ocop_set = "rice-grain"
        product_id = product.public_id
        clerk.site = make_site(session, use.clock, owner).public_id
    clerk.sign_in(login, PASSWORD)
    clerk.get("/batches/new")
    lot = {"product": product_id, "site": clerk.site, "unit": "KGM"}
    made = {"production_date": "20/11/2026", "quantity": "100", "lot_number": "BT-1"}
    assert clerk.post("/batches/new", {**lot, **made}).status_code == 303
    clerk.lot = f"https://tx.example/01/{GTINS[number]}/10/BT-1"
    return clerk


@pytest.fixture
def clerk(use: Services, app: Flask) -> Clerk:
    return make_clerk(use, app)


def entered(use: Services) -> list[TraceEvent]:
    with use.database.reading() as session:
        return list(session.scalars(select(TraceEvent).order_by(TraceEvent.id)))


def harvest(clerk: Clerk, **changes: str) -> dict[str, str]:
    typed = {"day": "20/11/2026", "clock": "7:30", "site": clerk.site}
    said = {"output_lot": clerk.lot, "plot": "Thửa 1", "qty": "1.200,5"}
    return {**typed, **said, "qty_unit": "KGM", "harvesters": "Nhóm mẫu", **changes}


def test_an_empty_diary_says_what_to_do(clerk: Clerk) -> None:
    clerk.get("/diary")
    assert "Chưa ghi việc nào" in clerk.page
    assert "Ghi việc đầu tiên" in clerk.page


def test_the_steps_shown_are_those_of_the_products_chain(clerk: Clerk) -> None:
    clerk.get(f"/diary/new?lot={clerk.lot}")
    steps = re.findall(r"/diary/new/(\w+)\?", clerk.page)
    first = steps[: steps.index("pack") + 1]
    assert first == [
        *("planting", "input_use", "harvest", "primary_process"),
        *("milling", "test", "pack"),
    ]
    assert "phơi, sấy" in clerk.page
    assert "inspect" not in steps


def test_every_form_opens(clerk: Clerk) -> None:
    for kind in kinds():
        status = clerk.get(f"/diary/new/{kind.id}").status_code
        closed = kind.id in {"farm_setup", "recall", "inspect"}
        assert status == (404 if closed else 200), kind.id
    assert clerk.get("/diary/new/dance").status_code == 404


def test_a_harvest_is_written_down_and_the_lot_born_once(
    use: Services, clerk: Clerk
) -> None:
    clerk.get(f"/diary/new/harvest?lot={clerk.lot}")
    assert clerk.post("/diary/new/harvest", harvest(clerk)).status_code == 303
    [event] = entered(use)
    with use.database.reading() as session:
        elements = elements_of(session, event)
        shown = signed_event(session, event)
    assert elements["qty"] == {"value": "1200.5", "unitCode": "KGM"}
    assert elements["commune"]["communeCode"] == "05587"
    assert elements["harvesters"] == "Nhóm mẫu"
    assert "harvesters" not in shown.values
    clerk.get(f"/diary?lot={clerk.lot}")
    assert "Thu hoạch" in clerk.page
    assert "20/11/2026 07:30" in clerk.page
    clerk.get(f"/diary/new/harvest?lot={clerk.lot}")
    again = clerk.post("/diary/new/harvest", harvest(clerk, plot="Thửa 9"))
    assert again.status_code == 409
    assert "Thửa 9" in clerk.page


def test_a_refused_form_keeps_what_was_typed(use: Services, clerk: Clerk) -> None:
    clerk.get("/diary/new/ship")
    typed = harvest(clerk, day="30/11/2026", to_party="Bên mẫu", lot=clerk.lot)
    assert clerk.post("/diary/new/ship", typed).status_code == 422
    assert "Thời điểm này chưa đến" in clerk.page
    assert "Bên mẫu" in clerk.page
    assert clerk.post("/diary/new/ship", {**typed, "site": ""}).status_code == 422
    assert entered(use) == []


def test_the_place_of_the_last_entry_is_remembered(clerk: Clerk) -> None:
    clerk.get("/diary/new/harvest")
    assert (
        "selected" not in clerk.page.partition('id="site"')[2].partition("</select>")[0]
    )
    clerk.post("/diary/new/harvest", harvest(clerk))
    clerk.get("/diary/new/store")
    assert f'value="{clerk.site}" selected' in clerk.page


def test_an_entry_is_put_right_struck_through_and_shown_late(
    use: Services, clerk: Clerk
) -> None:
    clerk.get("/diary/new/harvest")
    clerk.post("/diary/new/harvest", harvest(clerk, day="01/11/2026"))
    [event] = entered(use)
    page = f"/diary/{event.uuid}"
    clerk.get(page)
    assert "ghi muộn: 22/11/2026" in clerk.page
    clerk.get(f"{page}/correct")
    assert 'value="1.200,5"' in clerk.page
    assert clerk.post(f"{page}/correct", harvest(clerk)).status_code == 422
    right = harvest(clerk, qty="1.100", note="Cân nhầm")
    assert clerk.post(f"{page}/correct", right).status_code == 303
    clerk.get(page)
    assert "<s>Thu hoạch" in clerk.page
    assert "Cân nhầm" in clerk.page
    _, second = entered(use)
    assert f"/diary/{second.uuid}" in clerk.page
    clerk.get(f"/diary/{second.uuid}/wrong")
    clerk.post(f"/diary/{second.uuid}/wrong", {"note": "Không có thật"})
    assert [one.error_reason for one in entered(use)] == [
        "incorrect_data",
        "did_not_occur",
    ]


def test_evidence_is_kept_handed_out_and_erased(use: Services, clerk: Clerk) -> None:
    clerk.get("/diary/new/test")
    said = {"day": "20/11/2026", "site": clerk.site, "lot": clerk.lot}
    result = {"lab": "Phòng mẫu", "report_no": "KN-1", "result": "pass"}
    form = {**said, **result, "file": (io.BytesIO(PDF), "phieu.pdf")}
    assert clerk.post("/diary/new/test", form).status_code == 303
    [event] = entered(use)
    answer = clerk.get(f"/diary/{event.uuid}/file")
    assert (answer.data, answer.mimetype) == (PDF, "application/pdf")
    assert "attachment" in answer.headers["Content-Disposition"]
    fake = {**form, "file": (io.BytesIO(b"<svg/>"), "phieu.pdf")}
    clerk.get("/diary/new/test")
    assert clerk.post("/diary/new/test", fake).status_code == 415
    clerk.get(f"/diary/{event.uuid}/correct")
    right = {**said, **result, "report_no": "KN-2", "note": "Nhầm số phiếu"}
    assert clerk.post(f"/diary/{event.uuid}/correct", right).status_code == 303
    _, second = entered(use)
    for uuid, after in ((event.uuid, 200), (second.uuid, 404)):
        clerk.get(f"/diary/{uuid}/erase")
        assert clerk.post(f"/diary/{uuid}/erase", {}).status_code == 303
        assert clerk.get(f"/diary/{uuid}/file").status_code == 404
        assert clerk.get(f"/diary/{second.uuid}/file").status_code == after


def test_nobody_reads_or_corrects_anothers_diary(
    use: Services, app: Flask, clerk: Clerk
) -> None:
    clerk.get("/diary/new/harvest")
    clerk.post("/diary/new/harvest", harvest(clerk))
    [event] = entered(use)
    other = make_clerk(use, app, 1)
    other.get("/diary")
    assert "Chưa ghi việc nào" in other.page
    for end in ("", "/wrong", "/correct", "/erase", "/file"):
        assert other.get(f"/diary/{event.uuid}{end}").status_code == 404
    other.get("/diary")
    assert other.post(f"/diary/{event.uuid}/erase", {}).status_code == 404
    foreign = harvest(other, output_lot=clerk.lot)
    other.get("/diary/new/harvest")
    assert other.post("/diary/new/harvest", foreign).status_code == 422
    assert other.get(f"/diary?site={clerk.site}").status_code == 404


def test_a_received_lot_is_offered_like_ones_own(
    use: Services, app: Flask, clerk: Clerk
) -> None:
    address = re.findall(r"/batches/([0-9a-z]{26})", clerk.get("/batches").text)[0]
    clerk.get(f"/batches/{address}")
    assert clerk.post(f"/batches/{address}/issue", {}).status_code == 303
    shop = make_clerk(use, app, 1)
    shop.get("/diary/new/receive")
    taken = {"day": "21/11/2026", "site": shop.site, "lot": clerk.lot, "qty": "5"}
    said = {**taken, "qty_unit": "KGM", "from_party": "HTX mẫu"}
    assert shop.post("/diary/new/receive", said).status_code == 303
    shop.get("/diary/new/retail")
    assert clerk.lot in shop.page
    sold = {"day": "21/11/2026", "site": shop.site, "lot": clerk.lot, "channel": "shop"}
    assert shop.post("/diary/new/retail", sold).status_code == 303
    clerk.get("/diary")
    assert "Bên khác ghi" not in clerk.page
    clerk.get(f"/diary?lot={clerk.lot}")
    assert clerk.page.count("Bên khác ghi: ") == 2
    record = re.findall(r'href="(/records/[0-9a-z]{26})"', clerk.page)[0]
    assert clerk.get(record).status_code == 200
    shop.get(f"/diary?lot={clerk.lot}")
    assert "Bên khác ghi" not in shop.page


def test_several_sources_are_written_line_by_line_and_put_right_the_same_way(
    use: Services, clerk: Clerk
) -> None:
    clerk.get("/diary/new/process")
    said = {"day": "20/11/2026", "site": clerk.site, "output_lot": clerk.lot}
    amounts = {"qty_in": "70", "qty_in_unit": "KGM", "qty_out": "60"}
    lines = {
        "input_lots-0-other": "Thóc của hộ ngoài",
        "input_lots-0-amount": "70",
        "input_lots-0-unit": "KGM",
        "by_products": "Cám",
        "by_products_amount": "8,5",
        "by_products_unit": "KGM",
    }
    paper = {"qty_out_unit": "KGM", "method": "Xay", "food_safety_cert": "ATTP-1"}
    form = said | amounts | lines | paper
    without = {**form, "input_lots-0-unit": ""}
    assert clerk.post("/diary/new/process", without).status_code == 422
    assert "Đơn vị này không dùng được ở đây" in clerk.page
    nothing = {**form, "input_lots-0-other": ""}
    assert clerk.post("/diary/new/process", nothing).status_code == 422
    assert "Hãy cho biết đã dùng lô nào" in clerk.page
    clerk.post("/diary/new/process", {**form, "action": "add-line"})
    assert clerk.page.count('name="input_lots-3-other"') == 1
    assert "Thóc của hộ ngoài" in clerk.page
    assert entered(use) == []
    assert clerk.post("/diary/new/process", form).status_code == 303
    [event] = entered(use)
    with use.database.reading() as session:
        elements = elements_of(session, event)
    seventy = {"value": "70", "unitCode": "KGM"}
    assert elements["input_lots"][0]["quantity"] == seventy
    assert elements["by_products"] == [
        {"lot": "Cám", "quantity": {"value": "8.5", "unitCode": "KGM"}}
    ]
    assert elements["facility"] == "Cơ sở mẫu"
    clerk.get(f"/diary/{event.uuid}/correct")
    assert 'value="Thóc của hộ ngoài"' in clerk.page
    assert 'value="8,5"' in clerk.page
    right = {**form, "method": "Xay lại", "note": "Nhầm cách làm"}
    assert clerk.post(f"/diary/{event.uuid}/correct", right).status_code == 303
    assert len(entered(use)) == 2


def test_what_the_withdrawal_rule_judges_by_is_asked_in_the_open(clerk: Clerk) -> None:
    clerk.get("/diary/new/input_use")
    opened, folded = clerk.page.split('<details class="more"')
    for name in ("withdrawal_days", "last_use_date"):
        assert f'name="{name}"' in opened
        assert f'name="{name}"' not in folded
    assert 'name="dose"' in folded


def test_every_entry_opens_to_be_put_right(use: Services, clerk: Clerk) -> None:
    clerk.get("/diary/new/input_use")
    said = {"day": "20/11/2026", "site": clerk.site, "plot": "Thửa 1"}
    used = {"input_name": "Phân mẫu", "input_kind": "fertiliser"}
    days = {"withdrawal_days": "7", "last_use_date": "19/11/2026", "withdrawal_ok": "1"}
    form = said | used | days
    assert clerk.post("/diary/new/input_use", form).status_code == 303
    [event] = entered(use)
    clerk.get(f"/diary/{event.uuid}/correct")
    for text in ('value="7"', 'value="19/11/2026"', 'value="fertiliser" selected'):
        assert text in clerk.page
    clerk.get(f"/diary/{event.uuid}")
    assert "phân bón" in clerk.page
    clerk.get(f"/diary?site={clerk.site}")
    assert "Nhật ký: Cơ sở mẫu" in clerk.page
    for address in ("/diary?page=0", "/diary?page=x", "/diary?lot=X", "/diary?site=X"):
        assert clerk.get(address).status_code == 404, address
