"""A stamp of the database's state: equal stamps, nothing was committed in between."""

import os
import threading
from collections.abc import Hashable
from contextlib import suppress
from typing import Any

from psycopg import OperationalError
from psycopg.pq import ExecStatus
from sqlalchemy import event
from sqlalchemy.exc import SQLAlchemyError

from traceability.db.database import Database
from traceability.db.quick import own_connection

# SQLite counts what other connections committed, as one connection sees it; a snapshot
# of PostgreSQL names each transaction that is over. Both see other processes' writes.
_QUESTIONS = {
    "sqlite": "PRAGMA data_version",
    "postgresql": "SELECT pg_current_snapshot()::text",
}


class Stamps:
    """Asks over a connection of its own, which never writes; threads share it."""

    def __init__(self, database: Database) -> None:
        self._engine = database.engine
        self._question = _QUESTIONS[self._engine.dialect.name]
        self._errors: type[Exception] = self._engine.dialect.loaded_dbapi.Error
        self._lock = threading.Lock()
        self._connection: Any = None  # the driver's own
        self._opened = 0
        self._process = 0
        event.listen(self._engine, "engine_disposed", lambda _engine: self.close())

    def now(self) -> Hashable | None:
        """Return the stamp, or nothing where the database does not answer.

        Nothing equals no stamp: a caller must then take everything for changed.
        """
        with self._lock:
            try:
                return self._asked()
            except (SQLAlchemyError, self._errors):
                self._close()
                return None

    def close(self) -> None:
        """Close the connection; the next question opens another."""
        with self._lock:
            self._close()

    def _asked(self) -> Hashable:
        if self._process != os.getpid():  # a connection survives no fork
            self._connection = None
            self._process = os.getpid()
        if self._connection is None:
            self._connection = own_connection(self._engine)
            self._opened += 1
        # A new connection of SQLite counts anew.
        return self._opened, self._answer(self._connection)

    def _answer(self, connection: Any) -> Hashable:
        """Return what the database says, without the layers that a row passes."""
        if self._engine.dialect.name == "sqlite":
            [counted] = connection.execute(self._question).fetchone()
            return int(counted)
        result = connection.pgconn.exec_(self._question.encode())
        if result.status != ExecStatus.TUPLES_OK:
            raise OperationalError(str(result.status))
        return bytes(result.get_value(0, 0))

    def _close(self) -> None:
        if self._connection is not None:
            with suppress(self._errors):
                self._connection.close()
            self._connection = None
