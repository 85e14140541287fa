"""Hold, recall and release a batch; each is a signed record. The caller commits."""

from sqlalchemy.orm import Session

from traceability.accounts.models import Organisation
from traceability.accounts.service import audit
from traceability.batches.drafts import Notice
from traceability.batches.models import Batch, BatchState, BatchStatusChange
from traceability.batches.permits import basis_of, is_officer, require_change
from traceability.batches.queries import latest_status, locked_batch
from traceability.batches.record import STATUS_RECORD_TYPE, StatusRecord
from traceability.catalog.vouching import voucher_of
from traceability.core.identity import Identity
from traceability.core.permissions import Actor
from traceability.core.ports import Notary
from traceability.events.composing import place_facts
from traceability.events.service import CapturedBy, StatusChange, tell_status
from traceability.records.credential import RecordDraft, Voucher
from traceability.records.models import SignedRecord
from traceability.records.service import publish_record

_AFTER = {
    "held": BatchState.HELD,
    "recalled": BatchState.RECALLED,
    "released": BatchState.ISSUED,
}


def hold_batch(
    session: Session, batch: Batch, notice: Notice, *, actor: Actor, notary: Notary
) -> SignedRecord:
    """Stop an issued lot for the time being; its producer or any officer may."""
    return _change(session, batch, "held", notice, actor=actor, notary=notary)


def recall_batch(
    session: Session, batch: Batch, notice: Notice, *, actor: Actor, notary: Notary
) -> SignedRecord:
    """Call a lot back for good; its producer or any officer may."""
    return _change(session, batch, "recalled", notice, actor=actor, notary=notary)


def release_batch(
    session: Session, batch: Batch, notice: Notice, *, actor: Actor, notary: Notary
) -> SignedRecord:
    """End a hold. What an officer holds, only an officer releases."""
    return _change(session, batch, "released", notice, actor=actor, notary=notary)


def _change(
    session: Session,
    batch: Batch,
    status: str,
    notice: Notice,
    *,
    actor: Actor,
    notary: Notary,
) -> SignedRecord:
    batch = locked_batch(session, batch.id)
    last = latest_status(session, batch)
    held_by_officer = last is not None and last.status == "held" and last.by_officer
    require_change(batch, status, actor, held_by_officer=held_by_officer)
    voucher = _voucher(session, batch, actor, notary.identity)
    draft = RecordDraft(
        type=STATUS_RECORD_TYPE,
        subject=batch.digital_link,
        claims=_record(status, notice).claims(),
        vouched_by=voucher,
    )
    record = publish_record(session, draft, notary=notary)
    batch.state = _AFTER[status].value
    session.add(_row(batch, status, notice, actor, record))
    session.flush()
    tell_status(
        session,
        _told(batch, status, notice, notary.identity),
        vouched_by=voucher,
        notary=notary,
        by=CapturedBy(actor.organisation_id, batch.site_id),
    )
    clock = notary.clock
    audit(session, actor, f"batch-{status}", batch.digital_link, clock)
    return record


def _told(
    batch: Batch, status: str, notice: Notice, identity: Identity
) -> StatusChange:
    place = place_facts(batch.site, identity)
    said = {"reason": notice.reason_vi, "advice": notice.advice_vi}
    return StatusChange(
        status=status,
        lot=batch.digital_link,
        place=place.link,
        quantity=batch.quantity,
        values={
            **{name: text for name, text in said.items() if text},
            "place": dict(place.shown),
        },
    )


def _voucher(
    session: Session, batch: Batch, actor: Actor, identity: Identity
) -> Voucher:
    """Return the authority an officer speaks for, else the producer."""
    speaker = batch.organisation
    if is_officer(batch, actor) and actor.organisation_id is not None:
        speaker = session.get_one(Organisation, actor.organisation_id)
    return voucher_of(speaker, basis=basis_of(batch, actor), identity=identity)


def _record(status: str, notice: Notice) -> StatusRecord:
    return StatusRecord(
        status=status,
        reason_vi=notice.reason_vi,
        reason_en=notice.reason_en,
        advice_vi=notice.advice_vi,
        advice_en=notice.advice_en,
        contact=notice.contact,
    )


def _row(
    batch: Batch, status: str, notice: Notice, actor: Actor, record: SignedRecord
) -> BatchStatusChange:
    return BatchStatusChange(
        batch_id=batch.id,
        status=status,
        reason_vi=notice.reason_vi,
        reason_en=notice.reason_en,
        advice_vi=notice.advice_vi,
        advice_en=notice.advice_en,
        contact=notice.contact,
        organisation_id=actor.organisation_id,
        by_officer=is_officer(batch, actor),
        changed_at=record.issued_at,
        record_id=record.id,
    )
