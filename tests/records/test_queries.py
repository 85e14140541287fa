"""What an audit of the stored records finds."""

from typing import Any

import pytest
from sqlalchemy import delete, text, update

from tests.records.test_views import publish
from traceability.records.models import SignedRecord, StoredDisclosure
from traceability.records.queries import (
    disclosures_of,
    missing_records,
    record_faults,
)
from traceability.web.context import Services
from traceability.web.health import Readiness


@pytest.fixture
def unguarded(use: Services) -> Services:
    """Give the service of someone who may write into its database, triggers or not."""
    with use.database.transaction() as session:
        names = session.scalars(
            text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        ).all()
        for name in names:
            session.execute(text(f'DROP TRIGGER "{name}"'))
    return use


def test_sound_records_have_no_faults(use: Services) -> None:
    publish(use)
    assert record_faults(use.database) == []
    assert missing_records(use.database) is None


def test_a_record_that_was_taken_away_is_missed(unguarded: Services) -> None:
    index = publish(unguarded).log_index
    with unguarded.database.transaction() as session:
        session.execute(delete(StoredDisclosure))
        session.execute(delete(SignedRecord))
    assert record_faults(unguarded.database) == [
        f"entry {index} of the log has no record"
    ]
    assert unguarded.get(Readiness).reasons()["log"] == "records-missing"


@pytest.mark.parametrize(
    "change",
    [
        {"value": "somebody else"},
        {"value": text("'null'")},
        {"value": text("'{'")},  # no JSON
        {"name": "buyer"},
        {"salt": b"x" * 16},
    ],
)
def test_a_private_value_that_was_not_signed_is_named_and_left_out(
    use: Services, change: dict[str, Any]
) -> None:
    record, database = publish(use), use.database
    with database.transaction() as session:
        assert len(disclosures_of(session, record)) == 1
        session.execute(update(StoredDisclosure).values(**change))
    with database.reading() as session:
        assert disclosures_of(session, record) == []
    name = change.get("name", "producer-name")
    assert record_faults(database) == [
        f"record {record.public_id} was signed with another value of {name}"
    ]


def test_a_private_value_that_was_erased_is_no_fault(use: Services) -> None:
    publish(use)
    with use.database.transaction() as session:
        session.execute(delete(StoredDisclosure))
    assert record_faults(use.database) == []


def test_a_record_that_was_altered_is_named(unguarded: Services) -> None:
    record = publish(unguarded)
    name, index = record.public_id, record.log_index
    with unguarded.database.transaction() as session:
        session.execute(update(SignedRecord).values(subject="https://tx.example/other"))
    assert record_faults(unguarded.database) == [
        f"record {name} is not what entry {index} of the log says"
    ]
