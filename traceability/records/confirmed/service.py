"""Log and store what a party signed elsewhere, in the caller's transaction."""

from sqlalchemy.orm import Session

from traceability.core.ports import Log
from traceability.records.confirmation import CONFIRMATION
from traceability.records.credential import Edition, digest_of, leaf_of
from traceability.records.models import RecordConfirmation, SignedRecord
from traceability.signing.envelope import read_unverified


def store_confirmation(
    session: Session,
    token: str,
    confirmed: SignedRecord,
    edition: Edition,
    *,
    withdrawn: bool,
    log: Log,
) -> SignedRecord:
    """Append a verified confirmation's leaf and keep its bytes; the caller commits.

    Two words of one party on one record meet at the constraint over (subject, type,
    version), and the later one fails whole.
    """
    envelope = read_unverified(token)
    subject = str(envelope.payload["credentialSubject"]["id"])
    leaf = leaf_of(
        token,
        record_type=CONFIRMATION,
        subject=subject,
        issued_at=edition.issued_at,
    )
    [log_index] = log.append(session, [leaf])
    record = SignedRecord(
        public_id=edition.record_id,
        type=CONFIRMATION,
        subject=subject,
        version=edition.version,
        token=token,
        digest=digest_of(token),
        kid=envelope.kid,
        log_index=log_index,
        issued_at=edition.issued_at,
    )
    session.add(record)
    session.flush()
    session.add(
        RecordConfirmation(
            record_id=record.id,
            confirmed_id=confirmed.id,
            party=subject.rpartition("#")[2],
            withdrawn=withdrawn,
        )
    )
    session.flush()
    return record
