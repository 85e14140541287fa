"""Scans are noted at once, stored in groups and forgotten in time."""

import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from tests.conftest import FixedClock
from tests.scans.make_scans import ANDROID, IPHONE, LINK, MORNING, sighting
from traceability.db.base import Base
from traceability.db.database import Database
from traceability.scans import service
from traceability.scans.models import Scan, ScanDay
from traceability.scans.queries import history
from traceability.scans.rules import signs
from traceability.scans.service import KEPT, ScanCounter, Waiting, forget, store
from traceability.scans.visitors import DailySalts


@pytest.fixture
def counter(
    sqlite_database: Database, clock: FixedClock, tmp_path: Path
) -> Iterator[ScanCounter]:
    counter = ScanCounter(sqlite_database, clock, DailySalts(tmp_path))
    yield counter
    counter.stop()


def rows(database: Database) -> list[Scan]:
    with database.reading() as session:
        return list(session.scalars(select(Scan).order_by(Scan.id)))


def test_scans_are_stored_and_counted_by_day(database: Database) -> None:
    with database.transaction() as session:
        store(session, [sighting(1), sighting(2), sighting(1, link="other")])
    with database.transaction() as session:
        store(session, [sighting(1, hours=1), sighting(1, hours=24)])
    with database.reading() as session:
        found = history(session, LINK)
        days = session.scalars(
            select(ScanDay.count).where(ScanDay.link == LINK).order_by(ScanDay.day)
        ).all()
    assert (found.count, found.first) == (4, MORNING.date())
    assert (found.busiest_hour, found.busiest_day, found.busiest_week) == (2, 2, 3)
    assert list(days) == [3, 1]


def test_two_writers_at_once_lose_no_scan(database: Database) -> None:
    links = [f"link-{number}" for number in range(20)]

    def write(order: list[str]) -> None:
        for _ in range(5):
            with database.transaction() as session:
                store(session, [sighting(link=link) for link in order])

    threads = [
        threading.Thread(target=write, args=(order,)) for order in (links, links[::-1])
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as session:
        assert set(session.scalars(select(ScanDay.count))) == {10}
        assert session.scalar(select(func.count(Scan.id))) == 200


def test_an_unknown_code_has_no_history(database: Database) -> None:
    with database.reading() as session:
        found = history(session, LINK)
    assert (found.count, found.first) == (0, None)


def test_many_devices_in_an_hour_are_a_sign(database: Database) -> None:
    with database.transaction() as session:
        store(session, [sighting(visitor) for visitor in range(6)])
    with database.reading() as session:
        assert signs(history(session, LINK)) == ("many-devices-in-an-hour",)
        assert signs(history(session, LINK, single=False)) == ()


def test_single_scans_are_forgotten_and_counts_stay(database: Database) -> None:
    with database.transaction() as session:
        store(session, [sighting(1), sighting(2, hours=24 * 91)])
        forget(session, before=MORNING + timedelta(hours=24 * 91) - KEPT)
    assert [row.visitor[-1] for row in rows(database)] == ["2"]
    with database.reading() as session:
        assert history(session, LINK).count == 2


def test_a_scan_keeps_the_hour_and_neither_address_nor_browser(
    sqlite_database: Database, counter: ScanCounter, clock: FixedClock
) -> None:
    clock.instant = MORNING + timedelta(minutes=17)
    counter.count(LINK, "live", address="203.0.113.7", user_agent=ANDROID)
    assert counter.waiting(LINK) == 1
    assert counter.flush() == 1
    (row,) = rows(sqlite_database)
    assert (row.link, row.hour, row.verdict) == (LINK, MORNING, "live")
    assert set(Scan.__table__.columns.keys()) == {
        "id",
        "link",
        "hour",
        "verdict",
        "visitor",
    }


def test_a_robot_is_not_counted(counter: ScanCounter) -> None:
    counter.count(LINK, "live", address="203.0.113.7", user_agent="Googlebot/2.1")
    assert counter.waiting(LINK) == 0


def test_the_thread_stores_within_two_seconds(
    sqlite_database: Database, counter: ScanCounter
) -> None:
    counter.count(LINK, "live", address="203.0.113.7", user_agent=ANDROID)
    counter.count(LINK, "live", address="203.0.113.7", user_agent=IPHONE)
    deadline = time.monotonic() + 60
    while not rows(sqlite_database) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert len(rows(sqlite_database)) == 2


def test_stopping_stores_what_is_left(
    sqlite_database: Database, counter: ScanCounter
) -> None:
    counter.count(LINK, "live", address="203.0.113.7", user_agent=ANDROID)
    counter.stop()
    assert len(rows(sqlite_database)) == 1


def test_what_cannot_be_stored_waits(
    sqlite_database: Database, counter: ScanCounter, caplog: pytest.LogCaptureFixture
) -> None:
    Base.metadata.drop_all(sqlite_database.engine)
    counter.count(LINK, "live", address="203.0.113.7", user_agent=ANDROID)
    assert counter.flush() == 0
    assert counter.waiting(LINK) == 1
    assert OperationalError.__name__ in caplog.text
    Base.metadata.create_all(sqlite_database.engine)
    assert counter.flush() == 1


def test_whoever_reads_is_told_that_scans_were_stored_meanwhile(
    counter: ScanCounter,
) -> None:
    counter.count(LINK, "live", address="203.0.113.7", user_agent=ANDROID)
    before = counter.settled(LINK)
    assert (before.count, counter.stored_since(LINK, before)) == (1, False)
    counter.flush()
    assert counter.stored_since(LINK, before)
    assert not counter.stored_since(LINK + "X", before)
    after = counter.settled(LINK)
    assert (after.count, counter.stored_since(LINK, after)) == (0, False)


def test_so_many_groups_later_anything_may_have_been_stored(
    counter: ScanCounter,
) -> None:
    before = counter.settled(LINK)
    for _ in range(61):
        counter.count(LINK + "X", "live", address="203.0.113.7", user_agent=ANDROID)
        counter.flush()
    assert counter.stored_since(LINK, before)


def test_a_reader_waits_while_scans_of_its_link_are_stored(
    counter: ScanCounter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A group that is committed and still noted would be told twice."""
    committed, told = threading.Event(), threading.Event()
    tell_no_more = counter._tell_no_more  # noqa: SLF001 (the moment after the commit)

    def slowly(group: Any) -> None:
        counter._lock.release()  # noqa: SLF001 (readers may ask now)
        committed.set()
        assert told.wait(10)
        counter._lock.acquire()  # noqa: SLF001
        tell_no_more(group)

    counter.count(LINK, "live", address="203.0.113.7", user_agent=ANDROID)
    before = counter.settled(LINK)
    monkeypatch.setattr(counter, "_tell_no_more", slowly)
    storing = threading.Thread(target=counter.flush)
    storing.start()
    assert committed.wait(10)
    assert counter.settled(LINK + "X").count == 0
    assert counter.stored_since(LINK, before)
    monkeypatch.setattr(service, "PATIENCE", 0.01)
    in_vain = counter.settled(LINK)
    assert in_vain == Waiting(count=1, groups=0, certain=False)
    assert not counter.stored_since(LINK, in_vain)
    monkeypatch.setattr(service, "PATIENCE", 10)
    threading.Timer(0.1, told.set).start()
    assert counter.settled(LINK).count == 0
    storing.join()


def test_old_scans_are_forgotten_with_the_first_group_of_a_day(
    sqlite_database: Database, counter: ScanCounter, clock: FixedClock
) -> None:
    with sqlite_database.transaction() as session:
        store(session, [sighting(1)])
    clock.instant = MORNING + KEPT + timedelta(hours=1)
    counter.count("other", "lot", address="203.0.113.7", user_agent=ANDROID)
    counter.flush()
    assert [row.link for row in rows(sqlite_database)] == ["other"]
