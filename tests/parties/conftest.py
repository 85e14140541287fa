"""A house on each engine, and one over SQLite for what no engine has a say in."""

from pathlib import Path

import pytest

from tests.conftest import FixedClock
from tests.verification.make_house import House, build_house
from tests.web.make_web import make_services
from traceability.db.database import Database


@pytest.fixture
def house(tmp_path: Path, database: Database, clock: FixedClock) -> House:
    return build_house(make_services(tmp_path / "home", database, clock))


@pytest.fixture
def light_house(tmp_path: Path, sqlite_database: Database, clock: FixedClock) -> House:
    return build_house(make_services(tmp_path / "home", sqlite_database, clock))
