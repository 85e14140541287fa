"""A whole service with one lot of everything, and a reader of its lists."""

from pathlib import Path

import pytest

from tests.conftest import FixedClock
from tests.status.make_status import Reader
from tests.verification.make_house import House, build_house
from tests.web.make_web import make_app, make_services
from traceability.db.database import Database


@pytest.fixture
def house(tmp_path: Path, database: Database, clock: FixedClock) -> House:
    return build_house(make_services(tmp_path / "home", database, clock))


@pytest.fixture
def light_house(tmp_path: Path, sqlite_database: Database, clock: FixedClock) -> House:
    """A service for facts that no engine has a say in."""
    return build_house(make_services(tmp_path / "home", sqlite_database, clock))


@pytest.fixture
def reader(house: House) -> Reader:
    return Reader(make_app(house.use).test_client())


@pytest.fixture
def light_reader(light_house: House) -> Reader:
    return Reader(make_app(light_house.use).test_client())
