"""Declare an entry wrong; the original stays, another may stand in its place."""

from dataclasses import dataclass

from sqlalchemy import delete
from sqlalchemy.orm import Session

from traceability.accounts.models import Organisation
from traceability.accounts.service import audit
from traceability.catalog.vouching import voucher_of
from traceability.core.errors import ForbiddenError
from traceability.core.permissions import Actor
from traceability.core.ports import Clock
from traceability.events.diary.queries import file_of_event, file_shared
from traceability.events.entry.service import STATE, Desk, EventDraft, record_event
from traceability.events.errors import ErrorDeclaredError, EventNotFoundError
from traceability.events.event import ErrorDeclaration
from traceability.events.models import EventFile, EventFilePart, TraceEvent
from traceability.events.queries import locked_event
from traceability.events.service import mark_wrong
from traceability.events.vocabulary import ErrorReason
from traceability.records.models import SignedRecord, StoredDisclosure


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorDraft:
    """Why an entry is wrong, and what is right where anything is."""

    reason: ErrorReason
    note: str = ""  # signed and shown to everybody
    corrective: EventDraft | None = None


@dataclass(frozen=True, slots=True)
class Declared:
    """The version that says an event is wrong, and the event in its place."""

    record: SignedRecord
    corrective: TraceEvent | None


def declare_error(
    session: Session, event: TraceEvent, draft: ErrorDraft, *, desk: Desk
) -> Declared:
    """Sign that an entry is wrong (EPCIS 2.0 errorDeclaration). The caller commits.

    Only whoever made the entry may. Raises ``EventNotFoundError`` to everybody else,
    ``ErrorDeclaredError`` the second time, and what ``record_event`` raises.
    """
    event = locked_event(session, event.id)
    party = _own(session, event, desk.actor)
    if event.wrong:
        raise ErrorDeclaredError("This entry was declared wrong before.")
    event.born_lot = None  # the entry in its place may bring the lot into being
    session.flush()
    corrective = None
    if draft.corrective is not None:
        corrective = record_event(
            session, draft.corrective, desk=desk, corrects=event.event_id
        )
    notary = desk.notary
    declaration = ErrorDeclaration(
        declared_at=notary.clock.now().replace(microsecond=0),
        reason=draft.reason,
        corrective=(corrective.event_id,) if corrective else (),
        note=draft.note,
    )
    basis = "entered-by-officer" if party.kind in STATE else "declared"
    voucher = voucher_of(party, basis=basis, identity=notary.identity)
    record = mark_wrong(session, event, declaration, vouched_by=voucher, notary=notary)
    reason = draft.reason.value
    audit(
        session,
        desk.actor,
        "event-declared-wrong",
        event.event_id,
        notary.clock,
        reason=reason,
    )
    return Declared(record, corrective)


def erase_values(
    session: Session, event: TraceEvent, *, actor: Actor, clock: Clock
) -> int:
    """Erase every private value of an entry, salts and files too; return how many.

    The signed bytes stay: their commitments can never be opened again.
    """
    _own(session, event, actor)
    kept = file_of_event(session, event)
    if kept is not None and not file_shared(session, event, kept):
        session.execute(delete(EventFilePart).where(EventFilePart.file_id == kept.id))
        session.execute(delete(EventFile).where(EventFile.id == kept.id))
    found = session.scalars(
        delete(StoredDisclosure)
        .where(StoredDisclosure.record_id == event.record_id)
        .returning(StoredDisclosure.id)
    ).all()
    audit(
        session, actor, "event-values-erased", event.event_id, clock, count=len(found)
    )
    return len(found)


def _own(session: Session, event: TraceEvent, actor: Actor) -> Organisation:
    if actor.organisation_id is None:
        raise ForbiddenError("Your role does not allow this.")
    if event.organisation_id != actor.organisation_id:
        raise EventNotFoundError("There is no such entry.")
    return session.get_one(Organisation, actor.organisation_id)
