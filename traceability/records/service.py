"""Sign a fact, log it and keep its bytes, all in the caller's transaction."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from traceability.core.ids import new_id
from traceability.core.json_text import json_text
from traceability.core.ports import Notary
from traceability.records.credential import (
    SALT_BYTES,
    Disclosure,
    Edition,
    RecordDraft,
    digest_of,
    leaf_of,
    payload_of,
)
from traceability.records.models import SignedRecord, StoredDisclosure
from traceability.records.queries import ids_at, latest_record, newest_versions
from traceability.signing.envelope import sign_credential


def publish_record(
    session: Session, draft: RecordDraft, *, notary: Notary
) -> SignedRecord:
    """Sign the next version of a fact, append its leaf, store its bytes.

    Flushes; the caller commits. Two writers of one subject meet at the unique
    constraint over (subject, type, version), and the later one fails whole.
    """
    edition = _next_edition(session, draft, notary)
    disclosures = _disclosures(draft)
    token = _token(draft, edition, disclosures, notary)
    record = _stored(session, draft, edition, token, notary)
    session.add_all(
        StoredDisclosure(
            record_id=record.id, name=one.name, salt=one.salt, value=one.value
        )
        for one in disclosures
    )
    session.flush()
    return record


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What is known of a record that was published with many others."""

    id: int
    public_id: str
    digest: str
    log_index: int
    issued_at: datetime


def publish_records(
    session: Session, drafts: Sequence[RecordDraft], *, notary: Notary
) -> list[Published]:
    """Sign many facts, append their leaves under one checkpoint, store their bytes.

    The answers stand in the order of the drafts; versions of one fact follow each
    other within the call too. The log's head stays locked until the caller commits.
    Memory holds what is handed in: give it a few thousand at a time.
    """
    session.flush()
    signed = _signed(session, drafts, notary)
    leaves = [
        leaf_of(
            one.token,
            record_type=one.draft.type,
            subject=one.draft.subject,
            issued_at=one.edition.issued_at,
        )
        for one in signed
    ]
    indexes = notary.log.append(session, leaves)
    rows = [
        _row(one, index, notary) for one, index in zip(signed, indexes, strict=True)
    ]
    if not rows:
        return []
    session.connection().execute(insert(SignedRecord), rows)
    ids = ids_at(session, indexes[0], indexes[-1])
    _store_disclosures(session, signed, ids)
    return [
        Published(
            id=id_,
            public_id=one.edition.record_id,
            digest=row["digest"],
            log_index=row["log_index"],
            issued_at=one.edition.issued_at,
        )
        for id_, one, row in zip(ids, signed, rows, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class _Signed:
    """One fact with its edition and its token, before it has a place in the log."""

    draft: RecordDraft
    edition: Edition
    disclosures: list[Disclosure]
    token: str
    digest: str


def _signed(
    session: Session, drafts: Sequence[RecordDraft], notary: Notary
) -> list[_Signed]:
    newest = newest_versions(session, [draft.subject for draft in drafts])
    now = notary.clock.now()
    signed = []
    for draft in drafts:
        fact = (draft.subject, draft.type)
        edition = _edition(newest.get(fact, (0, None)), now)
        disclosures = _disclosures(draft)
        token = _token(draft, edition, disclosures, notary)
        digest = digest_of(token)
        newest[fact] = (edition.version, digest)
        signed.append(_Signed(draft, edition, disclosures, token, digest))
    return signed


def _row(one: _Signed, log_index: int, notary: Notary) -> dict[str, Any]:
    return {
        "public_id": one.edition.record_id,
        "type": one.draft.type,
        "subject": one.draft.subject,
        "version": one.edition.version,
        "token": one.token,
        "digest": one.digest,
        "kid": notary.signer.kid,
        "log_index": log_index,
        "issued_at": one.edition.issued_at,
    }


def _store_disclosures(
    session: Session, signed: Sequence[_Signed], ids: Sequence[int]
) -> None:
    rows = [
        {"record_id": id_, "name": one.name, "salt": one.salt, "value": one.value}
        for id_, record in zip(ids, signed, strict=True)
        for one in record.disclosures
    ]
    if rows:
        session.connection().execute(insert(StoredDisclosure), rows)


def _disclosures(draft: RecordDraft) -> list[Disclosure]:
    return [
        Disclosure(name, secrets.token_bytes(SALT_BYTES), value)
        for name, value in sorted(draft.private.items())
    ]


def _token(
    draft: RecordDraft,
    edition: Edition,
    disclosures: Sequence[Disclosure],
    notary: Notary,
) -> str:
    payload = payload_of(draft, edition, disclosures, notary.identity)
    return sign_credential(json_text(payload).encode(), signer=notary.signer)


def _next_edition(session: Session, draft: RecordDraft, notary: Notary) -> Edition:
    previous = latest_record(session, draft.subject, draft.type)
    before = (previous.version, previous.digest) if previous else (0, None)
    return _edition(before, notary.clock.now())


def _edition(before: tuple[int, str | None], now: datetime) -> Edition:
    """Return the edition that follows a version with its digest; 0 for none."""
    return Edition(
        record_id=new_id(),
        version=before[0] + 1,
        supersedes=before[1],
        issued_at=now.replace(microsecond=0),
    )


def _stored(
    session: Session, draft: RecordDraft, edition: Edition, token: str, notary: Notary
) -> SignedRecord:
    leaf = leaf_of(
        token,
        record_type=draft.type,
        subject=draft.subject,
        issued_at=edition.issued_at,
    )
    [log_index] = notary.log.append(session, [leaf])
    record = SignedRecord(
        public_id=edition.record_id,
        type=draft.type,
        subject=draft.subject,
        version=edition.version,
        token=token,
        digest=digest_of(token),
        kid=notary.signer.kid,
        log_index=log_index,
        issued_at=edition.issued_at,
    )
    session.add(record)
    session.flush()
    return record
