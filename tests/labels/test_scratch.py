"""Scratch codes: made once, kept as tags only, opened first by one person."""

import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from hypothesis import given, strategies as st
from msoffcrypto.exceptions import InvalidKeyError
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from tests.conftest import FixedClock
from tests.labels.make_labels import SecretMac, Start
from tests.labels.make_scratch import PASSWORD, codes_in, opened
from traceability.batches.errors import BatchNotFoundError
from traceability.core.ids import ALPHABET
from traceability.core.permissions import Actor
from traceability.db.base import Base
from traceability.db.database import Database
from traceability.labels.job import LabelKind, RunSpec
from traceability.labels.models import (
    LabelRun,
    ScratchDelivery,
    ScratchTags,
    ScratchUnit,
)
from traceability.labels.queries import RunRow
from traceability.labels.scratch import listing
from traceability.labels.scratch.codes import ScratchCode, tag_of
from traceability.labels.scratch.errors import (
    ScratchAbsentError,
    ScratchCodeMalformedError,
    ScratchDeliveredError,
    ScratchKindError,
    ScratchPasswordError,
    ScratchRecipientError,
    ScratchVoidError,
)
from traceability.labels.scratch.listing import CodeList
from traceability.labels.scratch.opening.service import (
    LOCKED,
    TRIES,
    Judged,
    Outcome,
    reveal,
)
from traceability.labels.scratch.queries import delivered
from traceability.labels.scratch.service import MadeCodes, deliver, make_codes
from traceability.labels.scratch.workbook import new_password, parse_password
from traceability.labels.stock import A4_24
from traceability.records.models import StoredDisclosure
from traceability.transparency.triggers import drop_triggers

PEPPER = SecretMac(b"pepper of the tests", "pepper-1")
SHOP = "Nhà in mẫu"
WRONG = ScratchCode("ZZZZZZZZ")


def spec(count: int = 3, *, kind: LabelKind = LabelKind.SERIAL) -> RunSpec:
    return RunSpec(kind=kind, count=count, stock=A4_24, scratch=True)


def counting(start: int = 1) -> Any:
    """Random bits that are none: each number is one more than the last."""
    numbers = iter(range(start, 1 << 30))
    return lambda _bits: next(numbers)


@dataclass
class PrintRoom:
    """Starts runs, hands out their codes, and scratches labels."""

    start: Start
    clock: FixedClock
    file: io.BytesIO = field(default_factory=io.BytesIO)

    @property
    def database(self) -> Database:
        return self.start.database

    def run(self, count: int = 3, *, kind: LabelKind = LabelKind.SERIAL) -> RunRow:
        return RunRow(self.start(spec(count, kind=kind)), self.start.batch)

    def make(self, row: RunRow, bits: Any = None) -> MadeCodes:
        codes = CodeList(
            job=row.job,
            run_id=row.run.public_id,
            keys=self.start.keys,
            pepper=PEPPER,
            random_bits=bits or counting(),
        )
        self.file = io.BytesIO()
        return make_codes(codes, self.file, PASSWORD)

    def deliver(
        self, row: RunRow, made: MadeCodes | None = None, to: str = SHOP
    ) -> None:
        kept = made or self.make(row)
        with self.database.transaction() as session:
            deliver(
                session,
                row,
                kept,
                to,
                actor=self.start.actor,
                notary=self.start.notary,
            )

    def codes(self) -> list[ScratchCode]:
        return [ScratchCode(one) for one in codes_in(self.file.getvalue())]

    def scratch(self, row: RunRow, position: int, code: ScratchCode) -> Judged:
        first = row.run.first_index
        assert first is not None
        with self.database.transaction() as session:
            return reveal(
                session,
                session.get_one(LabelRun, row.run.id),
                first + position,
                code,
                pepper_of={PEPPER.key_id: PEPPER}.__getitem__,
                clock=self.clock,
            )


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


def test_the_file_lists_every_label_with_its_code(room: PrintRoom) -> None:
    row = room.run(3, kind=LabelKind.SEALED)
    room.deliver(row)
    [[head, *lines]] = opened(room.file.getvalue())
    assert head == ("number", "serial", "link", "code")
    labels = row.job.labels(room.start.keys)
    assert [line[:3] for line in lines] == [
        (number, one.serial, one.qr_text) for number, one in enumerate(labels, 1)
    ]
    assert [line[3] for line in lines] == ["00000001", "00000002", "00000003"]


def test_without_the_password_the_file_tells_nothing(room: PrintRoom) -> None:
    room.deliver(room.run(1))
    file = room.file.getvalue()
    assert b"00000001" not in file
    assert b"TX.EXAMPLE" not in file
    with pytest.raises(InvalidKeyError):
        opened(file, PASSWORD.replace("0", "1"))


def test_a_large_run_is_cut_into_volumes(
    room: PrintRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "VOLUME", 2)
    row = room.run(5)
    room.deliver(row)
    volumes = opened(room.file.getvalue())
    numbers = [[line[0] for line in volume[1:]] for volume in volumes]
    assert numbers == [[1, 2], [3, 4], [5]]
    assert room.scratch(row, 4, ScratchCode("00000005")).outcome is Outcome.FIRST


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


def test_the_delivery_is_signed_without_a_secret_or_a_name(room: PrintRoom) -> None:
    row = room.run()
    room.deliver(row)
    with room.database.reading() as session:
        found = delivered(session, row.run)
        assert found is not None
        record_id = found.delivery.record_id
        assert (found.to, found.opened, found.opened_again) == (SHOP, 0, 0)
        stored = session.scalars(select(StoredDisclosure.name)).all()
    claims = room.start.claims(record_id)
    assert claims["id"] == f"{claims['run']}#scratch-codes"
    assert claims["count"] == 3
    assert claims["fileSha256"] == [found.delivery.file_sha256]
    assert SHOP not in str(claims)
    assert "deliveredTo" in stored


def test_the_run_says_that_it_has_scratch_codes(room: PrintRoom) -> None:
    row = room.run()
    assert room.start.claims(row.run.record_id)["scratch"] is True
    assert row.job.spec.scratch
    plain = room.start(RunSpec(kind=LabelKind.SERIAL, count=1, stock=A4_24))
    assert "scratch" not in room.start.claims(plain.record_id)
    assert not plain.scratch


def test_what_cannot_have_codes_gets_none(room: PrintRoom) -> None:
    with pytest.raises(ScratchKindError):
        spec(kind=LabelKind.LOT)
    plain = room.start(RunSpec(kind=LabelKind.SERIAL, count=1, stock=A4_24))
    row = RunRow(plain, room.start.batch)
    with pytest.raises(ScratchAbsentError):
        room.deliver(row)
    with pytest.raises(ScratchAbsentError):
        room.scratch(row, 0, WRONG)
    with pytest.raises(ScratchRecipientError):
        room.deliver(room.run(), to="  ")
    with pytest.raises(ScratchAbsentError):  # nobody made its codes yet
        room.scratch(room.run(), 0, WRONG)


def test_a_run_that_is_wholly_void_gets_no_codes(room: PrintRoom) -> None:
    row = room.run(3)
    first = row.run.first_index
    assert first is not None
    room.start.void(first + 1, first + 2)
    room.start.void(first, first + 1)
    with pytest.raises(ScratchVoidError):
        room.deliver(row)


def test_other_producers_get_no_codes(room: PrintRoom) -> None:
    row = room.run()
    room.start.actor = Actor(kind="person", id=9, name="Khác", organisation_id=999)
    with pytest.raises(BatchNotFoundError):
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


def test_a_right_code_gives_the_tries_back(room: PrintRoom) -> None:
    row = room.run()
    room.deliver(row)
    for _ in range(TRIES - 1):
        room.scratch(row, 0, WRONG)
    room.scratch(row, 0, room.codes()[0])
    assert room.scratch(row, 0, WRONG).tries_left == TRIES - 1


def test_a_code_opens_no_other_label(room: PrintRoom) -> None:
    row, other = room.run(), room.run()
    room.deliver(other)
    room.deliver(row)
    code = room.codes()[0]  # both files hold the same codes, made of the same numbers
    assert room.scratch(row, 1, code).outcome is Outcome.WRONG
    with room.database.reading() as session:
        tags = session.scalars(select(ScratchTags.tags)).all()
    assert tags[0] != tags[1]


def test_what_is_kept_of_an_opening_names_nobody(room: PrintRoom) -> None:
    row = room.run()
    room.deliver(row)
    room.scratch(row, 0, room.codes()[0])
    columns = {column.name for column in ScratchUnit.__table__.columns}
    kept = {"run_id", "serial_index", "wrong", "locked_until", "opened_at", "again"}
    assert columns == {"id"} | kept


@given(st.integers(min_value=0, max_value=(1 << 40) - 1))
def test_typed_codes_are_folded_to_the_one_spelling(number: int) -> None:
    code = ScratchCode.fresh(lambda _bits: number)
    assert len(code.text) == 8
    assert set(code.text) <= set(ALPHABET)
    assert code.text not in repr(code)
    likely = code.text.replace("0", "o").replace("1", "l").lower()
    assert ScratchCode.typed(f" {likely[:4]} - {likely[4:]}\n") == code


@pytest.mark.parametrize("typed", ["", "1234567", "123456789", "1234567U", "ă1234567"])
def test_what_is_no_code_is_refused_without_being_repeated(typed: str) -> None:
    with pytest.raises(ScratchCodeMalformedError) as refusal:
        ScratchCode.typed(typed)
    assert refusal.value.params in ({}, {"n": 8})


def test_passwords_are_of_140_bits_and_of_this_service_only() -> None:
    asked: list[int] = []

    def bits(count: int) -> int:
        asked.append(count)
        return (1 << count) - 1

    assert new_password(bits) == "-".join(["ZZZZ"] * 7)
    assert asked == [140]
    assert parse_password(PASSWORD) == PASSWORD
    for text_ in ("", "123456", PASSWORD.lower(), PASSWORD + "-0000", "0" * 28):
        with pytest.raises(ScratchPasswordError):
            parse_password(text_)
