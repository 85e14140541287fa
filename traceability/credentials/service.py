"""Derive a credential from a record, sign it once, and keep those bytes."""

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from traceability.batches.record import RECORD_TYPE as BATCH
from traceability.catalog.records import CERTIFICATE
from traceability.core.canonical import Json
from traceability.core.identity import Identity
from traceability.core.json_text import json_text
from traceability.core.ports import Notary
from traceability.credentials.conformity import certificate, recognition
from traceability.credentials.errors import CredentialNotFoundError
from traceability.credentials.facility import facility
from traceability.credentials.models import DerivedCredential
from traceability.credentials.passport import passport
from traceability.credentials.queries import (
    around,
    event_in,
    source_of,
    stored_credential,
)
from traceability.credentials.source import Around, Source, Variant
from traceability.credentials.traceability_event import traceability_event
from traceability.credentials.untp import Derived, credential
from traceability.events.service import RECORD_TYPE as EVENT
from traceability.ocop.records import RECOGNITION
from traceability.records.models import SignedRecord
from traceability.signing.envelope import sign_credential
from traceability.signing.errors import SignerDownError
from traceability.signing.keyring import KeyRing
from traceability.signing.keys import KeyStatus

_MAPPINGS: dict[str, Callable[[Source, Around, Identity], Derived]] = {
    BATCH: passport,
    RECOGNITION: recognition,
    CERTIFICATE: certificate,
}


def kept_token(
    session: Session,
    record: SignedRecord,
    variant: Variant,
    ring: Callable[[], KeyRing],
) -> str | None:
    """Return the credential that was signed before, while its key is not revoked.

    Where the keys cannot be read now, it is handed out as it is: readers check it.
    """
    stored = stored_credential(session, record, variant)
    if stored is None:
        return None
    try:
        return stored.token if _counts(stored, ring()) else None
    except SignerDownError:
        return stored.token


def sign_derived(
    session: Session,
    record: SignedRecord,
    variant: Variant,
    *,
    ring: KeyRing,
    notary: Notary,
) -> str:
    """Return the credential of a record, signed and kept if that was not done before.

    The record's row is locked meanwhile, so that of two who ask one signs. What was
    signed is given again for ever: keys change, and ES256 never signs twice alike.
    Only where its key was revoked it is signed anew, for it is not logged and nothing
    else shows its age. Raises ``CredentialNotFoundError``. The caller commits.
    """
    session.scalar(
        select(SignedRecord.id).where(SignedRecord.id == record.id).with_for_update()
    )
    stored = stored_credential(session, record, variant)
    if stored is not None and _counts(stored, ring):
        return stored.token
    payload = derived_payload(session, record, variant, notary.identity)
    token = sign_credential(json_text(payload).encode(), signer=notary.signer)
    if stored is None:
        stored = DerivedCredential(record_id=record.id, variant=variant.value)
        session.add(stored)
    stored.token, stored.kid, stored.signed_at = (
        *(token, notary.signer.kid, notary.clock.now()),
    )
    session.flush()
    return token


def derived_payload(
    session: Session, record: SignedRecord, variant: Variant, identity: Identity
) -> dict[str, Json]:
    """Return what is signed. Raises ``CredentialNotFoundError``."""
    source = source_of(record)
    derived = _derived(session, source, variant, identity)
    if derived is None:
        raise CredentialNotFoundError("No such credential is made of this record.")
    return credential(derived, source, variant, identity)


def _derived(
    session: Session, source: Source, variant: Variant, identity: Identity
) -> Derived | None:
    event = event_in(source) if source.type == EVENT else None
    if variant.of_place:
        return facility(source, event, identity) if event else None
    known = around(session, source)
    if event is not None:
        return traceability_event(source, event, known, identity)
    mapping = _MAPPINGS.get(source.type)
    return mapping(source, known, identity) if mapping else None


def _counts(stored: DerivedCredential, ring: KeyRing) -> bool:
    known = ring.knows(stored.kid)
    return known and ring.key(stored.kid).status is not KeyStatus.REVOKED
