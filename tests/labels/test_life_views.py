"""A producer tells what became of labels and looks one up; an officer sets quotas."""

import re
from decimal import Decimal
from pathlib import Path
from urllib.parse import quote

import pytest
from sqlalchemy import select

from tests.accounts.make_accounts import make_organisation, make_signed_in
from tests.batches.make_batches import Producer, make_batch, make_product, make_site
from tests.conftest import FixedClock
from tests.web.make_web import Browser, make_services
from traceability.accounts.models import Organisation
from traceability.batches.models import Batch
from traceability.catalog.models import Product
from traceability.core.permissions import Actor, Role
from traceability.db.database import Database
from traceability.labels.job import LabelKind, RunSpec
from traceability.labels.life.service import note_print_out
from traceability.labels.models import LabelRun
from traceability.labels.queries import job_of
from traceability.labels.room import label_keys_of
from traceability.labels.service import start_run
from traceability.labels.stock import A4_65
from traceability.records.notary import notary_of
from traceability.web.context import Services

SERIALS = RunSpec(kind=LabelKind.SERIAL, count=40, stock=A4_65)


@pytest.fixture
def use(tmp_path: Path, sqlite_database: Database, clock: FixedClock) -> Services:
    return make_services(tmp_path / "home", sqlite_database, clock)


@pytest.fixture
def organisation(use: Services) -> Organisation:
    return make_organisation(use)


@pytest.fixture
def producer(use: Services, organisation: Organisation) -> Producer:
    with use.database.transaction() as session:
        product = make_product(
            session, use.clock, organisation.id, gtin="09520001001017"
        )
        site = make_site(session, use.clock, organisation.id)
        actor = Actor(
            kind="person",
            id=1,
            name="Mẫu",
            organisation_id=organisation.id,
            roles=frozenset({Role.PRODUCER}),
        )
        return Producer(actor, product.id, site.id)


@pytest.fixture
def batch(use: Services, producer: Producer) -> Batch:
    with use.database.transaction() as session:
        return make_batch(session, producer, notary_of(use), issued=True)


@pytest.fixture
def browser(use: Services, organisation: Organisation) -> Browser:
    return make_signed_in(use, organisation=organisation)


@pytest.fixture
def run(use: Services, batch: Batch, producer: Producer) -> LabelRun:
    with use.database.transaction() as session:
        mine = session.get_one(Batch, batch.id)
        run = start_run(
            session,
            mine,
            SERIALS,
            actor=producer.actor,
            notary=notary_of(use),
            keys=label_keys_of(use),
        )
        note_print_out(session, run, "pdf", actor=producer.actor, clock=use.clock)
        return run


def first_of(run: LabelRun) -> int:
    assert run.first_index is not None
    return run.first_index


def sent(browser: Browser, path: str, **form: object) -> int:
    browser.get(path)
    values = {name: str(value) for name, value in form.items()}
    return browser.post(path, values).status_code


def serials(use: Services, run: LabelRun, batch: Batch) -> list[str]:
    with use.database.reading() as session:
        mine = session.get_one(Batch, batch.id)
        return [
            label.readable for label in job_of(run, mine).labels(label_keys_of(use))
        ]


def test_labels_are_applied_by_their_first_and_last_serial(
    use: Services, browser: Browser, batch: Batch, run: LabelRun
) -> None:
    codes, path = serials(use, run, batch), f"/labels/{run.public_id}"
    scanned = f"{batch.digital_link}/21/{codes[9].replace(' ', '')}"
    form = {"first": codes[0], "last": scanned, "day": "22/11/2026"}
    assert sent(browser, f"{path}/apply", **form, place="Chuyền 2") == 303
    browser.get(path)
    first = first_of(run)
    assert f"{first}–{first + 9}: 22/11/2026, Chuyền 2" in browser.page
    assert "Đã dán lên hàng: <strong>10</strong>" in browser.page
    assert "Chưa dùng: <strong>30</strong>" in browser.page
    assert browser.page.count('<rect class="applied" x=') == 1
    assert sent(browser, f"{path}/apply", **form) == 409
    assert "đã được dán từ trước" in browser.page


def test_a_serial_of_nobody_is_told_beside_its_field(
    browser: Browser, run: LabelRun
) -> None:
    path = f"/labels/{run.public_id}/apply"
    first = first_of(run)
    form = {"first": first, "last": "0" * 13, "day": "22/11/2026"}
    assert sent(browser, path, **form) == 409
    assert 'id="last-error"' in browser.page


def test_spoiled_labels_are_printed_once_more_before_a_witness(
    browser: Browser, run: LabelRun
) -> None:
    path, first = f"/labels/{run.public_id}", first_of(run)
    form = {"first": first + 3, "last": first + 4, "reason": "Kẹt giấy"}
    assert sent(browser, f"{path}/reprint", **form) == 422
    assert 'id="witness_name-error"' in browser.page
    who = {"witness_name": "Người mẫu", "witness_role": "Thủ kho"}
    assert sent(browser, f"{path}/reprint", **form, **who) == 303
    browser.get(path)
    assert "Người chứng kiến: Người mẫu, Thủ kho" in browser.page
    [sheet] = re.findall(r'href="([^"]+/reprints/[^"]+)"', browser.page)
    answer = browser.get(sheet)
    assert answer.content_type == "application/pdf"
    assert answer.data.startswith(b"%PDF")
    browser.get(path)
    assert "chỉ các tem hỏng" in browser.page


def test_a_witness_of_void_labels_is_shown_to_their_producer(
    browser: Browser, run: LabelRun
) -> None:
    path, first = f"/labels/{run.public_id}", first_of(run)
    form = {"first": first, "reason": "Đốt bỏ", "kind": "destroyed"}
    assert sent(browser, f"{path}/void", **form) == 422
    assert "người thứ hai" in browser.page
    who = {"witness_name": "Người mẫu", "witness_role": "Thủ kho"}
    assert sent(browser, f"{path}/void", **form, **who) == 303
    browser.get(path)
    assert "Đã tiêu hủy. Đốt bỏ" in browser.page
    assert "Người mẫu" in browser.page


def test_a_file_fetched_twice_is_seen_as_such(browser: Browser, run: LabelRun) -> None:
    path = f"/labels/{run.public_id}"
    browser.get(f"{path}/sheet.csv")
    browser.get(path)
    assert browser.page.count("thêm lần nữa") == 1


def test_a_number_shows_its_whole_life(
    use: Services, browser: Browser, batch: Batch, run: LabelRun
) -> None:
    codes, first = serials(use, run, batch), first_of(run)
    sent(browser, f"/labels/{run.public_id}/void", first=first + 5, reason="Rách")
    browser.get(f"/labels/number?number={quote(codes[5])}")
    assert f"Tem số {first + 5}: Đã hủy" in browser.page
    assert "Rách" in browser.page
    browser.get(f"/labels/number?number={first + 6}")
    assert f"Tem số {first + 6}: Chưa dùng" in browser.page
    browser.get("/labels/number?number=1073741823")
    assert "Không có tem nào của bạn" in browser.page
    answer = browser.get("/labels/number?number=!")
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in browser.page


def test_a_stranger_s_number_is_nobody_s(
    use: Services, run: LabelRun, batch: Batch
) -> None:
    other = make_signed_in(use, login="khac@example.com")
    other.get(f"/labels/number?number={first_of(run)}")
    assert "Không có tem nào của bạn" in other.page
    for page in ("apply", "reprint"):
        assert other.get(f"/labels/{run.public_id}/{page}").status_code == 404


def test_more_labels_than_packs_are_asked_for_a_reason(
    use: Services, browser: Browser, batch: Batch
) -> None:
    with use.database.transaction() as session:
        product = session.get_one(Product, batch.product_id)
        product.net_amount, product.net_unit = Decimal(50), "KGM"
    path = f"/batches/{batch.public_id}/labels"
    form = {"kind": "lot", "count": "13", "stock": "a4-65"}
    browser.get(path)
    assert "nhiều nhất 2 gói" in browser.page
    assert 'name="excess_reason"' in browser.page  # a full sheet is more than that
    assert sent(browser, path, **form) == 409
    assert 'id="excess_reason-error"' in browser.page
    assert "(không bắt buộc)" not in browser.page.split('id="excess_reason"')[0][-200:]
    assert sent(browser, path, **form, excess_reason="Máy kẹt giấy") == 303
    public = browser.get("/p/" + batch.digital_link.split("/", 3)[3])
    assert "theo chủ thể: Máy kẹt giấy" in public.text
    with use.database.reading() as session:
        run = session.scalars(select(LabelRun)).one()
    browser.get(f"/labels/{run.public_id}")
    assert "Máy kẹt giấy" in browser.page


def test_an_officer_sets_a_quota_and_sees_its_use(
    use: Services,
    browser: Browser,
    organisation: Organisation,
    batch: Batch,
    run: LabelRun,
) -> None:
    officer = make_signed_in(use, Role.OFFICER, "can.bo@example.com")
    path = f"/label-quotas/{organisation.public_id}"
    assert browser.get(path).status_code == 403
    assert sent(officer, path, quota="-1", period="year") == 422
    assert sent(officer, path, quota="45", period="year") == 303
    officer.get("/label-quotas")
    assert "Đã in 40 trên 45 tem" in officer.page
    browser.get(f"/batches/{batch.public_id}/labels")
    assert "còn được in 5 tem" in browser.page
    form = {"kind": "serial", "count": "6", "stock": "a4-65"}
    assert sent(browser, f"/batches/{batch.public_id}/labels", **form) == 409
    assert 'id="count-error"' in browser.page
    assert sent(officer, path, quota="", period="year") == 303
    officer.get("/label-quotas")
    assert "không có hạn mức" in officer.page


def test_activation_is_switched_on_for_runs_to_come(
    browser: Browser, batch: Batch
) -> None:
    assert sent(browser, "/labels/activation", activates="1") == 303
    browser.get("/labels/activation")
    assert "22/11/2026" in browser.page
    form = {"kind": "serial", "count": "2", "stock": "a4-65"}
    assert sent(browser, f"/batches/{batch.public_id}/labels", **form) == 303
    browser.get("/labels")
    [address] = re.findall(r'href="(/labels/[0-9A-Za-z]{26})"', browser.page)
    browser.get(address)
    assert "Tem chỉ có hiệu lực khi đã được dán lên hàng" in browser.page
    assert sent(browser, "/labels/activation") == 303
    browser.get("/labels/activation")
    assert "22/11/2026" not in browser.page
