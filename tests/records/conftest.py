"""A whole service over fresh keys and an empty log."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.conftest import FixedClock
from tests.web.make_web import make_app, make_services
from traceability.db.database import Database
from traceability.web.context import Services


@pytest.fixture
def use(tmp_path: Path, sqlite_database: Database, clock: FixedClock) -> Services:
    return make_services(tmp_path / "home", sqlite_database, clock)


@pytest.fixture
def client(use: Services) -> FlaskClient:
    return make_app(use).test_client()
