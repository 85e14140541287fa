"""A producer with an issued batch in a fresh database, and the print room's keys."""

from pathlib import Path

import pytest

from tests.batches.make_batches import Producer, make_batch, make_notary, make_producer
from tests.labels.make_labels import Start, make_keys
from traceability.batches.models import Batch
from traceability.core.identity import Identity
from traceability.core.ports import Clock, Notary
from traceability.db.database import Database
from traceability.labels.job import LabelKeys


@pytest.fixture
def notary(tmp_path: Path, identity: Identity, clock: Clock) -> Notary:
    return make_notary(tmp_path, identity, clock)


@pytest.fixture
def keys() -> LabelKeys:
    return make_keys()


@pytest.fixture
def producer(database: Database, clock: Clock) -> Producer:
    with database.transaction() as session:
        return make_producer(session, clock)


@pytest.fixture
def batch(database: Database, producer: Producer, notary: Notary) -> Batch:
    """Return an issued batch."""
    with database.transaction() as session:
        return make_batch(session, producer, notary, issued=True)


@pytest.fixture
def start(
    database: Database,
    batch: Batch,
    producer: Producer,
    notary: Notary,
    keys: LabelKeys,
) -> Start:
    return Start(database, batch, producer, notary, keys)
