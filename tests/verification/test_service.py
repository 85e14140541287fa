"""What this service itself says of its labels and lots, on both engines."""

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text, update

from tests.conftest import FixedClock
from tests.status.make_status import RECALLED, change
from tests.verification.make_house import House, void_first
from traceability.batches.drafts import Notice
from traceability.batches.models import Batch
from traceability.batches.service import hold_batch, recall_batch, release_batch
from traceability.core.ports import Mac
from traceability.db.database import Database
from traceability.labels.life.service import (
    APPLIED_RECORD_TYPE,
    REPRINT_RECORD_TYPE,
)
from traceability.labels.service import (
    BINDING_RECORD_TYPE,
    RUN_RECORD_TYPE,
    VOID_RECORD_TYPE,
)
from traceability.labels.standing import LabelStanding
from traceability.ocop.models import Recognition
from traceability.records.models import SignedRecord
from traceability.records.notary import notary_of
from traceability.scans.service import Sighting, store
from traceability.signing.errors import SignerDownError
from traceability.verification.evidence import LabelState
from traceability.verification.findings import Result
from traceability.verification.lot import (
    APPLIED_TYPE,
    REPRINT_TYPE,
    VOID_TYPE,
)
from traceability.verification.printed.queries import links_of_serial
from traceability.verification.queries import records_of
from traceability.verification.report import Report, report_of
from traceability.verification.room import sources_of
from traceability.verification.service import (
    evidence_for_others,
)
from traceability.verification.stamps import BINDING_TYPE, RUN_TYPE
from traceability.verification.verdict import Verdict


def results(report: Report) -> list[str]:
    return [one.result.value for one in report.findings]


def test_a_printed_label_is_verified(house: House) -> None:
    for label in (house.serials[0], house.sealed[0]):
        report = house.report(label.qr_text)
        expected = ["pass"] * 11
        expected[6] = "not-checked"  # a page remembers no earlier head
        assert results(report) == expected
        assert (report.verdict, report.exit_code) == (Verdict.VERIFIED, 0)
        assert report.facts.serial_level
        assert report.facts.log_index is not None


def test_the_lots_shared_code_is_verified_as_such(light_house: House) -> None:
    report = light_house.report(light_house.batch.digital_link)
    assert report.verdict is Verdict.VERIFIED
    assert report.finding(4).code == "lot-level"
    assert report.finding(11).result is Result.NOT_CHECKED
    assert not report.facts.serial_level


def test_a_label_of_a_sealed_run_without_its_seal_needs_attention(
    light_house: House,
) -> None:
    report = light_house.report(light_house.sealed[0].link)
    assert report.verdict is Verdict.ATTENTION
    assert report.finding(3).code == "seal-dropped"
    assert report.exit_code == 1


@pytest.mark.parametrize("serial", ["0000000000000", "ABC", "NOT-A-SERIAL"])
def test_a_serial_nobody_issued_is_unknown(light_house: House, serial: str) -> None:
    report = light_house.report(f"{light_house.batch.digital_link}/21/{serial}")
    assert report.verdict is Verdict.UNKNOWN
    assert report.finding(4).code == "serial-unknown"


def test_a_serial_of_another_lot_is_unknown_here(light_house: House) -> None:
    other = light_house.another_lot()
    link = f"{other.digital_link}/21/{light_house.serials[0].serial}"
    report = light_house.report(link)
    assert report.verdict is Verdict.UNKNOWN
    assert report.finding(4).code == "serial-other-batch"


def test_a_void_label_is_void(house: House) -> None:
    void_first(house)
    report = house.report(house.serials[0].qr_text)
    assert report.verdict is Verdict.VOID
    assert report.facts.void_reason == "Tem in hỏng"
    assert report.facts.void_since is not None
    assert house.report(house.serials[1].qr_text).verdict is Verdict.VERIFIED


def test_what_is_not_registered_is_unknown(light_house: House) -> None:
    origin = light_house.use.identity.origin
    lot = light_house.report(light_house.batch.digital_link.replace("CHE-1", "CHE-9"))
    assert (lot.verdict, lot.facts.product_known) == (Verdict.UNKNOWN, True)
    product = light_house.report(f"{origin}/01/09520001003011/10/CHE-1")
    assert (product.verdict, product.facts.product_known) == (Verdict.UNKNOWN, False)


def test_a_product_alone_has_nothing_to_verify(light_house: House) -> None:
    link = light_house.batch.digital_link.partition("/10/")[0]
    report = light_house.report(link)
    assert (report.verdict, report.exit_code) == (Verdict.INCOMPLETE, 2)


def test_another_host_is_refused_without_a_look(light_house: House) -> None:
    report = light_house.report("https://tx.example.evil.example/01/09520001001017")
    assert report.verdict is Verdict.FAILED
    assert [one.number for one in report.failures] == [2]


def test_a_recall_shows_at_once_with_what_to_do(house: House) -> None:
    notice = Notice(
        reason_vi="Có mốc", reason_en="Mould", advice_vi="Trả lại", contact="0900"
    )
    notary = notary_of(house.use)
    with house.use.database.transaction() as session:
        batch = session.get_one(Batch, house.batch.id)
        recall_batch(session, batch, notice, actor=house.officer, notary=notary)
    report = house.report(house.serials[0].qr_text)
    assert report.verdict is Verdict.RECALLED
    stop = report.facts.stop
    assert stop is not None
    assert (stop.status, stop.reason_vi, stop.advice_vi, stop.contact) == (
        *("recalled", "Có mốc", "Trả lại"),
        "0900",
    )
    assert stop.by == "Sở mẫu"


def test_a_recall_that_the_records_hide_shows_in_the_list(house: House) -> None:
    change(house, RECALLED)
    text = house.serials[0].qr_text
    with house.use.database.reading() as session:
        told = evidence_for_others(session, text, sources=sources_of(house.use))
    assert told.shown is not None
    hiding = replace(
        told,
        shown=replace(told.shown, status="issued"),
        records=[one for one in told.records if b"BatchStatus" not in one.leaf],
    )
    report = report_of(hiding)
    assert (report.verdict, report.finding(8).code) == (
        Verdict.RECALLED,
        "recall-hidden",
    )
    assert report_of(replace(hiding, status=())).verdict is Verdict.VERIFIED


def test_a_hold_ends_with_its_release(light_house: House) -> None:
    notary, batch = notary_of(light_house.use), light_house.batch
    how: dict[str, Any] = {"actor": light_house.officer, "notary": notary}
    label = light_house.serials[0].qr_text
    with light_house.use.database.transaction() as session:
        hold_batch(session, batch, Notice(reason_vi="Chờ mẫu"), **how)
    assert light_house.report(label).verdict is Verdict.HELD
    with light_house.use.database.transaction() as session:
        release_batch(session, batch, Notice(reason_vi="Mẫu đạt"), **how)
    report = light_house.report(label)
    assert (report.verdict, report.facts.stop) == (Verdict.VERIFIED, None)


def test_a_lot_past_its_use_by_day_is_expired(
    light_house: House, clock: FixedClock
) -> None:
    label = light_house.serials[0].qr_text
    clock.instant = datetime(2027, 11, 20, 16, 59, tzinfo=UTC)  # 23:59 in Vietnam
    assert light_house.report(label).verdict is Verdict.VERIFIED
    clock.instant += timedelta(minutes=1)
    report = light_house.report(label)
    assert report.verdict is Verdict.EXPIRED
    assert report.facts.expired_after == light_house.batch.expiry


def test_stars_in_a_row_that_no_record_backs_are_caught(light_house: House) -> None:
    with light_house.use.database.transaction() as session:
        session.execute(update(Recognition).values(stars=5))
    report = light_house.report(light_house.serials[0].qr_text)
    assert report.finding(9).code == "stars-too-many"
    assert report.verdict is Verdict.FAILED


def test_a_state_set_by_hand_is_told_all_the_same(light_house: House) -> None:
    with light_house.use.database.transaction() as session:
        session.execute(update(Batch).values(state="recalled"))
    assert light_house.report(light_house.serials[0].qr_text).verdict is (
        Verdict.RECALLED
    )


def tampered(house: House, statement: str, **values: object) -> Report:
    """Change rows behind the triggers' back, as somebody with the disk could."""
    with house.use.database.transaction() as session:
        for (name,) in session.execute(
            text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        ).all():
            session.execute(text(f'DROP TRIGGER "{name}"'))
        session.execute(text(statement), values)
    return house.report(house.serials[0].qr_text)


def batch_row(house: House) -> SignedRecord:
    with house.use.database.reading() as session:
        rows = records_of(session, [house.batch.digital_link])
        return next(row for row in rows if row.type == "BatchRecord")


def test_a_record_altered_on_disk_is_caught_by_check_5(light_house: House) -> None:
    row = batch_row(light_house)
    head, _, signature = row.token.rpartition(".")
    forged = f"{head}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}"
    report = tampered(
        light_house,
        "UPDATE signed_record SET token = :token WHERE id = :id",
        token=forged,
        id=row.id,
    )
    assert report.finding(5).result is Result.FAIL
    assert report.verdict is Verdict.FAILED


def test_a_leaf_altered_on_disk_is_caught_by_check_6(light_house: House) -> None:
    row = batch_row(light_house)
    report = tampered(
        light_house,
        'UPDATE log_leaf SET data = :data WHERE "index" = :index',
        data=b"{}",
        index=row.log_index,
    )
    assert report.finding(5).result is Result.PASS
    assert report.finding(6).code == "leaf-mismatch"


def test_a_node_altered_on_disk_is_caught_by_check_6(light_house: House) -> None:
    report = tampered(light_house, "UPDATE log_node SET hash = :h", h=bytes(32))
    assert report.finding(6).code == "inclusion-invalid"


def test_a_record_taken_from_the_disk_is_missed(light_house: House) -> None:
    row = batch_row(light_house)
    report = tampered(
        light_house,
        "UPDATE signed_record SET subject = 'gone' WHERE id = :id",
        id=row.id,
    )
    assert report.finding(5).code == "record-missing"


def test_an_input_taken_from_the_disk_is_missed_by_check_10(
    light_house: House,
) -> None:
    report = tampered(
        light_house,
        "UPDATE signed_record SET digest = 'gone' WHERE subject = :subject"
        " AND type = 'BatchRecord'",
        subject=light_house.source.digital_link,
    )
    assert report.finding(10).code == "input-missing"


def test_scans_from_many_devices_need_attention(light_house: House) -> None:
    link = light_house.batch.digital_link + f"/21/{light_house.serials[0].serial}"
    hour = light_house.use.clock.now().replace(minute=0, second=0, microsecond=0)
    with light_house.use.database.transaction() as session:
        store(
            session,
            [
                Sighting(link=link, hour=hour, verdict="verified", visitor=f"v{n:031}")
                for n in range(20)
            ],
        )
    report = light_house.report(light_house.serials[0].qr_text)
    assert report.verdict is Verdict.ATTENTION
    assert (report.facts.scans, report.finding(11).result) == (20, Result.FAIL)


def test_keys_that_cannot_be_read_leave_the_label_unchecked(
    light_house: House,
) -> None:
    def nobody(key_id: str) -> Mac:
        raise SignerDownError("The keys cannot be read.")

    sources = replace(sources_of(light_house.use), mac_of=nobody)
    with light_house.use.database.reading() as session:
        evidence = evidence_for_others(
            session, light_house.serials[0].qr_text, sources=sources
        )
    assert evidence.label is None
    assert evidence.silence is not None
    assert evidence.silence.code == "signer-down"


def test_a_serial_typed_alone_finds_its_label(light_house: House) -> None:
    label = light_house.serials[2]
    sources = sources_of(light_house.use)
    with light_house.use.database.reading() as session:
        [link] = links_of_serial(session, label.serial, sources=sources)
        assert links_of_serial(session, "0" * 13, sources=sources) == []
    assert link == f"{light_house.batch.digital_link}/21/{label.serial}"


def test_a_consistency_proof_leads_from_any_size_seen(light_house: House) -> None:
    sources = sources_of(light_house.use)
    with light_house.use.database.reading() as session:
        for since, expected in ((0, True), (3, True), (10_000, False)):
            evidence = evidence_for_others(
                session,
                light_house.batch.digital_link,
                sources=sources,
                since=since,
            )
            assert (evidence.consistency is not None) is expected


def test_label_records_are_known_by_the_names_they_are_signed_with() -> None:
    signed = (RUN_RECORD_TYPE, VOID_RECORD_TYPE, BINDING_RECORD_TYPE)
    assert signed == (RUN_TYPE, VOID_TYPE, BINDING_TYPE)
    assert (APPLIED_TYPE, REPRINT_TYPE) == (APPLIED_RECORD_TYPE, REPRINT_RECORD_TYPE)
    assert {one.value for one in LabelStanding} <= {one.value for one in LabelState}


def test_a_service_whose_own_list_has_expired_is_not_green(
    light_house: House, clock: FixedClock
) -> None:
    clock.instant += timedelta(days=500)
    report = light_house.report(light_house.batch.digital_link)
    assert report.finding(2).code == "trust-list-expired"
    assert report.verdict is Verdict.FAILED


def test_a_service_without_readable_keys_is_not_green(light_house: House) -> None:
    (light_house.use.settings.keys / "trust-list.jws").write_text("gone")
    report = light_house.report(light_house.batch.digital_link)
    assert report.verdict is not Verdict.VERIFIED
    assert report.finding(5).result is Result.NOT_CHECKED
    assert "trust-list.jws" not in str(report.as_json())


def test_a_lost_head_leaves_the_log_unchecked(light_house: House) -> None:
    (light_house.use.settings.home / "log" / "published-head").unlink()
    report = light_house.report(light_house.serials[0].qr_text)
    assert report.finding(6).code == "checkpoint-missing"
    assert (report.verdict, report.exit_code) == (Verdict.INCOMPLETE, 2)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE recognition SET decision_no = 'x'",
        "UPDATE recognition SET expires = '2040-01-01'",
        "UPDATE recognition SET points = '99'",
        "UPDATE certificate SET number = 'x'",
        "UPDATE certificate SET body = 'x'",
        "UPDATE certificate SET expires = '2040-01-01'",
    ],
)
def test_what_is_printed_of_a_claim_is_what_was_signed(
    light_house: House, statement: str
) -> None:
    finding = tampered(light_house, statement).finding(9)
    assert (finding.result, finding.code) == (Result.FAIL, "shown-otherwise")


def test_a_database_behind_what_was_published_is_not_green(
    light_house: House, tmp_path: Path
) -> None:
    live, before = light_house.use.database, Database(f"sqlite:///{tmp_path}/before")
    copy_rows(live, before)
    light_house.another_lot()
    link = light_house.serials[0].qr_text
    assert light_house.report(link).verdict is Verdict.VERIFIED
    copy_rows(before, live)
    before.dispose()
    report = light_house.report(link)
    assert report.finding(6).code == "checkpoint-missing"
    assert report.verdict is Verdict.INCOMPLETE


def copy_rows(source: Database, target: Database) -> None:
    """Overwrite a SQLite database with another, as a restored backup does."""
    with (
        closing(source.engine.raw_connection()) as old,
        closing(target.engine.raw_connection()) as new,
    ):
        driver: Any = old.driver_connection
        driver.backup(new.driver_connection)
