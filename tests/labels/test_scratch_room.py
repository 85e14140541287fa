"""The print room gets its codes on the page or by the command, once."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.accounts.make_accounts import make_organisation, make_signed_in
from tests.api.make_api import make_farm, problem
from tests.batches.make_batches import Producer, make_batch, make_product, make_site
from tests.conftest import FixedClock
from tests.labels.make_scratch import codes_in, opened
from tests.signing.make_signing import PASSPHRASE
from tests.web.make_web import Browser, make_app, make_services
from traceability.batches.drafts import Notice
from traceability.batches.models import Batch
from traceability.batches.service import recall_batch
from traceability.cli import main
from traceability.core.permissions import Actor
from traceability.db.database import Database
from traceability.labels.scratch import views
from traceability.records.notary import notary_of
from traceability.signing.keystore import KeyStore
from traceability.web.context import Services

SHOP = "Nhà in mẫu"


@pytest.fixture
def use(tmp_path: Path, sqlite_database: Database, clock: FixedClock) -> Services:
    return make_services(tmp_path / "home", sqlite_database, clock)


@pytest.fixture
def batch(use: Services) -> Batch:
    organisation = make_organisation(use)
    with use.database.transaction() as session:
        product = make_product(
            session, use.clock, organisation.id, gtin="09520001001017"
        )
        site = make_site(session, use.clock, organisation.id)
        actor = Actor(kind="person", id=1, name="Mẫu", organisation_id=organisation.id)
        batch = make_batch(
            session,
            Producer(actor, product.id, site.id),
            notary_of(use),
            issued=True,
        )
        session.refresh(batch, ["organisation"])
        return batch


@pytest.fixture
def browser(use: Services, batch: Batch) -> Browser:
    return make_signed_in(use, organisation=batch.organisation)


def start(browser: Browser, batch: Batch, **values: str) -> str:
    """Start a run with scratch codes and return the address of its page."""
    path = f"/batches/{batch.public_id}/labels"
    browser.get(path)
    form = {"kind": "serial", "count": "3", "stock": "a4-65", "scratch": "1"}
    response = browser.post(path, {**form, **values})
    assert response.status_code == 303, browser.page
    return str(response.headers["Location"])


def password_on(page: str) -> str:
    found = re.search(r'name="password" value="([^"]+)"', page)
    assert found
    return found[1]


def test_the_codes_come_once_under_the_password_on_the_page(
    browser: Browser, batch: Batch
) -> None:
    run = start(browser, batch)
    browser.get(run)
    assert f'href="{run}/scratch-codes"' in browser.page
    page = browser.get(f"{run}/scratch-codes")
    assert page.headers["Cache-Control"] == "no-store"
    password = password_on(browser.page)
    assert f"<code>{password}</code>" in browser.page
    form = {"to": SHOP, "password": password}
    file = browser.post(f"{run}/scratch-codes", form)
    assert file.mimetype == "application/zip"
    assert file.headers["Cache-Control"] == "no-store"
    assert len(codes_in(file.get_data(), password)) == 3
    assert browser.get(run).status_code == 200
    assert f"cho {SHOP}" in browser.page
    assert "Đã mở: 0 trên 3 tem" in browser.page
    browser.get(f"{run}/scratch-codes")
    assert "Đã giao ngày 22/11/2026 10:00" in browser.page
    assert 'name="password"' not in browser.page
    browser.get("/labels")
    token_page = browser.get(f"/batches/{batch.public_id}/labels")
    assert token_page.status_code == 200
    again = browser.post(f"{run}/scratch-codes", form)
    assert again.status_code == 409
    assert "Đã giao ngày" in browser.page


def test_a_recalled_lot_s_links_are_not_handed_out(
    use: Services, browser: Browser, batch: Batch
) -> None:
    run = start(browser, batch)
    browser.get(f"{run}/scratch-codes")
    form = {"to": SHOP, "password": password_on(browser.page)}
    actor = Actor(
        kind="person", id=1, name="Mẫu", organisation_id=batch.organisation_id
    )
    with use.database.transaction() as session:
        notice = Notice(reason_vi="Nhiễm mốc")
        recall_batch(session, batch, notice, actor=actor, notary=notary_of(use))
    assert browser.post(f"{run}/scratch-codes", form).status_code == 409
    assert "Nhiễm mốc" in browser.page


def test_each_look_at_the_page_shows_another_password(
    browser: Browser, batch: Batch
) -> None:
    run = start(browser, batch)
    shown = set()
    for _ in range(3):
        browser.get(f"{run}/scratch-codes")
        shown.add(password_on(browser.page))
    assert len(shown) == 3


def test_a_form_that_is_refused_makes_no_codes_and_keeps_the_password(
    browser: Browser, batch: Batch
) -> None:
    run = start(browser, batch)
    browser.get(f"{run}/scratch-codes")
    password = password_on(browser.page)
    refused = browser.post(f"{run}/scratch-codes", {"to": "", "password": password})
    assert refused.status_code == 422
    assert password_on(browser.page) == password
    weak = browser.post(f"{run}/scratch-codes", {"to": SHOP, "password": "123456"})
    assert weak.status_code == 422
    assert "mật khẩu mới" in browser.page
    file = browser.post(f"{run}/scratch-codes", {"to": SHOP, "password": password})
    assert file.mimetype == "application/zip"


def test_a_large_run_is_sent_to_the_command(
    browser: Browser, batch: Batch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "MOST_HERE", 2)
    run = start(browser, batch)
    browser.get(f"{run}/scratch-codes")
    assert "labels scratch-codes --run" in browser.page
    form = {"to": SHOP, "password": "-".join(["0000"] * 7)}
    browser.get(f"/batches/{batch.public_id}/labels")
    assert browser.post(f"{run}/scratch-codes", form).status_code == 409


def test_a_run_without_codes_has_no_such_page(browser: Browser, batch: Batch) -> None:
    run = start(browser, batch, scratch="")
    assert browser.get(f"{run}/scratch-codes").status_code == 404
    browser.get(run)
    assert "scratch-codes" not in browser.page


def test_lot_labels_cannot_be_scratched(browser: Browser, batch: Batch) -> None:
    path = f"/batches/{batch.public_id}/labels"
    browser.get(path)
    form = {"kind": "lot", "count": "3", "stock": "a4-65", "scratch": "1"}
    assert browser.post(path, form).status_code == 422
    assert "Chỉ tem có mã riêng mới có mã cào" in browser.page


def test_programs_ask_for_codes_and_never_get_them(use: Services) -> None:
    farm = make_farm(use, make_app(use))
    body = {"kind": "serial", "count": 2, "stock": "a4-24", "scratch": True}
    run = farm.program.post("/label-runs", {"batch": farm.issued()["id"], **body})
    assert (run.status_code, run.get_json()["scratch"]) == (201, True)
    body = {**body, "kind": "lot", "batch": farm.issued()["id"]}
    refused = farm.program.post("/label-runs", body)
    assert (refused.status_code, problem(refused)["code"]) == (422, "scratch-kind")


def test_a_home_without_a_pepper_says_what_to_do(
    use: Services, batch: Batch, tmp_path: Path
) -> None:
    run = printed(use, batch, tmp_path / "labels.csv")
    for pepper in (use.settings.keys / "private").glob("scratch-*.mac"):
        pepper.unlink()
    again = use.with_(KeyStore(use.settings.keys, PASSPHRASE, use.identity))
    words = [f"--run={run}", f"--to={SHOP}", f"--out={tmp_path / 'codes.zip'}"]
    result = command(again, "scratch-codes", *words)
    assert result.exit_code != 0
    assert "scratch-" in result.output
    assert not (tmp_path / "codes.zip").exists()


def command(use: Services, *words: str) -> Result:
    return CliRunner().invoke(main, ["labels", *words], obj=use)


def printed(use: Services, batch: Batch, out: Path) -> str:
    words = ["--count=3", "--kind=serial", "--stock=a4-65", "--format=csv", "--json"]
    where = [f"--batch={batch.public_id}", f"--out={out}", "--scratch"]
    result = command(use, "print", *where, *words)
    assert result.exit_code == 0, result.output
    return str(json.loads(result.output)["run"])


def test_the_command_hands_them_out_once_too(
    use: Services, batch: Batch, tmp_path: Path
) -> None:
    run = printed(use, batch, tmp_path / "labels.csv")
    file = tmp_path / "codes.zip"
    words = ["scratch-codes", f"--run={run}", f"--to={SHOP}", "--json"]
    result = command(use, *words, f"--out={file}")
    assert result.exit_code == 0, result.output
    told = json.loads(result.output)
    [rows] = opened(file.read_bytes(), told["password"])
    listed = (tmp_path / "labels.csv").read_text("utf-8-sig").splitlines()[1:]
    assert [row[1] for row in rows[1:]] == [line.split(",")[1] for line in listed]
    assert rows[1][3] not in result.output
    again = command(use, *words, f"--out={tmp_path / 'again.zip'}")
    assert again.exit_code != 0
    assert "22/11/2026" in again.output
    assert not (tmp_path / "again.zip").exists()


def test_the_command_overwrites_no_file(
    use: Services, batch: Batch, tmp_path: Path
) -> None:
    out = tmp_path / "labels.csv"
    run = printed(use, batch, out)
    before = out.read_bytes()
    words = [f"--run={run}", f"--to={SHOP}", f"--out={out}"]
    assert command(use, "scratch-codes", *words).exit_code != 0
    assert out.read_bytes() == before
    words = [f"--run={run}", "--to= ", f"--out={tmp_path / 'codes.zip'}"]
    assert command(use, "scratch-codes", *words).exit_code != 0
    assert not (tmp_path / "codes.zip").exists()
