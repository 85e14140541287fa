"""Engines and transactions on SQLite and PostgreSQL."""

import importlib
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.orm import Session, sessionmaker

_BUSY_SECONDS = 30
# SQLite releases whose WAL mode does not lose committed rows (sqlite.org, "WAL-reset").
_SAFE_WAL = ((3, 51, 3), ((3, 50), 7), ((3, 44), 6))


def sqlite_module() -> ModuleType:
    """Return the newest SQLite at hand: the pysqlite3 wheel, else Python's own."""
    try:
        return importlib.import_module("pysqlite3.dbapi2")
    except ImportError:
        return sqlite3


def wal_is_safe(version: tuple[int, ...]) -> bool:
    """Return whether this SQLite release may use write-ahead logging."""
    newest, *patched = _SAFE_WAL
    if version >= newest:
        return True
    return any(
        version[:2] == branch and version[2] >= least for branch, least in patched
    )


class Database:
    """One database: hands out sessions whose transactions suit the engine."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = _engine(url)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Write: commit at the end, roll back on any error.

        SQLite takes its write lock at once (BEGIN IMMEDIATE), so that a writer waits
        instead of failing half way.
        """
        with self._sessions() as session:
            if self.is_sqlite:
                session.connection(execution_options={"sqlite_begin": "IMMEDIATE"})
            yield session
            session.commit()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Read one consistent state; nothing is committed, objects stay readable."""
        with self._sessions() as session:
            if not self.is_sqlite:
                session.connection(
                    execution_options={"isolation_level": "REPEATABLE READ"}
                )
            yield session
            session.expunge_all()  # what was read stays readable after the rollback
            session.rollback()

    def dispose(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()


def _engine(url: str) -> Engine:
    if make_url(url).get_backend_name() == "sqlite":
        return _sqlite_engine(url)
    return create_engine(
        url,
        pool_pre_ping=True,
        pool_size=8,
        max_overflow=8,
        connect_args={"connect_timeout": 10, "tcp_user_timeout": 20_000},
    )


def _sqlite_engine(url: str) -> Engine:
    module = sqlite_module()
    engine = create_engine(url, module=module, connect_args={"timeout": _BUSY_SECONDS})
    wal = wal_is_safe(module.sqlite_version_info)

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # SQLAlchemy's "begin" event opens instead
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA journal_mode={'WAL' if wal else 'DELETE'}")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        kind = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
        connection.exec_driver_sql(f"BEGIN {kind}")

    return engine
