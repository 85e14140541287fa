"""Databases that hold something."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.db.make_filled import copied_home, make_filled, settings_of
from traceability.services import build_services
from traceability.web.context import Services


@pytest.fixture(scope="session")
def filled_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home over SQLite with the sample data; tests get copies."""
    return make_filled(tmp_path_factory.mktemp("filled") / "home")


@pytest.fixture
def filled(
    filled_home: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> Callable[[str], Services]:
    """Services over a copy of that home, with the database of an address."""
    home = copied_home(filled_home, tmp_path / "filled")

    def over(url: str = "") -> Services:
        use = build_services(settings_of(home, url))
        request.addfinalizer(use.database.dispose)
        return use

    return over
