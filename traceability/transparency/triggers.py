"""Triggers that keep tables append-only: they refuse UPDATE, DELETE and replacing.

A table asks for it with ``info=APPEND_ONLY``; ``create_all`` then makes its triggers.
A migration that creates or rebuilds such a table calls ``create_triggers`` itself.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Table, event, inspect, text
from sqlalchemy.engine import Inspector
from sqlalchemy.orm import Session

from traceability.db.tables import all_metadata

APPEND_ONLY = {"append_only": True}
_FUNCTION = "refuse_change"
# ERRCODE makes drivers raise IntegrityError, as SQLite's RAISE does.
_BODY = (
    " BEGIN RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation',"
    " MESSAGE = TG_TABLE_NAME || ' is append-only: ' || TG_OP || ' refused'; END "
)
# pg_trigger.tgtype: 1 row, 2 before, 8 delete, 16 update, 32 truncate.
_MOMENTS = {"row": ("UPDATE OR DELETE", 27), "statement": ("TRUNCATE", 34)}


def append_only_tables() -> tuple[str, ...]:
    """Return the names of all tables that asked for it."""
    tables = all_metadata().tables.values()
    return tuple(sorted(one.name for one in tables if _asked(one)))


def create_triggers(connection: Connection, tables: Sequence[str]) -> None:
    """Make the triggers of tables that exist; those that stand are made anew."""
    drop_triggers(connection, tables)
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(
            f"CREATE OR REPLACE FUNCTION {_FUNCTION}() RETURNS trigger"
            f" LANGUAGE plpgsql AS $${_BODY}$$"
        )
    for statement in _wanted(connection, tables).values():
        connection.exec_driver_sql(statement)


def drop_triggers(connection: Connection, tables: Sequence[str]) -> None:
    """Take the triggers away, for a migration that must rebuild a table."""
    for table in tables:
        for name in _present(connection, table):
            on = f" ON {table}" if connection.dialect.name == "postgresql" else ""
            connection.exec_driver_sql(f"DROP TRIGGER {name}{on}")


def triggers_stand(session: Session, tables: Sequence[str] | None = None) -> bool:
    """Return whether every trigger is there, unaltered and switched on.

    Without ``tables``, those of all append-only tables.
    """
    connection = session.connection()
    names = append_only_tables() if tables is None else tables
    if not all(inspect(connection).has_table(table) for table in names):
        return False
    if connection.dialect.name == "postgresql":
        return all(_postgresql_stands(connection, table) for table in names)
    wanted = _wanted(connection, names)
    standing: dict[str, str] = {}
    for table in names:
        standing |= _present(connection, table)
    return standing == wanted


def _asked(table: Table) -> bool:
    return bool(table.info.get("append_only"))


@event.listens_for(Table, "after_create")
def _after_create(table: Table, connection: Connection, **_options: Any) -> None:
    if _asked(table):
        create_triggers(connection, [table.name])


def _wanted(connection: Connection, tables: Sequence[str]) -> dict[str, str]:
    """Return the statement that makes each trigger, by the trigger's name."""
    if connection.dialect.name == "postgresql":
        made = [one for table in tables for one in _postgresql(table)]
    else:
        inspector = inspect(connection)
        made = [one for table in tables for one in _sqlite(inspector, table)]
    return {one.split()[2]: one for one in made}


def _postgresql(table: str) -> Iterator[str]:
    """Make triggers for rows and for TRUNCATE.

    None is needed for INSERT: the keys refuse what exists, and ON CONFLICT DO UPDATE
    is an UPDATE.
    """
    for each, (moment, _) in _MOMENTS.items():
        yield (
            f"CREATE TRIGGER append_only_{table}_{each}"
            f" BEFORE {moment} ON {table}"
            f" FOR EACH {each} EXECUTE FUNCTION {_FUNCTION}()"
        )


def _sqlite(inspector: Inspector, table: str) -> Iterator[str]:
    """Make triggers for UPDATE, DELETE, and for INSERT over each unique key.

    INSERT OR REPLACE deletes the row that holds the key without telling any DELETE
    trigger. The message is SQLite's own, so that it reads like the constraint's.
    """
    for moment in ("UPDATE", "DELETE"):
        yield (
            f"CREATE TRIGGER append_only_{table}_{moment.lower()}"
            f' BEFORE {moment} ON "{table}" BEGIN'
            f" SELECT RAISE(ABORT, '{table} is append-only: {moment} refused'); END"
        )
    for number, columns in enumerate(_unique_keys(inspector, table)):
        same = " AND ".join(f'"{one}" = NEW."{one}"' for one in columns)
        listed = ", ".join(f"{table}.{one}" for one in columns)
        found = f'SELECT 1 FROM "{table}" WHERE {same}'  # noqa: S608 (names of our own tables and columns)
        yield (
            f"CREATE TRIGGER append_only_{table}_insert_{number}"
            f' BEFORE INSERT ON "{table}" WHEN EXISTS ({found}) BEGIN'
            f" SELECT RAISE(ABORT, 'UNIQUE constraint failed: {listed}'); END"
        )


def _unique_keys(inspector: Inspector, table: str) -> list[list[str]]:
    keys = [
        inspector.get_pk_constraint(table)["constrained_columns"],
        *(one["column_names"] for one in inspector.get_unique_constraints(table)),
        *(
            [str(column) for column in one["column_names"]]
            for one in inspector.get_indexes(table)
            if one["unique"]
        ),
    ]
    return sorted({tuple(key): key for key in keys}.values())


def _present(connection: Connection, table: str) -> dict[str, str]:
    """Return the table's append-only triggers, whatever state they are in."""
    if connection.dialect.name == "postgresql":
        query = (
            "SELECT tgname, '' FROM pg_trigger"
            " WHERE tgrelid = to_regclass(:table) AND NOT tgisinternal"
        )
    else:
        query = (
            "SELECT name, sql FROM sqlite_master"
            " WHERE type = 'trigger' AND tbl_name = :table"
        )
    rows = connection.execute(text(query), {"table": table})
    return {name: sql for name, sql in rows if name.startswith("append_only_")}


def _postgresql_stands(connection: Connection, table: str) -> bool:
    """Return whether both triggers always fire and run our function unaltered."""
    query = text(
        "SELECT tgname, tgtype FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid"
        " WHERE tgrelid = to_regclass(:table) AND tgenabled IN ('O', 'A')"
        " AND tgqual IS NULL AND tgattr = '' AND proname = :name AND prosrc = :body"
    )
    asked = {"table": table, "name": _FUNCTION, "body": _BODY}
    found = connection.execute(query, asked).all()
    return dict(tuple(row) for row in found) == {
        f"append_only_{table}_{each}": kind for each, (_, kind) in _MOMENTS.items()
    }
