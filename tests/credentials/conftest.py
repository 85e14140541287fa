"""A service with the sample data, made once, and what is derived from it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import FixedClock
from tests.credentials.make_credentials import HOME, Made, everything_made, load_demo
from tests.web.make_web import make_services
from traceability.db.database import Database
from traceability.web.context import Services


@pytest.fixture(scope="session")
def sampled(
    tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path
) -> Iterator[Services]:
    """The sample data, to be read only."""
    folder = tmp_path_factory.mktemp("sampled")
    shutil.copyfile(sqlite_template, folder / "sampled.sqlite3")
    database = Database(f"sqlite:///{folder / 'sampled.sqlite3'}")
    use = make_services(folder / "home", database, FixedClock(), base_url=HOME)
    load_demo(use)
    yield use
    database.dispose()


@pytest.fixture(scope="session")
def made(sampled: Services) -> list[Made]:
    return everything_made(sampled)


@pytest.fixture
def use(tmp_path: Path, database: Database, clock: FixedClock) -> Services:
    return make_services(tmp_path / "home", database, clock)
