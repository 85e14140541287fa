"""A served world on each engine, and one that tests only read."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import FixedClock
from tests.lookup.make_lookup import Street, open_street
from tests.verification.make_house import void_first
from tests.web.make_web import make_services
from traceability.db.base import Base
from traceability.db.database import Database


@pytest.fixture
def street(tmp_path: Path, database: Database, clock: FixedClock) -> Iterator[Street]:
    with open_street(make_services(tmp_path / "home", database, clock)) as street:
        yield street


@pytest.fixture
def light_street(
    tmp_path: Path, sqlite_database: Database, clock: FixedClock
) -> Iterator[Street]:
    """A world for facts that no engine has a say in."""
    use = make_services(tmp_path / "home", sqlite_database, clock)
    with open_street(use) as street:
        yield street


@pytest.fixture(scope="module")
def still_street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    """A world that tests read and never change; its first label is void."""
    folder = tmp_path_factory.mktemp("street")
    database = Database(f"sqlite:///{folder / 'test.sqlite3'}")
    Base.metadata.create_all(database.engine)
    use = make_services(folder / "home", database, FixedClock())
    with open_street(use) as street:
        void_first(street.house)
        yield street
    database.dispose()
