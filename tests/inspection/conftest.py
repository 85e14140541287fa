"""A house with a lot of everything, its application, and an inspector's browser."""

from pathlib import Path

import pytest
from flask import Flask

from tests.inspection.make_inspection import Inspector, make_inspector
from tests.verification.make_house import House, build_house
from tests.web.make_web import make_app, make_services
from traceability.core.ports import Clock
from traceability.db.database import Database


@pytest.fixture
def house(tmp_path: Path, database: Database, clock: Clock) -> House:
    return build_house(make_services(tmp_path / "home", database, clock))


@pytest.fixture
def light_house(tmp_path: Path, sqlite_database: Database, clock: Clock) -> House:
    """A house for facts that no engine has a say in."""
    return build_house(make_services(tmp_path / "home", sqlite_database, clock))


@pytest.fixture
def light_app(light_house: House) -> Flask:
    return make_app(light_house.use)


@pytest.fixture
def app(house: House) -> Flask:
    return make_app(house.use)


@pytest.fixture
def inspector(house: House, app: Flask) -> Inspector:
    return make_inspector(house.use, app)


@pytest.fixture
def light_inspector(light_house: House, light_app: Flask) -> Inspector:
    return make_inspector(light_house.use, light_app)
