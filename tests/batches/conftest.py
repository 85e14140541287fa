"""A notary with fresh keys, a producer, and the whole application over a home."""

from pathlib import Path

import pytest
from flask import Flask

from tests.batches.make_batches import Producer, make_notary, make_producer
from tests.web.make_web import make_app, make_services
from traceability.core.identity import Identity
from traceability.core.ports import Clock, Notary
from traceability.db.database import Database
from traceability.web.context import Services


@pytest.fixture
def notary(tmp_path: Path, identity: Identity, clock: Clock) -> Notary:
    return make_notary(tmp_path, identity, clock)


@pytest.fixture
def producer(database: Database, clock: Clock) -> Producer:
    with database.transaction() as session:
        return make_producer(session, clock)


@pytest.fixture
def use(tmp_path: Path, sqlite_database: Database, clock: Clock) -> Services:
    return make_services(tmp_path / "home", sqlite_database, clock)


@pytest.fixture
def app(use: Services) -> Flask:
    return make_app(use)
