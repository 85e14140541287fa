"""What the database itself keeps of bindings, on both engines."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from tests.batches.make_batches import Producer, make_batch
from tests.labels.make_stamps import Stamps
from traceability.batches.models import Batch
from traceability.core.ports import Notary
from traceability.db.database import Database
from traceability.labels.binding.draft import BindingDraft
from traceability.labels.errors import BindingTakenError, BindingVoidError
from traceability.labels.job import LabelKeys
from traceability.labels.models import LabelBinding, LabelRun
from traceability.labels.standing import LabelStanding

PATIENCE = 0.3  # seconds in which an act that does not wait would be done


@pytest.fixture
def stamps(
    database: Database, producer: Producer, notary: Notary, keys: LabelKeys
) -> Stamps:
    return Stamps(database, producer, notary, keys)


def test_stamps_are_bound_once_and_void_ones_never(
    stamps: Stamps, batch: Batch
) -> None:
    run = stamps.printed()
    stamps.bound(batch, run, 10, 19)
    stamps.void(run, 30, 30)
    with pytest.raises(BindingTakenError):
        stamps.bound(batch, run, 19, 29)
    with pytest.raises(BindingVoidError):
        stamps.bound(batch, run, 20, 30)
    stamps.bound(batch, run, 20, 29)
    serials = [label.serial for label in stamps.labels(run)]
    found = [stamps.state(serials[place]).standing for place in (9, 10, 29, 30)]
    unbound, live = LabelStanding.UNBOUND, LabelStanding.LIVE
    assert found == [unbound, live, live, LabelStanding.VOID]


def test_bindings_are_never_changed(stamps: Stamps, batch: Batch) -> None:
    stamps.bound(batch, stamps.printed(), 0, 9)
    for statement in (update(LabelBinding).values(to_index=1), delete(LabelBinding)):
        with pytest.raises(IntegrityError), stamps.database.transaction() as session:
            session.execute(statement)


def test_only_blank_stamps_have_no_lot(stamps: Stamps, batch: Batch) -> None:
    run = stamps.printed()
    values = {
        one.name: getattr(run, one.name)
        for one in LabelRun.__table__.columns
        if one.name != "id"
    }
    first = (run.last_index or 0) + 1
    new = {"public_id": "X" * 26, "first_index": first, "record_id": batch.record_id}
    for wrong in ({"kind": "serial"}, {"batch_id": batch.id}):
        with pytest.raises(IntegrityError), stamps.database.transaction() as session:
            session.add(LabelRun(**values | new | wrong))
    with stamps.database.transaction() as session:
        session.add(LabelRun(**values | new))


def test_two_who_bind_the_same_stamps_wait_for_each_other(
    stamps: Stamps, batch: Batch
) -> None:
    """The second one overlaps the first in one stamp, for another lot."""
    run = stamps.printed()
    begin = run.first_index or 0
    with stamps.database.transaction() as session:
        other = make_batch(
            session, stamps.producer, stamps.notary, issued=True, lot_number="KHAC-1"
        )
    second_done = Event()

    def second() -> None:
        try:
            stamps.bound(other, run, 9, 20)
        finally:
            second_done.set()

    with ThreadPoolExecutor(1) as pool:
        with stamps.database.transaction() as session:
            draft = BindingDraft(first=begin, last=begin + 9)
            stamps.bind(session, batch, draft)
            waiting = pool.submit(second)
            assert not second_done.wait(PATIENCE)
        with pytest.raises(BindingTakenError):
            waiting.result()
    with stamps.database.reading() as session:
        kept = session.scalars(select(LabelBinding.batch_id)).all()
    assert kept == [batch.id]
