"""A house with a lot of everything, its application, and an inspector's browser."""

import pytest
from flask import Flask

from tests.inspection.make_inspection import Inspector, make_inspector
from tests.verification.make_house import House
from tests.web.make_web import make_app


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
