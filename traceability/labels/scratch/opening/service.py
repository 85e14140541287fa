"""Judge a scratched code: first, opened before, wrong or locked. The caller commits."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import text
from sqlalchemy.orm import Session

from traceability.core.ports import Clock, Mac
from traceability.labels.models import LabelRun, ScratchUnit
from traceability.labels.scratch.codes import ScratchCode, same_tag, tag_of
from traceability.labels.scratch.errors import ScratchAbsentError
from traceability.labels.scratch.queries import delivery_of, stored_tag, unit_of

TRIES = 5
LOCKED = timedelta(hours=24)
_UNIT = text(
    "INSERT INTO scratch_unit (run_id, serial_index, wrong, again)"
    " VALUES (:run, :index, 0, 0) ON CONFLICT DO NOTHING"
)


class Outcome(StrEnum):
    """What a try came to."""

    FIRST = "first"
    AGAIN = "again"
    WRONG = "wrong"
    LOCKED = "locked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A try as its maker is told of it."""

    outcome: Outcome
    opened_at: datetime | None = None  # the hour of the first right code
    tries_left: int = 0
    locked_until: datetime | None = None


def reveal(
    session: Session,
    run: LabelRun,
    index: int,
    code: ScratchCode,
    *,
    pepper_of: Callable[[str], Mac],
    clock: Clock,
) -> Judged:
    """Judge one try at a live label; the first right code registers the unit.

    The label's row is locked until the caller commits, so that of two first openings
    one is first. While a label is locked nothing is judged. Raises
    ``ScratchAbsentError``, ``SignerDownError``.
    """
    delivery = delivery_of(session, run)
    if delivery is None or run.first_index is None:
        raise ScratchAbsentError("This label has no scratch code.")
    given = tag_of(code, run.public_id, index, pepper_of(delivery.pepper_key_id))
    kept = stored_tag(session, run, index - run.first_index)
    session.execute(_UNIT, {"run": run.id, "index": index})
    return _judged(
        unit_of(session, run, index), clock.now(), right=same_tag(given, kept)
    )


def _judged(unit: ScratchUnit, now: datetime, *, right: bool) -> Judged:
    if unit.locked_until is not None and now < unit.locked_until:
        return Judged(outcome=Outcome.LOCKED, locked_until=unit.locked_until)
    if not right:
        return _wrong(unit, now)
    unit.wrong = 0
    if unit.opened_at is None:
        unit.opened_at = now.replace(minute=0, second=0, microsecond=0)
        return Judged(outcome=Outcome.FIRST, opened_at=unit.opened_at)
    unit.again += 1
    return Judged(outcome=Outcome.AGAIN, opened_at=unit.opened_at)


def _wrong(unit: ScratchUnit, now: datetime) -> Judged:
    unit.wrong += 1
    if unit.wrong < TRIES:
        return Judged(outcome=Outcome.WRONG, tries_left=TRIES - unit.wrong)
    unit.wrong = 0
    unit.locked_until = now + LOCKED
    return Judged(outcome=Outcome.LOCKED, locked_until=unit.locked_until)
