"""A whole service with one lot of everything, and a reader of its lists."""

import pytest

from tests.status.make_status import Reader
from tests.verification.make_house import House
from tests.web.make_web import make_app


@pytest.fixture
def reader(house: House) -> Reader:
    return Reader(make_app(house.use).test_client())


@pytest.fixture
def light_reader(light_house: House) -> Reader:
    return Reader(make_app(light_house.use).test_client())
