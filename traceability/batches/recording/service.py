"""Put a batch's record together and sign it. The caller commits."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from traceability.batches.assembly import Parts, SignedInput, record_draft
from traceability.batches.models import Batch
from traceability.batches.overrides import FIELDS, Rule, RuleOverride
from traceability.batches.permits import basis_of
from traceability.batches.queries import InputRow
from traceability.batches.record import Override, RecognitionClaim
from traceability.batches.rules import Shortfall
from traceability.catalog.vouching import voucher_of
from traceability.core.identity import Identity
from traceability.core.permissions import Actor
from traceability.core.ports import Notary
from traceability.ocop.queries import recognition_facts
from traceability.ocop.rating import StandingState, standing
from traceability.ocop.records import RECOGNITION
from traceability.records.credential import Voucher
from traceability.records.models import SignedRecord
from traceability.records.queries import latest_record
from traceability.records.service import publish_record


def parts_of(
    session: Session,
    batch: Batch,
    inputs: Sequence[InputRow],
    shortfalls: Sequence[Shortfall],
    exceptions: Sequence[RuleOverride],
    identity: Identity,
) -> Parts:
    """Return what a record needs beside the batch's own row.

    Loss and samples are private: a gap is signed as far as it shows without them.
    """
    override = None
    if shortfalls:
        public = tuple(gap for one in shortfalls if (gap := one.public))
        override = Override(reason=batch.override_reason, shortfalls=public)
    return Parts(
        inputs=[_signed_input(session, row) for row in inputs],
        override=override,
        rule_overrides=tuple(exceptions),
        recognition=recognition_claim(session, batch, identity),
    )


def _signed_input(session: Session, row: InputRow) -> SignedInput:
    if row.source is None:
        return SignedInput(row.input)
    record = session.get_one(SignedRecord, row.source.record_id)
    return SignedInput(row.input, row.source.digital_link, record.digest)


def recognition_claim(
    session: Session, batch: Batch, identity: Identity
) -> RecognitionClaim | None:
    """Return the recognition that was valid on the production date, as a link."""
    facts = recognition_facts(session, batch.product_id)
    held = standing(facts, batch.production_date)
    if held.state is not StandingState.VALID or held.recognition is None:
        return None
    subject = identity.url(f"/recognitions/{held.recognition.public_id}")
    record = latest_record(session, subject, RECOGNITION)
    return (
        RecognitionClaim(subject=subject, record_sha256=record.digest)
        if record
        else None
    )


def voucher_for(batch: Batch, actor: Actor, identity: Identity) -> Voucher:
    """Return whose word a batch's record is when this actor has it signed."""
    basis = basis_of(batch, actor)
    return voucher_of(batch.organisation, basis=basis, identity=identity)


def sign_batch(
    session: Session, batch: Batch, parts: Parts, voucher: Voucher, *, notary: Notary
) -> SignedRecord:
    """Sign and log a batch's record; it holds from now on.

    A reason no rule asked for is not signed, and not kept.
    """
    used = {one.rule for one in parts.rule_overrides}
    used |= {Rule.MASS} if parts.override else set()
    for rule in FIELDS.keys() - used:
        setattr(batch, FIELDS[rule], "")
    draft = record_draft(batch, parts, voucher, notary.identity)
    signed = publish_record(session, draft, notary=notary)
    batch.record_id = signed.id
    session.flush()
    return signed
