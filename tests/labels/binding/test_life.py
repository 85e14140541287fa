"""What becomes of blank stamps: spoiled, bound, on goods, void; within which bounds."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from tests.batches.make_batches import Producer, make_batch
from tests.labels.make_labels import Start
from tests.labels.make_stamps import Stamps
from traceability.accounts.models import Organisation
from traceability.batches.drafts import Notice
from traceability.batches.models import Batch
from traceability.batches.service import hold_batch, recall_batch
from traceability.catalog.models import Product
from traceability.core.errors import ConflictError
from traceability.core.permissions import SYSTEM
from traceability.core.ports import Notary
from traceability.core.quantity import Quantity
from traceability.db.database import Database
from traceability.labels.binding.draft import BindingDraft
from traceability.labels.blanks.service import reprint_in, start_blanks, void_in
from traceability.labels.claims.service import claims_refusal
from traceability.labels.content import paragraphs_of
from traceability.labels.counting.queries import labels_in_log, labels_of_lot
from traceability.labels.design import Design, LabelField
from traceability.labels.errors import (
    AppliedRangeError,
    OverPrintingError,
    QuotaExceededError,
    ReprintRefusedError,
    VoidRangeError,
)
from traceability.labels.job import LabelKeys, LabelKind, RunSpec
from traceability.labels.life.queries import life_of, lives_of_number, reprint_job
from traceability.labels.life.ranges import Fate
from traceability.labels.life.service import (
    ApplyDraft,
    ReprintDraft,
    apply_in,
    note_print_out,
)
from traceability.labels.life.witness import VoidKind, Witness
from traceability.labels.limits.queries import room_of, use_of
from traceability.labels.limits.service import QuotaDraft, set_activation, set_quota
from traceability.labels.models import LabelRun
from traceability.labels.queries import RunRow, batch_to_label, job_of, run_of
from traceability.labels.service import VoidDraft
from traceability.labels.setup import Setup
from traceability.labels.stock import A4_65
from traceability.records.queries import record_faults

TODAY = date(2026, 11, 22)
WITNESS = Witness(name="Người chứng kiến mẫu", role="Thủ kho")


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
def small(stamps: Stamps) -> Batch:
    """A lot of ten pieces: ten more labels than packs need no word."""
    with stamps.database.transaction() as session:
        return make_batch(
            session,
            stamps.producer,
            stamps.notary,
            issued=True,
            lot_number="NHO-1",
            quantity=Quantity(Decimal(10), "H87"),
        )


def row_of(stamps: Stamps, run: LabelRun) -> RunRow:
    with stamps.database.reading() as session:
        return run_of(session, run.public_id, actor=stamps.producer.actor)


def apply(stamps: Stamps, run: LabelRun, first: int, last: int) -> None:
    begin = run.first_index or 0
    draft = ApplyDraft(first=begin + first, last=begin + last, day=TODAY)
    actor, notary = stamps.producer.actor, stamps.notary
    with stamps.database.transaction() as session:
        row = run_of(session, run.public_id, actor=actor)
        apply_in(session, row, draft, actor=actor, notary=notary)


def reprint(stamps: Stamps, run: LabelRun, first: int, last: int) -> list[str]:
    """Print stamps once more; return their serials."""
    begin = run.first_index or 0
    draft = ReprintDraft(
        first=begin + first, last=begin + last, reason="Kẹt giấy", witness=WITNESS
    )
    actor, notary = stamps.producer.actor, stamps.notary
    with stamps.database.transaction() as session:
        row = run_of(session, run.public_id, actor=actor)
        again = reprint_in(session, row, draft, actor=actor, notary=notary)
        labels = reprint_job(row, again).labels(stamps.keys)
        return [label.serial for label in labels]


def printed_out(stamps: Stamps, count: int = 100) -> LabelRun:
    run = stamps.printed(count)
    with stamps.database.transaction() as session:
        clock = stamps.notary.clock
        note_print_out(session, run, "pdf", actor=stamps.producer.actor, clock=clock)
    return run


def activates(stamps: Stamps) -> None:
    actor, clock = stamps.producer.actor, stamps.notary.clock
    with stamps.database.transaction() as session:
        set_activation(session, activates=True, actor=actor, clock=clock)


def refusal(
    stamps: Stamps, run: LabelRun, among: tuple[int, int] | None = None
) -> ConflictError | None:
    with stamps.database.reading() as session:
        row = run_of(session, run.public_id, actor=stamps.producer.actor)
        return claims_refusal(session, row, TODAY, among=among)


def test_stamps_become_a_lots_before_they_are_on_goods(
    stamps: Stamps, batch: Batch, start: Start
) -> None:
    activates(stamps)
    run = stamps.printed()
    assert start.claims(run.record_id)["mustBeApplied"] is True
    with pytest.raises(AppliedRangeError, match="Bind them first"):
        apply(stamps, run, 0, 9)
    stamps.bound(batch, run, 0, 49)
    with pytest.raises(AppliedRangeError):
        apply(stamps, run, 40, 59)
    apply(stamps, run, 0, 9)
    with stamps.database.reading() as session:
        life = life_of(session, run)
    assert record_faults(stamps.database) == []
    [applied] = life.applied
    claims = start.claims(applied.record_id)
    assert (claims["lot"], claims["product"]) == (
        batch.digital_link,
        run.facts["link"],
    )
    assert life.counts(run) == {
        Fate.LEFT: 50,
        Fate.REPRINTED: 0,
        Fate.BOUND: 40,
        Fate.APPLIED: 10,
        Fate.VOID: 0,
    }


def test_the_life_of_a_stamp_tells_its_lot_once_it_has_one(
    stamps: Stamps, batch: Batch
) -> None:
    run = stamps.printed()
    stamps.bound(batch, run, 0, 49)
    found = []
    for place in (7, 57):
        serial = stamps.labels(run)[place].serial
        with stamps.database.reading() as session:
            found += lives_of_number(
                session,
                serial,
                actor=stamps.producer.actor,
                mac_of=stamps.keys.mac_of,
            )
    bound, free = found
    assert bound.batch is not None
    assert (bound.batch.id, bound.fate) == (batch.id, Fate.BOUND)
    assert (free.batch, free.fate) == (None, Fate.LEFT)


def test_spoiled_stamps_are_printed_once_more_until_they_are_bound(
    stamps: Stamps, batch: Batch, start: Start
) -> None:
    fresh = stamps.printed()
    with pytest.raises(ReprintRefusedError, match="No file"):
        reprint(stamps, fresh, 0, 1)
    run = printed_out(stamps)
    serials = [label.serial for label in stamps.labels(run)]
    assert reprint(stamps, run, 3, 5) == serials[3:6]
    stamps.bound(batch, run, 0, 9)
    with pytest.raises(ReprintRefusedError, match="on goods"):
        reprint(stamps, run, 9, 10)
    stamps.void(run, 20, 20)
    with pytest.raises(ReprintRefusedError, match="void"):
        reprint(stamps, run, 20, 21)
    with pytest.raises(VoidRangeError):
        reprint(stamps, run, 99, 100)
    with stamps.database.reading() as session:
        [again] = life_of(session, run).reprints
        counted = labels_of_lot(session, batch, counts=lambda _record: True)
        in_log = list(labels_in_log(session, counts=lambda _record: True))
    claims = start.claims(again.record_id)
    assert claims["product"] == run.facts["link"]
    assert "lot" not in claims
    assert (counted.tally.bound, counted.tally.reprinted) == (10, 3)
    assert [one.tally for one in in_log] == [counted.tally]


def test_a_void_stamp_keeps_its_kind_and_its_witness(
    stamps: Stamps, start: Start
) -> None:
    run = stamps.printed()
    begin = run.first_index or 0
    draft = VoidDraft(
        first=begin,
        last=begin + 1,
        reason="Hủy",
        kind=VoidKind.DESTROYED,
        witness=WITNESS,
    )
    actor, notary = stamps.producer.actor, stamps.notary
    with stamps.database.transaction() as session:
        row = run_of(session, run.public_id, actor=actor)
        void = void_in(session, row, draft, actor=actor, notary=notary)
    assert start.claims(void.record_id)["kind"] == VoidKind.DESTROYED
    with stamps.database.reading() as session:
        private = life_of(session, run).private[void.record_id]
    assert private["witness"] == {"name": WITNESS.name, "role": WITNESS.role}


def test_stamps_use_up_a_quota_when_they_are_printed(
    stamps: Stamps, batch: Batch
) -> None:
    owner = stamps.producer.actor.organisation_id or 0
    with stamps.database.transaction() as session:
        set_quota(
            session,
            session.get_one(Organisation, owner),
            QuotaDraft(quota=100),
            actor=SYSTEM,
            clock=stamps.notary.clock,
        )
    run = stamps.printed(100)
    with pytest.raises(QuotaExceededError):
        stamps.printed(1)
    stamps.bound(batch, run, 0, 9)
    with stamps.database.reading() as session:
        assert use_of(session, owner, TODAY).left == 0


def test_stamps_beyond_the_packs_need_a_reason_when_they_are_bound(
    stamps: Stamps, small: Batch, start: Start
) -> None:
    run = stamps.printed()
    stamps.void(run, 0, 4)
    stamps.bound(small, run, 5, 14)
    begin = run.first_index or 0
    wanted = BindingDraft(first=begin + 15, last=begin + 25)
    with (
        stamps.database.transaction() as session,
        pytest.raises(OverPrintingError) as refused,
    ):
        stamps.bind(session, small, wanted)
    assert refused.value.field == "excess_reason"
    with stamps.database.transaction() as session:
        reasoned = replace(wanted, excess_reason="Gói thêm")
        binding = stamps.bind(session, small, reasoned)
    excess = {"packs": 10, "live": 10, "reason": "Gói thêm"}
    assert start.claims(binding.record_id)["excess"] == excess
    with stamps.database.reading() as session:
        batch = batch_to_label(session, small.public_id)
        assert room_of(session, batch).live == 21
        counted = labels_of_lot(session, batch, counts=lambda _record: True)
    assert (counted.tally.live, counted.tally.reasons) == (21, ("Gói thêm",))


def test_stamps_are_not_printed_again_while_a_lot_of_theirs_is_stopped(
    stamps: Stamps, batch: Batch
) -> None:
    run = stamps.printed()
    assert refusal(stamps, run) is None
    stamps.bound(batch, run, 0, 9)
    assert refusal(stamps, run) is None
    notice = Notice(reason_vi="Lý do mẫu", advice_vi="", contact="")
    with stamps.database.transaction() as session:
        actor, notary = stamps.producer.actor, stamps.notary
        hold_batch(session, batch, notice, actor=actor, notary=notary)
    found = refusal(stamps, run)
    assert found is not None
    assert (found.code, "held" in str(found)) == ("run-refused", True)
    with stamps.database.transaction() as session:
        session.get_one(Product, stamps.producer.product_id).state = "discontinued"
    assert "no longer made" in str(refusal(stamps, stamps_of_nobody(stamps)))


def test_a_recalled_lot_stops_its_own_stamps_not_those_of_no_lot(
    stamps: Stamps, batch: Batch
) -> None:
    run = stamps.printed()
    stamps.bound(batch, run, 10, 19)
    with stamps.database.transaction() as session:
        actor, notary = stamps.producer.actor, stamps.notary
        recall_batch(
            session, batch, Notice(reason_vi="Mốc"), actor=actor, notary=notary
        )
    begin, lot = run.first_index or 0, batch.lot_number
    told = f"{begin + 10}–{begin + 19} are of lot {lot}, recalled since 22/11/2026: Mốc"
    assert told in str(refusal(stamps, run))
    assert refusal(stamps, run, (begin, begin + 9)) is None
    assert refusal(stamps, run, (begin + 9, begin + 10)) is not None
    assert refusal(stamps, run, (begin + 20, begin + 29)) is None


def stamps_of_nobody(stamps: Stamps) -> LabelRun:
    """A run that was printed while the product was still made, bound to nothing."""
    with stamps.database.transaction() as session:
        product = session.get_one(Product, stamps.producer.product_id)
        product.state = "active"
    run = stamps.printed(5)
    with stamps.database.transaction() as session:
        product = session.get_one(Product, stamps.producer.product_id)
        product.state = "discontinued"
    return run


def test_stamps_follow_a_design_and_a_printer(stamps: Stamps) -> None:
    fields = [LabelField.PRODUCT, LabelField.LOT, LabelField.STARS, LabelField.EXPIRY]
    spec = RunSpec(
        kind=LabelKind.BLANK,
        count=4,
        stock=replace(A4_65, id="own-1"),
        setup=Setup(dpi=600, skip=frozenset({0, 2}), copies=2),
        design=Design(fields=(*fields, LabelField.SERIAL)),
    )
    with stamps.database.transaction() as session:
        run = start_blanks(
            session,
            session.get_one(Product, stamps.producer.product_id),
            spec,
            actor=stamps.producer.actor,
            notary=stamps.notary,
            keys=stamps.keys,
        )
    job = job_of(run, None)
    assert (job.spec, job.positions) == (spec, 8)
    said = [one.text for one in paragraphs_of(job.facts, job.spec.design)]
    assert said == [job.facts.product_name, "Số lô, hạn dùng: quét mã"]
    assert job.facts.certificates == ()
    assert row_of(stamps, run).file_stem == f"tem-trang-{run.public_id[:6]}"
