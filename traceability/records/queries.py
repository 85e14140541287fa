"""Read signed records."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from sqlalchemy import Select, Text, func, select, type_coerce
from sqlalchemy.orm import Session

from traceability.core.canonical import Json
from traceability.core.errors import DomainError, NotFoundError
from traceability.db.database import Database
from traceability.db.window import Window
from traceability.records.confirmation import check_confirmer
from traceability.records.credential import Disclosure, digest_of, leaf_of
from traceability.records.models import SignedRecord, StoredDisclosure
from traceability.signing.envelope import read_unverified, verify_credential
from traceability.signing.keyring import KeyRing
from traceability.signing.keys import KeyRole
from traceability.transparency.models import LogLeaf
from traceability.transparency.queries import read_head

_CHUNK = 500
# A value as text: one that somebody wrote over may be no JSON.
_STORED = (
    StoredDisclosure.id,
    StoredDisclosure.record_id,
    StoredDisclosure.name,
    StoredDisclosure.salt,
    type_coerce(StoredDisclosure.value, Text).label("text"),
)


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
        check_signature(record, ring())
    except DomainError:
        return False
    return True


def check_signature(record: SignedRecord, ring: KeyRing) -> None:
    """Refuse a record that no key of the right party signed while it was valid.

    Raises a ``SignatureRefusedError`` that says why.
    """
    key = ring.valid(record.kid, KeyRole.RECORD, record.issued_at, record.log_index)
    voucher = verify_credential(record.token, key).get("vouchedBy")
    said = voucher.get("id", "") if isinstance(voucher, dict) else ""
    check_confirmer(record.type, key.party, voucher=str(said), subject=record.subject)


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
    every leaf has its record: one that was taken away may have been a recall. What is
    still stored of private values must open what was signed of them.
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
        faults += _values_not_signed(session)
    return faults


def _values_not_signed(session: Session) -> Iterator[str]:
    after: int | None = 0
    while after is not None:
        rows = session.execute(
            select(*_STORED, SignedRecord.public_id, SignedRecord.token)
            .join(SignedRecord, SignedRecord.id == StoredDisclosure.record_id)
            .where(StoredDisclosure.id > after)
            .order_by(StoredDisclosure.id)
            .limit(_CHUNK)
        ).all()
        for row in rows:
            if _opened(row.name, row.salt, row.text, _commitments(row.token)) is None:
                said = f"record {row.public_id} was signed with another value"
                yield f"{said} of {row.name}"
        after = rows[-1].id if rows else None


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
    """Return the private values a record commits to, as far as they still exist.

    What does not open its commitment was not signed, and is left out.
    """
    return disclosures_by_record(session, [record])[record.id]


def disclosures_by_record(
    session: Session, records: Iterable[SignedRecord]
) -> dict[int, list[Disclosure]]:
    """Return what ``disclosures_of`` does, by the records' row ids, in one query."""
    signed = {record.id: _commitments(record.token) for record in records}
    rows = session.execute(
        select(*_STORED)
        .where(StoredDisclosure.record_id.in_(signed))
        .order_by(StoredDisclosure.name)
    )
    found: dict[int, list[Disclosure]] = {record_id: [] for record_id in signed}
    for row in rows:
        one = _opened(row.name, row.salt, row.text, signed[row.record_id])
        if one is not None:
            found[row.record_id].append(one)
    return found


def _commitments(token: str) -> Mapping[str, Json]:
    try:
        subject = read_unverified(token).payload.get("credentialSubject")
    except DomainError:
        return {}
    found = subject.get("commitments") if isinstance(subject, dict) else None
    return found if isinstance(found, dict) else {}


def _opened(
    name: str, salt: bytes, text: str | None, commitments: Mapping[str, Json]
) -> Disclosure | None:
    """Return a stored value, if it is what was signed; rows can be altered."""
    try:
        one = Disclosure(name, salt, None if text is None else json.loads(text))
        same = one.commitment == commitments.get(name)
    except (ValueError, TypeError):
        return None
    return one if same else None
