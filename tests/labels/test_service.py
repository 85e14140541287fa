"""Label runs: who gets which numbers, for which batch, and what is signed about it."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from tests.batches.make_batches import Producer, make_batch, make_producer, make_signer
from tests.conftest import FixedClock
from tests.labels.make_labels import EdKey, SecretMac, Start, make_keys
from traceability.accounts.models import AuditEntry
from traceability.batches.drafts import Notice
from traceability.batches.errors import BatchNotFoundError
from traceability.batches.models import Batch
from traceability.batches.service import hold_batch, recall_batch, release_batch
from traceability.db.database import Database
from traceability.labels.claims.queries import facts_for
from traceability.labels.errors import (
    LabelTooSmallError,
    RunCountError,
    RunRefusedError,
    RunTooLargeError,
    SealLinkTooLongError,
    StockUnknownError,
    VoidRangeError,
    VoidReasonError,
)
from traceability.labels.job import LabelKeys, LabelKind, RunSpec
from traceability.labels.models import LabelRun, SerialSequence
from traceability.labels.queries import job_of, run_of
from traceability.labels.seal import Sealed, parse_seal, verify_seal
from traceability.labels.sheets import SheetFormat, preview, print_sheets
from traceability.labels.stock import A4_24, A4_65
from traceability.ocop.models import Recognition
from traceability.records.models import SignedRecord
from traceability.signing.keys import KeyRole

SERIALS = RunSpec(kind=LabelKind.SERIAL, count=10, stock=A4_65)
SEALED = RunSpec(kind=LabelKind.SEALED, count=3, stock=A4_65)
LOT = RunSpec(kind=LabelKind.LOT, count=65, stock=A4_65)


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """What depends on the engine stands in test_engines."""
    return sqlite_database


def test_a_run_is_signed_logged_and_audited(start: Start) -> None:
    run = start(SEALED)
    claims = start.claims(run.record_id)
    assert claims.pop("id") == f"https://tx.example/label-runs/{run.public_id}"
    assert claims == {
        "lot": start.batch.digital_link,
        "product": start.batch.digital_link.partition("/10/")[0],
        "kind": "sealed",
        "count": 3,
        "stock": "a4-65",
        "elsewhere": ["origin", "responsible"],
        "firstIndex": run.first_index,
        "serialKeyId": "serial-1",
        "sealKid": "did:web:tx.example#seal",
    }
    with start.database.reading() as session:
        entry = session.scalars(
            select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)
        ).one()
    assert (entry.action, entry.target) == ("labels-started", start.batch.digital_link)
    assert entry.details["run"] == run.public_id


def test_gaps_between_runs_are_random(start: Start) -> None:
    firsts = [start(SERIALS).first_index or 0 for _ in range(6)]
    gaps = [after - before - 10 for before, after in zip(firsts, firsts[1:])]  # noqa: B905, RUF007 (neighbours)
    assert all(1 <= gap <= 1000 for gap in gaps)
    assert len({firsts[0], *gaps}) > 1


def test_a_lot_run_takes_no_numbers(start: Start) -> None:
    run = start(LOT)
    assert (run.first_index, run.last_index, run.serial_key_id) == (None, None, None)
    with start.database.reading() as session:
        assert session.scalar(select(SerialSequence.next_index)) is None
    claims = start.claims(run.record_id)
    assert not {"firstIndex", "serialKeyId", "sealKid"} & claims.keys()
    [label] = set(job_of(run, start.batch).labels(start.keys))
    assert label.qr_text == "HTTPS://TX.EXAMPLE" + start.batch.digital_link[18:]


@pytest.mark.parametrize("format_", SheetFormat)
def test_a_run_printed_again_is_the_same_run(
    start: Start, format_: SheetFormat
) -> None:
    run = start(SEALED)
    job = job_of(run, start.batch)
    first = print_sheets(job, format_, start.keys)
    with start.database.transaction() as session:
        batch = session.get_one(Batch, start.batch.id)
        batch.best_before = date(2030, 1, 1)
        row = run_of(session, run.public_id, actor=start.actor)
    assert print_sheets(row.job, format_, start.keys) == first
    assert preview(row.job, start.keys).startswith(b"\x89PNG")


def test_seals_verify_and_carry_the_records_place_in_the_log(start: Start) -> None:
    key = EdKey()
    start.keys = make_keys(key=key)
    run = start(SEALED)
    [label, *_] = job_of(run, start.batch).labels(start.keys)
    seal = parse_seal(label.seal)
    product = "(01)09520001001017"
    lot = start.batch.lot_number
    verify_seal(seal, Sealed(product=product, lot=lot, serial=label.serial), key)
    with start.database.reading() as session:
        record = session.get_one(SignedRecord, start.batch.record_id)
        assert seal.facts.log_index == record.log_index
    assert seal.facts.production_date == start.batch.production_date
    assert (seal.facts.stars, seal.facts.stars_until) == (0, None)


def recognise(session: object, batch: Batch, officer: int, **values: object) -> None:
    recognition = Recognition(
        **{
            "public_id": "r" * 26,
            "product_id": batch.product_id,
            "entered_by_id": officer,
            "stars": 4,
            "points": Decimal(80),
            "scope": "",
            "rules": "",
            "recognised_by": "province",
            "decision_no": "1/QĐ",
            "decided_by": "Tỉnh mẫu",
            "certificate_no": "1",
            "issued": date(2025, 1, 1),
            "expires": date(2028, 1, 1),
            "entered_at": batch.created_at,
            **values,
        }
    )
    session.add(recognition)  # type: ignore[attr-defined]
    session.flush()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("values", "stars"),
    [
        ({}, 4),
        ({"expires": date(2026, 11, 21)}, None),
        ({"issued": date(2026, 11, 21)}, None),
        ({"withdrawn_on": date(2026, 11, 22)}, None),
    ],
)
def test_stars_need_a_recognition_valid_when_made_and_today(
    start: Start, values: dict[str, object], stars: int | None
) -> None:
    with start.database.transaction() as session:
        batch = session.get_one(Batch, start.batch.id)
        recognise(session, batch, start.batch.organisation_id, **values)
    run = start(SERIALS)
    facts = job_of(run, start.batch)
    assert facts.facts.stars == stars
    assert facts.sealed_facts.stars == (stars or 0)
    expected = date(2028, 1, 1) if stars else None
    assert facts.sealed_facts.stars_until == expected


def test_a_producer_whose_name_is_private_is_not_on_the_label(start: Start) -> None:
    with start.database.transaction() as session:
        batch = session.get_one(Batch, start.batch.id)
        session.refresh(batch, ["organisation", "product"])
        public, _ = facts_for(session, batch, date(2026, 11, 22))
        batch.organisation.name_public = False
        private, _ = facts_for(session, batch, date(2026, 11, 22))
    assert public.producer_name == "HTX mẫu 0"
    assert private.producer_name == ""


def test_drafts_get_no_labels(start: Start, producer: Producer) -> None:
    with start.database.transaction() as session:
        draft = make_batch(session, producer, start.notary)
    with pytest.raises(RunRefusedError, match="Issue it first") as refusal:
        start(SERIALS, draft)
    assert (refusal.value.status, refusal.value.code) == (409, "run-refused")


def test_held_and_recalled_lots_get_no_labels(start: Start) -> None:
    notice = Notice(reason_vi="Kiểm tra lại")
    who = {"actor": start.actor, "notary": start.notary}
    with start.database.transaction() as session:
        hold_batch(session, start.batch, notice, **who)  # type: ignore[arg-type]
    with pytest.raises(RunRefusedError, match="held"):
        start(SERIALS)
    with start.database.transaction() as session:
        release_batch(session, start.batch, notice, **who)  # type: ignore[arg-type]
    start(SERIALS)
    with start.database.transaction() as session:
        recall_batch(session, start.batch, notice, **who)  # type: ignore[arg-type]
    with pytest.raises(RunRefusedError, match="recalled"):
        start(SERIALS)


def test_expired_lots_get_no_labels(start: Start, producer: Producer) -> None:
    with start.database.transaction() as session:
        batch = make_batch(
            session,
            producer,
            start.notary,
            issued=True,
            production_date=date(2026, 11, 1),
            expiry=date(2026, 11, 21),
        )
    with pytest.raises(RunRefusedError, match="21/11/2026"):
        start(SERIALS, batch)


def test_other_producers_batches_are_not_there(start: Start, clock: FixedClock) -> None:
    with start.database.transaction() as session:
        other = make_producer(session, clock, 1)
    start.actor = other.actor
    with pytest.raises(BatchNotFoundError):
        start(SERIALS)


def test_a_run_has_one_to_a_million_labels() -> None:
    for count in (0, -5):
        with pytest.raises(RunCountError):
            replace(SERIALS, count=count)
    with pytest.raises(RunTooLargeError, match=r"1\.000\.000") as refusal:
        RunSpec.parse("serial", 1_000_001, "a4-65")
    assert (refusal.value.status, refusal.value.field) == (422, "count")
    with pytest.raises(StockUnknownError):
        RunSpec.parse("serial", 1, "a3")


def test_what_does_not_fit_takes_no_numbers(start: Start) -> None:
    start.batch.digital_link = start.batch.digital_link.replace(
        "tx.example", "a-very-long-host-name-of-a-province.example"
    )
    with start.database.transaction() as session:
        session.execute(update(Batch).values(digital_link=start.batch.digital_link))
    with pytest.raises(SealLinkTooLongError):
        start(SEALED)
    tiny = replace(A4_65, label_height=12.0)
    with pytest.raises(LabelTooSmallError):
        start(replace(SERIALS, stock=tiny))
    with start.database.reading() as session:
        assert session.scalar(select(LabelRun.id)) is None
        assert session.scalar(select(SerialSequence.id)) is None


def test_a_void_is_signed_and_logged(start: Start) -> None:
    run = start(SERIALS)
    first = run.first_index or 0
    void = start.void(first + 2, first + 4, "  Cuộn  bị ướt ")
    claims = start.claims(void.record_id)
    assert claims == {
        "id": f"https://tx.example/label-runs/{run.public_id}#void-{void.public_id}",
        "lot": start.batch.digital_link,
        "run": f"https://tx.example/label-runs/{run.public_id}",
        "from": first + 2,
        "to": first + 4,
        "kind": "other-reason",
        "reason": "Cuộn bị ướt",
    }
    assert json.dumps(claims)


@pytest.mark.parametrize(("before", "after"), [(-1, 0), (0, 10), (5, 2), (50, 60)])
def test_only_printed_labels_of_one_run_become_void(
    start: Start, before: int, after: int
) -> None:
    first = start(SERIALS).first_index or 0
    start(LOT)
    with pytest.raises(VoidRangeError, match=f"{first}–{first + 9}") as refusal:
        start.void(first + before, first + after)
    assert refusal.value.status == 409


def test_what_is_void_stays_void_with_its_first_reason(start: Start) -> None:
    first = start(SERIALS).first_index or 0
    start.void(first, first + 5)
    with pytest.raises(VoidRangeError, match="already"):
        start.void(first + 1, first + 5, "Lý do khác")
    start.void(first + 4, first + 9, "Lý do khác")


def test_a_void_says_why(start: Start) -> None:
    with pytest.raises(VoidReasonError):
        start.void(1, 2, "  ")


def test_after_a_key_change_old_runs_print_with_their_serial_key(start: Start) -> None:
    run = start(SERIALS)
    before = job_of(run, start.batch).labels(start.keys)
    start.keys = make_keys(SecretMac(), SecretMac(secret=b"new", key_id="serial-2"))
    assert job_of(run, start.batch).labels(start.keys) == before
    assert start(SERIALS).serial_key_id == "serial-2"


def test_the_services_own_seal_key_seals(start: Start, clock: FixedClock) -> None:
    signer = make_signer(start.notary.identity, clock, KeyRole.SEAL)
    start.keys = LabelKeys(mac_of=start.keys.mac_of, sealer=lambda: signer)
    run = start(replace(SEALED, stock=A4_24))
    assert run.seal_kid == signer.kid
    [label, *_] = job_of(run, start.batch).labels(start.keys)
    scope = Sealed(
        product="(01)09520001001017", lot=start.batch.lot_number, serial=label.serial
    )
    verify_seal(parse_seal(label.seal), scope, signer.public)
