"""Holds, recalls and releases, and who may declare them."""

import pytest

from tests.batches.make_batches import (
    Producer,
    kilos,
    make_batch,
    make_draft,
    make_officer,
    make_producer,
    taking,
)
from traceability.batches.drafts import Notice
from traceability.batches.errors import (
    BatchNotFoundError,
    BatchStateError,
    ReasonMissingError,
    SourceNotUsableError,
)
from traceability.batches.models import BatchState
from traceability.batches.queries import batch_of, status_history
from traceability.batches.record import read_status_record
from traceability.batches.service import (
    correct_batch,
    hold_batch,
    issue_batch,
    recall_batch,
    release_batch,
)
from traceability.core.errors import ForbiddenError
from traceability.core.ports import Notary
from traceability.db.database import Database
from traceability.signing.envelope import read_unverified

MOULD = Notice(
    reason_vi="Túi hở, có mốc",
    reason_en="Leaking bags, mould",
    advice_vi="Không dùng, mang trả nơi mua",
    contact="0200 000 000",
)


def test_a_recall_is_signed_and_says_what_to_do(
    database: Database, producer: Producer, notary: Notary
) -> None:
    with database.transaction() as session:
        batch = make_batch(session, producer, notary, issued=True)
        record = recall_batch(
            session, batch, MOULD, actor=producer.actor, notary=notary
        )
        assert batch.state == BatchState.RECALLED.value
        payload = read_unverified(record.token).payload
        assert payload["type"][1] == "BatchStatusRecord"
        signed = read_status_record(payload["credentialSubject"])
        assert (signed.status, signed.reason_vi) == ("recalled", MOULD.reason_vi)
        assert (signed.advice_vi, signed.contact) == (MOULD.advice_vi, MOULD.contact)
        [row] = status_history(session, batch)
        assert (row.change.status, row.record.id) == ("recalled", record.id)


def test_an_officer_recalls_any_issued_lot_and_vouches_for_it(
    database: Database, producer: Producer, notary: Notary
) -> None:
    with database.transaction() as session:
        officer = make_officer(session, notary.clock)
        batch = make_batch(session, producer, notary, issued=True)
        seen = batch_of(session, batch.public_id, actor=officer)
        record = recall_batch(session, seen, MOULD, actor=officer, notary=notary)
        voucher = read_unverified(record.token).payload["vouchedBy"]
        assert (voucher["name"], voucher["basis"]) == ("Sở mẫu", "entered-by-officer")


def test_an_officer_sees_no_drafts(
    database: Database, producer: Producer, notary: Notary
) -> None:
    with database.transaction() as session:
        officer = make_officer(session, notary.clock)
        batch = make_batch(session, producer, notary)
        with pytest.raises(BatchNotFoundError):
            batch_of(session, batch.public_id, actor=officer)
        with pytest.raises(BatchStateError):
            hold_batch(session, batch, MOULD, actor=officer, notary=notary)


def test_another_producer_holds_and_recalls_nothing(
    database: Database, producer: Producer, notary: Notary
) -> None:
    with database.transaction() as session:
        other = make_producer(session, notary.clock, 1).actor
        batch = make_batch(session, producer, notary, issued=True)
        for change in (hold_batch, recall_batch, release_batch):
            with pytest.raises(BatchNotFoundError):
                change(session, batch, MOULD, actor=other, notary=notary)


def test_a_producer_holds_and_releases(
    database: Database, producer: Producer, notary: Notary
) -> None:
    actor = producer.actor
    with database.transaction() as session:
        batch = make_batch(session, producer, notary, issued=True)
        hold_batch(session, batch, MOULD, actor=actor, notary=notary)
        assert batch.state == BatchState.HELD.value
        release_batch(session, batch, MOULD, actor=actor, notary=notary)
        assert batch.state == BatchState.ISSUED.value
        history = status_history(session, batch)
        assert [row.change.status for row in history] == ["held", "released"]
        assert [row.record.version for row in history] == [1, 2]


def test_what_an_officer_holds_only_an_officer_releases(
    database: Database, producer: Producer, notary: Notary
) -> None:
    actor = producer.actor
    with database.transaction() as session:
        officer = make_officer(session, notary.clock)
        batch = make_batch(session, producer, notary, issued=True)
        hold_batch(session, batch, MOULD, actor=actor, notary=notary)
        hold_batch(session, batch, MOULD, actor=officer, notary=notary)
        with pytest.raises(ForbiddenError):
            release_batch(session, batch, MOULD, actor=actor, notary=notary)
        release_batch(session, batch, MOULD, actor=officer, notary=notary)
        assert batch.state == BatchState.ISSUED.value


def test_a_recall_is_final_and_a_draft_has_no_status(
    database: Database, producer: Producer, notary: Notary
) -> None:
    actor = producer.actor
    with database.transaction() as session:
        draft = make_batch(session, producer, notary)
        recalled = make_batch(session, producer, notary, issued=True)
        recall_batch(session, recalled, MOULD, actor=actor, notary=notary)
        for batch in (draft, recalled):
            for change in (hold_batch, recall_batch, release_batch):
                with pytest.raises(BatchStateError):
                    change(session, batch, MOULD, actor=actor, notary=notary)
        with pytest.raises(BatchStateError):
            correct_batch(
                session, recalled, make_draft(producer), "x", actor=actor, notary=notary
            )


def test_a_held_lot_is_corrected_and_stays_held(
    database: Database, producer: Producer, notary: Notary
) -> None:
    actor = producer.actor
    with database.transaction() as session:
        batch = make_batch(session, producer, notary, issued=True)
        hold_batch(session, batch, MOULD, actor=actor, notary=notary)
        correct_batch(
            session, batch, make_draft(producer), "x", actor=actor, notary=notary
        )
        assert batch.state == BatchState.HELD.value


def test_a_held_lot_is_not_used_up(
    database: Database, producer: Producer, notary: Notary
) -> None:
    actor = producer.actor
    with database.transaction() as session:
        leaves = make_batch(session, producer, notary, issued=True)
        taken = (taking(leaves, 50),)
        tea = make_batch(session, producer, notary, inputs=taken, quantity=kilos(9))
        hold_batch(session, leaves, MOULD, actor=actor, notary=notary)
        with pytest.raises(SourceNotUsableError):
            issue_batch(session, tea, actor=actor, notary=notary)


def test_a_notice_says_why() -> None:
    with pytest.raises(ReasonMissingError) as refused:
        Notice(reason_vi="  ")
    assert refused.value.field == "reason_vi"
