"""Processes that write at once: no write is lost, no kilogram given twice."""

from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.batches.make_batches import kilos, make_batch, make_producer, taking
from tests.batches.racers import (
    Office,
    correct_to_take,
    issue_all,
    make_office,
    register_some,
)
from tests.clock import FixedClock
from tests.racing import at_once
from traceability.batches.models import Batch, BatchState
from traceability.db.database import Database
from traceability.events.models import TraceEvent
from traceability.records.models import SignedRecord

PROCESSES = 3


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Office:
    return make_office(database, tmp_path)


@pytest.mark.slow
def test_batches_issued_by_several_processes_are_all_there_without_a_gap(
    database: Database, office: Office
) -> None:
    with database.transaction() as session:
        producer = make_producer(session, FixedClock())
        notary = office.notary()
        drafts = [make_batch(session, producer, notary).id for _ in range(12)]
    shares = [drafts[place::PROCESSES] for place in range(PROCESSES)]
    assert at_once(issue_all, *((office, producer, share) for share in shares)) == [
        [] for _ in shares
    ]
    with database.reading() as session:
        states = session.scalars(select(Batch.state)).all()
        assert set(states) == {BatchState.ISSUED.value}
        indexes = session.scalars(select(SignedRecord.log_index)).all()
        assert sorted(indexes) == list(range(24))
        assert session.scalar(select(func.count(TraceEvent.id))) == 12


@pytest.mark.slow
def test_one_draft_is_issued_by_one_process_only(
    database: Database, office: Office
) -> None:
    with database.transaction() as session:
        producer = make_producer(session, FixedClock())
        draft = make_batch(session, producer, office.notary()).id
    codes = at_once(issue_all, *[(office, producer, [draft])] * PROCESSES)
    assert sorted(map(len, codes)) == [0, *[1] * (PROCESSES - 1)]
    assert {code for one in codes for code in one} == {"batch-issued"}
    with database.reading() as session:
        assert session.scalar(select(func.count(SignedRecord.id))) == 2


@pytest.mark.slow
def test_the_last_kilogram_is_given_once(database: Database, office: Office) -> None:
    with database.transaction() as session:
        producer = make_producer(session, FixedClock())
        notary = office.notary()
        leaves = make_batch(session, producer, notary, issued=True)
        half = {"inputs": (taking(leaves, 60),), "quantity": kilos(20)}
        drafts = [make_batch(session, producer, notary, **half).id for _ in range(3)]
    codes = at_once(issue_all, *((office, producer, [one]) for one in drafts))
    assert sorted(codes) == [[], ["mass-balance"], ["mass-balance"]]


@pytest.mark.slow
def test_suggested_numbers_differ_whoever_asks(
    database: Database, office: Office
) -> None:
    with database.transaction() as session:
        producer = make_producer(session, FixedClock())
    numbers = at_once(register_some, *[(office, producer, 4)] * PROCESSES)
    given = [number for one in numbers for number in one]
    assert sorted(given) == [f"261120-{count:02d}" for count in range(1, 13)]


@pytest.mark.slow
def test_corrections_at_once_close_no_cycle(database: Database, office: Office) -> None:
    with database.transaction() as session:
        producer = make_producer(session, FixedClock())
        notary = office.notary()
        lots = [make_batch(session, producer, notary, issued=True) for _ in range(3)]
    ring = zip(lots, [*lots[1:], lots[0]], strict=True)
    calls = [(office, producer, lot.id, source.digital_link) for lot, source in ring]
    codes = at_once(correct_to_take, *calls)
    assert sorted(codes) == [[], [], ["cycle"]]
