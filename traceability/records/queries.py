"""Read signed records."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from traceability.core.errors import NotFoundError
from traceability.records.credential import Disclosure
from traceability.records.models import SignedRecord, StoredDisclosure


class RecordNotFoundError(NotFoundError):
    """No record has this id."""

    code = "record-not-found"


def record_by_public_id(session: Session, public_id: str) -> SignedRecord:
    """Return one record. Raises ``RecordNotFoundError``."""
    record = session.scalar(
        select(SignedRecord).where(SignedRecord.public_id == public_id)
    )
    if record is None:
        raise RecordNotFoundError("There is no record with this id.")
    return record


def latest_record(session: Session, subject: str, type_: str) -> SignedRecord | None:
    """Return the newest version of a fact, or nothing."""
    return session.scalar(
        select(SignedRecord)
        .where(SignedRecord.subject == subject, SignedRecord.type == type_)
        .order_by(SignedRecord.version.desc())
        .limit(1)
    )


def records_about(session: Session, subject: str) -> Sequence[SignedRecord]:
    """Return every record about a subject, oldest first."""
    return session.scalars(
        select(SignedRecord)
        .where(SignedRecord.subject == subject)
        .order_by(SignedRecord.log_index)
    ).all()


def disclosures_of(session: Session, record: SignedRecord) -> list[Disclosure]:
    """Return the private values a record commits to, as far as they still exist."""
    rows = session.scalars(
        select(StoredDisclosure)
        .where(StoredDisclosure.record_id == record.id)
        .order_by(StoredDisclosure.name)
    )
    return [Disclosure(row.name, row.salt, row.value) for row in rows]
