"""Log and records refuse to be changed, by whichever statement."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests.transparency.make_transparency import fill
from traceability.db.database import Database
from traceability.records.models import SignedRecord
from traceability.transparency.service import TransparencyLog
from traceability.transparency.triggers import (
    append_only_tables,
    create_triggers,
    drop_triggers,
    triggers_stand,
)

TABLES = ("log_leaf", "log_node", "signed_record")
RECORD = {
    "public_id": "a" * 26,
    "type": "BatchRecord",
    "subject": "https://tx.example/01/09521234500018/10/L7",
    "version": 1,
    "token": "e30.e30.AA",
    "digest": "d" * 64,
    "kid": "did:web:tx.example#k",
    "log_index": 0,
    "issued_at": "2026-11-22 03:00:00+00:00",
}
COLUMNS = ", ".join(RECORD)
VALUES = ", ".join(f":{name}" for name in RECORD)
INSERT = f"INTO signed_record ({COLUMNS}) VALUES ({VALUES})"


@pytest.fixture
def filled(database: Database, log: TransparencyLog) -> Database:
    fill(log, database, 5)
    with database.transaction() as session:
        session.execute(text(f"INSERT {INSERT}"), RECORD)
    return database


def rows(database: Database) -> list[object]:
    with database.reading() as session:
        return [
            tuple(row)
            for table in TABLES
            for row in session.execute(text(f"SELECT * FROM {table}"))  # noqa: S608 (our own names)
        ]


def refuses(database: Database, statement: str, **values: object) -> str:
    before = rows(database)
    with pytest.raises(IntegrityError) as refused, database.transaction() as session:
        session.execute(text(statement), values)
    assert rows(database) == before
    return str(refused.value.orig)


def test_log_and_records_are_guarded() -> None:
    assert set(TABLES) <= set(append_only_tables())


@pytest.mark.parametrize("table", TABLES)
def test_rows_are_not_deleted(filled: Database, table: str) -> None:
    told = refuses(filled, f"DELETE FROM {table}")  # noqa: S608 (our own names)
    assert f"{table} is append-only: DELETE refused" in told


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("log_leaf", "data = hash"),
        ("log_leaf", '"index" = "index" + 100'),
        ("log_node", "hash = hash"),
        ("signed_record", "token = 'another'"),
        ("signed_record", "version = 2"),
    ],
)
def test_rows_are_not_updated(filled: Database, table: str, change: str) -> None:
    told = refuses(filled, f"UPDATE {table} SET {change}")  # noqa: S608 (our own names)
    assert f"{table} is append-only: UPDATE refused" in told


def test_an_existing_leaf_is_not_replaced(filled: Database) -> None:
    verb = "INSERT OR REPLACE" if filled.is_sqlite else "INSERT"
    told = refuses(
        filled,
        f'{verb} INTO log_leaf ("index", data, hash) VALUES (2, :data, :data)',
        data=b"another",
    )
    assert "log_leaf" in told


def test_an_existing_node_is_not_replaced(filled: Database) -> None:
    verb = "INSERT OR REPLACE" if filled.is_sqlite else "INSERT"
    refuses(
        filled,
        f"{verb} INTO log_node (level, position, hash) VALUES (1, 0, :data)",
        data=b"another",
    )


@pytest.mark.parametrize(
    "same",
    [["public_id"], ["digest"], ["log_index"], ["subject", "type", "version"]],
    ids="-".join,
)
def test_a_record_is_not_replaced_through_any_of_its_keys(
    filled: Database, same: list[str]
) -> None:
    other = {
        **RECORD,
        "public_id": "b" * 26,
        "digest": "e" * 64,
        "log_index": 9,
        "version": 2,
    }
    values = {name: RECORD[name] if name in same else other[name] for name in RECORD}
    verb = "INSERT OR REPLACE" if filled.is_sqlite else "INSERT"
    refuses(filled, f"{verb} {INSERT}", **values)
    with filled.transaction() as session:
        session.execute(text(f"INSERT {INSERT}"), other)


def test_an_upsert_is_an_update(filled: Database) -> None:
    refuses(
        filled,
        'INSERT INTO log_leaf ("index", data, hash) VALUES (2, :data, :data)'
        ' ON CONFLICT ("index") DO UPDATE SET data = excluded.data',
        data=b"another",
    )


@pytest.mark.parametrize("table", TABLES)
def test_tables_are_not_truncated(filled: Database, table: str) -> None:
    if filled.is_sqlite:  # SQLite's TRUNCATE is a DELETE without WHERE
        refuses(filled, f"DELETE FROM {table}")  # noqa: S608 (our own names)
    else:
        refuses(filled, f"TRUNCATE {table} CASCADE")


def test_the_head_is_exempt(filled: Database) -> None:
    with filled.transaction() as session:
        session.execute(text("UPDATE log_head SET tree_size = tree_size"))


def test_a_fresh_database_has_its_triggers(database: Database) -> None:
    with database.reading() as session:
        assert triggers_stand(session)


def test_a_migration_takes_them_away_and_puts_them_back(filled: Database) -> None:
    with filled.transaction() as session:
        drop_triggers(session.connection(), ["signed_record"])
        assert not triggers_stand(session)
        assert triggers_stand(session, ["log_leaf", "log_node"])
        create_triggers(session.connection(), ["signed_record"])
        create_triggers(session.connection(), ["signed_record"])
        assert triggers_stand(session)
    refuses(filled, "DELETE FROM signed_record")


def test_a_database_without_the_tables_has_no_triggers(tmp_path: Path) -> None:
    empty = Database(f"sqlite:///{tmp_path / 'empty.sqlite3'}")
    with empty.reading() as session:
        assert not triggers_stand(session)
    empty.dispose()


def disable(session: Session) -> None:
    session.execute(text("ALTER TABLE log_leaf DISABLE TRIGGER USER"))


def hollow_function(session: Session) -> None:
    session.execute(
        text(
            "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger"
            " LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$"
        )
    )


def one_column_only(session: Session) -> None:
    name = "append_only_log_leaf_row"
    session.execute(text(f"DROP TRIGGER {name} ON log_leaf"))
    session.execute(
        text(
            f"CREATE TRIGGER {name} BEFORE DELETE OR UPDATE OF hash ON log_leaf"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
    )


def without_truncate(session: Session) -> None:
    session.execute(text("DROP TRIGGER append_only_log_leaf_statement ON log_leaf"))


@pytest.mark.db
@pytest.mark.parametrize(
    "weaken", [disable, hollow_function, one_column_only, without_truncate]
)
def test_weakened_triggers_do_not_stand_on_postgresql(
    postgres_url: str, weaken: Callable[[Session], None]
) -> None:
    database = Database(postgres_url)
    SignedRecord.metadata.create_all(database.engine)
    with database.transaction() as session:
        weaken(session)
        assert not triggers_stand(session)
    database.dispose()


def test_weakened_triggers_do_not_stand_on_sqlite(sqlite_database: Database) -> None:
    with sqlite_database.transaction() as session:
        session.execute(text("DROP TRIGGER append_only_log_leaf_delete"))
        session.execute(
            text(
                "CREATE TRIGGER append_only_log_leaf_delete BEFORE DELETE ON log_leaf"
                " WHEN 0 BEGIN SELECT RAISE(ABORT, 'never'); END"
            )
        )
        assert not triggers_stand(session)


def test_a_table_that_is_rebuilt_is_guarded_again(sqlite_database: Database) -> None:
    with sqlite_database.transaction() as session:
        connection = session.connection()
        session.execute(text("ALTER TABLE signed_record RENAME TO old_record"))
        session.execute(text("DROP TABLE old_record"))
        SignedRecord.metadata.tables["signed_record"].create(connection)
        assert triggers_stand(session)
