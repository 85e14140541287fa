"""Move everything to another database, of either engine, in one piece or not at all.

The source is read in one snapshot and streamed; the target takes it in one
transaction, whose end is up to the checks that the caller hands in.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from sqlalchemy import (
    Column,
    Connection,
    MetaData,
    Table,
    Text,
    func,
    insert,
    inspect,
    select,
    text,
)
from sqlalchemy.orm import Session

from traceability.core.errors import ConflictError
from traceability.db.database import Database
from traceability.db.migrations import current_revision, newest_revision, upgrade
from traceability.db.sequences import move_sequence
from traceability.db.tables import all_metadata
from traceability.db.types import JsonText, PlainDecimal

_CHUNK = 1000
_VERSION_TABLE = "alembic_version"


class CopyRefusedError(ConflictError):
    """The databases are not fit for a copy, or the copy is not the original."""

    code = "copy-refused"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a table is: rows stored, of how many."""

    table: str
    done: int
    total: int


Told = Callable[[Progress], None]
Check = Callable[[Database], Sequence[str]]


def copy_database(
    source: Database, target: Database, *, check: Check, tell: Told
) -> int:
    """Copy every row into an empty database; return how many rows that are.

    The target gets the schema first. ``check`` looks at the copy before it is
    committed and returns what is wrong with it. Raises ``CopyRefusedError``; nothing
    of the data stands then.
    """
    _refuse_old(source)
    _refuse_unfit(target)
    upgrade(target)
    with _held_still(source) as original, target.transaction() as copy:
        _refuse_filled(copy.connection(), all_metadata().tables)
        rows = sum(
            _copy_table(table, original, copy, tell)
            for table in all_metadata().sorted_tables
        )
        faults = check(target.inside(copy))
        if faults:
            raise CopyRefusedError(
                "The copy is not sound: %(what)s", what="; ".join(faults)
            )
    return rows


@contextmanager
def _held_still(source: Database) -> Iterator[Session]:
    """Read one snapshot while nobody writes; whoever tries waits, and is told busy."""
    if source.is_sqlite:
        with source.transaction() as session:
            yield session
            session.rollback()
        return
    with source.reading() as session:
        tables = ", ".join(f'"{name}"' for name in all_metadata().tables)
        session.execute(text(f"LOCK TABLE {tables} IN SHARE MODE"))
        yield session


def _refuse_old(source: Database) -> None:
    with source.reading() as session:
        here = current_revision(session.connection())
    if here != newest_revision():
        raise CopyRefusedError(
            "The database is at schema %(here)s, this release needs %(needed)s: run"
            " `traceability db upgrade`.",
            here=here,
            needed=newest_revision(),
        )


def _refuse_unfit(target: Database) -> None:
    with target.engine.connect() as connection:
        tables = set(inspect(connection).get_table_names())
        if tables and _VERSION_TABLE not in tables:
            raise CopyRefusedError("The other database holds tables that are not ours.")
        _refuse_filled(connection, tables)
        _refuse_encoding(connection)


def _refuse_encoding(connection: Connection) -> None:
    if connection.dialect.name != "postgresql":
        return
    found = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
    if found != "UTF8":
        raise CopyRefusedError(
            "The other database is encoded as %(found)s; it must be UTF8.", found=found
        )


def _refuse_filled(connection: Connection, there: Collection[str]) -> None:
    for table in all_metadata().sorted_tables:
        if table.name not in there:
            continue
        if connection.execute(select(1).select_from(table).limit(1)).first():
            raise CopyRefusedError(
                "The other database is not empty: table %(table)s.", table=table.name
            )


def _copy_table(table: Table, original: Session, copy: Session, tell: Told) -> int:
    plain = _as_stored(table)
    total = original.scalar(select(func.count()).select_from(table)) or 0
    keys = [plain.c[one.name] for one in table.primary_key]
    rows = select(plain).order_by(*keys).execution_options(yield_per=_CHUNK)
    done = 0
    connection = copy.connection()
    for chunk in original.execute(rows).partitions():
        _store(connection, plain, chunk)
        done += len(chunk)
        tell(Progress(table.name, done, total))
    move_sequence(copy, table)
    return done


def _as_stored(table: Table) -> Table:
    """Return the table with its texts as they lie there: nothing is written anew."""
    return Table(
        table.name,
        MetaData(),
        *(Column(one.name, _plain_type(one)) for one in table.columns),
    )


def _plain_type(column: Column[Any]) -> Any:
    as_text = isinstance(column.type, JsonText | PlainDecimal)
    return Text() if as_text else column.type


def _store(connection: Connection, table: Table, rows: Sequence[Any]) -> None:
    if connection.dialect.name == "sqlite":
        connection.execute(insert(table), [row._asdict() for row in rows])
        return
    quote = connection.dialect.identifier_preparer.quote
    columns = ", ".join(quote(one.name) for one in table.columns)
    into = f"COPY {quote(table.name)} ({columns}) FROM STDIN"
    driver: Any = connection.connection.driver_connection
    try:
        with driver.cursor() as cursor, cursor.copy(into) as stream:
            for row in rows:
                stream.write_row(row)
    except psycopg.Error as error:
        raise CopyRefusedError(
            "Table %(table)s cannot be copied: %(why)s",
            table=table.name,
            why=error.diag.message_primary or str(error),
        ) from error
