"""Scratch codes: their file, their spelling, what is signed, who gets none."""

import pytest
from hypothesis import given, strategies as st
from msoffcrypto.exceptions import InvalidKeyError
from sqlalchemy import select

from tests.conftest import FixedClock
from tests.labels.make_labels import Start
from tests.labels.make_scratch import PASSWORD, SHOP, WRONG, PrintRoom, opened, spec
from traceability.batches.errors import BatchNotFoundError
from traceability.core.ids import ALPHABET
from traceability.core.permissions import Actor
from traceability.db.database import Database
from traceability.labels.job import LabelKind, RunSpec
from traceability.labels.models import (
    ScratchTags,
    ScratchUnit,
)
from traceability.labels.queries import RunRow
from traceability.labels.scratch import listing
from traceability.labels.scratch.codes import ScratchCode
from traceability.labels.scratch.errors import (
    ScratchAbsentError,
    ScratchCodeMalformedError,
    ScratchKindError,
    ScratchPasswordError,
    ScratchRecipientError,
    ScratchVoidError,
)
from traceability.labels.scratch.opening.service import (
    TRIES,
    Outcome,
)
from traceability.labels.scratch.queries import delivered
from traceability.labels.scratch.workbook import new_password, parse_password
from traceability.labels.stock import A4_24
from traceability.records.models import StoredDisclosure


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """No engine has a say in these facts."""
    return sqlite_database


@pytest.fixture
def room(start: Start, clock: FixedClock) -> PrintRoom:
    return PrintRoom(start, clock)


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
    assert claims["id"] == f"{claims['run']}/scratch-codes"
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
