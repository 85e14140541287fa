"""An Idempotency-Key stands for one request and its one answer."""

import pytest

from tests.batches.make_batches import Producer
from traceability.batches.errors import (
    IdempotencyKeyInvalidError,
    KeyBusyError,
    KeyReuseError,
)
from traceability.batches.repeating.service import (
    Repeatable,
    earlier_answer,
    remember,
)
from traceability.core.ports import Clock
from traceability.db.database import Database


def asked(producer: Producer, body: bytes = b"{}") -> Repeatable:
    owner = producer.actor.organisation_id
    assert owner is not None
    return Repeatable.of(owner, "key-1", body)


def test_an_answer_is_given_again(
    database: Database, producer: Producer, clock: Clock
) -> None:
    with database.transaction() as session:
        assert earlier_answer(session, asked(producer)) is None
        remember(session, asked(producer), {"id": "x"}, clock=clock)
    with database.reading() as session:
        assert earlier_answer(session, asked(producer)) == {"id": "x"}
        with pytest.raises(KeyReuseError):
            earlier_answer(session, asked(producer, b"[]"))


def test_whoever_comes_second_is_told_to_ask_again(
    database: Database, producer: Producer, clock: Clock
) -> None:
    with database.transaction() as session:
        remember(session, asked(producer), {}, clock=clock)
    with pytest.raises(KeyBusyError), database.transaction() as session:
        remember(session, asked(producer), {}, clock=clock)


@pytest.mark.parametrize("key", ["", " ", "x" * 101, "é", "a\n"])
def test_what_is_no_key_is_refused(key: str) -> None:
    with pytest.raises(IdempotencyKeyInvalidError):
        Repeatable.of(1, key, b"")
