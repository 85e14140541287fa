"""An Idempotency-Key stands for one request and its one answer."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.batches.make_batches import make_organisation
from tests.conftest import FixedClock
from traceability.accounts.models import ApiAnswer
from traceability.accounts.repeating.service import KEPT, claim, keep
from traceability.db.database import Database
from traceability.web.repeating import (
    IdempotencyKeyInvalidError,
    KeyReuseError,
    Repeatable,
)


@pytest.fixture
def owner(database: Database, clock: FixedClock) -> int:
    with database.transaction() as session:
        return make_organisation(session, clock, "HTX mẫu").id


def asked(owner: int, body: bytes = b"{}", key: str = "key-1") -> Repeatable:
    return Repeatable.of(owner, key, [b"POST", b"/api/v1/batches?", body])


def answer(session: Session, request: Repeatable, clock: FixedClock) -> None:
    assert claim(session, request, clock=clock) is None
    keep(session, request, {"id": "x"})


def test_an_answer_is_given_again(
    database: Database, owner: int, clock: FixedClock
) -> None:
    with database.transaction() as session:
        answer(session, asked(owner), clock)
    clock.instant += KEPT - timedelta(seconds=1)
    with database.transaction() as session:
        assert claim(session, asked(owner), clock=clock) == {"id": "x"}
        with pytest.raises(KeyReuseError):
            claim(session, asked(owner, b"[]"), clock=clock)


def test_a_key_means_something_else_in_another_organisation(
    database: Database, owner: int, clock: FixedClock
) -> None:
    with database.transaction() as session:
        answer(session, asked(owner), clock)
        other = make_organisation(session, clock, "HTX khác").id
        assert claim(session, asked(other, b"[]"), clock=clock) is None


def test_what_failed_leaves_its_key_free(
    database: Database, owner: int, clock: FixedClock
) -> None:
    with database.transaction() as session:
        claim(session, asked(owner), clock=clock)
        session.rollback()
    with database.transaction() as session:
        answer(session, asked(owner, b"[]"), clock)


def test_after_a_day_answers_go_and_their_keys_are_free(
    database: Database, owner: int, clock: FixedClock
) -> None:
    with database.transaction() as session:
        for number in range(3):
            answer(session, asked(owner, key=f"key-{number}"), clock)
    clock.instant += KEPT
    with database.transaction() as session:
        answer(session, asked(owner, b"[]"), clock)
        assert len(session.scalars(select(ApiAnswer)).all()) == 1


def test_lengths_are_part_of_what_was_sent() -> None:
    one = Repeatable.of(1, "k", [b"ab", b"c"])
    assert one != Repeatable.of(1, "k", [b"a", b"bc"])


@pytest.mark.parametrize("key", ["", " ", "x" * 101, "é", "a\n"])
def test_what_is_no_key_is_refused(key: str) -> None:
    with pytest.raises(IdempotencyKeyInvalidError):
        Repeatable.of(1, key, [])
