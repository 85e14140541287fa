"""A producer makes designs, sees each before printing, and prints with one."""

import re
from io import BytesIO

import pytest
import zxingcpp
from PIL import Image
from sqlalchemy import select

from tests.accounts.make_accounts import make_organisation, make_signed_in
from tests.batches.make_batches import Producer, make_batch
from tests.web.make_web import Browser
from traceability.accounts.models import Organisation
from traceability.batches.drafts import Notice
from traceability.batches.models import Batch
from traceability.batches.service import hold_batch
from traceability.catalog.models import ProducerDetails, Product
from traceability.core.permissions import SYSTEM
from traceability.core.ports import Notary
from traceability.labels.models import LabelDesign, LabelRun
from traceability.labels.queries import job_of
from traceability.web.context import Services

QR = zxingcpp.barcode_formats_from_str("QRCode")
LABEL = ["product", "net-content", "lot", "production-date", "expiry", "producer"]
LABEL += ["address", "origin", "storage", "serial"]


def keep(browser: Browser, name: str = "Hộp quà", **values: object) -> str:
    """Make a design; return its id."""
    browser.get("/label-designs/new")
    form = {"name": name, "purpose": "stamp", "shown": ["stars"], **values}
    response = browser.post("/label-designs/new", form)
    assert response.status_code == 303, browser.page
    browser.get("/label-designs")
    found = re.search(r'href="/label-designs/(\w{26})">' + name, browser.page)
    assert found, browser.page
    return found[1]


def kept(use: Services) -> LabelDesign:
    with use.database.reading() as session:
        return session.scalars(select(LabelDesign)).one()


def test_a_design_is_made_changed_and_archived(use: Services, browser: Browser) -> None:
    design = keep(browser, order=["lot", "product"], shown=["origin", "lot"])
    row = kept(use)
    assert (
        row.fields == ["lot", "origin", "serial", "product"] or row.fields[0] == "lot"
    )
    assert set(row.fields) == {"lot", "product", "serial", "origin"}
    path = f"/label-designs/{design}"
    browser.get(path)
    assert re.search(r'value="origin" checked', browser.page)
    browser.post(path, {"name": "Túi", "purpose": "label", "shown": "brand"})
    assert (kept(use).name, kept(use).purpose) == ("Túi", "label")
    browser.get("/label-designs")
    for away in ("1", "0"):
        browser.get("/label-designs")
        answer = browser.post(f"{path}/archive", {"archived": away})
        assert answer.status_code == 303
        assert (kept(use).archived_at is not None) is (away == "1")


def test_two_designs_have_two_names(browser: Browser) -> None:
    keep(browser)
    browser.get("/label-designs/new")
    form = {"name": "Hộp  quà", "purpose": "stamp"}
    assert browser.post("/label-designs/new", form).status_code == 409
    assert "Đã có mẫu tem mang tên này" in browser.page
    blank = {"name": " ", "purpose": "stamp"}
    assert browser.post("/label-designs/new", blank).status_code == 422


def test_a_line_is_moved_without_a_script_and_nothing_is_kept(
    use: Services, browser: Browser
) -> None:
    browser.get("/label-designs/new")
    order = re.findall(r'name="order" value="([\w-]+)"', browser.page)
    form = {"name": "Thử", "purpose": "label", "order": order, "shown": ["brand"]}
    assert (
        browser.post("/label-designs/new", {**form, "move": "down:product"}).status_code
        == 200
    )
    moved = re.findall(r'name="order" value="([\w-]+)"', browser.page)
    assert moved[:2] == [order[1], order[0]]
    assert 'value="Thử"' in browser.page
    assert re.search(r'value="brand" checked', browser.page)
    with use.database.reading() as session:
        assert session.scalar(select(LabelDesign.id)) is None


def test_the_design_of_another_producer_is_not_there(
    use: Services, browser: Browser, batch: Batch
) -> None:
    design = keep(browser)
    other = make_signed_in(
        use, login="khac@example.com", organisation=make_organisation(use, name="HTX B")
    )
    assert other.get(f"/label-designs/{design}").status_code == 404
    other.get("/label-designs")
    answer = other.post(f"/label-designs/{design}/archive", {"archived": "1"})
    assert answer.status_code == 404
    assert other.get(f"/batches/{batch.public_id}/labels/preview").status_code == 404
    picture = "/label-designs/preview.png?stock=a4-65&kind=serial&batch="
    assert other.get(picture + batch.public_id).status_code == 404


def test_a_design_is_shown_before_there_is_a_lot(browser: Browser) -> None:
    browser.get("/label-designs/new")
    assert "chưa có lô nào để xem thử" in browser.page
    [address] = re.findall(r'src="(/label-designs/preview\.png[^"]+)"', browser.page)
    image = browser.get(address.replace("&amp;", "&"))
    assert image.mimetype == "image/png"
    assert image.headers["Cache-Control"] == "no-store"


def test_the_preview_follows_what_is_chosen(browser: Browser, batch: Batch) -> None:
    path = f"/batches/{batch.public_id}/labels/preview"
    small = browser.get(f"{path}?stock=a4-65&kind=sealed").get_data(as_text=True)
    assert "<html" not in small
    assert "0,34 mm" in small
    assert "0,51 mm" in browser.get(f"{path}?stock=a4-24&kind=sealed").get_data(
        as_text=True
    )
    half = browser.get(f"{path}?stock=a3&kind=sealed").get_data(as_text=True)
    assert "Chọn loại giấy" in half
    [address] = re.findall(r'src="(/label-designs/preview\.png[^"]+)"', small)
    image = browser.get(address.replace("&amp;", "&")).get_data()
    [code] = zxingcpp.read_barcodes(Image.open(BytesIO(image)), formats=QR)
    # A picture of a label is not a label: nobody was given this number.
    assert "/21/0000000000000?s=1111" in code.text


def test_a_held_lot_has_no_picture_either(
    use: Services, browser: Browser, batch: Batch, notary: Notary
) -> None:
    with use.database.transaction() as session:
        notice = Notice(reason_vi="Kiểm tra")
        hold_batch(session, batch, notice, actor=SYSTEM, notary=notary)
    path = f"/label-designs/preview.png?stock=a4-65&kind=lot&batch={batch.public_id}"
    assert browser.get(path).status_code == 409
    assert browser.get("/label-designs/preview.png").status_code == 404


def test_what_does_not_fit_says_why_and_what_would(
    use: Services, browser: Browser, producer: Producer, notary: Notary
) -> None:
    with use.database.transaction() as session:
        product = session.get_one(Product, producer.product_id)
        product.storage = "Bảo quản nơi khô ráo, thoáng mát, tránh ánh nắng. " * 4
        product.origin = "Việt Nam"
        batch = make_batch(session, producer, notary, issued=True)
    design = keep(browser, shown=LABEL, purpose="label")
    path = f"/batches/{batch.public_id}/labels/preview"
    page = browser.get(f"{path}?stock=a4-65&kind=sealed&design={design}")
    text = page.get_data(as_text=True)
    assert "Không đủ chỗ:" in text
    assert "Cách bảo quản" in text


def _start(browser: Browser, batch: Batch, **values: object) -> tuple[int, str]:
    path = f"/batches/{batch.public_id}/labels"
    browser.get(path)
    form = {"kind": "serial", "count": "2", "stock": "a4-24", **values}
    answer = browser.post(path, form)
    return answer.status_code, answer.headers.get("Location", "")


def test_the_pack_s_own_label_is_refused_until_it_is_whole_or_ticked(
    use: Services, browser: Browser, batch: Batch, organisation: Organisation
) -> None:
    design = keep(browser, shown=LABEL, purpose="label")
    status, _ = _start(browser, batch, design=design)
    assert status == 422
    assert "Nhãn còn thiếu: Tên, địa chỉ bên chịu trách nhiệm, Xuất xứ" in browser.page
    assert "theo quy định cũ, chưa xác nhận" in browser.page  # no expiry: told only
    assert 'href="/producer"' in browser.page
    status, address = _start(
        browser, batch, design=design, elsewhere=["origin", "responsible"]
    )
    assert status == 303, browser.page
    browser.get(address)
    assert "Bao bì ghi ở chỗ khác" in browser.page
    assert "Hộp quà" in browser.page
    with use.database.transaction() as session:
        session.get_one(Product, batch.product_id).origin = "Việt Nam"
        session.add(ProducerDetails(organisation_id=organisation.id, address="Xã mẫu"))
    status, _ = _start(browser, batch, design=design)
    assert status == 303, browser.page
    with use.database.reading() as session:
        *_, run = session.scalars(select(LabelRun).order_by(LabelRun.id))
    job = job_of(run, batch)
    assert job.spec.design.id == design
    assert run.facts["elsewhere"] == []
    shown = " ".join(line.text for line in job.layout().static_lines)
    assert "Địa chỉ: Xã mẫu" in shown
    assert "Xuất xứ: Việt Nam" in shown
    assert "Bảo quản: Nơi khô ráo" in shown


def test_a_run_keeps_its_design_when_the_design_changes(
    use: Services, browser: Browser, batch: Batch
) -> None:
    design = keep(browser, shown=["storage"])
    _start(browser, batch, design=design)
    path = f"/label-designs/{design}"
    browser.get(path)
    browser.post(path, {"name": "Hộp quà", "purpose": "stamp", "shown": "stars"})
    with use.database.reading() as session:
        run = session.scalars(select(LabelRun)).one()
    lines = job_of(run, batch).layout().static_lines
    assert any("Bảo quản" in line.text for line in lines)


def test_the_form_starts_from_the_design_used_last(
    browser: Browser, batch: Batch
) -> None:
    design = keep(browser)
    path = f"/batches/{batch.public_id}/labels"
    chosen = f'<option value="{design}" selected>'
    _start(browser, batch, design=design)
    browser.get(path)
    assert chosen in browser.page
    browser.get("/label-designs")
    browser.post(f"/label-designs/{design}/archive", {"archived": "1"})
    browser.get(path)
    assert design not in browser.page
    assert _start(browser, batch, design=design)[0] == 404


@pytest.mark.parametrize("with_look", [True, False])
def test_looking_prints_nothing_and_keeps_what_was_typed(
    use: Services, browser: Browser, batch: Batch, *, with_look: bool
) -> None:
    path = f"/batches/{batch.public_id}/labels"
    browser.get(path)
    form = {"kind": "lot", "count": "7", "stock": "a4-24"}
    if with_look:
        assert browser.post(path, {**form, "look": "1"}).status_code == 200
    else:
        query = "&".join(f"{name}={value}" for name, value in form.items())
        assert browser.get(f"{path}?{query}").status_code == 200
    assert 'value="7"' in browser.page
    assert re.search(r'value="a4-24" checked', browser.page)
    assert re.search(r'value="lot" checked', browser.page)
    assert "còn phải ghi" in browser.page
    with use.database.reading() as session:
        assert session.scalar(select(LabelRun.id)) is None


def test_a_run_whose_claims_lapsed_shows_why_and_has_no_files(
    use: Services, browser: Browser, batch: Batch
) -> None:
    _, address = _start(browser, batch)
    with use.database.transaction() as session:
        session.get_one(Batch, batch.id).expiry = batch.production_date
    browser.get(address)
    assert "Không in lại số tem này" in browser.page
    assert "sheet.pdf" not in browser.page
    assert "label.png" not in browser.page
    for ending in ("pdf", "csv", "png", "svg"):
        assert browser.get(f"{address}/sheet.{ending}").status_code == 409
    assert browser.get(f"{address}/label.png").status_code == 409
