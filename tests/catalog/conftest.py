"""A notary with fresh keys and a log of its own; a whole service on each engine."""

from pathlib import Path

import pytest

from tests.catalog.make_catalog import make_notary
from tests.web.make_web import make_services
from traceability.core.identity import Identity
from traceability.core.ports import Clock, Notary
from traceability.db.database import Database
from traceability.web.context import Services


@pytest.fixture
def notary(tmp_path: Path, clock: Clock, identity: Identity) -> Notary:
    return make_notary(tmp_path, clock, identity)


@pytest.fixture
def use(tmp_path: Path, database: Database, clock: Clock) -> Services:
    return make_services(tmp_path / "home", database, clock)


@pytest.fixture
def light_use(tmp_path: Path, sqlite_database: Database, clock: Clock) -> Services:
    """A service for refusals that no engine has a say in."""
    return make_services(tmp_path / "home", sqlite_database, clock)
