"""Sign a fact, log it and keep its bytes, all in the caller's transaction."""

import secrets

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
from traceability.records.queries import latest_record
from traceability.signing.envelope import sign_credential


def publish_record(
    session: Session, draft: RecordDraft, *, notary: Notary
) -> SignedRecord:
    """Sign the next version of a fact, append its leaf, store its bytes.

    Flushes; the caller commits. Two writers of one subject meet at the unique
    constraint over (subject, type, version), and the later one fails whole.
    """
    edition = _next_edition(session, draft, notary)
    disclosures = [
        Disclosure(name, secrets.token_bytes(SALT_BYTES), value)
        for name, value in sorted(draft.private.items())
    ]
    payload = payload_of(draft, edition, disclosures, notary.identity)
    token = sign_credential(json_text(payload).encode(), signer=notary.signer)
    record = _stored(session, draft, edition, token, notary)
    session.add_all(
        StoredDisclosure(
            record_id=record.id, name=one.name, salt=one.salt, value=one.value
        )
        for one in disclosures
    )
    session.flush()
    return record


def _next_edition(session: Session, draft: RecordDraft, notary: Notary) -> Edition:
    previous = latest_record(session, draft.subject, draft.type)
    return Edition(
        record_id=new_id(),
        version=previous.version + 1 if previous else 1,
        supersedes=previous.digest if previous else None,
        issued_at=notary.clock.now().replace(microsecond=0),
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
