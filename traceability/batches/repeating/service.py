"""Remember what was answered under an Idempotency-Key, in the same transaction."""

import hashlib
import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from traceability.batches.errors import (
    IdempotencyKeyInvalidError,
    KeyBusyError,
    KeyReuseError,
)
from traceability.batches.models import ApiAnswer
from traceability.core.ports import Clock
from traceability.db.translating import translating

_KEY = re.compile(r"[!-~]{1,100}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Repeatable:
    """Who asks, under which key, and what exactly."""

    organisation_id: int
    key: str
    request_sha256: str

    @classmethod
    def of(cls, organisation_id: int, key: str, request: bytes) -> "Repeatable":
        """Read a header's key. Raises ``IdempotencyKeyInvalidError``."""
        if not _KEY.fullmatch(key):
            raise IdempotencyKeyInvalidError(
                "An Idempotency-Key has 1 to 100 visible ASCII characters."
            )
        return cls(organisation_id, key, hashlib.sha256(request).hexdigest())


def earlier_answer(session: Session, asked: Repeatable) -> Any | None:
    """Return what was answered before, or nothing. Raises ``KeyReuseError``."""
    found = session.scalar(
        select(ApiAnswer).where(
            ApiAnswer.organisation_id == asked.organisation_id,
            ApiAnswer.key == asked.key,
        )
    )
    if found is None:
        return None
    if found.request_sha256 != asked.request_sha256:
        raise KeyReuseError("This Idempotency-Key was used for another request.")
    return found.body


def remember(session: Session, asked: Repeatable, body: Any, *, clock: Clock) -> None:
    """Keep an answer. Raises ``KeyBusyError`` where another process was first."""
    session.add(
        ApiAnswer(
            organisation_id=asked.organisation_id,
            key=asked.key,
            request_sha256=asked.request_sha256,
            body=body,
            answered_at=clock.now(),
        )
    )
    busy = KeyBusyError("The same request is being answered. Send it again.")
    with translating({"uq_batch_api_answer_organisation_id_key": busy}):
        session.flush()
