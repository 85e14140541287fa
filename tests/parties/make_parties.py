"""A house whose authority has a key of its own, step by step or at once."""

import json
from datetime import UTC, datetime

from tests.verification.make_house import House
from traceability.accounts.models import Organisation
from traceability.batches.record import RECORD_TYPE
from traceability.core.permissions import Actor, Role
from traceability.ocop.records import RECOGNITION
from traceability.parties import service
from traceability.parties.listing import list_admitted
from traceability.parties.models import PartyKey, Prepared
from traceability.parties.queries import confirmable, key_of, prepared_of
from traceability.parties.service import Desk
from traceability.records.models import SignedRecord
from traceability.records.queries import latest_record
from traceability.signing.keys import (
    EDDSA,
    KeyRole,
    LocalSigner,
    PublicKey,
    encode_base64url,
    generate_private,
    jwk_of,
)
from traceability.signing.keystore import KeyStore
from traceability.transparency.service import TransparencyLog
from traceability.web.context import Services

ADMINISTRATOR = Actor(
    kind="person",
    id=900,
    name="Người duyệt",
    organisation_id=None,
    roles=frozenset({Role.ADMINISTRATOR}),
)


def desk_of(use: Services, actor: Actor) -> Desk:
    trust_list = use.get(KeyStore).trust_list
    return Desk(
        actor=actor, trust_list=trust_list, clock=use.clock, identity=use.identity
    )


def party_of(use: Services, actor: Actor) -> Organisation:
    with use.database.reading() as session:
        return session.get_one(Organisation, actor.organisation_id)


def jwk_text(signer: LocalSigner) -> str:
    return json.dumps(jwk_of(signer.private))


def new_signer(alg: str = EDDSA) -> LocalSigner:
    """A key in the hands of a party; what names it comes later."""
    private = generate_private(alg)
    public = PublicKey(
        kid="",
        alg=alg,
        role=KeyRole.RECORD,
        party="",
        jwk=jwk_of(private),
        not_before=datetime(2026, 1, 1, tzinfo=UTC),
    )
    return LocalSigner(public, private)


def signed(signer: LocalSigner, text: str) -> str:
    return encode_base64url(signer.sign(text.encode()))


def ask(use: Services, actor: Actor, text: str) -> PartyKey:
    with use.database.transaction() as session:
        party = session.get_one(Organisation, actor.organisation_id)
        return service.ask_key(session, party, text, desk=desk_of(use, actor))


def prove(use: Services, actor: Actor, key: PartyKey, sent: str) -> None:
    with use.database.transaction() as session:
        party = session.get_one(Organisation, actor.organisation_id)
        found = key_of(session, party.id, key.public_id)
        service.prove_key(session, party, found, sent, desk=desk_of(use, actor))


def admit(use: Services, key: PartyKey, by: Actor = ADMINISTRATOR) -> bool:
    with use.database.transaction() as session:
        found = session.get_one(PartyKey, key.id)
        service.admit_key(session, found, desk=desk_of(use, by))
    return list_admitted(use)


def with_key(use: Services, actor: Actor, alg: str = EDDSA) -> LocalSigner:
    """Give an actor's organisation a key that the trust list names."""
    signer = new_signer(alg)
    key = ask(use, actor, jwk_text(signer))
    prove(use, actor, key, signed(signer, key.challenge))
    assert admit(use, key)
    party = party_of(use, actor)
    public = service.public_of(party, key.jwk, use.identity, use.clock.now())
    return LocalSigner(public, signer.private)


def prepare(
    use: Services, actor: Actor, record: SignedRecord, withdrawal: str | None = None
) -> Prepared:
    with use.database.transaction() as session:
        party = session.get_one(Organisation, actor.organisation_id)
        found = confirmable(session, party, record.public_id, use.identity)
        return service.prepare(
            session, party, found, desk=desk_of(use, actor), withdrawal=withdrawal
        )


def hand_in(use: Services, actor: Actor, prepared: Prepared, sent: str) -> SignedRecord:
    with use.database.transaction() as session:
        party = session.get_one(Organisation, actor.organisation_id)
        found = prepared_of(session, party.id, prepared.public_id)
        log = use.get(TransparencyLog)
        desk = desk_of(use, actor)
        return service.confirm(session, party, found, sent, desk=desk, log=log)


def confirm(
    use: Services,
    actor: Actor,
    record: SignedRecord,
    signer: LocalSigner,
    withdrawal: str | None = None,
) -> SignedRecord:
    prepared = prepare(use, actor, record, withdrawal)
    return hand_in(use, actor, prepared, signed(signer, prepared.signing_input))


def stars_record(house: House) -> SignedRecord:
    """The newest record of the house's recognition."""
    return _newest(house, house.use.identity.url(house.recognition.path), RECOGNITION)


def lot_record(house: House) -> SignedRecord:
    """The newest record of the house's lot."""
    return _newest(house, house.batch.digital_link, RECORD_TYPE)


def _newest(house: House, subject: str, type_: str) -> SignedRecord:
    with house.use.database.reading() as session:
        found = latest_record(session, subject, type_)
    assert found is not None
    return found
