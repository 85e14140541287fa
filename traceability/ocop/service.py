"""Enter, correct and withdraw recognitions: each a new signed and logged version."""

from datetime import date

from sqlalchemy.orm import Session

from traceability.accounts.models import Organisation
from traceability.accounts.service import audit
from traceability.catalog.errors import ProductNotFoundError
from traceability.catalog.models import Product
from traceability.catalog.records import product_link
from traceability.catalog.vouching import voucher_of
from traceability.core.errors import DomainError
from traceability.core.ids import new_id
from traceability.core.permissions import Actor, Role
from traceability.core.ports import Notary
from traceability.db.translating import translating
from traceability.ocop.drafts import RecognitionDraft
from traceability.ocop.errors import (
    IntermediateProductError,
    OfficerOnlyError,
    RecognitionDatesError,
    RecognitionTakenError,
    WithdrawnBeforeError,
)
from traceability.ocop.models import Recognition
from traceability.ocop.records import RECOGNITION, recognition_claims
from traceability.ocop.rules import WithdrawalReason
from traceability.records.credential import RecordDraft
from traceability.records.models import SignedRecord
from traceability.records.service import publish_record

BASIS = "entered-by-officer"


def recognise(
    session: Session, draft: RecognitionDraft, *, actor: Actor, notary: Notary
) -> Recognition:
    """Enter a recognition, sign and log it. The caller commits.

    Raises ``OfficerOnlyError``, ``ProductNotFoundError``, ``IntermediateProductError``,
    ``RecognitionDatesError`` and ``RecognitionTakenError``.
    """
    recognition = Recognition(
        public_id=new_id(),
        entered_by_id=_authority_of(actor),
        entered_at=notary.clock.now(),
    )
    _apply(session, recognition, draft, notary)
    _publish(session, recognition, notary)
    _audit(session, recognition, "recognised", actor, notary)
    return recognition


def correct(
    session: Session,
    recognition: Recognition,
    draft: RecognitionDraft,
    *,
    actor: Actor,
    notary: Notary,
) -> SignedRecord:
    """Put a recognition straight: a new signed version. The caller commits.

    Raises what ``recognise`` does, and ``WithdrawnBeforeError``.
    """
    _lock_own(session, recognition, actor)
    _apply(session, recognition, draft, notary)
    record = _publish(session, recognition, notary)
    _audit(session, recognition, "recognition-corrected", actor, notary)
    return record


def withdraw(
    session: Session,
    recognition: Recognition,
    *,
    on: date,
    reason: WithdrawalReason,
    actor: Actor,
    notary: Notary,
) -> SignedRecord:
    """Take a recognition back from a day on: a new signed version.

    Raises ``OfficerOnlyError``, ``WithdrawnBeforeError`` and
    ``RecognitionDatesError``. The caller commits.
    """
    _lock_own(session, recognition, actor)
    last = min(recognition.expires, notary.clock.today())
    if not recognition.issued <= on <= last:
        raise RecognitionDatesError(
            "A recognition is withdrawn between its first and its last day,"
            " and not ahead of time.",
            field="withdrawn_on",
        )
    recognition.withdrawn_on = on
    recognition.withdrawal_reason = reason.value
    session.flush()
    record = _publish(session, recognition, notary)
    _audit(session, recognition, "recognition-withdrawn", actor, notary)
    return record


def _authority_of(actor: Actor) -> int:
    if actor.organisation_id is None or not actor.has(Role.OFFICER):
        raise OfficerOnlyError("Only an officer enters recognitions.")
    return actor.organisation_id


def refuse_foreign(recognition: Recognition, actor: Actor) -> None:
    """Refuse whoever is no officer of the authority that entered a recognition.

    Raises ``OfficerOnlyError``.
    """
    if recognition.entered_by_id != _authority_of(actor):
        raise OfficerOnlyError("Another authority entered this recognition.")


def _lock_own(session: Session, recognition: Recognition, actor: Actor) -> None:
    """Keep other writers out, then see whether it may still be changed, and by whom."""
    refuse_foreign(recognition, actor)
    session.refresh(recognition, with_for_update=True)
    if recognition.withdrawn_on is not None:
        raise WithdrawnBeforeError("This recognition was withdrawn before.")


def _apply(
    session: Session,
    recognition: Recognition,
    draft: RecognitionDraft,
    notary: Notary,
) -> None:
    if draft.issued > notary.clock.today():
        raise RecognitionDatesError(
            "A decision cannot lie in the future.", field="issued"
        )
    recognition.product_id = _rated_product(session, draft.product_id).id
    for name in _COPIED:
        setattr(recognition, name, getattr(draft, name))
    recognition.recognised_by = draft.recognised_by.value
    session.add(recognition)
    with translating(_conflicts()):
        session.flush()


_COPIED = (
    *("stars", "points", "scope", "rules", "decision_no", "decided_by"),
    *("certificate_no", "issued", "expires"),
)


def _rated_product(session: Session, product_id: int) -> Product:
    product = session.get(Product, product_id)
    if product is None:
        raise ProductNotFoundError("There is no such product.", field="product")
    if product.is_intermediate:
        raise IntermediateProductError(
            "Semi-finished products are not rated.", field="product"
        )
    return product


def _conflicts() -> dict[str, DomainError]:
    return {
        "uq_recognition_product_id_decision_no": RecognitionTakenError(
            "This decision is entered for the product already.", field="decision_no"
        ),
        "uq_recognition_decided_by_certificate_no": RecognitionTakenError(
            "This body's certificate of this number is entered already.",
            field="certificate_no",
        ),
    }


def _publish(
    session: Session, recognition: Recognition, notary: Notary
) -> SignedRecord:
    product = session.get_one(Product, recognition.product_id)
    authority = session.get_one(Organisation, recognition.entered_by_id)
    draft = RecordDraft(
        type=RECOGNITION,
        subject=notary.identity.url(recognition.path),
        claims=recognition_claims(
            recognition.facts,
            product_link=product_link(product.key, notary.identity),
            recognised_by=recognition.recognised_by,
        ),
        vouched_by=voucher_of(authority, basis=BASIS, identity=notary.identity),
    )
    return publish_record(session, draft, notary=notary)


def _audit(
    session: Session,
    recognition: Recognition,
    action: str,
    actor: Actor,
    notary: Notary,
) -> None:
    target = f"recognition:{recognition.public_id}"
    audit(session, actor, action, target, notary.clock)
