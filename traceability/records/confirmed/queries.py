"""Read what parties confirmed, and which of it counts."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

from traceability.core.errors import DomainError
from traceability.db.database import Database
from traceability.records.confirmation import (
    CONFIRMATION,
    check_confirmer,
    read_confirmation,
)
from traceability.records.models import RecordConfirmation, SignedRecord
from traceability.signing.envelope import read_unverified, verify_credential
from traceability.signing.keyring import KeyRing
from traceability.signing.keys import KeyRole

Ring = Callable[[], KeyRing]
Words = Sequence[tuple[SignedRecord, Sequence[SignedRecord]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    """That a party confirmed one version of a record, and has not taken it back."""

    record_sha256: str  # of the record confirmed
    party: str  # https://host/organisations/<public id>
    name: str
    path: str  # /records/<id> of the confirmation
    issued_at: datetime


def newest(records: Iterable[SignedRecord]) -> list[SignedRecord]:
    """Return the newest version of each fact among records."""
    found: dict[tuple[str, str], SignedRecord] = {}
    for one in sorted(records, key=lambda record: record.version):
        found[one.subject, one.type] = one
    return list(found.values())


def confirmations_of(session: Session, records: Sequence[SignedRecord]) -> Words:
    """Return each record with what parties ever said of it, in the order of the log."""
    said: dict[int, list[SignedRecord]] = {one.id: [] for one in records}
    rows = session.execute(
        select(RecordConfirmation.confirmed_id, SignedRecord)
        .join(SignedRecord, SignedRecord.id == RecordConfirmation.record_id)
        .where(RecordConfirmation.confirmed_id.in_(said))
        .order_by(SignedRecord.log_index)
    )
    for confirmed_id, word in rows:
        said[confirmed_id].append(word)
    return [(one, said[one.id]) for one in records]


def counting(
    record: SignedRecord, words: Iterable[SignedRecord], ring: Ring
) -> list[Confirmed]:
    """Return who confirms a record: each party's newest word that counts."""
    newest: dict[str, Confirmed | None] = {}
    for word in words:
        try:
            said = _read(word, ring)
        except DomainError:
            continue  # a word that does not count changes nothing
        holds = said is not None and said.record_sha256 == record.digest
        newest[word.subject] = said if holds else None
    return [one for one in newest.values() if one is not None]


def _read(word: SignedRecord, ring: Ring) -> Confirmed | None:
    """Return what a word says; nothing where it takes back. Raises ``DomainError``."""
    key = ring().valid(word.kid, KeyRole.RECORD, word.issued_at, word.log_index)
    payload = verify_credential(word.token, key)
    voucher, claims = payload["vouchedBy"], payload["credentialSubject"]
    check_confirmer(
        word.type, key.party, voucher=str(voucher["id"]), subject=word.subject
    )
    said = read_confirmation(claims)
    if said.withdrawn:
        return None
    return Confirmed(
        record_sha256=said.record_sha256,
        party=str(voucher["id"]),
        name=str(voucher.get("name", "")),
        path=f"/records/{word.public_id}",
        issued_at=word.issued_at,
    )


def confirmed_by(session: Session, record: SignedRecord, ring: Ring) -> list[Confirmed]:
    """Return who confirms a record now."""
    [(_, said)] = confirmations_of(session, [record])
    return counting(record, said, ring)


def confirmation_faults(database: Database) -> list[str]:
    """Return every confirmation that pages would not find, or find otherwise.

    Pages look it up by a row of its own: without the row a word that was taken back
    would seem to stand.
    """
    faults = []
    with database.reading() as session:
        for word, row, confirmed in session.execute(_words_with_rows()):
            if not _same(word, row, confirmed):
                faults.append(f"confirmation {word.public_id} is not found as signed")
    return faults


def _words_with_rows() -> Select[SignedRecord, RecordConfirmation, SignedRecord]:
    confirmed = aliased(SignedRecord)
    return (
        select(SignedRecord, RecordConfirmation, confirmed)
        .outerjoin(RecordConfirmation, RecordConfirmation.record_id == SignedRecord.id)
        .outerjoin(confirmed, confirmed.id == RecordConfirmation.confirmed_id)
        .where(SignedRecord.type == CONFIRMATION)
        .order_by(SignedRecord.log_index)
        .execution_options(yield_per=500)
    )


def _same(
    word: SignedRecord,
    row: RecordConfirmation | None,
    confirmed: SignedRecord | None,
) -> bool:
    try:
        said = read_confirmation(
            read_unverified(word.token).payload["credentialSubject"]
        )
    except (DomainError, KeyError):
        return False
    return (
        row is not None
        and confirmed is not None
        and said.record_sha256 == confirmed.digest
        and said.withdrawn == row.withdrawn
        and word.subject.endswith(f"/records/{confirmed.public_id}#{row.party}")
    )
