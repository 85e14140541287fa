"""A served world on each engine, and one that tests only read."""

import shutil
from collections.abc import Iterator

import pytest

from tests.conftest import FixedClock
from tests.houses import Built
from tests.lookup.make_lookup import Street, open_street
from tests.verification.make_house import House, void_first
from traceability.db.database import Database


@pytest.fixture
def street(house: House) -> Iterator[Street]:
    with open_street(house) as street:
        yield street


@pytest.fixture
def light_street(light_house: House) -> Iterator[Street]:
    """A world for facts that no engine has a say in."""
    with open_street(light_house) as street:
        yield street


@pytest.fixture(scope="module")
def still_street(
    tmp_path_factory: pytest.TempPathFactory, sqlite_house: Built
) -> Iterator[Street]:
    """A world that tests read and never change; its first label is void."""
    folder = tmp_path_factory.mktemp("street")
    rows = shutil.copyfile(sqlite_house.rows, folder / "test.sqlite3")
    database = Database(f"sqlite:///{rows}")
    house = sqlite_house.copied(folder / "home", database, FixedClock())
    with open_street(house) as street:
        void_first(house)
        yield street
    database.dispose()
