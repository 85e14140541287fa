"""Many facts published at once are what they would be one at a time."""

from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.batches.make_batches import make_notary
from traceability.core.identity import Identity
from traceability.core.ports import Clock, Notary
from traceability.db.database import Database
from traceability.records.credential import RecordDraft, Voucher
from traceability.records.models import SignedRecord
from traceability.records.queries import (
    disclosures_of,
    latest_record,
    record_faults,
)
from traceability.records.service import publish_record, publish_records
from traceability.signing.envelope import read_unverified
from traceability.transparency.models import LogHead
from traceability.transparency.service import TransparencyLog

WHO = Voucher(id="https://tx.example/organisations/1", name="", basis="declared")


@pytest.fixture
def notary(tmp_path: Path, identity: Identity, clock: Clock) -> Notary:
    return make_notary(tmp_path, identity, clock)


def fact(number: int, claim: str = "first", private: str = "") -> RecordDraft:
    return RecordDraft(
        type="BatchRecord",
        subject=f"https://tx.example/01/09521234500018/10/L{number}",
        claims={"lotNumber": f"L{number}", "variety": claim},
        vouched_by=WHO,
        private={"producer-name": private} if private else {},
    )


def test_many_records_stand_under_one_checkpoint(
    database: Database, notary: Notary
) -> None:
    drafts = [fact(number) for number in range(1200)]
    with database.transaction() as session:
        published = publish_records(session, drafts, notary=notary)
    assert [one.log_index for one in published] == list(range(1200))
    assert record_faults(database) == []
    log = notary.log
    assert isinstance(log, TransparencyLog)
    assert log.faults(database) == []
    with database.reading() as session:
        assert session.scalars(select(LogHead.tree_size)).one() == 1200
        for number in (0, 700, 1199):
            one = session.get_one(SignedRecord, published[number].id)
            assert one.subject == drafts[number].subject
            assert (one.public_id, one.digest) == (
                published[number].public_id,
                published[number].digest,
            )


def test_versions_follow_one_another_within_a_call_and_after_it(
    database: Database, notary: Notary
) -> None:
    with database.transaction() as session:
        first = publish_record(session, fact(1), notary=notary)
        second, other, third = publish_records(
            session, [fact(1, "second"), fact(2), fact(1, "third")], notary=notary
        )
    with database.reading() as session:
        newest = latest_record(session, fact(1).subject, "BatchRecord")
        assert newest is not None
        assert (newest.id, newest.version) == (third.id, 3)
        assert read_unverified(newest.token).payload["supersedes"] == second.digest
        middle = session.get_one(SignedRecord, second.id)
        assert read_unverified(middle.token).payload["supersedes"] == first.digest
        assert session.get_one(SignedRecord, other.id).version == 1


def test_private_values_stay_with_their_own_record(
    database: Database, notary: Notary
) -> None:
    drafts = [fact(1, private="Hộ mẫu 1"), fact(2), fact(3, private="Hộ mẫu 3")]
    with database.transaction() as session:
        published = publish_records(session, drafts, notary=notary)
    with database.reading() as session:
        for draft, one in zip(drafts, published, strict=True):
            record = session.get_one(SignedRecord, one.id)
            opened = disclosures_of(session, record)
            assert {each.name: each.value for each in opened} == draft.private
            signed = read_unverified(record.token).payload["credentialSubject"]
            assert signed.get("commitments", {}) == {
                each.name: each.commitment for each in opened
            }


def test_no_fact_makes_no_checkpoint(database: Database, notary: Notary) -> None:
    with database.transaction() as session:
        assert publish_records(session, [], notary=notary) == []
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(SignedRecord)) == 0


def test_what_is_rolled_back_leaves_no_leaf(database: Database, notary: Notary) -> None:
    with database.transaction() as session:
        publish_records(session, [fact(1), fact(2)], notary=notary)
        session.rollback()
    with database.transaction() as session:
        [only] = publish_records(session, [fact(1)], notary=notary)
    assert only.log_index == 0
    assert record_faults(database) == []
