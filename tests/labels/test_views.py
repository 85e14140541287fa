"""A producer prints: choose, make, download, void; nobody else sees it."""

import re
import zipfile
from io import BytesIO
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from PIL import Image
from sqlalchemy import select

from tests.accounts.make_accounts import make_organisation, make_signed_in
from tests.batches.make_batches import Producer, make_batch, make_product
from tests.conftest import FixedClock
from tests.web.make_web import Browser, make_services
from traceability.batches.drafts import Notice
from traceability.batches.models import Batch
from traceability.batches.service import hold_batch
from traceability.catalog.models import Site
from traceability.core.ids import new_id
from traceability.core.permissions import SYSTEM, Actor, Role
from traceability.core.ports import Notary
from traceability.db.database import Database
from traceability.labels.models import LabelRun, LabelVoid
from traceability.records.notary import notary_of
from traceability.web.context import Services

# Small print can look like a code of another kind.
QR = zxingcpp.barcode_formats_from_str("QRCode")


@pytest.fixture
def use(tmp_path: Path, sqlite_database: Database, clock: FixedClock) -> Services:
    return make_services(tmp_path / "home", sqlite_database, clock)


@pytest.fixture
def notary(use: Services) -> Notary:
    return notary_of(use)


@pytest.fixture
def producer(use: Services) -> Producer:
    organisation = make_organisation(use)
    with use.database.transaction() as session:
        product = make_product(
            session, use.clock, organisation.id, gtin="09520001001017"
        )
        site = Site(
            public_id=new_id(),
            organisation_id=organisation.id,
            kind="facility",
            name="Cơ sở mẫu",
            commune_code="05587",
            created_at=use.clock.now(),
        )
        session.add(site)
        session.flush()
        actor = Actor(kind="person", id=1, name="Mẫu", organisation_id=organisation.id)
        return Producer(actor, product.id, site.id)


@pytest.fixture
def batch(use: Services, producer: Producer, notary: Notary) -> Batch:
    with use.database.transaction() as session:
        return make_batch(session, producer, notary, issued=True)


@pytest.fixture
def browser(use: Services, batch: Batch) -> Browser:
    with use.database.reading() as session:
        batch = session.get_one(Batch, batch.id)
        session.refresh(batch, ["organisation"])
        return make_signed_in(use, organisation=batch.organisation)


def _start(browser: Browser, batch: Batch, **values: object) -> str:
    """Start a run and return the address of its page."""
    path = f"/batches/{batch.public_id}/labels"
    browser.get(path)
    form = {"kind": "sealed", "count": "3", "stock": "a4-65", **values}
    response = browser.post(path, form)
    assert response.status_code == 303, browser.page
    return str(response.headers["Location"])


def test_the_form_offers_the_seal_and_a_full_sheet(
    browser: Browser, batch: Batch
) -> None:
    browser.get(f"/batches/{batch.public_id}/labels")
    assert re.search(r'value="sealed" checked', browser.page)
    assert re.search(r'value="a4-65" checked', browser.page)
    assert 'value="65"' in browser.page
    assert "In tem" in browser.page


def test_a_run_is_started_shown_and_listed(browser: Browser, batch: Batch) -> None:
    address = _start(browser, batch, count="24", stock="a4-24")
    assert browser.get(address).status_code == 200
    assert "24 tem" in browser.page
    assert "Mã riêng và chữ ký" in browser.page
    browser.get("/labels")
    assert address in browser.page
    browser.get(f"/batches/{batch.public_id}/labels")
    assert address in browser.page
    assert re.search(r'value="a4-24" checked', browser.page)


def test_the_last_stock_stands_first_and_the_rest_is_folded_away(
    browser: Browser, batch: Batch
) -> None:
    path, folded = f"/batches/{batch.public_id}/labels", '<details class="others">'
    browser.get(path)
    assert '<details class="others" open>' in browser.page  # the first time
    _start(browser, batch, stock="a4-24")
    browser.get(path)
    before, _, after = browser.page.partition(folded)
    assert 'value="a4-24" checked' in before
    assert before.count('name="stock"') == 1
    order = ["count", "kind", "design", "dpi", "scratch"]
    places = [after.index(f'name="{name}"') for name in order]
    assert places == sorted(places)


@pytest.mark.parametrize("kind", ["serial", "lot"])
def test_the_last_kind_is_remembered(browser: Browser, batch: Batch, kind: str) -> None:
    _start(browser, batch, kind=kind)
    browser.get(f"/batches/{batch.public_id}/labels")
    assert f'value="{kind}" checked' in browser.page


def test_a_number_is_read_as_the_page_writes_it(browser: Browser, batch: Batch) -> None:
    address = _start(browser, batch, count="1.000", kind="lot")
    assert "1.000 tem" in browser.get(address).get_data(as_text=True)


def test_a_refusal_names_what_would_fit_in_words(
    browser: Browser, batch: Batch
) -> None:
    path = f"/batches/{batch.public_id}/labels"
    browser.get(path)
    browser.post(path, {"kind": "serial", "count": "1", "stock": "roll-30x20"})
    assert "Có thể dùng: Cuộn, tem 30 × 20 mm (mã chung cho cả lô" in browser.page
    assert "roll-30x20 (" not in browser.page
    query = "stock=roll-30x20&kind=sealed&dpi=300"
    browser.get(f"{path}/preview?{query}")
    assert "khi in 300 dpi.</p>" in browser.page
    assert browser.page.count("Có thể dùng") == 1


def test_the_pdf_holds_labels_that_read(browser: Browser, batch: Batch) -> None:
    address = _start(browser, batch)
    response = browser.get(f"{address}/sheet.pdf")
    assert response.mimetype == "application/pdf"
    assert response.headers["Cache-Control"] == "no-store"
    assert f"tem-{batch.lot_number}" in response.headers["Content-Disposition"]
    with pypdfium2.PdfDocument(response.get_data()) as sheets:
        image = sheets[0].render(scale=3, grayscale=True).to_pil()
    found = [code.text for code in zxingcpp.read_barcodes(image, formats=QR)]
    assert len(found) == 3
    prefix = f"HTTPS://TX.EXAMPLE/01/09520001001017/10/{batch.lot_number}/21/"
    assert all(text.startswith(prefix) and "?s=" in text for text in found)


def test_the_other_formats_and_the_preview_come_too(
    browser: Browser, batch: Batch
) -> None:
    address = _start(browser, batch, count="66", kind="lot")
    listing = browser.get(f"{address}/sheet.csv")
    assert listing.get_data(as_text=True).count("HTTPS://") == 66
    for suffix in ("png", "svg"):
        packed = browser.get(f"{address}/sheet.{suffix}")
        assert packed.mimetype == "application/zip"
        names = zipfile.ZipFile(BytesIO(packed.get_data())).namelist()
        assert names == [f"00001.{suffix}", f"00002.{suffix}"]
    for format_ in ("zpl", "tspl", "xlsx", "singles", "singles-svg"):
        answer = browser.get(f"{address}/sheet.{format_}")
        assert (answer.status_code, bool(answer.get_data())) == (200, True)
    label = Image.open(BytesIO(browser.get(f"{address}/label.png").get_data()))
    assert len(zxingcpp.read_barcodes(label)) == 1
    assert browser.get(f"{address}/sheet.exe").status_code == 404
    assert browser.get(f"{address}/void").status_code == 404


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"count": "1000001"}, "nhiều nhất 1.000.000 tem"),
        ({"count": "0"}, "ít nhất một tem"),
        ({"count": "nhiều"}, ""),
        ({"stock": "a3"}, ""),
        ({"kind": "gold"}, ""),
    ],
)
def test_what_cannot_be_printed_is_said_beside_the_field(
    use: Services, browser: Browser, batch: Batch, values: dict[str, str], text: str
) -> None:
    path = f"/batches/{batch.public_id}/labels"
    browser.get(path)
    form = {"kind": "serial", "count": "65", "stock": "a4-65", **values}
    response = browser.post(path, form)
    assert response.status_code == 422
    assert text in browser.page
    assert 'class="error"' in browser.page
    with use.database.reading() as session:
        assert session.scalar(select(LabelRun.id)) is None


def test_a_held_lot_says_why_there_is_no_form(
    use: Services, browser: Browser, batch: Batch, notary: Notary
) -> None:
    with use.database.transaction() as session:
        hold_batch(
            session, batch, Notice(reason_vi="Kiểm tra"), actor=SYSTEM, notary=notary
        )
    path = f"/batches/{batch.public_id}/labels"
    browser.get(path)
    assert "tạm ngừng lưu thông" in browser.page
    assert "<legend>" not in browser.page
    browser.get("/labels")
    form = {"kind": "serial", "count": "1", "stock": "a4-65"}
    assert browser.post(path, form).status_code == 409


def test_labels_are_void_by_number_or_by_the_printed_code(
    use: Services, browser: Browser, batch: Batch
) -> None:
    address = _start(browser, batch, kind="serial", count="5")
    rows = browser.get(f"{address}/sheet.csv").get_data(as_text=True).splitlines()
    code = rows[2].split(",")[2]
    browser.get(f"{address}/void")
    answer = browser.post(
        f"{address}/void", {"first": code.lower(), "reason": "Tem rách"}
    )
    assert answer.status_code == 303, browser.page
    with use.database.reading() as session:
        run = session.scalars(select(LabelRun)).one()
        void = session.scalars(select(LabelVoid)).one()
    first = run.first_index or 0
    assert (void.from_index, void.to_index) == (first + 1, first + 1)
    browser.get(address)
    assert "Tem rách" in browser.page
    browser.get(f"{address}/void")
    whole = {"first": str(first), "last": str(first + 4), "reason": "Thừa"}
    assert browser.post(f"{address}/void", whole).status_code == 303


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"first": "0", "reason": "x"}, 409),
        ({"first": "000 000 0000 000", "reason": "x"}, 409),
        ({"first": "abc", "reason": "x"}, 422),
        ({"first": "1"}, 422),
    ],
)
def test_a_slip_of_the_pen_makes_nothing_void(
    use: Services, browser: Browser, batch: Batch, values: dict[str, str], status: int
) -> None:
    address = _start(browser, batch, kind="serial", count="5")
    browser.get(f"{address}/void")
    assert browser.post(f"{address}/void", values).status_code == status
    assert 'aria-invalid="true"' in browser.page
    with use.database.reading() as session:
        assert session.scalar(select(LabelVoid.id)) is None


def test_other_producers_see_nothing(
    use: Services, browser: Browser, batch: Batch
) -> None:
    address = _start(browser, batch)
    stranger = make_signed_in(use, login="khac@example.com")
    for path in (
        address,
        f"{address}/sheet.pdf",
        f"{address}/label.png",
        f"{address}/void",
        f"/batches/{batch.public_id}/labels",
    ):
        assert stranger.get(path).status_code == 404
    stranger.get("/labels")
    assert address not in stranger.page
    assert stranger.get("/labels?page=x").status_code == 404


def test_officers_do_not_print(use: Services, batch: Batch) -> None:
    officer = make_signed_in(use, Role.OFFICER, "can.bo@example.com")
    assert officer.get(f"/batches/{batch.public_id}/labels").status_code == 403


def test_where_no_seal_fits_the_form_offers_the_plain_code(
    use: Services, browser: Browser, batch: Batch
) -> None:
    long = batch.digital_link.replace("tx.example", "x" * 50 + ".example")
    with use.database.transaction() as session:
        session.get_one(Batch, batch.id).digital_link = long
    path = f"/batches/{batch.public_id}/labels"
    browser.get(path)
    assert re.search(r'value="serial" checked', browser.page)
    response = browser.post(path, {"kind": "sealed", "count": "1", "stock": "a4-65"})
    assert response.status_code == 422
    assert "Hãy dùng số lô ngắn hơn" in browser.page
