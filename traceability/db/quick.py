"""Small questions that are asked at every look-up, without the layers above."""

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from psycopg import OperationalError
from psycopg.pq import ExecStatus
from sqlalchemy import Engine, Select, event
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Session

LINES = "lines"  # in the info of a session that may ask over them
Kind = Callable[[Any], Any]  # makes a value of what a driver or the server gives
Names = Sequence[str] | None  # of parameters, where they have places
Rows = Sequence[Sequence[Any]]
_NUMBERED: Dialect = postgresql.dialect(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]


class Question:
    """A statement of plain columns, compiled once for each engine.

    ``kinds`` make the values of its columns, from the driver's or from text.
    ``given`` names its bind parameters; values must be what drivers take as they are:
    text and whole numbers.
    """

    def __init__(self, statement: Select[*tuple[Any, ...]], *kinds: Kind) -> None:
        self._statement = statement
        self._kinds = kinds
        self._written: dict[Dialect, tuple[str, dict[str, Any], Names]] = {}
        self.name = f"question{id(self)}".encode()

    def asked(self, session: Session, given: dict[str, Any]) -> Rows:
        """Return the rows in the session's own view of the database.

        A session that has read nothing yet and holds lines needs no transaction for it.
        """
        lines: Lines | None = session.info.get(LINES)
        if lines is not None and not session.in_transaction():
            rows = lines.asked(self, given)
            if rows is not None:
                return self.valued(rows)
        connection = session.connection()
        text, values = self.written(connection.dialect, given)
        driver: Any = connection.connection.driver_connection
        return self.valued(driver.cursor().execute(text, values).fetchall())

    def written(self, dialect: Dialect, given: dict[str, Any]) -> tuple[str, Any]:
        """Return the statement's text and its values as a dialect wants them."""
        if dialect not in self._written:
            one = dialect.statement_compiler(dialect, self._statement)
            names = one.positiontup if one.positional else None
            self._written[dialect] = one.string, dict(one.params), names
        text, fixed, places = self._written[dialect]
        values = fixed | given
        return text, values if places is None else [values[one] for one in places]

    def valued(self, rows: Rows) -> Rows:
        """Return rows with each value as its column's kind makes it."""
        return [
            [
                None if value is None else kind(value)
                for kind, value in zip(self._kinds, row, strict=True)
            ]
            for row in rows
        ]


class Lines:
    """Connections of the driver's own, each statement by itself; nothing is written.

    A thread takes one and puts it back. They belong to no pool: what a pool does before
    and after each use costs more than the questions.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._errors: type[Exception] = engine.dialect.loaded_dbapi.Error
        sqlite = engine.dialect.name == "sqlite"
        self._ask = self._of_sqlite if sqlite else self._of_postgresql
        self._free: list[tuple[Any, set[bytes]]] = []  # what each has prepared
        self._process = os.getpid()
        event.listen(engine, "engine_disposed", lambda _engine: self.close())

    def asked(self, question: Question, given: dict[str, Any]) -> Rows | None:
        """Return the rows as they are now; nothing where the connection was lost."""
        if self._process != os.getpid():  # a connection survives no fork
            self._free, self._process = [], os.getpid()
        try:
            line = self._free.pop()
        except IndexError:
            line = own_connection(self._engine), set()
        try:
            rows = self._ask(*line, question, given)
        except self._errors:
            _closed(line[0], self._errors)
            return None
        self._free.append(line)
        return rows

    def close(self) -> None:
        """Close those that nobody uses; the next question opens another."""
        while self._free:
            _closed(self._free.pop()[0], self._errors)

    def _of_sqlite(
        self, driver: Any, _known: set[bytes], question: Question, given: dict[str, Any]
    ) -> Rows:
        text, values = question.written(self._engine.dialect, given)
        rows: Rows = driver.execute(text, values).fetchall()
        return rows

    def _of_postgresql(
        self, driver: Any, known: set[bytes], question: Question, given: dict[str, Any]
    ) -> Rows:
        text, values = question.written(_NUMBERED, given)
        server = driver.pgconn
        if question.name not in known:
            _sound(server.prepare(question.name, text.encode()))
            known.add(question.name)
        told = [str(one).encode() for one in values]
        found = _sound(server.exec_prepared(question.name, told))
        return [
            [_text(found.get_value(row, column)) for column in range(found.nfields)]
            for row in range(found.ntuples)
        ]


def own_connection(engine: Engine) -> Any:
    """Return a driver's connection that no pool takes back, each statement by itself.

    On SQLite every connection of ours is so.
    """
    pooled = engine.raw_connection()
    connection: Any = pooled.driver_connection
    pooled.detach()
    if engine.dialect.name == "postgresql":
        connection.autocommit = True
    return connection


def _sound(result: Any) -> Any:
    if result.status not in {ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK}:
        raise OperationalError(str(result.status))
    return result


def _text(value: bytes | None) -> str | None:
    return None if value is None else bytes(value).decode()


def _closed(connection: Any, errors: type[Exception]) -> None:
    with suppress(errors):
        connection.close()
