"""A service on each database engine."""

from pathlib import Path

import pytest

from tests.conftest import FixedClock
from tests.web.make_web import make_services
from traceability.db.database import Database
from traceability.web.context import Services


@pytest.fixture
def use(tmp_path: Path, database: Database, clock: FixedClock) -> Services:
    return make_services(tmp_path / "home", database, clock)


@pytest.fixture
def local(tmp_path: Path, sqlite_database: Database, clock: FixedClock) -> Services:
    """The same on SQLite alone, for facts that no engine decides."""
    return make_services(tmp_path / "home", sqlite_database, clock)
