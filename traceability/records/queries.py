"""Read signed records."""

from collections.abc import Callable, Iterator, Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from traceability.core.errors import DomainError, NotFoundError
from traceability.db.database import Database
from traceability.db.window import Window
from traceability.records.credential import Disclosure, digest_of, leaf_of
from traceability.records.models import SignedRecord, StoredDisclosure
from traceability.signing.envelope import verify_credential
from traceability.signing.keyring import KeyRing
from traceability.signing.keys import KeyRole
from traceability.transparency.models import LogLeaf
from traceability.transparency.queries import read_head

_CHUNK = 500


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


def newest_versions(
    session: Session, subjects: Sequence[str]
) -> dict[tuple[str, str], tuple[int, str | None]]:
    """Return version and digest of the newest record of each (subject, type)."""
    newest: dict[tuple[str, str], tuple[int, str | None]] = {}
    for begin in range(0, len(subjects), _CHUNK):
        rows = session.execute(
            select(
                SignedRecord.subject,
                SignedRecord.type,
                SignedRecord.version,
                SignedRecord.digest,
            )
            .where(SignedRecord.subject.in_(subjects[begin : begin + _CHUNK]))
            .order_by(SignedRecord.version)
        )
        for subject, type_, version, digest in rows:
            newest[subject, type_] = (version, digest)
    return newest


def ids_at(session: Session, first: int, last: int) -> Sequence[int]:
    """Return the records' row ids of a range of log indexes, both ends included."""
    return session.scalars(
        select(SignedRecord.id)
        .where(SignedRecord.log_index.between(first, last))
        .order_by(SignedRecord.log_index)
    ).all()


def records_about(session: Session, subject: str) -> Sequence[SignedRecord]:
    """Return every record about a subject, oldest first."""
    return session.scalars(
        select(SignedRecord)
        .where(SignedRecord.subject == subject)
        .order_by(SignedRecord.log_index)
    ).all()


def records_in(
    session: Session, subject: str, window: Window
) -> Sequence[SignedRecord]:
    """Return a window on the records about a subject."""
    query = select(SignedRecord).where(SignedRecord.subject == subject)
    return session.scalars(window.cut(query, SignedRecord.id)).all()


def signature_counts(record: SignedRecord, ring: Callable[[], KeyRing]) -> bool:
    """Return whether a key that was valid then signed the very bytes stored."""
    try:
        key = ring().valid(
            record.kid, KeyRole.RECORD, record.issued_at, record.log_index
        )
        verify_credential(record.token, key)
    except DomainError:
        return False
    return True


def leaf_of_record(record: SignedRecord) -> bytes:
    """Return the bytes that the log must hold at the record's index."""
    return leaf_of(
        record.token,
        record_type=record.type,
        subject=record.subject,
        issued_at=record.issued_at,
    )


def record_faults(database: Database) -> list[str]:
    """Return every record that is not what the log says of it, one line each.

    A record's digest, type, subject and time must give exactly its leaf's bytes, and
    every leaf has its record: one that was taken away may have been a recall.
    """
    faults = []
    with database.reading() as session:
        for record, leaf in _records_with_leaves(session):
            if (
                leaf != leaf_of_record(record)
                or digest_of(record.token) != record.digest
            ):
                faults.append(
                    f"record {record.public_id} is not what entry"
                    f" {record.log_index} of the log says"
                )
        faults += [
            f"entry {index} of the log has no record"
            for index in session.scalars(_entries_without_record())
        ]
    return faults


def missing_records(database: Database) -> str | None:
    """Return that entries of the log have lost their record, or nothing; cheap."""
    with database.reading() as session:
        head = read_head(session)
        stored = session.scalar(select(func.count()).select_from(SignedRecord))
    return "records-missing" if head is not None and stored != head.size else None


def _entries_without_record() -> Select[int]:
    return (
        select(LogLeaf.index)
        .outerjoin(SignedRecord, SignedRecord.log_index == LogLeaf.index)
        .where(SignedRecord.id.is_(None))
        .order_by(LogLeaf.index)
    )


def _records_with_leaves(
    session: Session,
) -> Iterator[tuple[SignedRecord, bytes | None]]:
    begin: int | None = -1
    while begin is not None:
        query = (
            select(SignedRecord, LogLeaf.data)
            .outerjoin(LogLeaf, LogLeaf.index == SignedRecord.log_index)
            .where(SignedRecord.log_index > begin)
            .order_by(SignedRecord.log_index)
            .limit(_CHUNK)
        )
        found = session.execute(query).all()
        yield from ((record, leaf) for record, leaf in found)
        begin = found[-1][0].log_index if found else None
        session.expunge_all()


def disclosures_of(session: Session, record: SignedRecord) -> list[Disclosure]:
    """Return the private values a record commits to, as far as they still exist."""
    rows = session.scalars(
        select(StoredDisclosure)
        .where(StoredDisclosure.record_id == record.id)
        .order_by(StoredDisclosure.name)
    )
    return [Disclosure(row.name, row.salt, row.value) for row in rows]
