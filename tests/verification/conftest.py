"""A whole service with one lot of everything, on each engine and on SQLite alone."""

from pathlib import Path

import pytest

from tests.verification.make_house import House, build_house
from tests.web.make_web import make_services
from traceability.core.ports import Clock
from traceability.db.database import Database


@pytest.fixture
def house(tmp_path: Path, database: Database, clock: Clock) -> House:
    return build_house(make_services(tmp_path / "home", database, clock))


@pytest.fixture
def light_house(tmp_path: Path, sqlite_database: Database, clock: Clock) -> House:
    """A service for facts that no engine has a say in."""
    return build_house(make_services(tmp_path / "home", sqlite_database, clock))
