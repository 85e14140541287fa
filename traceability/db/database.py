"""Engines and transactions on SQLite and PostgreSQL."""

import importlib
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Self, TypeVar

from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from traceability.db.outages import undone_for_another
from traceability.db.quick import LINES, Lines
from traceability.settings import Settings

# SQLite releases whose WAL mode does not lose committed rows (sqlite.org, "WAL-reset").
_SAFE_WAL = ((3, 51, 3), ((3, 50), 7), ((3, 44), 6))
_TRIES = 3
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuning:
    """Sizes and patience of the connections; times in seconds, 0 for no limit."""

    pool_size: int = 8
    overflow: int = 10
    pool_wait: int = 10
    recycle: int = 1800
    pre_ping: bool = True
    connect_timeout: int = 5
    tcp_timeout: int = 20
    lock_timeout: int = 20
    statement_timeout: int = 30
    idle_timeout: int = 300

    @classmethod
    def of(cls, settings: Settings) -> "Tuning":
        """Return what the settings say."""
        return cls(
            pool_size=settings.db_pool_size,
            overflow=settings.db_pool_overflow,
            pool_wait=settings.db_pool_wait,
            recycle=settings.db_pool_recycle,
            pre_ping=settings.db_pre_ping,
            connect_timeout=settings.db_connect_timeout,
            tcp_timeout=settings.db_tcp_timeout,
            lock_timeout=settings.db_lock_timeout,
            statement_timeout=settings.db_statement_timeout,
            idle_timeout=settings.db_idle_timeout,
        )


USUAL = Tuning()
# For commands that look after the database: whole tables are read and rewritten.
PATIENT = Tuning(statement_timeout=0, idle_timeout=0)


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

    def __init__(self, url: str, tuning: Tuning = USUAL) -> None:
        self.url = url
        self.engine = _engine(url, tuning)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)
        reading = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        self._looks = sessionmaker(
            self.engine.execution_options(**reading),
            expire_on_commit=False,
            info={LINES: Lines(self.engine)},
        )

    @property
    def shown_url(self) -> str:
        """Return the address without its password, for people to read."""
        return make_url(self.url).render_as_string(hide_password=True)

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

    def written(self, write: Callable[[Session], T]) -> T:
        """Return what ``write`` returns in a transaction of its own.

        Run again, at most twice, where the engine itself undid it for another's sake
        (deadlock, serialization failure): nothing of it stands then. Never after a
        lost connection, when nobody knows whether the commit arrived.
        """
        for _ in range(_TRIES - 1):
            try:
                with self.transaction() as session:
                    return write(session)
            except DBAPIError as error:
                if not undone_for_another(error):
                    raise
        with self.transaction() as session:
            return write(session)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Read one consistent state; nothing is committed, objects stay readable."""
        with self._sessions() as session:
            if not self.is_sqlite:
                session.connection(
                    execution_options={"isolation_level": "REPEATABLE READ"}
                )
            yield session  # closing lets go of what was read, then rolls back

    @contextmanager
    def looking(self) -> Iterator[Session]:
        """Read as ``reading`` does, but ask small questions before without its cost.

        Questions that come first are answered as things stand then, each by itself: for
        whoever asks for the stamp before and trusts what he made only while it stands.
        """
        session = self._looks()
        try:
            yield session
        finally:
            if session.in_transaction():  # else there is nothing to let go of
                session.close()

    def inside(self, session: Session) -> "Database":
        """Return this database as an open transaction of it sees it."""
        return _Inside(self, session)

    def dispose(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.dispose()


class _Inside(Database):
    """What is not committed yet, for those who only read through a database."""

    def __init__(self, whole: Database, session: Session) -> None:
        self.url = whole.url
        self.engine = whole.engine
        self.is_sqlite = whole.is_sqlite
        self._session = session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Read in the open transaction, which goes on."""
        yield self._session

    looking = reading

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Write in the open transaction; whoever opened it commits."""
        yield self._session
        self._session.flush()


def _engine(url: str, tuning: Tuning) -> Engine:
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        return _sqlite_engine(url, tuning)
    return create_engine(
        address.difference_update_query(["options"]),
        pool_pre_ping=tuning.pre_ping,
        pool_recycle=tuning.recycle,
        pool_use_lifo=True,  # the rest grows old and is closed by the server
        **_pool(tuning),
        connect_args={
            "connect_timeout": tuning.connect_timeout,
            "tcp_user_timeout": tuning.tcp_timeout * 1000,
            "application_name": "traceability",
            "options": _options(address, tuning),
        },
    )


def _pool(tuning: Tuning) -> dict[str, int]:
    return {
        "pool_size": tuning.pool_size,
        "max_overflow": tuning.overflow,
        "pool_timeout": tuning.pool_wait,
    }


def _options(address: URL, tuning: Tuning) -> str:
    """Return the server's settings for our sessions; what the address says wins."""
    ours = {
        "lock_timeout": tuning.lock_timeout,
        "statement_timeout": tuning.statement_timeout,
        "idle_in_transaction_session_timeout": tuning.idle_timeout,
    }
    said = address.query.get("options", "")
    theirs = said if isinstance(said, str) else " ".join(said)
    return " ".join([*(f"-c {name}={ours[name]}s" for name in ours), theirs]).strip()


def _sqlite_engine(url: str, tuning: Tuning) -> Engine:
    module = sqlite_module()
    engine = create_engine(
        url,
        module=module,
        connect_args={"timeout": tuning.lock_timeout},
        **({} if ":memory:" in url else _pool(tuning)),
    )
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
        if kind == "DEFERRED":  # takes no lock, so that nothing of it can fail
            driver: Any = connection.connection.driver_connection
            driver.execute("BEGIN DEFERRED")
        else:
            connection.exec_driver_sql(f"BEGIN {kind}")

    return engine
