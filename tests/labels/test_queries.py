"""What a serial is worth: live, void, another batch's, or unknown."""

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from tests.batches.make_batches import Producer, make_batch, make_product
from tests.labels.make_labels import SecretMac, make_keys
from traceability.batches.models import Batch
from traceability.core.ports import Mac, Notary
from traceability.db.database import Database
from traceability.labels.errors import RunNotFoundError
from traceability.labels.job import LabelKeys, LabelKind, RunSpec
from traceability.labels.models import LabelRun
from traceability.labels.queries import (
    batch_to_label,
    job_of,
    label_state,
    run_of,
    runs_of_batch,
    runs_of_producer,
    voids_of,
)
from traceability.labels.serials import SerialNumber
from traceability.labels.service import VoidDraft, start_run, void_labels
from traceability.labels.standing import LabelStanding, LabelState
from traceability.labels.stock import A4_65


class Room:
    """A batch with a run of ten labels, and the means to ask."""

    def __init__(
        self, database: Database, producer: Producer, notary: Notary, keys: LabelKeys
    ) -> None:
        self.database = database
        self.producer = producer
        self.notary = notary
        self.keys = keys

    def run(self, batch: Batch, kind: LabelKind = LabelKind.SERIAL) -> LabelRun:
        spec = RunSpec(kind=kind, count=10, stock=A4_65)
        with self.database.transaction() as session:
            return start_run(
                session,
                batch,
                spec,
                actor=self.producer.actor,
                notary=self.notary,
                keys=self.keys,
            )

    def serials(self, run: LabelRun, batch: Batch) -> list[str]:
        return [label.serial for label in job_of(run, batch).labels(self.keys)]

    def state(self, batch: Batch, serial: str) -> LabelState:
        with self.database.reading() as session:
            return label_state(session, batch, serial, self.mac_of)

    def mac_of(self, key_id: str) -> Mac:
        return self.keys.mac_of(key_id)

    def another(self, **values: object) -> Batch:
        with self.database.transaction() as session:
            return make_batch(
                session, self.producer, self.notary, issued=True, **values
            )


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """Plain reads are the same on both engines; test_service asks both."""
    return sqlite_database


@pytest.fixture
def room(
    database: Database, producer: Producer, notary: Notary, keys: LabelKeys
) -> Room:
    return Room(database, producer, notary, keys)


def test_every_label_of_a_run_is_live(room: Room, batch: Batch) -> None:
    run = room.run(batch)
    for serial in room.serials(run, batch):
        state = room.state(batch, serial)
        assert state.standing is LabelStanding.LIVE
        assert state.run is not None
        assert state.run.id == run.id
        assert not state.sealed


def test_a_label_of_a_sealed_run_is_known_to_need_its_seal(
    room: Room, batch: Batch
) -> None:
    run = room.run(batch, LabelKind.SEALED)
    assert room.state(batch, room.serials(run, batch)[0]).sealed


def test_a_void_label_says_why_and_since_when(room: Room, batch: Batch) -> None:
    run = room.run(batch)
    first = run.first_index or 0
    draft = VoidDraft(first=first + 3, last=first + 5, reason="In hỏng")
    with room.database.transaction() as session:
        who = {"actor": room.producer.actor, "notary": room.notary}
        void = void_labels(session, batch, draft, **who)  # type: ignore[arg-type]
    standings = [
        room.state(batch, serial).standing for serial in room.serials(run, batch)
    ]
    live, dead = LabelStanding.LIVE, LabelStanding.VOID
    assert standings == [live] * 3 + [dead] * 3 + [live] * 4
    state = room.state(batch, room.serials(run, batch)[3])
    assert state.void is not None
    assert (state.void.reason, state.void.at) == ("In hỏng", void.at)
    with room.database.reading() as session:
        assert [one.id for one in voids_of(session, run)] == [void.id]


def test_a_label_of_another_batch_says_so(room: Room, batch: Batch) -> None:
    other = room.another()
    run = room.run(other)
    state = room.state(batch, room.serials(run, other)[0])
    assert state.standing is LabelStanding.OTHER_BATCH
    assert state.run is not None
    assert state.run.batch_id == other.id


def test_a_label_of_another_product_is_unknown(room: Room, batch: Batch) -> None:
    with room.database.transaction() as session:
        organisation = room.producer.actor.organisation_id or 0
        product = make_product(
            session, room.notary.clock, organisation, internal_code="RUONG-01"
        )
    other = room.another(product_id=product.id)
    run = room.run(other)
    [serial, *_] = room.serials(run, other)
    assert room.state(other, serial).standing is LabelStanding.LIVE
    assert room.state(batch, serial).standing is LabelStanding.UNKNOWN


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(offset=st.integers(-20, 30), tag=st.integers(0, (1 << 35) - 1))
def test_guesses_are_unknown(room: Room, batch: Batch, offset: int, tag: int) -> None:
    with room.database.reading() as session:
        found = runs_of_batch(session, batch)
    run = found[0].run if found else room.run(batch)
    index = max((run.first_index or 0) + offset, 0)
    genuine = room.serials(run, batch)
    guess = str(SerialNumber(index, tag))
    if guess not in genuine:
        assert room.state(batch, guess).standing is LabelStanding.UNKNOWN


@pytest.mark.parametrize("text", ["", "x", "0" * 12, "ABCDEFGHIJKLM", "Ấ" * 13])
def test_what_is_no_serial_is_unknown(room: Room, batch: Batch, text: str) -> None:
    room.run(batch)
    state = room.state(batch, text)
    assert state == LabelState(standing=LabelStanding.UNKNOWN)


def test_serials_outlive_a_change_of_key(room: Room, batch: Batch) -> None:
    run = room.run(batch)
    serials = room.serials(run, batch)
    room.keys = make_keys(SecretMac(), SecretMac(secret=b"new", key_id="serial-2"))
    later = room.run(batch)
    for serial in [*serials, *room.serials(later, batch)]:
        assert room.state(batch, serial).standing is LabelStanding.LIVE


def test_runs_are_listed_for_their_producer_only(room: Room, batch: Batch) -> None:
    runs = [room.run(batch) for _ in range(3)]
    organisation = room.producer.actor.organisation_id or 0
    with room.database.reading() as session:
        newest_first = [run.id for run in reversed(runs)]
        of_batch = [row.run.id for row in runs_of_batch(session, batch)]
        assert of_batch == newest_first
        listed = runs_of_producer(session, organisation, page=2, size=2)
        assert [row.run.id for row in listed] == newest_first[2:]
        assert listed[0].batch.product.name_vi == "Chè mẫu"
        assert runs_of_producer(session, organisation + 1) == []
        stranger = type(room.producer.actor)(
            kind="person", id=9, name="Khác", organisation_id=organisation + 1
        )
        with pytest.raises(RunNotFoundError):
            run_of(session, runs[0].public_id, actor=stranger)
        assert batch_to_label(session, batch.public_id).id == batch.id
