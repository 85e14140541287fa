"""Rows that must be there because signed records prove that they were.

Label runs, audit entries and the rows that events are found by are not in the log
themselves; whoever deletes one leaves the record that was signed with it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from traceability.accounts.models import AuditEntry
from traceability.batches.record import RECORD_TYPE, STATUS_RECORD_TYPE
from traceability.db.database import Database
from traceability.events.models import TraceEvent
from traceability.events.proving.queries import event_faults
from traceability.events.service import RECORD_TYPE as EVENT_RECORD_TYPE
from traceability.labels.life.models import LabelApplied, LabelReprint
from traceability.labels.life.service import (
    APPLIED_RECORD_TYPE,
    REPRINT_RECORD_TYPE,
)
from traceability.labels.models import (
    LabelBinding,
    LabelRun,
    LabelVoid,
    ScratchDelivery,
)
from traceability.labels.scratch.service import DELIVERY_RECORD_TYPE
from traceability.labels.service import (
    BINDING_RECORD_TYPE,
    RUN_RECORD_TYPE,
    VOID_RECORD_TYPE,
)
from traceability.ocop.records import RECOGNITION
from traceability.records.models import SignedRecord

RUNS_MISSING = "label-runs-missing"
ENTRIES_MISSING = "audit-entries-missing"
EVENTS_MISSING = "events-missing"
_NAMED = 20
LabelRow = type[
    LabelRun | LabelVoid | LabelBinding | LabelApplied | LabelReprint | ScratchDelivery
]
_RUNS: dict[str, LabelRow] = {
    RUN_RECORD_TYPE: LabelRun,
    VOID_RECORD_TYPE: LabelVoid,
    APPLIED_RECORD_TYPE: LabelApplied,
    REPRINT_RECORD_TYPE: LabelReprint,
    BINDING_RECORD_TYPE: LabelBinding,
    DELIVERY_RECORD_TYPE: ScratchDelivery,
}


@dataclass(frozen=True, slots=True)
class Trail:
    """Actions of which one is written down with each record of a type.

    ``by_subject``: the entry's target is the record's subject.
    """

    type: str
    actions: tuple[str, ...]
    by_subject: bool = False


_TRAILS = (
    Trail(RECORD_TYPE, ("batch-issued", "batch-corrected"), by_subject=True),
    Trail(
        STATUS_RECORD_TYPE,
        ("batch-held", "batch-recalled", "batch-released"),
        by_subject=True,
    ),
    Trail(RUN_RECORD_TYPE, ("labels-started",)),
    Trail(VOID_RECORD_TYPE, ("labels-voided",)),
    Trail(APPLIED_RECORD_TYPE, ("labels-applied",)),
    Trail(REPRINT_RECORD_TYPE, ("labels-reprinted",)),
    Trail(BINDING_RECORD_TYPE, ("labels-bound",)),
    Trail(DELIVERY_RECORD_TYPE, ("scratch-codes-delivered",)),
    Trail(
        RECOGNITION, ("recognised", "recognition-corrected", "recognition-withdrawn")
    ),
)


def rows_missing(database: Database) -> str | None:
    """Return what kind of proven row is missing, or nothing; counts only."""
    with database.reading() as session:
        if any(_lost_runs(session, type_, _RUNS[type_]) > 0 for type_ in _RUNS):
            return RUNS_MISSING
        if any(_lost_entries(session, trail) > 0 for trail in _TRAILS):
            return ENTRIES_MISSING
        if _lost_events(session) > 0:
            return EVENTS_MISSING
    return None


def row_faults(database: Database) -> list[str]:
    """Return which proven rows are missing, a line each."""
    with database.reading() as session:
        faults = [*_run_faults(session), *_entry_faults(session)]
        return [*faults, *event_faults(session)]


def _lost_runs(session: Session, type_: str, table: LabelRow) -> int:
    there = session.scalar(select(func.count()).select_from(table)) or 0
    return _records(session, type_) - there


def _lost_events(session: Session) -> int:
    first = select(func.count()).select_from(SignedRecord)
    signed = first.where(
        SignedRecord.type == EVENT_RECORD_TYPE, SignedRecord.version == 1
    )
    there = session.scalar(select(func.count()).select_from(TraceEvent)) or 0
    return (session.scalar(signed) or 0) - there


def _lost_entries(session: Session, trail: Trail) -> int:
    entries = select(func.count()).select_from(AuditEntry)
    written = session.scalar(entries.where(AuditEntry.action.in_(trail.actions)))
    return _records(session, trail.type) - (written or 0)


def _records(session: Session, type_: str) -> int:
    records = select(func.count()).select_from(SignedRecord)
    return session.scalar(records.where(SignedRecord.type == type_)) or 0


def _run_faults(session: Session) -> Iterator[str]:
    for type_, table in _RUNS.items():
        orphans = (
            select(SignedRecord.public_id)
            .outerjoin(table, table.record_id == SignedRecord.id)
            .where(SignedRecord.type == type_, table.id.is_(None))
            .order_by(SignedRecord.id)
            .limit(_NAMED)
        )
        for public_id in session.scalars(orphans):
            yield f"record {public_id} has lost its row in {table.__tablename__}"


def _entry_faults(session: Session) -> Iterator[str]:
    for trail in _TRAILS:
        lost = _lost_entries(session, trail)
        if lost > 0:
            yield f"{lost} audit entries of {trail.type} are gone"
        if trail.by_subject:
            for subject in session.scalars(_untold(trail)):
                yield f"the audit trail does not tell all of {subject}"


def _untold(trail: Trail) -> Select[str]:
    """Return the subjects of which fewer entries than records are there."""
    records = (
        select(SignedRecord.subject, func.count().label("n"))
        .where(SignedRecord.type == trail.type)
        .group_by(SignedRecord.subject)
        .subquery()
    )
    entries = (
        select(AuditEntry.target, func.count().label("n"))
        .where(AuditEntry.action.in_(trail.actions))
        .group_by(AuditEntry.target)
        .subquery()
    )
    return (
        select(records.c.subject)
        .outerjoin(entries, entries.c.target == records.c.subject)
        .where(records.c.n > func.coalesce(entries.c.n, 0))
        .order_by(records.c.subject)
        .limit(_NAMED)
    )
