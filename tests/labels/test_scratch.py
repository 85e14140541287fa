"""Scratch codes: what the database decides, on both engines."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from tests.conftest import FixedClock
from tests.labels.make_labels import SecretMac, Start
from tests.labels.make_scratch import PASSWORD, PEPPER, SHOP, WRONG, PrintRoom, counting
from traceability.db.base import Base
from traceability.db.database import Database
from traceability.labels.models import ScratchDelivery, ScratchTags
from traceability.labels.scratch.codes import ScratchCode, tag_of
from traceability.labels.scratch.errors import ScratchDeliveredError
from traceability.labels.scratch.opening.service import LOCKED, TRIES, Outcome
from traceability.labels.scratch.queries import delivered
from traceability.labels.scratch.service import MadeCodes
from traceability.transparency.triggers import drop_triggers


@pytest.fixture
def room(start: Start, clock: FixedClock) -> PrintRoom:
    return PrintRoom(start, clock)


def everything_in(database: Database) -> bytes:
    """Every value of every row, one after the other: what a thief of the file has."""
    found = []
    with database.reading() as session:
        for table in Base.metadata.sorted_tables:
            for row in session.execute(select(table)):
                for value in row:
                    raw = value if isinstance(value, bytes) else str(value).encode()
                    found.append(raw)
    return b"\n".join(found)


def test_the_database_alone_tells_no_code(room: PrintRoom) -> None:
    row = room.run()
    room.deliver(row)
    stolen = everything_in(room.database)
    for code in room.codes():
        assert code.text.encode() not in stolen
    assert PASSWORD.encode() not in stolen
    assert PEPPER.secret not in stolen
    assert row.run.first_index is not None
    # Whoever tries all codes against the tags without the pepper finds none.
    first = row.run.first_index
    other = SecretMac(b"a guess at the pepper")
    for position, code in enumerate(room.codes()):
        tag = tag_of(code, row.run.public_id, first + position, other)
        assert tag not in stolen
        assert tag_of(code, row.run.public_id, first + position, PEPPER) in stolen


def test_codes_are_handed_out_once(room: PrintRoom) -> None:
    row = room.run()
    room.deliver(row)
    codes, made = room.codes(), room.make(row, counting(100))
    with pytest.raises(ScratchDeliveredError) as refusal:
        room.deliver(row, made)
    assert refusal.value.params == {"day": "22/11/2026", "to": SHOP}
    assert room.scratch(row, 0, ScratchCode("0000003G")).outcome is Outcome.WRONG
    assert room.scratch(row, 0, codes[0]).outcome is Outcome.FIRST


def test_of_two_operators_at_once_one_gets_the_codes(room: PrintRoom) -> None:
    row = room.run()
    made = [room.make(row, counting(1)), room.make(row, counting(100))]
    barrier = Barrier(2)

    def hand_out(one: MadeCodes) -> str:
        barrier.wait()
        try:
            room.deliver(row, one)
        except ScratchDeliveredError:
            return "refused"
        return "delivered"

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(hand_out, made)) == ["delivered", "refused"]
    with room.database.reading() as session:
        kept = session.scalars(select(ScratchTags.tags)).all()
    assert len(kept) == 1


def test_an_administrator_who_deletes_the_rows_still_gets_nothing(
    room: PrintRoom,
) -> None:
    row = room.run()
    room.deliver(row)
    for kept in (ScratchDelivery, ScratchTags):
        with pytest.raises(IntegrityError), room.database.transaction() as session:
            session.execute(delete(kept))
    with room.database.transaction() as session:
        drop_triggers(session.connection(), ["scratch_delivery", "scratch_tags"])
        session.execute(delete(ScratchTags))
        session.execute(delete(ScratchDelivery))
    with pytest.raises(ScratchDeliveredError):  # the signed record remembers
        room.deliver(row)


def test_the_first_right_code_registers_the_unit_with_its_hour(room: PrintRoom) -> None:
    row = room.run()
    room.deliver(row)
    code = room.codes()[1]
    room.clock.instant += timedelta(minutes=47, seconds=11)
    hour = room.clock.instant.replace(minute=0, second=0)
    first = room.scratch(row, 1, code)
    assert (first.outcome, first.opened_at) == (Outcome.FIRST, hour)
    room.clock.instant += timedelta(days=3)
    again = room.scratch(row, 1, code)
    assert (again.outcome, again.opened_at) == (Outcome.AGAIN, hour)
    with room.database.reading() as session:
        found = delivered(session, row.run)
    assert found is not None
    assert (found.opened, found.opened_again) == (1, 1)


def test_of_two_first_openings_one_is_first(room: PrintRoom) -> None:
    row = room.run()
    room.deliver(row)
    code, barrier = room.codes()[0], Barrier(4)

    def scratch(_number: int) -> Outcome:
        barrier.wait()
        return room.scratch(row, 0, code).outcome

    with ThreadPoolExecutor(4) as threads:
        outcomes = list(threads.map(scratch, range(4)))
    assert sorted(outcomes) == [Outcome.AGAIN] * 3 + [Outcome.FIRST]


def test_five_wrong_codes_lock_the_label_even_for_the_right_one(
    room: PrintRoom,
) -> None:
    row = room.run()
    room.deliver(row)
    code = room.codes()[0]
    left = [room.scratch(row, 0, WRONG).tries_left for _ in range(TRIES - 1)]
    assert left == [4, 3, 2, 1]
    until = room.clock.now() + LOCKED
    assert room.scratch(row, 0, WRONG).locked_until == until
    for tried in (WRONG, code):  # nothing tells a guesser that one of them is right
        judged = room.scratch(row, 0, tried)
        assert (judged.outcome, judged.locked_until) == (Outcome.LOCKED, until)
    assert room.scratch(row, 1, room.codes()[1]).outcome is Outcome.FIRST
    room.clock.instant += LOCKED
    assert room.scratch(row, 0, code).outcome is Outcome.FIRST


def test_guessers_at_once_have_five_tries_between_them(room: PrintRoom) -> None:
    row = room.run()
    room.deliver(row)
    barrier = Barrier(8)

    def guess(_number: int) -> Outcome:
        barrier.wait()
        return room.scratch(row, 0, WRONG).outcome

    with ThreadPoolExecutor(8) as threads:
        outcomes = list(threads.map(guess, range(8)))
    assert outcomes.count(Outcome.WRONG) == TRIES - 1
    assert outcomes.count(Outcome.LOCKED) == 8 - (TRIES - 1)
