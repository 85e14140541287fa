"""Processes that write at once: no write is lost, no kilogram given twice."""

import multiprocessing
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from secrets import token_bytes

import pytest
from sqlalchemy import func, select

from tests.batches.make_batches import (
    Producer,
    kilos,
    make_batch,
    make_draft,
    make_log,
    make_producer,
    make_signer,
    taking,
)
from tests.conftest import FixedClock
from traceability.batches.drafts import InputDraft
from traceability.batches.models import Batch, BatchState
from traceability.batches.service import correct_batch, issue_batch, register_batch
from traceability.core.errors import DomainError
from traceability.core.identity import Identity
from traceability.core.ports import Notary
from traceability.db.database import Database
from traceability.events.models import TraceEvent
from traceability.records.models import SignedRecord
from traceability.signing.keys import KeyRole

IDENTITY = Identity("https://tx.example")
PROCESSES = 3


@dataclass(frozen=True)
class Office:
    """What a writer process is started with: the database, the keys, the folder."""

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


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Office:
    url = database.engine.url.render_as_string(hide_password=False)
    return Office(url, tmp_path, token_bytes(32), token_bytes(32))


def issue_all(office: Office, producer: Producer, batch_ids: list[int]) -> list[str]:
    """Issue drafts one after the other; return the code of each refusal."""
    database, notary = Database(office.url), office.notary()
    codes = []
    for batch_id in batch_ids:
        try:
            with database.transaction() as session:
                batch = session.get_one(Batch, batch_id)
                issue_batch(session, batch, actor=producer.actor, notary=notary)
        except DomainError as refused:
            codes.append(refused.code)
    database.dispose()
    return codes


def register_some(office: Office, producer: Producer, count: int) -> list[str]:
    """Register drafts with suggested lot numbers; return the numbers."""
    database = Database(office.url)
    numbers = []
    for _ in range(count):
        with database.transaction() as session:
            batch = register_batch(
                session,
                make_draft(producer),
                actor=producer.actor,
                clock=FixedClock(),
                identity=IDENTITY,
            )
            numbers.append(batch.lot_number)
    database.dispose()
    return numbers


def at_once(
    work: Callable[..., list[str]], tasks: Sequence[tuple[object, ...]]
) -> list[list[str]]:
    context = multiprocessing.get_context("spawn")
    with context.Pool(PROCESSES) as pool:
        return pool.starmap(work, tasks, chunksize=1)


@pytest.mark.slow
def test_batches_issued_by_several_processes_are_all_there_without_a_gap(
    database: Database, office: Office
) -> None:
    with database.transaction() as session:
        producer = make_producer(session, FixedClock())
        notary = office.notary()
        drafts = [make_batch(session, producer, notary).id for _ in range(12)]
    shares = [drafts[place::PROCESSES] for place in range(PROCESSES)]
    assert at_once(issue_all, [(office, producer, share) for share in shares]) == [
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
    codes = at_once(issue_all, [(office, producer, [draft])] * PROCESSES)
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
    codes = at_once(issue_all, [(office, producer, [one]) for one in drafts])
    assert sorted(codes) == [[], ["mass-balance"], ["mass-balance"]]


@pytest.mark.slow
def test_suggested_numbers_differ_whoever_asks(
    database: Database, office: Office
) -> None:
    with database.transaction() as session:
        producer = make_producer(session, FixedClock())
    numbers = at_once(register_some, [(office, producer, 4)] * PROCESSES)
    given = [number for one in numbers for number in one]
    assert sorted(given) == [f"261120-{count:02d}" for count in range(1, 13)]


def correct_to_take(
    office: Office, producer: Producer, batch_id: int, source: str
) -> list[str]:
    """Correct a lot so that it is made of another; return the refusal's code."""
    database, notary = Database(office.url), office.notary()
    draft = make_draft(producer, inputs=(InputDraft(source=source, quantity=kilos(1)),))
    try:
        with database.transaction() as session:
            batch = session.get_one(Batch, batch_id)
            actor = producer.actor
            draft = replace(draft, override_reason="Bột ẩm hơn khi cân")
            correct_batch(session, batch, draft, "x", actor=actor, notary=notary)
    except DomainError as refused:
        return [refused.code]
    finally:
        database.dispose()
    return []


@pytest.mark.slow
def test_corrections_at_once_close_no_cycle(database: Database, office: Office) -> None:
    with database.transaction() as session:
        producer = make_producer(session, FixedClock())
        notary = office.notary()
        lots = [make_batch(session, producer, notary, issued=True) for _ in range(3)]
    ring = zip(lots, [*lots[1:], lots[0]], strict=True)
    tasks = [(office, producer, lot.id, source.digital_link) for lot, source in ring]
    codes = at_once(correct_to_take, tasks)
    assert sorted(codes) == [[], [], ["cycle"]]
