"""A file's lots are stored as each of them would be alone: all, or none."""

from collections.abc import Sequence
from datetime import date, timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.batches.importing.make_files import GTIN, HEADERS, csv_file, row
from tests.batches.make_batches import Producer, kilos, make_batch, make_producer
from tests.batches.way.test_queries import spray
from tests.conftest import FixedClock
from traceability.accounts.models import AuditEntry, Organisation
from traceability.batches.errors import LotTakenError
from traceability.batches.importing.columns import INPUT_COLUMNS
from traceability.batches.importing.lines import Reading
from traceability.batches.importing.queries import Lot, Target
from traceability.batches.importing.reading import read_file
from traceability.batches.importing.service import (
    checked_lots,
    store_drafts,
    store_issued,
)
from traceability.batches.models import Batch, BatchInput, BatchState
from traceability.batches.queries import current_record, inputs_of
from traceability.batches.record import read_batch_record
from traceability.catalog.models import Product, Site
from traceability.core.ports import Notary
from traceability.db.database import Database
from traceability.events.queries import events_of
from traceability.records.models import SignedRecord, StoredDisclosure
from traceability.records.queries import record_faults
from traceability.signing.envelope import read_unverified
from traceability.transparency.models import LogLeaf
from traceability.transparency.service import TransparencyLog

WITH_INPUT = [*HEADERS, *(f"{one.vi} 1" for one in INPUT_COLUMNS)]


def imported(
    database: Database,
    notary: Notary,
    producer: Producer,
    data: bytes,
    *,
    issue: bool = True,
) -> Reading:
    """Import a file in one transaction, as the command line does."""
    reading = read_file(data)
    with database.transaction() as session:
        target = target_of(session, notary, producer, issue=issue)
        lots = checked_lots(session, reading, target)
        if reading.report.sound:
            store(session, lots, target, producer, notary)
    return reading


def target_of(
    session: Session, notary: Notary, producer: Producer, *, issue: bool = True
) -> Target:
    return Target(
        organisation=session.get_one(Organisation, producer.actor.organisation_id),
        identity=notary.identity,
        now=notary.clock.now(),
        today=notary.clock.today(),
        issue=issue,
    )


def store(
    session: Session,
    lots: list[Lot],
    target: Target,
    producer: Producer,
    notary: Notary,
) -> None:
    actor = producer.actor
    if target.issue:
        store_issued(session, lots, target, actor=actor, notary=notary)
    else:
        store_drafts(session, lots, target, actor=actor, clock=notary.clock)


def faults(reading: Reading) -> list[tuple[int, str, str]]:
    return [(one.row, one.column, one.rule) for one in reading.report.in_order()]


def stored(database: Database) -> Sequence[Batch]:
    with database.reading() as session:
        return session.scalars(select(Batch).order_by(Batch.id)).all()


def test_issued_lots_stand_as_if_issued_one_by_one(
    database: Database, notary: Notary, producer: Producer
) -> None:
    with database.transaction() as session:
        source = make_batch(session, producer, notary, lot_number="CHE", issued=True)
        link = source.digital_link
    rows = [
        [*row(1, quantity="10"), link, "", "", "", "10", "kg"],
        [*row(2, quantity="5"), "", "Chè búp", "X-9", "Đại lý mẫu", "5", "kg"],
        [*row(3), "", "", "", "", "", ""],
    ]
    assert imported(database, notary, producer, csv_file(rows, WITH_INPUT)).report.sound
    log = notary.log
    assert isinstance(log, TransparencyLog)
    assert (log.faults(database), record_faults(database)) == ([], [])
    with database.reading() as session:
        batches = session.scalars(select(Batch).where(Batch.lot_number != "CHE")).all()
        assert [one.state for one in batches] == [BatchState.ISSUED.value] * 3
        for batch in batches:
            record = current_record(session, batch)
            assert record is not None
            claims = read_unverified(record.token).payload["credentialSubject"]
            read = read_batch_record(claims)
            assert (read.lot_number, read.quantity) == (
                batch.lot_number,
                batch.quantity,
            )
            assert batch.issued_at == record.issued_at
            [event] = events_of(session, batch.digital_link)
            assert event.record.log_index == record.log_index + 1
            acts = session.scalars(
                select(AuditEntry.action).where(AuditEntry.target == batch.digital_link)
            ).all()
            assert list(acts) == ["batch-registered", "batch-issued"]
        taken, bought, _ = batches
        assert [
            one.source and one.source.lot_number for one in inputs_of(session, taken)
        ] == ["CHE"]
        assert session.scalars(select(StoredDisclosure.value)).all() == ["Đại lý mẫu"]
        [outside] = inputs_of(session, bought)
        assert (outside.input.supplier, outside.input.outside_lot) == (
            "Đại lý mẫu",
            "X-9",
        )


def test_drafts_are_neither_signed_nor_logged(
    database: Database, notary: Notary, producer: Producer
) -> None:
    data = csv_file(row(number) for number in range(1500))
    assert imported(database, notary, producer, data, issue=False).report.sound
    assert {one.state for one in stored(database)} == {BatchState.DRAFT.value}
    with database.reading() as session:
        for table, count in ((SignedRecord, 0), (LogLeaf, 0), (AuditEntry, 1500)):
            assert session.scalar(select(func.count()).select_from(table)) == count


@pytest.mark.parametrize("issue", [True, False])
def test_one_bad_row_of_many_stores_nothing(
    database: Database, notary: Notary, producer: Producer, *, issue: bool
) -> None:
    rows = [row(number) for number in range(60)]
    rows[41] = row(41, made="23/11/2026")
    reading = imported(database, notary, producer, csv_file(rows), issue=issue)
    assert faults(reading) == [(43, "Ngày sản xuất", "batch-date-future")]
    assert stored(database) == []


def test_blank_numbers_are_the_next_free_ones_of_the_day(
    database: Database, notary: Notary, producer: Producer
) -> None:
    with database.transaction() as session:
        make_batch(session, producer, notary, lot_number="261120-03")
    rows = [
        row(lot=""),
        row(lot="261120-05"),
        row(lot=""),
        row(lot="", made="19/11/2026"),
    ]
    assert imported(database, notary, producer, csv_file(rows)).report.sound
    numbers = [one.lot_number for one in stored(database)]
    assert numbers == ["261120-03", "261120-04", "261120-05", "261120-06", "261119-01"]


def test_rows_that_take_from_one_lot_share_what_it_has(
    database: Database, notary: Notary, producer: Producer
) -> None:
    with database.transaction() as session:
        make_batch(session, producer, notary, lot_number="CHE", issued=True)
    taking = [
        [*row(number, quantity="40"), "CHE", "", "", "", "40", "kg"]
        for number in range(1, 4)
    ]
    reading = imported(database, notary, producer, csv_file(taking, WITH_INPUT))
    assert faults(reading) == [(4, "Lô đầu vào 1", "mass-balance")]
    sound = imported(database, notary, producer, csv_file(taking[:2], WITH_INPUT))
    assert sound.report.sound
    again = csv_file(
        [[*row(9, quantity="21"), "CHE", "", "", "", "21", "kg"]], WITH_INPUT
    )
    assert faults(imported(database, notary, producer, again)) == [
        (2, "Lô đầu vào 1", "mass-balance")
    ]


def refused_row(**values: str) -> list[str]:
    cells = [*row(1), *[""] * 6]
    for name, value in values.items():
        place = ["source", "outside", "amount", "unit"].index(name)
        cells[5 + (0, 1, 4, 5)[place]] = value
    return cells


@pytest.mark.parametrize(
    ("source", "rule"),
    [
        ("NHAP", "source-not-usable"),
        ("KHONG-CO", "source-not-found"),
        ("https://tx.example/01/09520001001017/10/KHONG-CO", "source-not-found"),
        ("CUA-NGUOI-KHAC", "source-not-found"),
        ("L-2", "source-in-file"),
    ],
)
def test_sources_must_be_there_and_issued(
    database: Database, notary: Notary, producer: Producer, source: str, rule: str
) -> None:
    with database.transaction() as session:
        make_batch(session, producer, notary, lot_number="NHAP")
        other = make_producer(session, notary.clock, 1)
        make_batch(session, other, notary, lot_number="CUA-NGUOI-KHAC")
    rows = [
        refused_row(source=source, amount="1", unit="kg"),
        [*row(2), *[""] * 6],
    ]
    reading = imported(database, notary, producer, csv_file(rows, WITH_INPUT))
    assert faults(reading) == [(2, "Lô đầu vào 1", rule)]


def test_others_issued_lots_are_inputs_by_the_link_on_their_label(
    database: Database, notary: Notary, producer: Producer
) -> None:
    with database.transaction() as session:
        other = make_producer(session, notary.clock, 1)
        link = make_batch(
            session, other, notary, lot_number="KHAC", issued=True
        ).digital_link
    rows = [refused_row(source=link, amount="12.5", unit="kg")]
    assert imported(database, notary, producer, csv_file(rows, WITH_INPUT)).report.sound
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(BatchInput)) == 1


@pytest.mark.parametrize(
    ("cells", "column", "rule"),
    [
        (row(1, product="9520001001018"), "Sản phẩm", "check-digit"),
        (row(1, product="95200010010"), "Sản phẩm", "key-invalid"),
        (row(1, product="KHONG-CO"), "Sản phẩm", "product-not-found"),
        (row(1, product="9520001002014"), "Sản phẩm", "product-not-found"),
        (row(1, product="Chè ngon"), "Sản phẩm", "key-invalid"),
        (row(1, lot="da-co"), "Số lô", "batch-lot-taken"),
        (row(1, made="20/11/2019"), "Ngày sản xuất", "batch-date-range"),
    ],
)
def test_what_the_catalogue_and_the_rules_refuse_has_row_and_column(
    database: Database,
    notary: Notary,
    producer: Producer,
    cells: list[str],
    column: str,
    rule: str,
) -> None:
    with database.transaction() as session:
        make_batch(session, producer, notary, lot_number="DA-CO")
        make_producer(session, notary.clock, 1)  # whose product is not this one's
    reading = imported(database, notary, producer, csv_file([cells]))
    assert faults(reading) == [(2, column, rule)]


def test_a_row_with_a_bad_cell_tells_its_unknown_names_in_the_same_round(
    sqlite_database: Database, notary: Notary, clock: FixedClock
) -> None:
    with sqlite_database.transaction() as session:
        producer = make_producer(session, clock)
    rows = [
        [*row(1, product="KHONG-CO", made="31/02/2026"), "Cơ sở lạ"],
        [*row(2, product="KHONG-CO"), "Cơ sở lạ"],
        [*row(3, made="31/02/2026"), "cơ sở mẫu"],
    ]
    data = csv_file(rows, (*HEADERS, "Site"))
    found = faults(imported(sqlite_database, notary, producer, data, issue=False))
    unknown = [("Sản phẩm", "product-not-found"), ("Site", "site-not-found")]
    day = ("Ngày sản xuất", "cell-day")
    assert found == [
        *((2, *one) for one in (day, *unknown)),
        *((3, *one) for one in unknown),
        (4, *day),
    ]


def test_a_number_twice_in_the_file_names_the_other_row(
    database: Database, notary: Notary, producer: Producer
) -> None:
    reading = imported(
        database, notary, producer, csv_file([row(1), row(2), row(lot="l-1")])
    )
    assert faults(reading) == [(4, "Số lô", "lot-twice")]
    assert "Row 2" in str(reading.report.faults[0].error)


def test_the_site_is_named_where_there_are_several(
    sqlite_database: Database, notary: Notary, clock: FixedClock
) -> None:
    with sqlite_database.transaction() as session:
        producer = make_producer(session, clock)
        from_other = make_producer(session, clock, 1)
    assert from_other.site_id != producer.site_id
    headers = (*HEADERS, "Site")
    for name, rule in (("cơ sở mẫu", None), ("Cơ sở lạ", "site-not-found"), ("", None)):
        data = csv_file([[*row(lot=""), name]], headers)
        found = faults(imported(sqlite_database, notary, producer, data, issue=False))
        assert found == ([(2, "Site", rule)] if rule else [])


def test_a_product_no_longer_made_gets_no_lots(
    sqlite_database: Database, notary: Notary, clock: FixedClock
) -> None:
    with sqlite_database.transaction() as session:
        producer = make_producer(session, clock)
        session.get_one(Product, producer.product_id).state = "retired"
    reading = imported(sqlite_database, notary, producer, csv_file([row(1)]))
    assert faults(reading) == [(2, "Sản phẩm", "product-retired")]


def test_a_place_no_longer_used_gets_no_lots(
    sqlite_database: Database, notary: Notary, clock: FixedClock
) -> None:
    with sqlite_database.transaction() as session:
        producer = make_producer(session, clock)
        session.get_one(Site, producer.site_id).state = "retired"
    headers = (*HEADERS, "Site")
    for name, rule in (("cơ sở mẫu", "site-retired"), ("", "cell-missing")):
        data = csv_file([[*row(lot=""), name]], headers)
        reading = imported(sqlite_database, notary, producer, data)
        assert faults(reading) == [(2, "Site", rule)]


def test_a_number_taken_between_check_and_store_takes_everything_back(
    database: Database, notary: Notary, producer: Producer
) -> None:
    reading = read_file(csv_file(row(number) for number in range(1, 4)))
    with database.transaction() as session:
        target = target_of(session, notary, producer)
        lots = checked_lots(session, reading, target)
        make_batch(session, producer, notary, lot_number="L-3")
        with pytest.raises(LotTakenError):
            store(session, lots, target, producer, notary)
        session.rollback()
    assert stored(database) == []
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(LogLeaf)) == 0


def test_a_stage_and_days_travel_into_the_record(
    sqlite_database: Database, notary: Notary, clock: FixedClock
) -> None:
    with sqlite_database.transaction() as session:
        producer = make_producer(session, clock)
    made = clock.today() - timedelta(days=2)
    cells = [GTIN, "L-1", f"{made:%d/%m/%Y}", "3", "kg", "22/11/2026", "01/12/2026"]
    headers = (*HEADERS, "Packing date", "Expiry", "Stage", "Variety")
    data = csv_file([[*cells, "Pack", "Shan tuyết"]], headers)
    assert imported(sqlite_database, notary, producer, data).report.sound
    [batch] = stored(sqlite_database)
    assert (batch.stage, batch.variety, batch.quantity) == (
        "pack",
        "Shan tuyết",
        kilos(3),
    )
    assert (batch.production_date, batch.expiry) == (made, date(2026, 12, 1))


def test_a_stage_is_named_in_vietnamese_too(
    database: Database, notary: Notary, producer: Producer
) -> None:
    data = csv_file(
        [[GTIN, "L-1", "20/11/2026", "3", "kg", "Thu hoạch"]], (*HEADERS, "Công đoạn")
    )
    assert imported(database, notary, producer, data).report.sound
    assert [batch.stage for batch in stored(database)] == ["harvest"]


def test_withdrawal_days_are_judged_for_every_row_that_is_issued(
    database: Database, notary: Notary, producer: Producer
) -> None:
    with database.transaction() as session:
        make_batch(session, producer, notary, lot_number="CHE", issued=True)
        spray(session, producer, notary, 10)
    early, late = "15/11/2026", "20/11/2026"
    rows = [
        [*row(1, made=late), *[""] * 6],
        [*row(2, made=early), *[""] * 6],
        [*row(3, made=early), *[""] * 6],
        [*row(4, quantity="5"), "CHE", "", "", "", "5", "kg"],
    ]
    data = csv_file(rows, WITH_INPUT)
    found = faults(imported(database, notary, producer, data))
    assert found == [(3, "", "withdrawal-days"), (4, "", "withdrawal-days")]
    assert len(stored(database)) == 1
    assert imported(database, notary, producer, data, issue=False).report.sound


def test_readers_go_on_beside_an_import_and_see_all_of_it_or_none(
    database: Database, notary: Notary, producer: Producer
) -> None:
    reading = read_file(csv_file(row(number) for number in range(50)))
    with database.transaction() as session:
        target = target_of(session, notary, producer)
        lots = checked_lots(session, reading, target)
        store(session, lots, target, producer, notary)
        assert stored(database) == []
    assert len(stored(database)) == 50


def test_two_imports_at_once_never_take_one_kilogram_twice(
    database: Database, notary: Notary, producer: Producer
) -> None:
    with database.transaction() as session:
        make_batch(session, producer, notary, lot_number="CHE", issued=True)
    ready, sound = Barrier(2), list[bool]()

    def run(number: int) -> None:
        cells = [*row(number, quantity="60"), "CHE", "", "", "", "60", "kg"]
        data = csv_file([cells], WITH_INPUT)
        ready.wait()
        sound.append(imported(database, notary, producer, data).report.sound)

    pair = [Thread(target=run, args=(number,)) for number in (1, 2)]
    for one in pair:
        one.start()
    for one in pair:
        one.join()
    assert sorted(sound) == [False, True]
    assert len(stored(database)) == 2
