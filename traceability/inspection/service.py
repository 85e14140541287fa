"""Record, correct and publish visits: each a signed and logged version.

The caller commits.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from traceability.accounts.models import Organisation, Person
from traceability.accounts.service import audit
from traceability.batches.queries import batch_by_link
from traceability.catalog.vouching import voucher_of
from traceability.core.errors import DomainError
from traceability.core.identity import Identity
from traceability.core.ids import new_id
from traceability.core.permissions import Actor, Role
from traceability.core.ports import Notary
from traceability.core.text import clean_text
from traceability.db.translating import translating
from traceability.events.event import EpcisEvent, ErrorDeclaration
from traceability.events.models import TraceEvent
from traceability.events.service import CapturedBy, capture, mark_wrong
from traceability.events.vocabulary import ErrorReason
from traceability.gs1.digital_link import DigitalLink
from traceability.inspection.errors import (
    InspectionTakenError,
    InspectionTextError,
    InspectorOnlyError,
    NotPublishableError,
)
from traceability.inspection.models import (
    Inspection,
    InspectionPhoto,
    InspectionPhotoPart,
)
from traceability.inspection.photos import VisitPhoto, require_few
from traceability.inspection.queries import (
    inspection_by_client,
    locked_inspection,
    own,
    photos_of,
    signed_visit,
)
from traceability.inspection.record import (
    BASIS,
    RECORD_TYPE,
    Signing,
    event_of,
    record_draft,
)
from traceability.inspection.visit import VisitDraft
from traceability.records.credential import Voucher
from traceability.records.models import SignedRecord, StoredDisclosure
from traceability.records.service import publish_record

MAX_NUMBER = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class _Version:
    """One version of a visit about to be signed."""

    inspection: Inspection
    draft: VisitDraft
    inspector: str
    photos: Sequence[str]
    entered_at: datetime


def record_visit(
    session: Session,
    draft: VisitDraft,
    photos: Sequence[VisitPhoto],
    *,
    actor: Actor,
    notary: Notary,
) -> Inspection:
    """Sign, log and keep a visit. Sent again under its client id, it is the first one.

    Raises ``InspectorOnlyError``, ``TooManyPhotosError``, ``InspectionTakenError`` and
    what ``VisitDraft.checked`` does.
    """
    authority = _authority_of(session, actor)
    if draft.client_id is not None:
        before = inspection_by_client(session, authority.id, draft.client_id)
        if before is not None:
            return before
    require_few(len(photos))
    now = notary.clock.now().replace(microsecond=0)
    inspection = Inspection(
        public_id=new_id(),
        organisation_id=authority.id,
        person_id=actor.id if actor.kind == "person" else None,
        client_id=draft.client_id,
        entered_at=now,
        published=False,
    )
    version = _Version(
        inspection=inspection,
        draft=draft.checked(now),
        inspector=_name_of(session, actor),
        photos=[one.digest for one in photos],
        entered_at=now,
    )
    _sign(session, version, notary=notary)
    session.add(inspection)
    taken = InspectionTakenError("The same visit was stored a moment ago.")
    with translating({"uq_inspection_organisation_id_client_id": taken}):
        session.flush()
    _keep_photos(session, inspection, photos)
    _audit(session, inspection, "inspection-recorded", actor, notary)
    return inspection


def correct_visit(
    session: Session,
    inspection: Inspection,
    draft: VisitDraft,
    photos: Sequence[VisitPhoto] = (),
    *,
    actor: Actor,
    notary: Notary,
) -> SignedRecord:
    """Sign a new version of a visit to the same link; photos are added to its own.

    Where the visit is public, its event is declared wrong and told anew. Raises
    ``InspectorOnlyError`` and what ``record_visit`` does.
    """
    inspection = _lock_own(session, inspection, actor)
    before = signed_visit(session, inspection, personal=True)
    known = [one.digest for one in photos_of(session, inspection)]
    new = [one for one in photos if one.digest not in known]
    require_few(len(known) + len(new))
    version = _Version(
        inspection=inspection,
        draft=replace(draft.checked(notary.clock.now()), link=inspection.link),
        inspector=before.inspector,
        photos=[*known, *(one.digest for one in new)],
        entered_at=notary.clock.now().replace(microsecond=0),
    )
    record = _sign(session, version, notary=notary)
    _keep_photos(session, inspection, new)
    _audit(session, inspection, "inspection-corrected", actor, notary)
    return record


def publish_visit(
    session: Session, inspection: Inspection, *, actor: Actor, notary: Notary
) -> SignedRecord:
    """Make a visit's lot, day, commune and result public for good: a new version.

    Raises ``InspectorOnlyError``, and ``NotPublishableError`` for a visit to no lot of
    ours or one that is public already.
    """
    inspection = _lock_own(session, inspection, actor)
    if inspection.batch_id is None or inspection.published:
        raise NotPublishableError(
            "Only a visit to a lot of this service is made public, and once."
        )
    before = signed_visit(session, inspection, personal=True)
    inspection.published = True
    version = _Version(
        inspection=inspection,
        draft=before.draft,
        inspector=before.inspector,
        photos=before.photos,
        entered_at=before.entered_at,
    )
    record = _sign(session, version, notary=notary)
    _audit(session, inspection, "inspection-published", actor, notary)
    return record


def number_minutes(
    session: Session,
    inspection: Inspection,
    number: str,
    *,
    actor: Actor,
    notary: Notary,
) -> None:
    """Keep the number minutes were made out under; the number may be given later.

    Raises ``InspectorOnlyError`` and ``InspectionTextError``.
    """
    inspection = _lock_own(session, inspection, actor)
    cleaned = clean_text(number, field="number")
    if len(cleaned) > MAX_NUMBER:
        raise InspectionTextError(
            "Use at most %(most)s characters.", field="number", most=MAX_NUMBER
        )
    inspection.minutes_no = cleaned or None
    inspection.minutes_at = notary.clock.now()
    session.flush()
    _audit(session, inspection, "inspection-minutes", actor, notary)


def erase_people_met(
    session: Session, inspection: Inspection, *, actor: Actor, notary: Notary
) -> int:
    """Erase the names of people met from every version; return how many there were.

    The signed bytes stay: their commitments can never be opened again. Raises
    ``InspectorOnlyError``.
    """
    inspection = _lock_own(session, inspection, actor)
    versions = select(SignedRecord.id).where(
        SignedRecord.subject == notary.identity.url(inspection.path),
        SignedRecord.type == RECORD_TYPE,
    )
    found = session.scalars(
        delete(StoredDisclosure)
        .where(StoredDisclosure.record_id.in_(versions), StoredDisclosure.name == "met")
        .returning(StoredDisclosure.id)
    ).all()
    _audit(session, inspection, "inspection-names-erased", actor, notary)
    return len(found)


def _authority_of(session: Session, actor: Actor) -> Organisation:
    if actor.organisation_id is None or not actor.has(Role.INSPECTOR):
        raise InspectorOnlyError("Only an inspector records visits.")
    return session.get_one(Organisation, actor.organisation_id)


def _name_of(session: Session, actor: Actor) -> str:
    """Return the inspector's name as an account knows it; a key has none."""
    if actor.kind != "person" or actor.id is None:
        return ""
    return session.get_one(Person, actor.id).name


def _lock_own(session: Session, inspection: Inspection, actor: Actor) -> Inspection:
    _authority_of(session, actor)
    if not own(actor, inspection):
        raise InspectorOnlyError("Another authority recorded this visit.")
    return locked_inspection(session, inspection.id)


def _sign(session: Session, version: _Version, *, notary: Notary) -> SignedRecord:
    """Sign a version and let the row say what it says."""
    row, draft = version.inspection, version.draft
    authority = session.get_one(Organisation, row.organisation_id)
    voucher = voucher_of(authority, basis=BASIS, identity=notary.identity)
    event = event_of(draft, id_=uuid4(), authority=voucher)
    signing = Signing(
        subject=notary.identity.url(row.path),
        voucher=voucher,
        inspector=version.inspector,
        entered_at=version.entered_at,
        photos=version.photos,
        event=event,
        published=row.published,
    )
    record = publish_record(
        session, record_draft(draft, signing, notary.identity), notary=notary
    )
    row.record_id = record.id
    row.link = draft.link
    row.batch_id = _batch_of(session, draft.link, notary.identity)
    row.result = draft.result.value
    row.commune_code = draft.place.commune_code
    row.seen_at = draft.seen_at
    row.offline = draft.offline
    if row.published and event is not None:
        _tell(session, row, event, voucher, notary)
    return record


def _tell(
    session: Session,
    row: Inspection,
    event: EpcisEvent,
    voucher: Voucher,
    notary: Notary,
) -> None:
    """Capture a public visit's event in place of the one before."""
    before = session.scalar(
        select(TraceEvent).where(TraceEvent.event_id == row.event_id)
    )
    if before is not None:
        wrong = ErrorDeclaration(
            declared_at=notary.clock.now().replace(microsecond=0),
            reason=ErrorReason.INCORRECT_DATA,
            corrective=(event.event_id,),
        )
        mark_wrong(session, before, wrong, vouched_by=voucher, notary=notary)
    capture(
        session,
        event,
        vouched_by=voucher,
        notary=notary,
        by=CapturedBy(row.organisation_id),
    )
    row.event_id = event.event_id


def _batch_of(session: Session, link: str, identity: Identity) -> int | None:
    try:
        parsed = DigitalLink.parse(link)
    except DomainError:
        return None
    if parsed.lot is None or parsed.origin != identity.origin:
        return None
    batch = batch_by_link(session, parsed)
    return batch.id if batch else None


def _keep_photos(
    session: Session, inspection: Inspection, photos: Sequence[VisitPhoto]
) -> None:
    first = session.scalar(
        select(func.count(InspectionPhoto.id)).where(
            InspectionPhoto.inspection_id == inspection.id
        )
    )
    for position, photo in enumerate(photos, start=first or 0):
        row = InspectionPhoto(
            inspection_id=inspection.id,
            position=position,
            digest=photo.digest,
            media_type=photo.media_type,
        )
        session.add(row)
        session.flush()
        session.add_all(
            InspectionPhotoPart(photo_id=row.id, position=number, content=part)
            for number, part in enumerate(photo.parts)
        )
    session.flush()


def _audit(
    session: Session,
    inspection: Inspection,
    action: str,
    actor: Actor,
    notary: Notary,
) -> None:
    target = notary.identity.url(inspection.path)
    audit(session, actor, action, target, notary.clock)
