"""Sign a fact, log it and keep its bytes, all in the caller's transaction."""

import json
import secrets

from sqlalchemy.orm import Session

from traceability.core.identity import Identity
from traceability.core.ids import new_id
from traceability.core.ports import Clock, Log, Signer
from traceability.records.credential import (
    SALT_BYTES,
    Disclosure,
    RecordDraft,
    digest_of,
    leaf_of,
    payload_of,
)
from traceability.records.models import SignedRecord, StoredDisclosure
from traceability.records.queries import latest_record
from traceability.signing.envelope import sign_credential


def publish_record(
    session: Session,
    draft: RecordDraft,
    *,
    signer: Signer,
    log: Log,
    clock: Clock,
    identity: Identity,
) -> SignedRecord:
    """Sign the next version of a fact, append its leaf, store its bytes.

    Flushes; the caller commits. Two writers of one subject meet at the unique
    constraint over (subject, type, version), and the later one fails whole.
    """
    previous = latest_record(session, draft.subject, draft.type)
    issued_at = clock.now().replace(microsecond=0)
    disclosures = [
        Disclosure(name, secrets.token_bytes(SALT_BYTES), value)
        for name, value in sorted(draft.private.items())
    ]
    record_id = new_id()
    version = previous.version + 1 if previous else 1
    payload = payload_of(
        draft,
        record_id=record_id,
        version=version,
        supersedes=previous.digest if previous else None,
        disclosures=disclosures,
        issued_at=issued_at,
        identity=identity,
    )
    token = sign_credential(
        json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode(),
        signer=signer,
    )
    leaf = leaf_of(
        token, record_type=draft.type, subject=draft.subject, issued_at=issued_at
    )
    [log_index] = log.append(session, [leaf])
    record = SignedRecord(
        public_id=record_id,
        type=draft.type,
        subject=draft.subject,
        version=version,
        token=token,
        digest=digest_of(token),
        kid=signer.kid,
        log_index=log_index,
        issued_at=issued_at,
    )
    session.add(record)
    session.flush()
    session.add_all(
        StoredDisclosure(
            record_id=record.id, name=one.name, salt=one.salt, value=one.value
        )
        for one in disclosures
    )
    session.flush()
    return record
