"""Remember what was answered under an Idempotency-Key, in the same transaction."""

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from traceability.accounts.models import ApiAnswer
from traceability.core.ports import Clock
from traceability.db.translating import translating
from traceability.web.repeating import (
    AnswerMemory,
    KeyBusyError,
    KeyReuseError,
    Repeatable,
)

KEPT = timedelta(hours=24)  # at least; what is older goes with the next request
_PURGED_AT_ONCE = 200


def answer_memory(clock: Clock) -> AnswerMemory:
    """Return the memory that ``web.repeating.once`` asks."""
    return AnswerMemory(
        claim=lambda session, asked: claim(session, asked, clock=clock), keep=keep
    )


def claim(session: Session, asked: Repeatable, *, clock: Clock) -> Any | None:
    """Return what was answered before; else take the key until the transaction ends.

    The unique constraint decides who is first: on PostgreSQL the second waits for the
    first's end, on SQLite for its own turn to write. Raises ``KeyReuseError`` and
    ``KeyBusyError``.
    """
    purge(session, clock)
    found = _row_of(session, asked)
    if found is not None:
        if found.request_sha256 != asked.request_sha256:
            raise KeyReuseError("This Idempotency-Key was used for another request.")
        return found.body
    session.add(
        ApiAnswer(
            organisation_id=asked.organisation_id,
            key=asked.key,
            request_sha256=asked.request_sha256,
            body={},
            answered_at=clock.now(),
        )
    )
    busy = KeyBusyError("The same request is being answered. Send it again.")
    with translating({"uq_api_answer_organisation_id_key": busy}):
        session.flush()
    return None


def keep(session: Session, asked: Repeatable, body: Any) -> None:
    """Keep the answer under the key that was claimed."""
    row = _row_of(session, asked)
    if row is not None:
        row.body = body
        session.flush()


def _row_of(session: Session, asked: Repeatable) -> ApiAnswer | None:
    return session.scalar(
        select(ApiAnswer).where(
            ApiAnswer.organisation_id == asked.organisation_id,
            ApiAnswer.key == asked.key,
        )
    )


def purge(session: Session, clock: Clock) -> bool:
    """Drop some answers that are old enough; return whether there may be more.

    What another writer drops is left to it.
    """
    old = (
        select(ApiAnswer.id)
        .where(ApiAnswer.answered_at <= clock.now() - KEPT)
        .order_by(ApiAnswer.id)
        .limit(_PURGED_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    ids = session.scalars(old).all()
    session.execute(delete(ApiAnswer).where(ApiAnswer.id.in_(ids)))
    return len(ids) == _PURGED_AT_ONCE
