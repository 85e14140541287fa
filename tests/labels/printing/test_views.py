"""A producer has a large run made: progress, the file, cancelling, trying again."""

import errno
import os
import re
from datetime import timedelta
from pathlib import Path
from threading import Event
from urllib.parse import urlencode

import pytest
from sqlalchemy import select

from tests.accounts.make_accounts import PASSWORD, make_signed_in
from tests.conftest import FixedClock
from tests.labels.printing.make_printing import Room, make_room
from tests.web.make_web import Browser, make_services
from traceability.batches.models import Batch
from traceability.db.database import Database
from traceability.jobs.consuming import work_off
from traceability.jobs.queueing import JobQueue
from traceability.labels.life.queries import life_of
from traceability.labels.printing import service
from traceability.labels.printing.archive import Archive
from traceability.labels.printing.forecast import size_text
from traceability.labels.printing.models import PrintTask
from traceability.labels.printing.room import tidy, worker_queue
from traceability.labels.printing.state import TaskState
from traceability.labels.printing.wording import time_left

COUNT = 10


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let five labels be many."""
    monkeypatch.setattr("traceability.labels.job.AT_ONCE", 5)


@pytest.fixture
def room(tmp_path: Path, sqlite_database: Database, clock: FixedClock) -> Room:
    return make_room(make_services(tmp_path / "home", sqlite_database, clock), COUNT)


@pytest.fixture
def browser(room: Room) -> Browser:
    with room.use.database.reading() as session:
        batch = session.get_one(Batch, room.row.batch.id)
        session.refresh(batch, ["organisation"])
        return make_signed_in(room.use, organisation=batch.organisation)


@pytest.fixture
def page(room: Room) -> str:
    return f"/labels/{room.row.run.public_id}"


def work(room: Room) -> None:
    work_off(worker_queue(room.use, Event()))


def ask(browser: Browser, page: str, format_: str = "pdf") -> None:
    browser.get(page)
    answer = browser.post(f"{page}/files", {"format": format_})
    assert answer.status_code == 303, browser.page
    browser.get(page)


def test_a_large_run_is_queued_as_it_is_started(room: Room, browser: Browser) -> None:
    path = f"/batches/{room.row.batch.public_id}/labels"
    browser.get(path)
    form = {"kind": "serial", "count": "6", "stock": "a4-65"}
    started = browser.post(path, form)
    page = started.headers["Location"]
    browser.get(page)
    assert "Đang chờ đến lượt" in browser.page
    assert "0 trên 6 tem (0 %)" in browser.page
    assert re.search(r'<section id="files"[^>]* hx-trigger="every 2s"', browser.page)
    assert '<noscript><meta http-equiv="refresh"' in browser.page
    assert browser.get(f"{page}/sheet.pdf").status_code == 409
    assert "Tệp đang được làm" in browser.page
    work(room)
    browser.get(page)
    assert "Đã đọc lại toàn bộ 6 mã" in browser.page
    assert "hx-trigger" not in browser.page
    assert "http-equiv" not in browser.page


def test_the_form_of_a_large_run_says_what_is_too_much_at_once(
    room: Room, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("traceability.labels.printing.service.MOST_UNFINISHED", 0)
    path = f"/batches/{room.row.batch.public_id}/labels"
    browser.get(path)
    refused = browser.post(path, {"kind": "serial", "count": "6", "stock": "a4-65"})
    assert refused.status_code == 409
    assert "hoặc dừng một tệp, rồi thử lại" in browser.page


def test_the_file_is_sent_whole_or_in_ranges(
    room: Room, browser: Browser, page: str
) -> None:
    ask(browser, page)
    work(room)
    whole = browser.get(f"{page}/sheet.pdf")
    data = whole.get_data()
    assert data.startswith(b"labels\n")
    assert whole.headers["Accept-Ranges"] == "bytes"
    assert whole.headers["Cache-Control"] == "no-store"
    assert room.row.batch.lot_number in whole.headers["Content-Disposition"]
    part = browser.get(f"{page}/sheet.pdf", Range="bytes=7-20")
    assert (part.status_code, part.get_data()) == (206, data[7:21])
    rest = browser.get(f"{page}/sheet.pdf", Range="bytes=-5")
    assert rest.get_data() == data[-5:]
    past = browser.get(f"{page}/sheet.pdf", Range=f"bytes={len(data)}-")
    assert past.status_code == 416
    known = browser.get(f"{page}/sheet.pdf", **{"If-None-Match": whole.headers["ETag"]})
    assert known.status_code == 304


def test_a_file_is_noted_once_however_it_is_fetched(
    room: Room, browser: Browser, page: str
) -> None:
    ask(browser, page)
    work(room)
    noted: list[int] = []

    def fetched(method: str = "GET", **headers: str) -> int:
        answer = browser.client.open(
            f"{page}/sheet.pdf",
            method=method,
            base_url=browser.origin,
            headers={name.replace("_", "-"): one for name, one in headers.items()},
        )
        with room.use.database.reading() as session:
            noted.append(len(life_of(session, room.row.run).print_outs))
        return int(answer.status_code)

    assert fetched("HEAD") == 200
    assert fetched(Range="bytes=0-6") == 206
    assert fetched(Range="bytes=7-20") == 206
    assert fetched(Range="bytes=21-") == 206
    assert fetched(Range="bytes=99999-") == 416
    assert noted == [0, 1, 1, 1, 1]
    assert fetched() == 200
    assert noted[-1] == 2
    # Of another file than is there, the whole is sent.
    assert fetched(Range="bytes=7-", If_Range='"other"') == 200
    assert noted[-1] == 3


def test_progress_is_told_in_words(
    room: Room, browser: Browser, page: str, clock: FixedClock
) -> None:
    task = room.ask()
    with room.use.database.transaction() as session:
        found = service.locked_task(session, task.public_id)
        now = clock.now()
        service.claim_parts(
            session,
            found,
            worker="w",
            part_labels=3,
            want=2,
            now=now,
            stale=timedelta(minutes=1),
        )
        found.done, found.busy = 4, 120_000
    browser.get(page)
    assert "Đang làm" in browser.page
    assert "4 trên 10 tem (40 %), còn khoảng 3 phút" in browser.page
    assert '<progress max="10" value="4"' in browser.page


def test_a_file_is_cancelled_while_a_worker_writes_a_part_of_it(
    browser: Browser, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(_archive: Archive, _place: str) -> None:
        raise OSError(errno.ENOTEMPTY, os.strerror(errno.ENOTEMPTY))

    monkeypatch.setattr(Archive, "remove_parts", busy)
    ask(browser, page)
    [cancel] = re.findall(r'action="([^"]+/cancel)"', browser.page)
    assert browser.post(cancel).status_code == 303
    browser.get(page)
    assert "Đã dừng" in browser.page


def test_a_file_is_cancelled_and_made_after_all(
    room: Room, browser: Browser, page: str
) -> None:
    ask(browser, page)
    [cancel] = re.findall(r'action="([^"]+/cancel)"', browser.page)
    assert browser.post(cancel).status_code == 303
    browser.get(page)
    assert "Đã dừng" in browser.page
    assert browser.post(cancel).status_code == 409
    work(room)
    assert room.writer.made == []
    ask(browser, page)
    work(room)
    assert browser.get(f"{page}/sheet.pdf").status_code == 200


def test_a_failure_says_why_and_offers_another_try(
    room: Room, browser: Browser, page: str
) -> None:
    room.writer.wrong = 7
    ask(browser, page)
    work(room)
    browser.get(page)
    assert "Tem số 8 đọc lại không đúng" in browser.page
    assert "Thử lại" in browser.page
    assert browser.get(f"{page}/sheet.pdf").status_code == 409
    room.writer.wrong = None
    ask(browser, page)
    work(room)
    assert browser.get(f"{page}/sheet.pdf").status_code == 200


def test_a_purged_or_lost_file_is_made_again_the_same(
    room: Room, browser: Browser, page: str, clock: FixedClock
) -> None:
    ask(browser, page, "csv")
    work(room)
    before = browser.get(f"{page}/sheet.csv").get_data()
    clock.instant += timedelta(days=31)
    tidy(room.use)
    browser.sign_in("nguoi.dung@example.com", PASSWORD)  # a month later
    assert browser.get(f"{page}/sheet.csv").status_code == 409
    assert "Tệp đã được xóa sau thời hạn lưu" in browser.page
    browser.get(page)
    assert "Không còn lưu" in browser.page
    ask(browser, page, "csv")
    work(room)
    assert browser.get(f"{page}/sheet.csv").get_data() == before
    [(place, suffix)] = room.press.archive.files()
    room.press.archive.remove_file(place, suffix)
    assert browser.get(f"{page}/sheet.csv").status_code == 409
    assert "đã bị xóa hoặc bị thay đổi. Hãy bấm “Làm lại”" in browser.page
    browser.get(page)
    assert "Đã mất hoặc bị thay đổi" in browser.page
    assert "Hãy cho làm lại: tem vẫn giữ nguyên" in browser.page
    assert browser.get(f"{page}/sheet.csv").status_code == 409
    assert "Hãy bấm “Làm lại”" in browser.page


def test_no_file_is_sent_but_the_one_that_was_read_back(
    room: Room, browser: Browser, page: str
) -> None:
    ask(browser, page, "csv")
    work(room)
    [(place, suffix)] = room.press.archive.files()
    with room.press.archive.writing(place, suffix) as sink:
        sink.write(b"other links")
    answer = browser.get(f"{page}/sheet.csv")
    assert answer.status_code == 409
    assert b"other" not in answer.get_data()
    browser.get(page)
    assert "Đã mất hoặc bị thay đổi" in browser.page
    ask(browser, page, "csv")
    work(room)
    assert browser.get(f"{page}/sheet.csv").status_code == 200


def test_no_format_but_ours_is_made_and_each_is_offered_once(
    browser: Browser, page: str
) -> None:
    browser.get(page)
    assert browser.post(f"{page}/files", {"format": "exe"}).status_code == 422
    ask(browser, page)
    offered = re.findall(
        r'value="([a-z-]+)" class="secondary outline" aria-', browser.page
    )
    assert "pdf" not in offered
    assert {"csv", "svg", "png"} <= set(offered)
    assert len(offered) == len(set(offered))


def test_every_code_of_a_large_run_is_read_where_its_producer_asks(
    room: Room, browser: Browser, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("printing.state", "runs.views"):
        monkeypatch.setattr(f"traceability.labels.{module}.ALL_UP_TO", 5)
    ask(browser, page)
    work(room)
    browser.get(page)
    assert "chọn ngẫu nhiên" in browser.page
    assert 'type="checkbox" name="everything"' in browser.page
    assert 'type="hidden" name="everything"' in browser.page
    before = browser.get(f"{page}/sheet.pdf").get_data()
    browser.post(f"{page}/files", {"format": "pdf", "everything": "1"})
    work(room)
    browser.get(page)
    assert "Đã đọc lại toàn bộ 10 mã" in browser.page
    assert browser.get(f"{page}/sheet.pdf").get_data() == before
    browser.post(f"{page}/files", {"format": "pdf", "everything": "1"})
    browser.get(page)
    assert "Đã đọc lại toàn bộ 10 mã" in browser.page


def test_other_producers_find_nothing(room: Room, page: str, browser: Browser) -> None:
    ask(browser, page)
    [cancel] = re.findall(r'action="([^"]+/cancel)"', browser.page)
    work(room)
    stranger = make_signed_in(room.use, login="khac@example.com")
    assert stranger.get(page).status_code == 404
    assert stranger.get(f"{page}/sheet.pdf").status_code == 404
    stranger.get("/labels")
    assert stranger.post(f"{page}/files", {"format": "svg"}).status_code == 404
    stranger.get("/labels")
    assert stranger.post(cancel).status_code == 404


def test_a_queue_that_is_down_refuses_nothing(
    room: Room, browser: Browser, page: str
) -> None:
    room.use.get(JobQueue).file.mkdir()
    ask(browser, page)
    assert "Đang chờ đến lượt" in browser.page


def test_times_and_sizes_read_well() -> None:
    seconds = (None, 20.0, 60.0, 3000.0, 7300.0)
    assert [time_left(one) for one in seconds] == [
        "",
        "less than a minute left",
        "about 1 minute left",
        "about 50 minutes left",
        "about 2 hours left",
    ]
    sizes = (5, 1500, 2_000_000, 34 * 10**8, 2 * 10**12)
    assert [size_text(one) for one in sizes] == [
        *("5 B", "1,5 kB", "2 MB", "3,4 GB", "2.000 GB"),
    ]


def test_each_format_says_what_it_comes_to_and_whether_it_has_room(
    room: Room, browser: Browser, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(browser, page, "csv")
    work(room)
    with room.use.database.transaction() as session:
        [task] = session.scalars(select(PrintTask))
        task.busy = 600_000
        task.started_at = None
        task.state = TaskState.PURGED
    browser.get(page)
    assert re.search(r"khoảng [\d,]+ k?B, khoảng 10 phút", browser.page)
    assert re.search(r"PNG, [^<]*<br><small>khoảng \d+ kB</small>", browser.page)
    monkeypatch.setattr(Archive, "free", property(lambda _: 5000))
    browser.get(page)
    assert "máy chủ hiện không đủ chỗ" in browser.page
    assert 'value="png"' not in browser.page
    refused = browser.post(f"{page}/files", {"format": "png"})
    assert refused.status_code == 409
    assert "hiện còn 5 kB. Vẫn đủ chỗ cho: " in browser.page


def test_a_lot_is_told_what_its_labels_take_before_they_are_made(
    room: Room, browser: Browser
) -> None:
    path = f"/batches/{room.row.batch.public_id}/labels"
    typed = {"stock": "a4-65", "kind": "serial", "dpi": "300", "skip": "a4-65:1"}
    browser.get(f"{path}/preview?{urlencode({**typed, 'count': '65'})}")
    assert "Đợt này cần <strong>2 tờ</strong>" in browser.page
    assert re.search(r"bản PDF: khoảng [\d,]+ kB", browser.page)
    browser.get(f"{path}/preview?{urlencode({**typed, 'count': 'năm'})}")
    assert "Đợt này cần" not in browser.page
