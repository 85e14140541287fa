"""The pages of stock: pictures, measures, a test page, a printer set in two numbers."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pypdfium2
import pytest
from sqlalchemy import select

from tests.accounts.make_accounts import make_organisation, make_signed_in
from tests.batches.make_batches import Producer, make_batch, make_producer
from tests.conftest import FixedClock
from tests.labels.make_stocks import FORM, ROLL
from tests.web.make_web import Browser, make_services
from traceability.accounts.models import Organisation
from traceability.batches.models import Batch
from traceability.core.permissions import Role
from traceability.db.database import Database
from traceability.labels.models import LabelRun
from traceability.labels.queries import job_of
from traceability.labels.stock import STOCKS
from traceability.labels.stocks.models import LabelStock, PrinterProfile
from traceability.records.notary import notary_of
from traceability.web.context import Services


@pytest.fixture
def use(tmp_path: Path, sqlite_database: Database, clock: FixedClock) -> Services:
    return make_services(tmp_path / "home", sqlite_database, clock)


@pytest.fixture
def producer(use: Services) -> Producer:
    with use.database.transaction() as session:
        return make_producer(session, use.clock)


@pytest.fixture
def browser(use: Services, producer: Producer) -> Browser:
    with use.database.reading() as session:
        mine = session.get_one(Organisation, producer.actor.organisation_id)
    return make_signed_in(use, organisation=mine)


@pytest.fixture
def batch(use: Services, producer: Producer) -> Batch:
    with use.database.transaction() as session:
        return make_batch(session, producer, notary_of(use), issued=True)


def _added(browser: Browser, form: dict[str, str] = FORM) -> str:
    browser.get("/label-stocks/new")
    response = browser.post("/label-stocks/new", form)
    assert response.status_code == 303, browser.page
    return str(response.headers["Location"])


def _measured(browser: Browser, **values: str) -> None:
    browser.get("/label-stocks/a4-24/printer")
    form = {"name": "Canon", "across": "149,5", "down": "200", **values}
    response = browser.post("/label-stocks/a4-24/printer", form)
    assert response.status_code == 303, browser.page


def test_every_stock_is_shown_by_a_picture_of_its_sheet(browser: Browser) -> None:
    browser.get("/label-stocks")
    for stock in STOCKS.values():
        assert stock.name.vi in browser.page
        assert f'href="/label-stocks/{stock.id}"' in browser.page
    assert browser.page.count("<svg") >= len(STOCKS)


def test_every_stock_has_a_page_and_a_test_page(browser: Browser) -> None:
    for stock_id, stock in STOCKS.items():
        browser.get(f"/label-stocks/{stock_id}")
        assert f"{stock.label_width:g}".replace(".", ",") in browser.page
        link = re.search(r'href="([^"]*test-page\.pdf[^"]*)"', browser.page)
        assert link
        response = browser.get(link[1].replace("&amp;", "&"))
        assert response.mimetype == "application/pdf"
        with pypdfium2.PdfDocument(response.get_data()) as document:
            width = document[0].get_width() * 25.4 / 72
        assert width == pytest.approx(stock.page_width, abs=0.01)


def test_own_stock_is_measured_shown_and_archived(
    use: Services, browser: Browser
) -> None:
    address = _added(browser)
    browser.get(address)
    assert "Decal 8 tem mẫu" in browser.page
    assert "99,1 × 67,7" in browser.page
    browser.get("/label-stocks")
    assert browser.page.index("Decal 8 tem mẫu") < browser.page.index("A4, 65 tem")
    browser.get(address)
    assert browser.post(f"{address}/archive").status_code == 303
    browser.get(address)
    assert "Đã cất" in browser.page
    with use.database.reading() as session:
        row = session.scalars(select(LabelStock)).one()
    assert row.archived_at == use.clock.now()


def test_a_roll_of_three_is_measured_without_what_rolls_lack(browser: Browser) -> None:
    browser.get(_added(browser, ROLL))
    assert "203, 300, 600 dpi" in browser.page
    assert "menu" in browser.page


WRONG_MEASURES = [
    ({"pitch_x": "90"}, "chồng lên nhau"),
    ({"columns": "3"}, "ra ngoài trang"),
    ({"rows": "50"}, "từ 1 đến 40"),
    ({"label_width": "rộng"}, ""),
    ({"name": ""}, ""),
]


def test_a_wrong_measure_is_said_beside_the_field_and_kept(
    use: Services, browser: Browser
) -> None:
    for wrong, text in WRONG_MEASURES:
        browser.get("/label-stocks/new")
        response = browser.post("/label-stocks/new", {**FORM, **wrong})
        assert response.status_code == 422, wrong
        assert 'aria-invalid="true"' in browser.page
        assert text in browser.page
        assert 'value="67,7"' in browser.page
    with use.database.reading() as session:
        assert session.scalar(select(LabelStock.id)) is None


def test_the_picture_is_drawn_from_what_is_typed_so_far(
    use: Services, browser: Browser
) -> None:
    shown = browser.get("/label-stocks/picture?kind=sheet&page_width=210")
    assert shown.status_code == 200
    assert "Chưa đúng" in browser.page
    browser.client.get("/label-stocks/new", base_url=browser.origin)
    response = browser.client.get(
        "/label-stocks/picture", query_string=FORM, base_url=browser.origin
    )
    assert "<svg" in response.get_data(as_text=True)
    assert "8 tem trên một trang" in response.get_data(as_text=True)
    browser.get("/label-stocks/new")
    browser.post("/label-stocks/new", {**FORM, "show": "1"})  # without JavaScript
    assert "8 tem trên một trang" in browser.page
    with use.database.reading() as session:
        assert session.scalar(select(LabelStock.id)) is None


def test_two_numbers_set_the_printer(use: Services, browser: Browser) -> None:
    _measured(browser)
    browser.get("/label-stocks/a4-24")
    assert "Canon" in browser.page
    assert "ngang 100,33 %" in browser.page
    link = re.search(r'href="([^"]*printer=[^"]*)"', browser.page)
    assert link
    assert browser.get(link[1].replace("&amp;", "&")).mimetype == "application/pdf"
    browser.get("/label-stocks/a4-65/printer")
    assert 'value="Canon"' in browser.page  # the printer is still the same
    with use.database.reading() as session:
        row = session.scalars(select(PrinterProfile)).one()
    assert row.calibration.scale_x == 0.99667


WRONG_NUMBERS = [
    ({"across": "140"}, "vừa trang"),
    ({"across": "149.5"}, "dấu phẩy"),
    ({"down": ""}, ""),
    ({"left": "60"}, "thanh chặn"),
    ({"left": "28"}, "ra ngoài trang"),
]


def test_a_wrong_number_is_said_beside_it(browser: Browser) -> None:
    path = "/label-stocks/a4-24/printer"
    for wrong, text in WRONG_NUMBERS:
        browser.get(path)
        form = {"name": "Canon", "across": "150", "down": "200", **wrong}
        assert browser.post(path, form).status_code == 422, wrong
        assert 'aria-invalid="true"' in browser.page
        assert text in browser.page


def test_a_printer_measured_for_the_sheet_is_chosen_from_then_on(
    browser: Browser, batch: Batch
) -> None:
    path = f"/batches/{batch.public_id}/labels"
    browser.get(path)
    assert 'name="printer"' not in browser.page
    first = "Chưa căn máy in nào"
    assert first in browser.page
    assert 'href="/label-stocks/a4-65"' in browser.page
    browser.get(f"{path}?stock=roll-50x30")
    assert first not in browser.page  # rolls are set in the printer's own menu
    _measured(browser)
    browser.get(path)
    assert first not in browser.page
    form = {"kind": "lot", "count": "1", "stock": "a4-24", "dpi": "300", "copies": "1"}
    assert browser.post(path, form).status_code == 303, browser.page
    browser.get(path)
    assert re.search(r'<option value="\w{26}" selected', browser.page)
    assert browser.page.index('name="printer"') < browser.page.index('name="dpi"')


def test_the_printer_is_chosen_again_with_the_stock(
    use: Services, browser: Browser, batch: Batch
) -> None:
    _measured(browser)
    with use.database.reading() as session:
        printer = session.scalars(select(PrinterProfile.public_id)).one()
    chosen = f'<option value="{printer}" selected'
    path = f"/batches/{batch.public_id}/labels"
    browser.get(path)
    assert 'name="set_for" value="a4-65"' in browser.page
    assert chosen not in browser.page
    changed = {"stock": "a4-24", "printer": "", "set_for": "a4-65", "kind": "lot"}
    browser.get(f"{path}/preview?{urlencode(changed)}")
    assert 'id="printer" name="printer" hx-swap-oob="true"' in browser.page
    assert 'value="a4-24" hx-swap-oob="true"' in browser.page
    assert chosen in browser.page
    browser.get(f"{path}/preview?{urlencode({**changed, 'set_for': 'a4-24'})}")
    assert "hx-swap-oob" not in browser.page  # nothing changed: the choice stays
    browser.get(path)
    browser.post(path, {**changed, "look": "1"})  # the same without scripts
    assert chosen in browser.page
    roll = {**changed, "set_for": "roll-50x30", "dpi": "203"}
    browser.get(f"{path}/preview?{urlencode(roll)}")  # no sheet is printed at 203
    assert '<option value="300" selected>300 dpi' in browser.page
    away = {"stock": "a4-65", "printer": printer, "set_for": "a4-24"}
    browser.get(f"{path}/preview?{urlencode({**changed, **away})}")
    assert printer not in re.findall(r'value="(\w+)" selected', browser.page)
    browser.get(path)
    started = browser.post(path, {**changed, "count": "1", "dpi": "203"})
    assert started.status_code == 303, browser.page
    browser.get(started.headers["Location"])
    assert "đã chỉnh theo số đo" in browser.page


def test_a_roll_needs_no_printer_that_was_measured_for_a_sheet(
    use: Services, browser: Browser, batch: Batch
) -> None:
    _measured(browser)
    with use.database.reading() as session:
        printer = session.scalars(select(PrinterProfile.public_id)).one()
    path, chosen = f"/batches/{batch.public_id}/labels", f'value="{printer}" selected'
    form = {"kind": "lot", "count": "1", "printer": printer, "set_for": "a4-24"}
    browser.get(path)
    assert browser.post(path, {**form, "stock": "a4-24"}).status_code == 303
    browser.get(path)
    assert chosen in browser.page
    browser.get(f"{path}?stock=roll-50x30&kind=lot&dpi=300")  # as what would fit links
    assert chosen not in browser.page
    roll = {**form, "stock": "roll-50x30"}
    assert browser.post(path, roll).status_code == 303, browser.page
    stamps = f"/products/{batch.product.public_id}/stamps"
    browser.get(stamps)
    assert browser.post(stamps, roll).status_code == 303, browser.page


def test_a_set_for_another_stock_is_refused_and_let_go(
    use: Services, browser: Browser, batch: Batch
) -> None:
    _measured(browser)
    with use.database.reading() as session:
        printer = session.scalars(select(PrinterProfile.public_id)).one()
    path = f"/batches/{batch.public_id}/labels"
    form = {"kind": "lot", "count": "1", "stock": "a4-65"}
    browser.get(path)
    stale = {**form, "printer": printer, "set_for": "a4-24"}
    assert browser.post(path, stale).status_code == 422
    assert "chưa được căn" in browser.page
    assert f'<option value="{printer}" selected' not in browser.page
    assert 'name="set_for" value="a4-65"' in browser.page


def test_used_labels_are_tapped_and_the_sheet_is_shown_as_it_comes_out(
    use: Services, browser: Browser, batch: Batch
) -> None:
    _measured(browser)
    path = f"/batches/{batch.public_id}/labels"
    browser.get(path)
    assert browser.page.count('name="skip"') == sum(
        stock.per_page for stock in STOCKS.values() if stock.per_page > 1
    )
    printer = re.search(r'<option value="(\w{26})"', browser.page)
    assert printer
    form: dict[str, Any] = {
        "kind": "serial",
        "count": "3",
        "stock": "a4-24",
        "dpi": "300",
        "printer": printer[1],
        "copies": "2",
        "cut_marks": "1",
        "bleed": "",
        "skip": ["a4-24:1", "a4-24:2", "a4-65:9"],
    }
    response = browser.post(path, form)
    assert response.status_code == 303, browser.page
    browser.get(response.headers["Location"])
    assert "1-2" in browser.page
    assert "đã chỉnh theo số đo" in browser.page
    with use.database.reading() as session:
        run = session.scalars(select(LabelRun)).one()
        batch = session.get_one(Batch, run.batch_id)
        setup = job_of(run, batch).spec.setup
    assert (setup.skip, setup.copies, setup.cut_marks) == (frozenset({0, 1}), 2, True)
    assert setup.scale_x == 0.99667
    sheet = browser.get(f"{response.headers['Location']}/sheet.pdf")
    assert sheet.mimetype == "application/pdf"  # read back where labels were moved to
    browser.get(path)
    assert re.search(r'value="a4-24" checked', browser.page)
    assert re.search(rf'<option value="{printer[1]}" selected', browser.page)


TOO_MUCH: list[tuple[dict[str, Any], str]] = [
    ({"dpi": "203"}, "300, 600"),
    ({"copies": "101"}, "từ 1 đến 100"),
    ({"bleed": "4"}, "tràn lề"),
    ({"printer": "0" * 26}, "chưa được căn"),
    ({"skip": [f"a4-24:{n}" for n in range(1, 25)]}, "tờ mới"),
    ({"skip": "a4-24:99"}, "từ 1 đến 24"),
    ({"skip": "a4-24:x"}, "1-5,9"),
    ({"stock": "own-00000000"}, "Không có loại giấy"),
    (
        {"kind": "sealed", "stock": "roll-35x22", "dpi": "203"},
        "Cuộn, tem 50 × 30 mm (mã riêng và chữ ký",
    ),
]


def test_what_cannot_be_printed_so_is_said_beside_the_field(
    browser: Browser, batch: Batch
) -> None:
    path = f"/batches/{batch.public_id}/labels"
    for wrong, text in TOO_MUCH:
        browser.get(path)
        form = {"kind": "serial", "count": "3", "stock": "a4-24", **wrong}
        assert browser.post(path, form).status_code == 422, wrong
        beside = rf'<small class="error"[^>]*>[^<]*{re.escape(text)}'
        assert re.search(beside, browser.page), wrong


def test_other_producers_see_nothing_of_it(use: Services, browser: Browser) -> None:
    address = _added(browser)
    _measured(browser)
    other = make_organisation(use, name="Hộ khác mẫu")
    stranger = make_signed_in(use, login="khac@example.com", organisation=other)
    stranger.get("/label-stocks")
    assert "Decal 8 tem mẫu" not in stranger.page
    for path in (address, f"{address}/test-page.pdf", f"{address}/printer"):
        assert stranger.get(path).status_code == 404
    stranger.get("/label-stocks")
    assert stranger.post(f"{address}/archive").status_code == 404
    stranger.get("/label-stocks/a4-24")
    assert "Canon" not in stranger.page
    with use.database.reading() as session:
        printer = session.scalars(select(PrinterProfile.public_id)).one()
    path = f"/label-stocks/a4-24/test-page.pdf?printer={printer}"
    assert stranger.get(path).status_code == 422


def test_odd_addresses_lead_nowhere(use: Services, browser: Browser) -> None:
    for path in ("a4-99", "a4-65/test-page.pdf?dpi=203", "roll-50x30/printer"):
        assert browser.get(f"/label-stocks/{path}").status_code == 404
    officer = make_signed_in(use, Role.OFFICER, "can.bo@example.com")
    assert officer.get("/label-stocks").status_code == 403
