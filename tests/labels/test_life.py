"""What becomes of labels is told by ranges, signed, logged and never changed."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, update

from tests.batches.make_batches import make_producer
from tests.conftest import FixedClock
from tests.labels.make_labels import Start, make_keys
from traceability.accounts.models import AuditEntry
from traceability.batches.drafts import Notice
from traceability.batches.errors import BatchNotFoundError
from traceability.batches.service import hold_batch
from traceability.core.permissions import SYSTEM, Actor
from traceability.db.database import Database
from traceability.labels.errors import (
    AppliedDayError,
    AppliedRangeError,
    ReprintNotFoundError,
    ReprintRefusedError,
    RunNotFoundError,
    RunRefusedError,
    RunTooLargeError,
    SerialMalformedError,
    VoidRangeError,
    VoidReasonError,
    WitnessMissingError,
)
from traceability.labels.job import LabelKind, RunSpec
from traceability.labels.life.models import LabelApplied, LabelReprint
from traceability.labels.life.queries import (
    NumberLife,
    RunLife,
    life_of,
    lives_of_number,
    reprint_job,
    reprint_of,
)
from traceability.labels.life.ranges import Fate
from traceability.labels.life.service import (
    ApplyDraft,
    ReprintDraft,
    apply_labels,
    note_print_out,
    reprint_labels,
)
from traceability.labels.life.witness import VoidKind, Witness
from traceability.labels.models import LabelRun, LabelVoid
from traceability.labels.queries import job_of
from traceability.labels.service import VoidDraft, void_labels
from traceability.labels.setup import Setup
from traceability.labels.sheets import SheetFormat
from traceability.labels.stock import A4_65
from traceability.records.models import SignedRecord, StoredDisclosure
from traceability.records.queries import record_faults

SERIALS = RunSpec(kind=LabelKind.SERIAL, count=200, stock=A4_65)
TODAY = date(2026, 11, 22)
WITNESS = Witness(name="Người chứng kiến mẫu", role="Thủ kho")


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """What depends on the engine stands in test_engines."""
    return sqlite_database


@pytest.fixture
def run(start: Start) -> LabelRun:
    return start(SERIALS)


def first_of(run: LabelRun) -> int:
    assert run.first_index is not None
    return run.first_index


def apply(start: Start, first: int, last: int, **values: Any) -> LabelApplied:
    draft = replace(ApplyDraft(first=first, last=last, day=TODAY), **values)
    with start.database.transaction() as session:
        return apply_labels(
            session, start.batch, draft, actor=start.actor, notary=start.notary
        )


def reprint(start: Start, first: int, last: int) -> LabelReprint:
    draft = ReprintDraft(first=first, last=last, reason="Kẹt giấy", witness=WITNESS)
    with start.database.transaction() as session:
        return reprint_labels(
            session, start.batch, draft, actor=start.actor, notary=start.notary
        )


def print_out(
    start: Start,
    run: LabelRun,
    again: LabelReprint | None = None,
    format_: str = "pdf",
) -> None:
    with start.database.transaction() as session:
        note_print_out(
            session,
            run,
            format_,
            actor=start.actor,
            clock=start.notary.clock,
            reprint=again,
        )


def void(start: Start, draft: VoidDraft) -> LabelVoid:
    with start.database.transaction() as session:
        return void_labels(
            session, start.batch, draft, actor=start.actor, notary=start.notary
        )


def life(start: Start, run: LabelRun) -> RunLife:
    with start.database.reading() as session:
        return life_of(session, run)


def number(start: Start, text: str, actor: Actor | None = None) -> list[NumberLife]:
    with start.database.reading() as session:
        return lives_of_number(
            session, text, actor=actor or start.actor, mac_of=start.keys.mac_of
        )


def commitments_of(claims: dict[str, Any]) -> Any:
    return claims.pop("commitments")


def test_applied_labels_are_signed_by_range(start: Start, run: LabelRun) -> None:
    first = first_of(run)
    applied = apply(start, first, first + 99, place="Chuyền 2, nhà hộ mẫu")
    claims = start.claims(applied.record_id)
    address = f"https://tx.example/label-runs/{run.public_id}"
    assert claims.pop("id") == f"{address}/applied/{applied.public_id}"
    assert list(commitments_of(claims)) == ["place"]
    assert claims == {
        "lot": start.batch.digital_link,
        "run": address,
        "from": first,
        "to": first + 99,
        "appliedOn": "2026-11-22",
    }
    kept = life(start, run)
    assert kept.private[applied.record_id] == {"place": "Chuyền 2, nhà hộ mẫu"}
    assert kept.counts(run)[Fate.APPLIED] == 100
    assert kept.counts(run)[Fate.LEFT] == 100
    with start.database.reading() as session:
        actions = session.scalars(select(AuditEntry.action)).all()
    assert actions.count("labels-applied") == 1


def test_a_label_is_applied_once(start: Start, run: LabelRun) -> None:
    first = first_of(run)
    apply(start, first + 10, first + 19)
    with pytest.raises(AppliedRangeError) as refused:
        apply(start, first + 19, first + 30)
    assert refused.value.params["first"] == first + 10
    apply(start, first + 20, first + 30)


def test_void_labels_between_applied_ones_stay_void(
    start: Start, run: LabelRun
) -> None:
    first = first_of(run)
    start.void(first + 3, first + 4)
    apply(start, first, first + 9)
    assert life(start, run).counts(run)[Fate.VOID] == 2
    with pytest.raises(VoidRangeError):
        apply(start, first + 3, first + 4)
    with pytest.raises(VoidRangeError):
        apply(start, first + 199, first + 200)


@pytest.mark.parametrize("day", [date(2026, 11, 23), date(2026, 11, 21)])
def test_labels_are_applied_between_their_making_and_today(
    start: Start, run: LabelRun, day: date
) -> None:
    with pytest.raises(AppliedDayError):
        apply(start, first_of(run), first_of(run), day=day)


def test_others_say_nothing_of_a_run(start: Start, run: LabelRun) -> None:
    with start.database.transaction() as session:
        start.actor = make_producer(session, FixedClock(), 1).actor
    for act in (apply, reprint):
        with pytest.raises(BatchNotFoundError):
            act(start, first_of(run), first_of(run))
    assert number(start, str(first_of(run))) == []


@pytest.mark.parametrize(
    ("kind", "count"), [(VoidKind.DESTROYED, 1), (VoidKind.LOST, 100)]
)
def test_many_or_destroyed_labels_need_a_witness(kind: VoidKind, count: int) -> None:
    with pytest.raises(WitnessMissingError):
        VoidDraft(first=1, last=count, reason="Hỏng", kind=kind)
    VoidDraft(first=1, last=count, reason="Hỏng", kind=kind, witness=WITNESS)
    VoidDraft(first=1, last=99, reason="Hỏng", kind=VoidKind.LOST)


@pytest.mark.parametrize(
    ("name", "role", "field"), [("A", " ", "witness_role"), ("", "B", "witness_name")]
)
def test_a_witness_has_a_name_and_a_role(name: str, role: str, field: str) -> None:
    with pytest.raises(WitnessMissingError) as refused:
        Witness.named(name, role)
    assert refused.value.field == field
    assert Witness.named("", " ") is None
    assert Witness.named(" A ", "B") == Witness(name="A", role="B")


def test_the_witness_is_signed_only_as_a_commitment(
    start: Start, run: LabelRun
) -> None:
    first = first_of(run)
    draft = VoidDraft(
        first=first,
        last=first + 149,
        reason="Đốt bỏ",
        kind=VoidKind.DESTROYED,
        witness=WITNESS,
    )
    made = void(start, draft)
    claims = start.claims(made.record_id)
    assert claims["kind"] == "destroyed"
    assert list(commitments_of(claims)) == ["witness"]
    with start.database.reading() as session:
        token = session.get_one(SignedRecord, made.record_id).token
        entries = session.scalars(select(AuditEntry)).all()
    assert WITNESS.name not in str(claims) + token
    assert all(WITNESS.name not in str(one.details) for one in entries)
    told = {"witness": {"name": WITNESS.name, "role": WITNESS.role}}
    assert life(start, run).private[made.record_id] == told


def test_another_witness_written_into_the_row_is_found_out(
    start: Start, run: LabelRun
) -> None:
    first = first_of(run)
    draft = VoidDraft(first=first, last=first, reason="Rách", witness=WITNESS)
    made = void(start, draft)
    assert record_faults(start.database) == []
    with start.database.transaction() as session:
        session.execute(
            update(StoredDisclosure).values(value={"name": "Kẻ khác", "role": "Khác"})
        )
    assert life(start, run).private[made.record_id] == {}
    [fault] = record_faults(start.database)
    assert fault.endswith("was signed with another value of witness")


def test_a_print_out_is_counted_and_a_second_one_seen(
    start: Start, run: LabelRun
) -> None:
    for _ in range(2):
        print_out(start, run)
    found = life(start, run).print_outs
    assert [(one.format, one.by) for one in found] == [("pdf", start.actor.name)] * 2


def test_a_print_out_of_any_format_is_noted(start: Start, run: LabelRun) -> None:
    for one in SheetFormat:
        print_out(start, run, format_=one.value)
    with start.database.reading() as session:
        told = life_of(session, run).print_outs
    assert {one.format for one in told} == {*SheetFormat}


def test_spoiled_labels_are_printed_once_more_and_it_shows(
    start: Start, run: LabelRun
) -> None:
    first = first_of(run)
    print_out(start, run)
    again = reprint(start, first + 10, first + 19)
    claims = start.claims(again.record_id)
    assert str(claims["id"]).endswith(f"#reprint-{again.public_id}")
    assert (claims["from"], claims["to"]) == (first + 10, first + 19)
    assert claims["reason"] == "Kẹt giấy"
    assert list(commitments_of(claims)) == ["witness"]
    print_out(start, run, again)
    [spoiled] = number(start, str(first + 10))
    [other] = number(start, str(first + 9))
    assert (spoiled.fate, other.fate) == (Fate.REPRINTED, Fate.LEFT)
    assert [len(one.life.print_outs) for one in (spoiled, other)] == [2, 1]


def test_the_second_printing_is_of_the_very_same_labels(
    start: Start, run: LabelRun
) -> None:
    first = first_of(run)
    print_out(start, run)
    made = reprint(start, first + 10, first + 12)
    with start.database.reading() as session:
        row, again = reprint_of(
            session, run.public_id, made.public_id, actor=start.actor
        )
        with pytest.raises(ReprintNotFoundError):
            reprint_of(session, run.public_id, "0" * 26, actor=start.actor)
        with pytest.raises(RunNotFoundError):
            reprint_of(session, "0" * 26, made.public_id, actor=start.actor)
    whole = job_of(run, start.batch).labels(start.keys)
    assert reprint_job(row, again).labels(start.keys) == whole[10:13]


def test_a_second_printing_begins_on_a_sheet_of_its_own(start: Start) -> None:
    used = Setup(skip=frozenset(range(60)), copies=2)
    run = start(replace(SERIALS, setup=used))
    print_out(start, run)
    made = reprint(start, first_of(run), first_of(run) + 2)
    with start.database.reading() as session:
        row, again = reprint_of(
            session, run.public_id, made.public_id, actor=start.actor
        )
    job = reprint_job(row, again)
    assert (job.spec.setup.skip, job.positions) == (frozenset(), 6)


def test_copies_count_among_the_labels_one_waits_for(start: Start) -> None:
    run = start(replace(SERIALS, setup=Setup(copies=100)))
    print_out(start, run)
    first = first_of(run)
    with pytest.raises(RunTooLargeError):
        reprint(start, first, first + 10)
    reprint(start, first, first + 9)


def test_nothing_is_printed_once_more_that_could_make_a_copy(
    start: Start, run: LabelRun
) -> None:
    first = first_of(run)
    with pytest.raises(ReprintRefusedError):
        reprint(start, first, first)  # no file was ever made
    print_out(start, run)
    apply(start, first, first + 4)
    start.void(first + 5, first + 9)
    for index in (first + 4, first + 9):
        with pytest.raises(ReprintRefusedError):
            reprint(start, index, index + 3 if index > first + 4 else index)
    reprint(start, first + 10, first + 10)
    with start.database.transaction() as session:
        notice = Notice(reason_vi="Kiểm tra", contact="0900000000")
        hold_batch(session, start.batch, notice, actor=start.actor, notary=start.notary)
    with pytest.raises(RunRefusedError):
        reprint(start, first + 10, first + 10)


def test_a_second_printing_has_a_reason_a_witness_and_a_measure() -> None:
    with pytest.raises(VoidReasonError):
        ReprintDraft(first=1, last=2, reason=" ", witness=WITNESS)
    with pytest.raises(WitnessMissingError):
        ReprintDraft(first=1, last=2, reason="Kẹt giấy", witness=None)
    with pytest.raises(RunTooLargeError):
        ReprintDraft(first=0, last=10**6, reason="Kẹt giấy", witness=WITNESS)


def test_a_number_is_found_by_its_serial_and_by_its_index(
    start: Start, run: LabelRun
) -> None:
    label = job_of(run, start.batch).labels(start.keys)[7]
    [by_index] = number(start, str(first_of(run) + 7))
    [by_serial] = number(start, label.readable)
    [by_operator] = number(start, label.serial.lower(), SYSTEM)
    [by_scan] = number(start, f"{label.link}?s={'1' * 200}")
    for found in (by_index, by_serial, by_operator, by_scan):
        assert found.row.run.public_id == run.public_id
        assert found.index == first_of(run) + 7
    last = "0" if label.serial[-1] != "0" else "1"
    assert number(start, label.serial[:-1] + last) == []
    start.keys = make_keys()
    assert number(start, str(first_of(run) - 1)) == []
    with pytest.raises(SerialMalformedError):
        number(start, "không phải mã")
    for link in ("https://tx.example/01/1", start.batch.digital_link):
        with pytest.raises(SerialMalformedError):
            number(start, link)
