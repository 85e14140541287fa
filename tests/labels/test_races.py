"""Processes that print at once: no index is given twice (I4)."""

from pathlib import Path

import pytest
from sqlalchemy import select

from tests.batches.make_batches import make_batch, make_producer
from tests.batches.racers import make_office
from tests.clock import FixedClock
from tests.labels.racers import print_some
from tests.racing import at_once
from traceability.db.database import Database
from traceability.labels.models import LabelRun
from traceability.records.models import SignedRecord

RUNS = 6


@pytest.mark.slow
def test_two_processes_never_print_the_same_serial(
    database: Database, tmp_path: Path
) -> None:
    office = make_office(database, tmp_path)
    with database.transaction() as session:
        producer = make_producer(session, FixedClock())
        notary = office.notary()
        batches = [
            make_batch(session, producer, notary, issued=True).id for _ in range(2)
        ]
    calls = [(office, producer, batch_id, RUNS) for batch_id in batches]
    assert at_once(print_some, *calls) == [RUNS, RUNS]
    with database.reading() as session:
        runs = session.scalars(select(LabelRun).order_by(LabelRun.first_index)).all()
        logged = session.scalars(select(SignedRecord.log_index)).all()
    assert {run.batch_id for run in runs} == set(batches)
    serials = {
        index
        for run in runs
        if run.first_index is not None
        for index in range(run.first_index, run.first_index + run.count)
    }
    assert len(serials) == 2 * RUNS * 100
    assert sorted(logged) == list(range(len(logged)))
