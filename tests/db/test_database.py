"""Transactions, and the releases of SQLite we trust with WAL."""

import threading

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, UniqueConstraint, insert, text
from sqlalchemy.exc import IntegrityError

from traceability.core.errors import ConflictError
from traceability.db.database import Database, wal_is_safe
from traceability.db.translating import translating

numbers = Table(
    "number",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("a", Integer),
    Column("b", Integer),
    UniqueConstraint("a", "b", name="uq_number_a_b"),
)


@pytest.fixture
def stocked(database: Database) -> Database:
    numbers.create(database.engine)
    return database


def rows(database: Database) -> int:
    with database.reading() as session:
        return int(session.execute(text("SELECT count(*) FROM number")).scalar_one())


def test_an_error_leaves_nothing_behind(stocked: Database) -> None:
    def fail_half_way() -> None:
        with stocked.transaction() as session:
            session.execute(insert(numbers).values(a=1, b=1))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_half_way()
    assert rows(stocked) == 0


def test_reading_commits_nothing(stocked: Database) -> None:
    with stocked.reading() as session:
        session.execute(insert(numbers).values(a=1, b=1))
    assert rows(stocked) == 0


def test_a_named_constraint_becomes_its_error(stocked: Database) -> None:
    taken = ConflictError("taken")
    with stocked.transaction() as session:
        session.execute(insert(numbers).values(a=1, b=1))
    with (
        pytest.raises(ConflictError),
        stocked.transaction() as session,
        translating({"uq_number_a_b": taken}),
    ):
        session.execute(insert(numbers).values(a=1, b=1))


def test_other_constraints_pass_unchanged(stocked: Database) -> None:
    with (
        pytest.raises(IntegrityError),
        stocked.transaction() as session,
        translating({"uq_other_a": ConflictError("other")}),
    ):
        session.execute(insert(numbers), [{"a": 1, "b": 1}, {"a": 1, "b": 1}])


def test_readers_go_on_beside_many_writers(stocked: Database) -> None:
    def write(start: int) -> None:
        for number in range(start, start + 20):
            with stocked.transaction() as session:
                session.execute(insert(numbers).values(a=number, b=0))

    writers = [threading.Thread(target=write, args=(n * 100,)) for n in range(4)]
    for writer in writers:
        writer.start()
    seen = []
    while any(writer.is_alive() for writer in writers):
        seen.append(rows(stocked))
    for writer in writers:
        writer.join()
    assert seen == sorted(seen)
    assert rows(stocked) == 80


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 53, 0), True),
    ],
)
def test_wal_needs_a_release_that_keeps_committed_rows(
    version: tuple[int, ...], *, safe: bool
) -> None:
    assert wal_is_safe(version) is safe
