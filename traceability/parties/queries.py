"""Read parties' keys, and which records wait for whose word."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, exists, literal, or_, select
from sqlalchemy.orm import Session, aliased

from traceability.accounts.models import AuditEntry, Organisation
from traceability.batches.models import Batch, BatchStatusChange
from traceability.batches.record import RECORD_TYPE
from traceability.core.errors import DomainError
from traceability.core.identity import Identity
from traceability.events.models import TraceEvent
from traceability.ocop.models import Recognition
from traceability.ocop.records import RECOGNITION
from traceability.parties.errors import (
    ConfirmationNotFoundError,
    PartyKeyNotFoundError,
)
from traceability.parties.models import PartyKey, Prepared
from traceability.records.models import RecordConfirmation, SignedRecord
from traceability.signing.envelope import read_unverified
from traceability.signing.keys import thumbprint
from traceability.signing.parties import party_url

MOST = 100  # on a page; the newest first


def keys_of_organisation(session: Session, organisation_id: int) -> Sequence[PartyKey]:
    """Return an organisation's keys, newest first."""
    return session.scalars(
        select(PartyKey)
        .where(PartyKey.organisation_id == organisation_id)
        .order_by(PartyKey.id.desc())
    ).all()


def key_of(session: Session, organisation_id: int, public_id: str) -> PartyKey:
    """Return one of an organisation's keys. Raises ``PartyKeyNotFoundError``."""
    found = session.scalar(
        select(PartyKey).where(
            PartyKey.public_id == public_id,
            PartyKey.organisation_id == organisation_id,
        )
    )
    if found is None:
        raise PartyKeyNotFoundError("There is no such key.")
    return found


def any_key(session: Session, public_id: str) -> PartyKey:
    """Return a key of whomever, locked, for administrators to decide on."""
    found = session.scalar(
        select(PartyKey).where(PartyKey.public_id == public_id).with_for_update()
    )
    if found is None:
        raise PartyKeyNotFoundError("There is no such key.")
    return found


def all_keys(session: Session) -> list[tuple[PartyKey, Organisation]]:
    """Return every key that its holder has proven, with whose it is, newest first."""
    rows = session.execute(
        select(PartyKey, Organisation)
        .join(Organisation, Organisation.id == PartyKey.organisation_id)
        .where(PartyKey.proven_at.is_not(None))
        .order_by(PartyKey.id.desc())
    )
    return [(key, party) for key, party in rows]


def admitted_keys(session: Session) -> list[tuple[PartyKey, Organisation]]:
    """Return the keys that belong into the trust list, in order of admission.

    A row alone admits nothing: it can be edited. The audit, to which can only be added,
    must tell that this very key was proven by its party, and admitted.
    """
    proven = and_(
        _audited("party-key-proven"),
        AuditEntry.organisation_id == PartyKey.organisation_id,
    )
    rows = session.execute(
        select(PartyKey, Organisation)
        .join(Organisation, Organisation.id == PartyKey.organisation_id)
        .where(
            PartyKey.admitted_at.is_not(None),
            exists().where(proven),
            exists().where(_audited("party-key-admitted")),
        )
        .order_by(PartyKey.admitted_at, PartyKey.id)
    )
    return [
        (key, party) for key, party in rows if thumbprint(key.jwk) == key.thumbprint
    ]


def _audited(action: str) -> ColumnElement[bool]:
    target = literal("party-key:") + PartyKey.thumbprint
    return and_(AuditEntry.action == action, AuditEntry.target == target)


def waiting_for(
    session: Session, party: Organisation, identity: Identity
) -> list[SignedRecord]:
    """Return the newest versions that a party may confirm and has said nothing of."""
    said = exists().where(
        RecordConfirmation.confirmed_id == SignedRecord.id,
        RecordConfirmation.party == party.public_id,
    )
    return _newest(session, _own(party, identity), ~said)


def spoken_of(session: Session, party: Organisation) -> list[SignedRecord]:
    """Return the newest versions on which a party's last word stands."""
    later = aliased(RecordConfirmation)
    last = ~exists().where(
        later.confirmed_id == RecordConfirmation.confirmed_id,
        later.party == RecordConfirmation.party,
        later.id > RecordConfirmation.id,
    )
    standing = exists().where(
        RecordConfirmation.confirmed_id == SignedRecord.id,
        RecordConfirmation.party == party.public_id,
        RecordConfirmation.withdrawn.is_(False),
        last,
    )
    return _newest(session, standing)


def confirmable(
    session: Session, party: Organisation, public_id: str, identity: Identity
) -> SignedRecord:
    """Return a record that a party may confirm now.

    It names the party as the one that vouches, and is the newest of its fact. Raises
    ``ConfirmationNotFoundError``.
    """
    own = _own(party, identity)
    found = _newest(session, own, SignedRecord.public_id == public_id)
    address = party_url(identity, party.public_id)
    if not found or _voucher(found[0]) != address:
        raise ConfirmationNotFoundError("There is nothing here for you to confirm.")
    return found[0]


def prepared_of(session: Session, organisation_id: int, public_id: str) -> Prepared:
    """Return what was prepared for a party. Raises ``ConfirmationNotFoundError``."""
    found = session.scalar(
        select(Prepared)
        .where(
            Prepared.public_id == public_id,
            Prepared.organisation_id == organisation_id,
        )
        .with_for_update()
    )
    if found is None:
        raise ConfirmationNotFoundError("There is nothing here for you to confirm.")
    return found


def is_newest(session: Session, record: SignedRecord) -> bool:
    """Return whether no later version of a record's fact exists."""
    later = session.scalar(
        select(SignedRecord.id)
        .where(
            SignedRecord.subject == record.subject,
            SignedRecord.type == record.type,
            SignedRecord.version > record.version,
        )
        .limit(1)
    )
    return later is None


def _newest(session: Session, *conditions: ColumnElement[bool]) -> list[SignedRecord]:
    later = aliased(SignedRecord)
    newest = ~exists().where(
        later.subject == SignedRecord.subject,
        later.type == SignedRecord.type,
        later.version > SignedRecord.version,
    )
    query = (
        select(SignedRecord)
        .where(newest, *conditions)
        .order_by(SignedRecord.log_index.desc())
        .limit(MOST)
    )
    return list(session.scalars(query))


def _own(party: Organisation, identity: Identity) -> ColumnElement[bool]:
    """Return the condition that a record is one of a party's own facts."""
    recognition = literal(identity.url("/recognitions/")) + Recognition.public_id
    own = (
        select(SignedRecord.id)
        .join(Batch, Batch.digital_link == SignedRecord.subject)
        .where(Batch.organisation_id == party.id, SignedRecord.type == RECORD_TYPE),
        select(BatchStatusChange.record_id).where(
            BatchStatusChange.organisation_id == party.id
        ),
        select(TraceEvent.record_id).where(TraceEvent.organisation_id == party.id),
        select(SignedRecord.id)
        .join(Recognition, SignedRecord.subject == recognition)
        .where(Recognition.entered_by_id == party.id, SignedRecord.type == RECOGNITION),
    )
    return or_(*(SignedRecord.id.in_(one) for one in own))


def _voucher(record: SignedRecord) -> str:
    try:
        voucher = read_unverified(record.token).payload.get("vouchedBy", {})
    except DomainError:
        return ""
    return str(voucher.get("id", "")) if isinstance(voucher, dict) else ""
