"""Stamps are printed ahead and bound to a lot later: once, whole, and for good."""

from datetime import date
from itertools import pairwise

import pytest
from sqlalchemy import update

from tests.batches.make_batches import Producer, make_batch, make_producer
from tests.labels.make_labels import Start
from tests.labels.make_stamps import Stamps
from traceability.batches.drafts import Notice
from traceability.batches.errors import BatchNotFoundError
from traceability.batches.models import Batch
from traceability.batches.service import hold_batch, recall_batch
from traceability.catalog.errors import ProductNotFoundError
from traceability.catalog.models import Product
from traceability.core.ports import Notary
from traceability.db.database import Database
from traceability.labels.binding.draft import BindingDraft
from traceability.labels.binding.queries import draft_named, lots_to_bind
from traceability.labels.content import human_text
from traceability.labels.counting.queries import labels_in_log, labels_of_lot
from traceability.labels.errors import (
    BindingRangeError,
    BindingRefusedError,
    BindingTakenError,
    BindingVoidError,
    RunRefusedError,
    SerialForeignError,
    VoidRangeError,
)
from traceability.labels.job import LabelKeys, LabelKind, RunSpec
from traceability.labels.queries import job_of, label_state
from traceability.labels.sheets import SheetFormat, print_sheets
from traceability.labels.standing import LabelStanding
from traceability.labels.stock import A4_65

PRODUCT = "https://tx.example/01/09520001001017"


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """What an engine has a say in is asked of both in test_engines."""
    return sqlite_database


@pytest.fixture
def stamps(
    database: Database, producer: Producer, notary: Notary, keys: LabelKeys
) -> Stamps:
    return Stamps(database, producer, notary, keys)


@pytest.fixture
def other(stamps: Stamps) -> Batch:
    with stamps.database.transaction() as session:
        return make_batch(
            session, stamps.producer, stamps.notary, issued=True, lot_number="KHAC-1"
        )


def test_a_stamp_names_its_product_and_a_serial_alone(
    stamps: Stamps, start: Start
) -> None:
    run = stamps.printed(3)
    labels = stamps.labels(run)
    prefix = f"{PRODUCT.upper()}/21/"
    assert [label.link for label in labels] == [prefix + one.serial for one in labels]
    assert not any(label.seal for label in labels)
    said = human_text(job_of(run, None).facts)
    assert "Số lô, hạn dùng: quét mã" in said
    assert not any(word in said for word in ("Lô:", "NSX", "HSD", "sao"))
    claims = start.claims(run.record_id)
    assert claims["product"] == PRODUCT
    assert (claims["kind"], claims["firstIndex"]) == ("blank", run.first_index)
    assert "lot" not in claims


def test_sheets_of_stamps_are_read_back(stamps: Stamps) -> None:
    job = job_of(stamps.printed(2), None)
    [sheet] = print_sheets(job, SheetFormat.PDF, stamps.keys).files
    assert sheet.startswith(b"%PDF")


def test_stamps_and_labels_never_share_a_number(stamps: Stamps, start: Start) -> None:
    spec = RunSpec(kind=LabelKind.SERIAL, count=10, stock=A4_65)
    runs = [stamps.printed(10), start(spec), stamps.printed(10)]
    for one, next_ in pairwise(runs):
        assert (one.last_index or 0) < (next_.first_index or 0)


def test_stamps_are_not_printed_for_a_lot(start: Start) -> None:
    with pytest.raises(RunRefusedError):
        start(RunSpec(kind=LabelKind.BLANK, count=10, stock=A4_65))


def test_nobody_prints_stamps_of_others(stamps: Stamps) -> None:
    with stamps.database.transaction() as session:
        stranger = make_producer(session, stamps.notary.clock, 1).actor
    with pytest.raises(ProductNotFoundError):
        stamps.printed(actor=stranger)


def test_no_stamps_of_what_is_no_longer_made(stamps: Stamps) -> None:
    with stamps.database.transaction() as session:
        session.execute(update(Product).values(state="retired"))
    with pytest.raises(RunRefusedError):
        stamps.printed()


def test_a_stamp_is_nobodys_until_it_is_bound(
    stamps: Stamps, batch: Batch, other: Batch
) -> None:
    run = stamps.printed()
    before, after = stamps.labels(run)[:50], stamps.labels(run)[50:]
    serial = before[7].serial
    assert stamps.state(serial).standing is LabelStanding.UNBOUND
    binding = stamps.bound(batch, run, 0, 49)
    found = stamps.state(serial)
    assert (found.standing, found.batch_id) == (LabelStanding.LIVE, batch.id)
    assert found.binding is not None
    assert found.binding.id == binding.id
    assert stamps.state(before[49].serial).standing is LabelStanding.LIVE
    assert stamps.state(after[0].serial).standing is LabelStanding.UNBOUND
    with stamps.database.reading() as session:
        for one, standing in (
            (batch, LabelStanding.LIVE),
            (other, LabelStanding.OTHER_BATCH),
        ):
            known = label_state(session, one, serial, stamps.keys.mac_of)
            assert known.standing is standing


def test_a_guess_and_a_lots_own_label_are_no_stamps(
    stamps: Stamps, start: Start
) -> None:
    run = stamps.printed()
    real = stamps.labels(run)[0].serial
    guess = real[:-1] + ("0" if real[-1] != "0" else "1")
    assert stamps.state(guess).standing is LabelStanding.UNKNOWN
    lots = start(RunSpec(kind=LabelKind.SERIAL, count=1, stock=A4_65))
    own = job_of(lots, start.batch).labels(stamps.keys)[0].serial
    assert stamps.state(own).standing is LabelStanding.UNKNOWN


def test_a_binding_is_signed_and_names_its_range(
    stamps: Stamps, batch: Batch, start: Start
) -> None:
    run = stamps.printed()
    binding = stamps.bound(batch, run, 10, 19)
    first, last = binding.from_index, binding.to_index
    link = f"https://tx.example/label-runs/{run.public_id}"
    claims = start.claims(binding.record_id)
    assert claims == {
        "id": f"{link}#bind-{first}-{last}",
        "lot": batch.digital_link,
        "run": link,
        "from": first,
        "to": last,
    }
    assert binding.count == 10


@pytest.mark.parametrize(("first", "last"), [(0, 9), (9, 9), (19, 30), (5, 40)])
def test_stamps_are_bound_once(
    stamps: Stamps, batch: Batch, other: Batch, first: int, last: int
) -> None:
    run = stamps.printed()
    stamps.bound(batch, run, 5, 20)
    with pytest.raises(BindingTakenError) as refusal:
        stamps.bound(other, run, first, last)
    assert refusal.value.params["lot"] == batch.lot_number
    stamps.bound(other, run, 0, 4)
    stamps.bound(other, run, 21, 99)


def test_a_range_lies_within_one_run_of_the_lots_product(
    stamps: Stamps, batch: Batch, start: Start
) -> None:
    run, next_ = stamps.printed(10), stamps.printed(10)
    beyond = (next_.first_index or 0) - (run.first_index or 0)
    for first, last in ((-1, 3), (8, 10), (0, beyond), (-1, -1)):
        with pytest.raises(BindingRangeError):
            stamps.bound(batch, run, first, last)
    lots = start(RunSpec(kind=LabelKind.SERIAL, count=10, stock=A4_65))
    with pytest.raises(BindingRangeError):
        stamps.bound(batch, lots, 0, 9)
    with pytest.raises(BindingRangeError):
        stamps.bound(batch, run, 3, 2)


def test_void_stamps_are_not_bound_and_are_named(stamps: Stamps, batch: Batch) -> None:
    run = stamps.printed()
    void = stamps.void(run, 20, 24)
    with pytest.raises(BindingVoidError) as refusal:
        stamps.bound(batch, run, 0, 49)
    assert f"{void.from_index}–{void.to_index}" == refusal.value.params["ranges"]
    stamps.bound(batch, run, 0, 19)
    stamps.bound(batch, run, 25, 49)


def test_a_wrong_binding_is_put_right_by_making_its_stamps_void(
    stamps: Stamps, batch: Batch, start: Start
) -> None:
    run = stamps.printed()
    stamps.bound(batch, run, 0, 49)
    void = stamps.void(run, 7, 7)
    serials = [label.serial for label in stamps.labels(run)]
    assert stamps.state(serials[7]).standing is LabelStanding.VOID
    assert stamps.state(serials[8]).standing is LabelStanding.LIVE
    claims = start.claims(void.record_id)
    assert claims["product"] == PRODUCT
    assert "lot" not in claims
    for first, last in ((7, 7), (-1, 3), (99, 100)):
        with pytest.raises(VoidRangeError):
            stamps.void(run, first, last)


def test_a_lot_in_another_state_gets_no_stamps(
    stamps: Stamps, batch: Batch, other: Batch
) -> None:
    run = stamps.printed()
    actor, notary = stamps.producer.actor, stamps.notary
    with stamps.database.transaction() as session:
        draft = make_batch(session, stamps.producer, notary, lot_number="NHAP-1")
        ended = make_batch(
            session,
            stamps.producer,
            notary,
            lot_number="CU-1",
            issued=True,
            production_date=date(2026, 1, 1),
            best_before=date(2026, 2, 1),
        )
        hold_batch(session, batch, Notice(reason_vi="Chờ"), actor=actor, notary=notary)
        recall_batch(
            session,
            other,
            Notice(reason_vi="Lỗi", advice_vi="Trả lại", contact="0123"),
            actor=actor,
            notary=notary,
        )
        lasting = make_batch(
            session,
            stamps.producer,
            notary,
            lot_number="CON-1",
            issued=True,
            production_date=date(2026, 1, 1),
            best_before=notary.clock.today(),
        )
    for one in (draft, ended, batch, other):
        with pytest.raises(BindingRefusedError):
            stamps.bound(one, run, 0, 0)
    with stamps.database.reading() as session:
        product = session.get_one(Product, stamps.producer.product_id)
        offered = lots_to_bind(session, product, notary.clock.today())
    assert [one.lot_number for one in offered] == ["CON-1"]
    stamps.bound(lasting, run, 0, 0)


def test_nobody_binds_to_the_lots_of_others(stamps: Stamps, batch: Batch) -> None:
    run = stamps.printed()
    first = run.first_index or 0
    with stamps.database.transaction() as session:
        stranger = make_producer(session, stamps.notary.clock, 1)
    theirs = Stamps(stamps.database, stranger, stamps.notary, stamps.keys)
    draft = BindingDraft(first=first, last=first)
    with (
        pytest.raises(BatchNotFoundError),
        stamps.database.transaction() as session,
    ):
        theirs.bind(session, batch, draft)


def test_bound_stamps_count_for_their_lot(
    stamps: Stamps, batch: Batch, start: Start
) -> None:
    run = stamps.printed()
    start(RunSpec(kind=LabelKind.SERIAL, count=5, stock=A4_65))
    stamps.bound(batch, run, 0, 39)
    stamps.void(run, 38, 45)
    with stamps.database.reading() as session:
        mine = session.get_one(Batch, batch.id)
        session.refresh(mine, ["product"])
        tally = labels_of_lot(session, mine, counts=lambda _: True).tally
        [logged] = labels_in_log(session, counts=lambda _: True)
    assert (tally.printed, tally.void, tally.bound, tally.live) == (45, 2, 40, 43)
    assert (logged.lot, logged.tally) == (batch.digital_link, tally)


def test_the_ends_are_links_serials_or_indexes(stamps: Stamps) -> None:
    run = stamps.printed()
    first, last = stamps.labels(run)[3], stamps.labels(run)[9]
    begin = run.first_index or 0
    meant = BindingDraft(first=begin + 3, last=begin + 9)
    asked = [
        (first.link, last.link),
        (first.link.replace("HTTPS://TX.EXAMPLE", "https://tx.example"), last.serial),
        (first.readable.lower(), str(begin + 9)),
    ]
    with stamps.database.reading() as session:
        product = session.get_one(Product, stamps.producer.product_id)
        for one, other in asked:
            typed = {"first": one, "last": other}
            found = draft_named(session, product, typed, stamps.keys.mac_of)
            assert found == meant
        slip = first.serial[:-1] + ("0" if first.serial[-1] != "0" else "1")
        foreign = first.link.replace("09520001001017", "09520001002014")
        for wrong in (slip, foreign, PRODUCT):
            typed = {"first": first.link, "last": wrong}
            with pytest.raises(SerialForeignError) as refusal:
                draft_named(session, product, typed, stamps.keys.mac_of)
            assert refusal.value.field == "last"
