"""The whole application over either engine, and programs that work with it."""

from pathlib import Path

import pytest
from flask import Flask

from tests.api.make_api import Farm, Program, make_authority, make_farm
from tests.web.make_web import make_app, make_services
from traceability.core.ports import Clock
from traceability.db.database import Database
from traceability.web.context import Services


@pytest.fixture
def use(tmp_path: Path, database: Database, clock: Clock) -> Services:
    return make_services(tmp_path / "home", database, clock)


@pytest.fixture
def app(use: Services) -> Flask:
    return make_app(use)


@pytest.fixture
def farm(use: Services, app: Flask) -> Farm:
    return make_farm(use, app)


@pytest.fixture
def other(use: Services, app: Flask) -> Farm:
    return make_farm(use, app, 1)


@pytest.fixture
def authority(use: Services, app: Flask) -> Program:
    return make_authority(use, app)


@pytest.fixture
def sqlite_app(tmp_path: Path, sqlite_database: Database, clock: Clock) -> Flask:
    """For what depends on no engine."""
    return make_app(make_services(tmp_path / "sqlite-home", sqlite_database, clock))
