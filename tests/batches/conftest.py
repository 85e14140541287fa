"""A notary with fresh keys, and a producer in a fresh database."""

from pathlib import Path

import pytest

from tests.batches.make_batches import Producer, make_notary, make_producer
from traceability.core.identity import Identity
from traceability.core.ports import Clock, Notary
from traceability.db.database import Database


@pytest.fixture
def notary(tmp_path: Path, identity: Identity, clock: Clock) -> Notary:
    return make_notary(tmp_path, identity, clock)


@pytest.fixture
def producer(database: Database, clock: Clock) -> Producer:
    with database.transaction() as session:
        return make_producer(session, clock)
