"""A producer's pages of import: dry run first, confirmed once, nobody else's file."""

import re
from io import BytesIO
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from tests.batches.importing.make_files import csv_file, row, xlsx_file
from tests.batches.make_batches import make_producer
from tests.conftest import FixedClock
from tests.web.make_web import Browser
from traceability.accounts.logins import Login
from traceability.accounts.service import PersonDraft, create_person
from traceability.batches.importing import views
from traceability.batches.importing.keeping import Shelf
from traceability.batches.models import Batch, BatchState
from traceability.core.permissions import SYSTEM, Role
from traceability.web.context import Services

PASSWORD = "lua-nep-cai-hoa-vang"


def producer_browser(use: Services, app: Flask, number: int) -> Browser:
    clock = use.clock
    assert isinstance(clock, FixedClock)
    login = f"nguoi{number}@example.com"
    with use.database.transaction() as session:
        producer = make_producer(session, clock, number)
        owner = producer.actor.organisation_id
        assert owner is not None
        draft = PersonDraft(
            organisation_id=owner,
            login=Login.parse(login),
            name="Người mẫu",
            password=PASSWORD,
            roles=frozenset({Role.PRODUCER}),
        )
        create_person(session, draft, actor=SYSTEM, clock=clock)
    browser = Browser(app)
    browser.get("/sign-in")
    assert (
        browser.post("/sign-in", {"login": login, "password": PASSWORD}).status_code
        == 303
    )
    return browser


@pytest.fixture
def browser(use: Services, app: Flask) -> Browser:
    return producer_browser(use, app, 0)


def sent(browser: Browser, data: bytes, name: str = "lots.csv") -> TestResponse:
    browser.get("/batches/import")
    return browser.post("/batches/import", {"file": (BytesIO(data), name)})


def waiting(browser: Browser, data: bytes) -> str:
    """The page of a file that was sent."""
    answer = sent(browser, data)
    assert answer.status_code == 303
    place = str(answer.headers["Location"])
    assert browser.get(place).status_code == 200
    return place


def lots(use: Services) -> list[str]:
    with use.database.reading() as session:
        return list(session.scalars(select(Batch.state)))


def test_a_file_is_looked_over_then_saved_as_drafts(
    use: Services, browser: Browser
) -> None:
    page = waiting(browser, csv_file([row(1, unit="tạ"), row(2)]))
    assert "2 lô" in browser.page
    assert "100 kg (DTN)" in browser.page
    assert lots(use) == []
    answer = browser.post(page, {"how": "drafts"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/batches")
    assert lots(use) == [BatchState.DRAFT.value] * 2
    assert browser.get(page).status_code == 404  # the file is gone
    browser.get("/batches/import")
    assert browser.post(page, {"how": "drafts"}).status_code == 404


def test_the_lots_of_a_sound_file_are_listed_before_they_are_signed(
    browser: Browser,
) -> None:
    waiting(browser, csv_file([row(1, unit="tạ"), row(2)]))
    table, signing = browser.page.split("Ký và cấp tất cả")
    for words in ("Chè mẫu", "L-1", "20/11/2026", "12,5 tạ", "L-2", "12,5 kg"):
        assert words in table, words
    assert "L-2" not in signing
    waiting(browser, csv_file(row(number) for number in range(1, 53)))
    assert "L-50<" in browser.page
    assert "L-51<" not in browser.page
    assert "còn 2 lô nữa" in browser.page


def test_a_workbook_is_signed_and_issued_when_asked(
    use: Services, browser: Browser
) -> None:
    page = waiting(browser, xlsx_file([row(1)]))
    assert browser.post(page, {"how": "else"}).status_code == 400
    browser.get(page)
    assert browser.post(page, {"how": "issue"}).status_code == 303
    assert lots(use) == [BatchState.ISSUED.value]


def test_faults_stand_by_row_column_and_rule_and_store_nothing(
    use: Services, browser: Browser
) -> None:
    rows = [row(1), row(2, quantity="1.000,5"), row(3, made="01/12/2026")]
    page = waiting(browser, csv_file(rows))
    for words in ("cell-number", "Số lượng", "batch-date-future", "2 chỗ phải sửa"):
        assert words in browser.page
    assert 'name="how"' not in browser.page
    answer = browser.post(page, {"how": "drafts"})
    assert answer.status_code == 422
    assert "cell-number" in browser.page
    assert lots(use) == []
    report = browser.get(f"{page}/report.csv")
    assert report.content_type.startswith("text/csv")
    assert "3,Số lượng,cell-number" in report.text
    assert browser.post(f"{page}/delete").status_code == 303
    assert browser.get(page).status_code == 404


def test_a_file_that_cannot_be_read_says_why(browser: Browser) -> None:
    waiting(browser, csv_file([row(1)]).replace(b",", b";"))
    assert "import-delimiter" in browser.page
    waiting(browser, b"PK\x03\x04 but no zip")
    assert "import-workbook" in browser.page
    waiting(browser, csv_file(row(number) for number in range(views.MAX_ROWS + 1)))
    assert "import-too-large" in browser.page


def test_no_file_and_a_large_one_are_refused_beside_the_field(browser: Browser) -> None:
    browser.get("/batches/import")
    assert browser.post("/batches/import").status_code == 422
    assert 'id="file-error"' in browser.page
    answer = sent(browser, b"a" * (views.MAX_BYTES + 1))
    answer.request.environ["wsgi.input"].close()  # the test client forgets to
    assert answer.status_code == 413
    assert 'id="file-error"' in browser.page


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_the_template_is_there_to_download(browser: Browser, ending: str) -> None:
    answer = browser.get(f"/batches/import/lots.{ending}")
    assert answer.status_code == 200
    assert f'filename="lots.{ending}"' in answer.headers["Content-Disposition"]
    assert browser.get("/batches/import/lots.xlsm").status_code == 404


def test_nobody_finds_the_file_of_another_producer(
    use: Services, app: Flask, browser: Browser
) -> None:
    page = waiting(browser, csv_file([row(1)]))
    other = producer_browser(use, app, 1)
    other.get("/batches/import")
    assert page not in other.page
    assert other.get(page).status_code == 404
    assert other.get(f"{page}/report.csv").status_code == 404
    other.get("/batches/import")
    assert other.post(page, {"how": "drafts"}).status_code == 404
    other.get("/batches/import")
    assert other.post(f"{page}/delete").status_code == 404
    browser.get("/batches/import")
    assert page in browser.page
    assert lots(use) == []


def test_an_id_is_no_path(browser: Browser) -> None:
    for name in ("..", "x" * 26 + "/..", "%2e%2e", "A" * 26, "x"):
        answer = browser.get(f"/batches/imports/{name}")
        assert answer.status_code in {400, 404}, name


def test_two_confirmations_at_once_import_once(
    use: Services, app: Flask, browser: Browser
) -> None:
    page = waiting(browser, csv_file([row(lot=""), row(lot="")]))
    token = re.findall(r'name="csrf_token" value="([^"]+)"', browser.page)[0]
    ready, statuses = Barrier(2), list[int]()

    def confirm() -> None:
        ready.wait()
        sent_form = {"csrf_token": token, "how": "drafts"}
        answer = browser.client.post(
            page,
            data=sent_form,
            base_url=browser.origin,
            headers={"Referer": browser.origin},
        )
        statuses.append(answer.status_code)

    pair = [Thread(target=confirm) for _ in range(2)]
    for one in pair:
        one.start()
    for one in pair:
        one.join()
    assert sorted(statuses) == [303, 404]
    with use.database.reading() as session:
        assert session.scalar(select(func.count(Batch.id))) == 2


def test_a_producer_s_shelf_holds_ten_files(use: Services) -> None:
    shelf = Shelf.of(use.settings.home, "p" * 26)
    kept = [shelf.put(b"x") for _ in range(12)]
    assert len(shelf.ids()) == 10
    assert kept[-1] in shelf.ids()
