"""Processes that print at once: no index is given twice (I4)."""

import multiprocessing
from dataclasses import dataclass
from pathlib import Path
from secrets import token_bytes

import pytest
from sqlalchemy import select

from tests.batches.make_batches import (
    Producer,
    make_batch,
    make_log,
    make_producer,
    make_signer,
)
from tests.conftest import FixedClock
from tests.labels.make_labels import make_keys
from traceability.batches.models import Batch
from traceability.core.identity import Identity
from traceability.core.ports import Notary
from traceability.db.database import Database
from traceability.labels.job import LabelKind, RunSpec
from traceability.labels.models import LabelRun
from traceability.labels.service import start_run
from traceability.labels.stock import A4_65
from traceability.records.models import SignedRecord
from traceability.signing.keys import KeyRole

IDENTITY = Identity("https://tx.example")
RUNS = 6


@dataclass(frozen=True)
class Office:
    """What a printing process is started with."""

    url: str
    folder: Path
    record_seed: bytes
    log_seed: bytes

    def notary(self) -> Notary:
        clock = FixedClock()
        log_signer = make_signer(IDENTITY, clock, KeyRole.LOG, self.log_seed)
        return Notary(
            signer=make_signer(IDENTITY, clock, KeyRole.RECORD, self.record_seed),
            log=make_log(self.folder, IDENTITY, log_signer),
            clock=clock,
            identity=IDENTITY,
        )


def print_some(office: Office, producer: Producer, batch_id: int) -> int:
    """Start several runs of a batch, one after the other."""
    database, notary = Database(office.url), office.notary()
    spec = RunSpec(kind=LabelKind.SERIAL, count=100, stock=A4_65)
    for _ in range(RUNS):
        with database.transaction() as session:
            batch = session.get_one(Batch, batch_id)
            start_run(
                session,
                batch,
                spec,
                actor=producer.actor,
                notary=notary,
                keys=make_keys(),
            )
    database.dispose()
    return RUNS


@pytest.mark.slow
def test_two_processes_never_print_the_same_serial(
    database: Database, tmp_path: Path
) -> None:
    url = database.engine.url.render_as_string(hide_password=False)
    office = Office(url, tmp_path, token_bytes(32), token_bytes(32))
    with database.transaction() as session:
        producer = make_producer(session, FixedClock())
        notary = office.notary()
        batches = [
            make_batch(session, producer, notary, issued=True).id for _ in range(2)
        ]
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        tasks = [(office, producer, batch_id) for batch_id in batches]
        assert pool.starmap(print_some, tasks, chunksize=1) == [RUNS, RUNS]
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
