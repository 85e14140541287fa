"""One small world behind one real server, for everything that strangers send."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.hostile.make_world import World, make_world
from tests.hostile.wire import Answer

Check = Callable[[Answer], Answer]


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with ExitStack() as stack:
        yield make_world(tmp_path_factory.mktemp("world"), stack)


@pytest.fixture
def unchanged(world: World) -> Iterator[None]:
    """Nothing may be stored during the test."""
    before = world.rows()
    yield
    assert world.rows() == before
