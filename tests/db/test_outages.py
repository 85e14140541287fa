"""A busy or lost database is a clear 503; what is a mistake of ours stays one."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
from flask import Blueprint, Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.accounts.make_accounts import make_signed_in
from tests.conftest import FixedClock
from tests.web.make_web import make_services, make_settings, make_shell
from traceability.core.identity import Identity
from traceability.core.permissions import Role
from traceability.db.database import Database, Tuning
from traceability.db.outages import Outage, outage_of
from traceability.web.context import Services

HASTY = Tuning(
    pool_size=1, overflow=0, pool_wait=1, lock_timeout=1, statement_timeout=1
)


@pytest.fixture
def hasty(database: Database) -> Iterator[Database]:
    """A service's own view of the database, which waits for nobody long."""
    stock(database)
    with Database(database.url, HASTY) as quick:
        yield quick


def stock(database: Database) -> None:
    with database.transaction() as session:
        session.execute(text("CREATE TABLE number (a INTEGER PRIMARY KEY, b INTEGER)"))
        session.execute(text("INSERT INTO number VALUES (1, 0), (2, 0)"))


def app_over(database: Database, home: Path, clock: FixedClock) -> Flask:
    """An application that runs the statement it is asked for."""
    blueprint = Blueprint("asked", __name__)

    @blueprint.get("/write/<word>")
    def write(word: str) -> str:
        with database.transaction() as session:
            session.execute(text(STATEMENTS[word]))
        return "done"

    use = Services(
        settings=make_settings(home),
        database=database,
        clock=clock,
        identity=Identity("https://tx.example"),
    )
    return make_shell(use, blueprint)


STATEMENTS = {
    "change": "UPDATE number SET b = b + 1 WHERE a = 1",
    "sleep": "SELECT pg_sleep(30)",
    "mistake": "SELECT nothing FROM nowhere WHERE",
    "die": "SELECT pg_terminate_backend(pg_backend_pid())",
}


def asked(app: Flask, word: str) -> TestResponse:
    return app.test_client().get(
        f"/write/{word}", headers={"Accept": "application/problem+json"}
    )


def is_busy(answer: TestResponse) -> bool:
    told = (answer.status_code, answer.get_json()["code"])
    return told == (503, "database-busy") and "Retry-After" in answer.headers


def test_a_lock_held_too_long_is_busy(
    hasty: Database, database: Database, tmp_path: Path, clock: FixedClock
) -> None:
    app = app_over(hasty, tmp_path, clock)
    with database.transaction() as session:
        session.execute(text("UPDATE number SET b = 7 WHERE a = 1"))
        assert is_busy(asked(app, "change"))
        page = app.test_client().get("/write/change")
        session.rollback()
    assert (page.status_code, page.mimetype) == (503, "text/html")
    assert asked(app, "change").status_code == 200


def test_a_full_pool_is_busy(
    hasty: Database, tmp_path: Path, clock: FixedClock
) -> None:
    with hasty.reading() as session:
        session.execute(text("SELECT 1"))
        assert is_busy(asked(app_over(hasty, tmp_path, clock), "change"))


def test_a_page_of_somebody_signed_in_says_so_too(
    hasty: Database, tmp_path: Path, clock: FixedClock
) -> None:
    """Reading who is signed in needs the database, and so may the page's menu."""
    use = make_services(tmp_path / "home", hasty, clock)
    browser = make_signed_in(use, Role.PRODUCER)
    with hasty.reading() as session:
        session.execute(text("SELECT 1"))
        for path in ("/products", "/batches"):
            answer = browser.get(path)
            assert (answer.status_code, answer.mimetype) == (503, "text/html")
            assert "Retry-After" in answer.headers


def test_a_long_statement_is_cut_and_busy(
    postgres_url: str, tmp_path: Path, clock: FixedClock
) -> None:
    with Database(postgres_url, HASTY) as database:
        app = app_over(database, tmp_path, clock)
        assert is_busy(asked(app, "sleep"))


def test_a_lost_connection_is_503_and_the_next_request_gets_a_new_one(
    postgres_url: str, tmp_path: Path, clock: FixedClock
) -> None:
    with Database(postgres_url, HASTY) as database:
        app = app_over(database, tmp_path, clock)
        lost = asked(app, "die")
        assert lost.status_code == 503
        assert lost.get_json()["code"] == "database-unavailable"
        with database.reading() as session:
            assert session.scalar(text("SELECT 1")) == 1


def test_a_mistake_of_ours_stays_an_accident(
    postgres_url: str, tmp_path: Path, clock: FixedClock
) -> None:
    with Database(postgres_url) as database:
        answer = asked(app_over(database, tmp_path, clock), "mistake")
    assert (answer.status_code, answer.get_json()["code"]) == (500, "internal")


def test_two_that_wait_for_each_other_both_get_through(database: Database) -> None:
    """PostgreSQL undoes one of them; it is run again. SQLite lets one wait."""
    stock(database)
    # One of SQLite's writers waits for nobody: the other is kept out by its lock.
    meeting = threading.Barrier(2, timeout=0.2 if database.is_sqlite else 2)

    def crossing(first: int, second: int) -> Callable[[Session], None]:
        def write(session: Session) -> None:
            change = text("UPDATE number SET b = b + 1 WHERE a = :a")
            session.execute(change, {"a": first})
            with suppress(threading.BrokenBarrierError):  # the other waits for us
                meeting.wait()
            session.execute(change, {"a": second})

        return write

    other = threading.Thread(target=lambda: database.written(crossing(2, 1)))
    other.start()
    database.written(crossing(1, 2))
    other.join()
    with database.reading() as session:
        assert session.scalars(text("SELECT b FROM number")).all() == [2, 2]


def test_what_is_no_deadlock_is_tried_once(sqlite_database: Database) -> None:
    tries = []

    def write(session: Session) -> None:
        tries.append(session)
        session.execute(text("SELECT nothing FROM nowhere"))

    with pytest.raises(OperationalError):
        sqlite_database.written(write)
    assert len(tries) == 1


@pytest.mark.parametrize(
    ("orig", "outage"),
    [
        (psycopg.errors.LockNotAvailable(), Outage.BUSY),
        (psycopg.errors.DeadlockDetected(), Outage.BUSY),
        (psycopg.errors.TooManyConnections(), Outage.BUSY),
        (psycopg.errors.AdminShutdown(), Outage.DOWN),
        (psycopg.errors.ReadOnlySqlTransaction(), Outage.DOWN),
        (psycopg.errors.IdleInTransactionSessionTimeout(), Outage.DOWN),
        (psycopg.errors.UndefinedTable(), None),
        (sqlite3.DatabaseError("database disk image is malformed"), Outage.DOWN),
        (sqlite3.DatabaseError("something else"), None),
    ],
)
def test_each_error_is_what_it_says(orig: Exception, outage: Outage | None) -> None:
    assert outage_of(DBAPIError("", {}, orig)) is outage
    assert outage_of(ProgrammingError("", {}, orig)) is outage


def test_the_settings_reach_the_server(postgres_url: str) -> None:
    with Database(postgres_url, Tuning(lock_timeout=3)) as database:
        told = shown(database, "lock_timeout", "statement_timeout", "application_name")
        assert told == ["3s", "30s", "traceability"]
    address = f"{postgres_url}&options=-c%20lock_timeout%3D9s"
    with Database(address, Tuning(lock_timeout=3)) as database:
        assert shown(database, "lock_timeout", "statement_timeout") == ["9s", "30s"]


def shown(database: Database, *names: str) -> list[str]:
    with database.reading() as session:
        return [str(session.scalar(text(f"SHOW {name}"))) for name in names]
