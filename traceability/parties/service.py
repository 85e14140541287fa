"""Ask for a key, prove it, admit it; prepare a confirmation and take its signature.

Each act leaves an audit row. The caller commits.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_urlsafe

from sqlalchemy import delete
from sqlalchemy.orm import Session

from traceability.accounts.models import Organisation
from traceability.accounts.service import audit
from traceability.core.identity import Identity
from traceability.core.ids import new_id
from traceability.core.permissions import Actor
from traceability.core.ports import Clock, Log
from traceability.db.translating import translating
from traceability.parties.errors import (
    ConfirmationStaleError,
    PartyKeyMissingError,
    PartyKeyStateError,
    PartyNameError,
    PreparedExpiredError,
    TwoPersonsError,
)
from traceability.parties.models import PartyKey, Prepared
from traceability.parties.queries import is_newest
from traceability.records.confirmation import (
    BASIS,
    CONFIRMATION,
    Confirmation,
    confirmation_subject,
    record_address,
)
from traceability.records.confirmed.service import store_confirmation
from traceability.records.credential import Edition, RecordDraft, Voucher, payload_of
from traceability.records.models import SignedRecord
from traceability.records.queries import latest_record
from traceability.signing.errors import KeyKnownError, SignatureRefusedError
from traceability.signing.holding import (
    credential_to_sign,
    proof_of_possession,
    read_answer,
)
from traceability.signing.jwk_text import read_public_jwk
from traceability.signing.keys import KeyRole, KeyStatus, PublicKey, thumbprint
from traceability.signing.parties import (
    Admission,
    keys_of,
    party_did,
    party_key,
    party_url,
    refuse_known,
)
from traceability.signing.trust_list import TrustList

LIFE = timedelta(minutes=15)  # of what waits for a signature


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Who acts, and what the service knows of keys and time at that moment."""

    actor: Actor
    trust_list: TrustList
    clock: Clock
    identity: Identity


def ask_key(
    session: Session, party: Organisation, text: str, *, desk: Desk
) -> PartyKey:
    """Store a public key that a party wants to sign with, and what is to prove it.

    A key that nobody proved blocks nobody: asked for again, it starts anew. Raises
    ``KeyMalformedError``, ``KeyWeakError``, ``KeyBurntError``, ``KeyKnownError``,
    ``PartyNameError``.
    """
    _check_named(party)
    jwk = read_public_jwk(text)
    refuse_known(desk.trust_list, jwk)
    mark, now = thumbprint(jwk), desk.clock.now()
    session.execute(
        delete(PartyKey).where(
            PartyKey.thumbprint == mark,
            PartyKey.proven_at.is_(None),
            (PartyKey.organisation_id == party.id) | (PartyKey.challenge_until <= now),
        )
    )
    key = PartyKey(
        public_id=new_id(),
        organisation_id=party.id,
        thumbprint=mark,
        jwk=jwk,
        challenge=_challenge(party, jwk, desk),
        challenge_until=now + LIFE,
        asked_by_id=desk.actor.id if desk.actor.kind == "person" else None,
        asked_at=now,
    )
    session.add(key)
    known = KeyKnownError("This key was sent before: make a new one.", field="jwk")
    with translating({"uq_party_key_thumbprint": known}):
        session.flush()
    _audit(session, desk, "party-key-asked", key)
    return key


def _check_named(party: Organisation) -> None:
    if not party.name_public or not party.active:
        raise PartyNameError(
            "A key of one's own is public, and so is the name of who holds it."
        )


def _challenge(party: Organisation, jwk: Mapping[str, str], desk: Desk) -> str:
    now = desk.clock.now()
    public = public_of(party, jwk, desk.identity, now)
    nonce = token_urlsafe(24)
    return proof_of_possession(public, desk.identity.did, nonce, now + LIFE)


def public_of(
    party: Organisation, jwk: Mapping[str, str], identity: Identity, now: datetime
) -> PublicKey:
    """Return a party's key as the trust list would name it."""
    one = Admission(public_id=party.public_id, name=party.name_vi, jwk=jwk)
    return party_key(identity, one, now)


def prove_key(
    session: Session, party: Organisation, key: PartyKey, sent: str, *, desk: Desk
) -> None:
    """Take the signature that shows its sender holds the private half.

    Raises ``PartyKeyStateError``, ``PreparedExpiredError``, ``SignatureInvalidError``.
    """
    if key.proven_at is not None:
        raise PartyKeyStateError("This was done already.")
    now = desk.clock.now()
    if key.challenge_until <= now:
        raise PreparedExpiredError("Too much time has passed: send the key again.")
    read_answer(sent, key.challenge, public_of(party, key.jwk, desk.identity, now))
    key.proven_at = now
    _audit(session, desk, "party-key-proven", key)


def admit_key(session: Session, key: PartyKey, *, desk: Desk) -> None:
    """Let a proven key into the trust list; another person than who asked decides.

    Raises ``PartyKeyStateError``, ``TwoPersonsError``, ``KeyKnownError``.
    """
    _decide(key, desk)
    refuse_known(desk.trust_list, key.jwk)
    key.admitted_at = desk.clock.now()
    _audit(session, desk, "party-key-admitted", key)


def refuse_key(session: Session, key: PartyKey, *, desk: Desk) -> None:
    """Keep a proven key out. Raises as ``admit_key``."""
    _decide(key, desk)
    key.refused_at = desk.clock.now()
    _audit(session, desk, "party-key-refused", key)


def _decide(key: PartyKey, desk: Desk) -> None:
    if key.proven_at is None or key.admitted_at or key.refused_at:
        raise PartyKeyStateError("There is nothing to decide about this key now.")
    if desk.actor.id is None or desk.actor.id == key.asked_by_id:
        raise TwoPersonsError("Another person than who asked for the key admits it.")
    key.decided_by_id = desk.actor.id


def signing_key(party: Organisation, desk: Desk) -> PublicKey:
    """Return a party's newest key that counts now. Raises ``PartyKeyMissingError``."""
    now, did = desk.clock.now(), party_did(desk.identity, party.public_id)
    for key in keys_of(desk.trust_list, did):
        begun = key.not_before <= now
        ended = key.not_after is not None and key.not_after <= now
        if key.status is KeyStatus.ACTIVE and begun and not ended:
            return key
    raise PartyKeyMissingError(
        "No key of your organisation stands in the trust list now."
    )


def prepare(
    session: Session,
    party: Organisation,
    record: SignedRecord,
    *,
    desk: Desk,
    withdrawal: str | None = None,
) -> Prepared:
    """Write down the very bytes a party is to sign: its word on a record.

    ``withdrawal`` is the reason for which an earlier word is taken back. Raises
    ``PartyKeyMissingError``, ``PartyNameError``, ``ConfirmationStaleError``.
    """
    _check_named(party)
    key, now = signing_key(party, desk), desk.clock.now().replace(microsecond=0)
    url = record_address(desk.identity, record.public_id)
    subject = confirmation_subject(url, party.public_id)
    last = latest_record(session, subject, CONFIRMATION)
    if withdrawal is not None and last is None:
        raise ConfirmationStaleError("There is nothing to take back.")
    edition = Edition(
        record_id=new_id(),
        version=last.version + 1 if last else 1,
        supersedes=last.digest if last else None,
        issued_at=now,
    )
    word = Confirmation(
        record=url,
        record_sha256=record.digest,
        withdrawn=withdrawal is not None,
        reason=withdrawal or "",
    )
    _forget(session, party, record)
    prepared = Prepared(
        public_id=new_id(),
        organisation_id=party.id,
        confirmed_id=record.id,
        kid=key.kid,
        signing_input=_text(party, word, subject, edition, key, desk.identity),
        record_id=edition.record_id,
        version=edition.version,
        withdrawn=word.withdrawn,
        issued_at=now,
        expires_at=now + LIFE,
    )
    session.add(prepared)
    session.flush()
    return prepared


def _forget(session: Session, party: Organisation, record: SignedRecord) -> None:
    session.execute(
        delete(Prepared).where(
            Prepared.organisation_id == party.id, Prepared.confirmed_id == record.id
        )
    )


def _text(
    party: Organisation,
    word: Confirmation,
    subject: str,
    edition: Edition,
    key: PublicKey,
    identity: Identity,
) -> str:
    voucher = Voucher(
        id=party_url(identity, party.public_id), name=party.name_vi, basis=BASIS
    )
    draft = RecordDraft(
        type=CONFIRMATION, subject=subject, claims=word.claims(), vouched_by=voucher
    )
    payload = {**payload_of(draft, edition, [], identity), "issuer": key.party}
    return credential_to_sign(payload, key)


def check_fresh(session: Session, prepared: Prepared, *, desk: Desk) -> SignedRecord:
    """Return the record a prepared word is on, if it may still be signed.

    Raises ``PreparedExpiredError``, ``ConfirmationStaleError``.
    """
    if prepared.expires_at <= desk.clock.now():
        raise PreparedExpiredError("Too much time has passed: prepare it again.")
    record = session.get_one(SignedRecord, prepared.confirmed_id)
    if not is_newest(session, record):
        raise ConfirmationStaleError(
            "The record has a newer version by now: look at that one and confirm it."
        )
    return record


def confirm(
    session: Session,
    party: Organisation,
    prepared: Prepared,
    sent: str,
    *,
    desk: Desk,
    log: Log,
) -> SignedRecord:
    """Verify a party's signature, log its word and store it, all at once.

    Raises ``SignatureInvalidError``, ``PreparedExpiredError``,
    ``ConfirmationStaleError``, and the key's own refusals where it ended meanwhile.
    """
    record = check_fresh(session, prepared, desk=desk)
    key = _still_valid(prepared, desk)
    token = read_answer(sent, prepared.signing_input, key)
    edition = Edition(
        record_id=prepared.record_id,
        version=prepared.version,
        supersedes=None,
        issued_at=prepared.issued_at,
    )
    meanwhile = ConfirmationStaleError("Your organisation confirmed it meanwhile.")
    constraint = "uq_signed_record_subject_type_version"
    with translating({constraint: meanwhile}):
        stored = store_confirmation(
            session, token, record, edition, withdrawn=prepared.withdrawn, log=log
        )
    _forget(session, party, record)
    action = "confirmation-withdrawn" if prepared.withdrawn else "record-confirmed"
    audit(
        session,
        desk.actor,
        action,
        record_address(desk.identity, record.public_id),
        desk.clock,
        kid=key.kid,
    )
    return stored


def _still_valid(prepared: Prepared, desk: Desk) -> PublicKey:
    """Return the key that was asked to sign, if it counts at this moment.

    A revoked one is refused here: what it signs now is logged after the revocation.
    """
    ring, now = desk.trust_list.ring, desk.clock.now()
    try:
        return ring.valid(prepared.kid, KeyRole.RECORD, now, None)
    except SignatureRefusedError:
        raise PartyKeyMissingError(
            "No key of your organisation stands in the trust list now."
        ) from None


def _audit(session: Session, desk: Desk, action: str, key: PartyKey) -> None:
    target = f"party-key:{key.thumbprint}"
    audit(session, desk.actor, action, target, desk.clock)
