"""What was written down on the way to a lot decides whether it may be issued."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.orm import Session

from tests.batches.make_batches import (
    Producer,
    kilos,
    make_batch,
    make_draft,
    make_producer,
    make_product,
    taking,
)
from tests.events.make_events import sample_elements
from traceability.batches.drafts import InputDraft
from traceability.batches.errors import (
    BatchStateError,
    ChainOrderError,
    MassBalanceError,
    OverrideReasonError,
    WithdrawalDaysError,
)
from traceability.batches.known.queries import lot_book
from traceability.batches.models import Batch
from traceability.batches.overrides import OrderFault, Rule, WithdrawalFault
from traceability.batches.queries import current_record
from traceability.batches.record import BatchRecord, read_batch_record
from traceability.batches.service import (
    correct_batch,
    delete_draft,
    issue_batch,
    update_draft,
)
from traceability.batches.way.queries import judge
from traceability.catalog.models import Product, Site
from traceability.core.ports import Notary
from traceability.db.database import Database
from traceability.events.entry.service import Desk, EventDraft, record_event
from traceability.events.kinds import kind
from traceability.events.models import TraceEvent
from traceability.events.queries import birth_of_lot, events_of
from traceability.records.vocabulary import undefined_terms
from traceability.signing.envelope import read_unverified

HARVESTED = date(2026, 11, 20)
REASON = "Phun ở thửa khác của trang trại"


def write_down(
    session: Session,
    producer: Producer,
    notary: Notary,
    kind_id: str,
    day: int,
    **elements: Any,
) -> TraceEvent:
    """Record an event of November 2026 at the producer's place."""
    desk = Desk(actor=producer.actor, notary=notary, lots=lot_book())
    site = session.get_one(Site, producer.site_id)
    draft = EventDraft(
        kind=kind_id,
        time=datetime(2026, 11, day, 1, 0, tzinfo=UTC),
        site=site.public_id,
        elements={**sample_elements(kind(kind_id)), **elements},
    )
    return record_event(session, draft, desk=desk)


def spray(session: Session, producer: Producer, notary: Notary, day: int) -> TraceEvent:
    return write_down(
        session,
        producer,
        notary,
        "input_use",
        day,
        input_kind="pesticide",
        withdrawal_days="7",
        last_use_date=f"2026-11-{day:02d}",
    )


def issue(session: Session, batch: Batch, producer: Producer, notary: Notary) -> None:
    issue_batch(session, batch, actor=producer.actor, notary=notary)


def reasoned(
    session: Session, batch: Batch, producer: Producer, notary: Notary, **values: Any
) -> None:
    draft = make_draft(producer, lot_number=batch.lot_number, **values)
    actor, clock = producer.actor, notary.clock
    update_draft(session, batch, draft, actor=actor, clock=clock)


def signed(session: Session, batch: Batch) -> BatchRecord:
    record = current_record(session, batch)
    assert record is not None
    payload = read_unverified(record.token).payload
    assert not undefined_terms(payload)
    return read_batch_record(payload["credentialSubject"])


def test_a_harvest_waits_for_its_withdrawal_days(
    database: Database, producer: Producer, notary: Notary
) -> None:
    with database.transaction() as session:
        spray(session, producer, notary, 16)
        batch = make_batch(session, producer, notary)
        [fault] = judge(session, batch).withdrawal
        assert (fault.missing, fault.days) == (3, 7)
        with pytest.raises(WithdrawalDaysError), session.begin_nested():
            issue(session, batch, producer, notary)
        reasoned(session, batch, producer, notary, override_withdrawal=REASON)
        issue(session, batch, producer, notary)
        record = signed(session, batch)
    assert record.exceptions == batch.overrides == {Rule.WITHDRAWAL: REASON}
    [exception] = record.rule_overrides
    lot, day = batch.digital_link, date(2026, 11, 16)
    assert exception.faults == (WithdrawalFault(lot, day, HARVESTED),)


def test_days_that_were_kept_are_no_exception(
    database: Database, producer: Producer, notary: Notary
) -> None:
    with database.transaction() as session:
        spray(session, producer, notary, 13)
        batch = make_batch(
            session, producer, notary, override_withdrawal=REASON, issued=True
        )
        assert signed(session, batch).exceptions == {}
        assert batch.overrides == {}  # no rule asked for the reason


def test_a_use_declared_wrong_or_at_another_place_does_not_count(
    database: Database, producer: Producer, notary: Notary
) -> None:
    with database.transaction() as session:
        wrong = spray(session, producer, notary, 16)
        wrong.error_reason = "did_not_occur"
        elsewhere = spray(session, producer, notary, 17)
        elsewhere.site_id = None
        make_batch(session, producer, notary, issued=True)


def test_a_late_entry_is_found_from_the_lots_made_of_the_harvest(
    database: Database, producer: Producer, notary: Notary
) -> None:
    with database.transaction() as session:
        leaves = make_batch(session, producer, notary, issued=True)
        spray(session, producer, notary, 18)
        tea = make_batch(
            session, producer, notary, inputs=(taking(leaves, 50),), quantity=kilos(20)
        )
        with pytest.raises(WithdrawalDaysError), session.begin_nested():
            issue(session, tea, producer, notary)
        corrected = make_draft(producer, override_withdrawal=REASON)
        actor = producer.actor
        correct_batch(session, leaves, corrected, "Ghi bù", actor=actor, notary=notary)
        assert signed(session, leaves).exceptions == {Rule.WITHDRAWAL: REASON}
        issue(session, tea, producer, notary)
        assert signed(session, tea).exceptions == {}


def test_steps_out_of_order_are_refused_until_a_reason_is_signed(
    database: Database, producer: Producer, notary: Notary
) -> None:
    with database.transaction() as session:
        flour = {"inputs": (InputDraft(outside="Bột gạo", quantity=kilos(200)),)}
        batch = make_batch(session, producer, notary, **flour)
        ship(session, producer, notary, batch, 18)
        [fault] = judge(session, batch).order
        with pytest.raises(ChainOrderError) as caught, session.begin_nested():
            issue(session, batch, producer, notary)
        assert "Shipping on 2026-11-18" in str(caught.value)
        reason = "Giao mẫu thử cho khách"
        reasoned(session, batch, producer, notary, override_order=reason, **flour)
        issue(session, batch, producer, notary)
        record = signed(session, batch)
        assert record.exceptions == {Rule.ORDER: reason}
        assert record.stage == "process"
        [exception] = record.rule_overrides
        assert exception.faults == (fault,)
        assert isinstance(fault, OrderFault)


def ship(
    session: Session, producer: Producer, notary: Notary, batch: Batch, day: int
) -> TraceEvent:
    event = write_down(session, producer, notary, "ship", day, lot=batch.digital_link)
    session.flush()
    return event


def test_a_correction_is_judged_as_an_issue_is(
    database: Database, producer: Producer, notary: Notary
) -> None:
    with database.transaction() as session:
        batch = make_batch(session, producer, notary, issued=True)
        spray(session, producer, notary, 10)
        earlier = make_draft(producer, production_date=date(2026, 11, 12))
        actor = producer.actor
        with pytest.raises(WithdrawalDaysError), session.begin_nested():
            correct_batch(
                session, batch, earlier, "Ngày gõ sai", actor=actor, notary=notary
            )
        session.refresh(batch)
        later = make_draft(producer, production_date=date(2026, 11, 19))
        correct_batch(session, batch, later, "Ngày gõ sai", actor=actor, notary=notary)
        births = [
            one.event.wrong
            for one in events_of(session, batch.digital_link)
            if one.event.stage == "harvest"
        ]
        birth = birth_of_lot(session, batch.digital_link)
    assert sorted(births) == [False, True]
    assert birth is not None
    assert birth.event_time.astimezone(UTC).date() == date(2026, 11, 18)  # 00:00 +07


def test_what_strangers_write_down_of_a_lot_keeps_nobody_from_correcting_it(
    database: Database, producer: Producer, notary: Notary
) -> None:
    """Anybody may say that an issued lot reached them, on whatever day."""
    with database.transaction() as session:
        batch = make_batch(session, producer, notary, issued=True)
        stranger = make_producer(session, notary.clock, 1)
        lot = [{"lot": batch.digital_link}]
        write_down(session, stranger, notary, "receive", 1, lot=lot)
        write_down(session, stranger, notary, "retail", 2, lot=lot)
        assert judge(session, batch).order == []
        actor, fewer = producer.actor, make_draft(producer, quantity=kilos(99))
        correct_batch(session, batch, fewer, "Đếm lại", actor=actor, notary=notary)


def test_loss_and_samples_count_in_the_balance_and_stay_private(
    database: Database, producer: Producer, notary: Notary
) -> None:
    with database.transaction() as session:
        flour = {"inputs": (InputDraft(outside="Bột gạo", quantity=kilos(105)),)}
        batch = make_batch(session, producer, notary, **flour)
        write_down(
            session,
            producer,
            notary,
            "milling",
            20,
            output_lot=[{"lot": batch.digital_link}],
            input_lots=[{"lot": "Bột gạo"}],
        )
        with pytest.raises(MassBalanceError) as caught, session.begin_nested():
            issue(session, batch, producer, notary)
        assert caught.value.params["wanted"] == "112.5"  # 100 and 12.5 of loss
        reason = "Hao hụt tính cả bao bì"
        reasoned(session, batch, producer, notary, override_reason=reason, **flour)
        issue(session, batch, producer, notary)
        assert signed(session, batch).stage == batch.stage == "milling"
        override = signed(session, batch).override
        assert override is not None
        assert (override.reason, override.shortfalls) == (reason, ())


def test_what_the_chain_has_and_nobody_recorded_is_said_and_not_refused(
    database: Database, producer: Producer, notary: Notary
) -> None:
    with database.transaction() as session:
        product = session.get_one(Product, producer.product_id)
        product.ocop_set = "tea"
        leaves_of = make_product(
            session, notary.clock, product.organisation_id, internal_code="BUP"
        )
        fresh = Producer(producer.actor, leaves_of.id, producer.site_id)
        leaves = make_batch(session, fresh, notary, issued=True)
        taken: Sequence[InputDraft] = (taking(leaves, 50),)
        tea = make_batch(
            session, producer, notary, inputs=tuple(taken), quantity=kilos(10)
        )
        assert judge(session, tea).missing == ["collect"]
        issue(session, tea, producer, notary)
        assert signed(session, tea).quantity.amount == Decimal(10)


def test_a_short_reason_is_refused_when_it_is_typed(
    database: Database, producer: Producer, notary: Notary
) -> None:
    with pytest.raises(OverrideReasonError), database.transaction() as session:
        make_batch(session, producer, notary, override_order="vì thế")


def test_a_draft_that_something_is_signed_about_stays(
    database: Database, producer: Producer, notary: Notary
) -> None:
    with database.transaction() as session:
        batch = make_batch(session, producer, notary)
        link = batch.digital_link
        write_down(session, producer, notary, "harvest", 20, output_lot=[{"lot": link}])
        with pytest.raises(BatchStateError):
            delete_draft(session, batch, actor=producer.actor, clock=notary.clock)
