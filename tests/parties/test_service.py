"""A party asks for a key, two persons let it in, and it confirms what is recorded."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.batches.make_batches import make_organisation
from tests.conftest import FixedClock
from tests.parties.make_parties import (
    ADMINISTRATOR,
    admit,
    ask,
    confirm,
    desk_of,
    hand_in,
    jwk_text,
    lot_record,
    new_signer,
    party_of,
    prepare,
    prove,
    signed,
    stars_record,
    with_key,
)
from tests.verification.make_house import House
from traceability.accounts.models import AuditEntry
from traceability.batches.drafts import Notice
from traceability.batches.models import Batch
from traceability.batches.status.service import hold_batch
from traceability.core.permissions import Actor, Role
from traceability.parties import service
from traceability.parties.errors import (
    ConfirmationNotFoundError,
    ConfirmationStaleError,
    PartyKeyMissingError,
    PartyKeyStateError,
    PartyNameError,
    PreparedExpiredError,
    TwoPersonsError,
)
from traceability.parties.listing import list_admitted
from traceability.parties.models import PartyKey
from traceability.parties.queries import admitted_keys, spoken_of, waiting_for
from traceability.parties.wording import state_of
from traceability.records.confirmed.queries import confirmation_faults, confirmed_by
from traceability.records.models import RecordConfirmation, SignedRecord
from traceability.records.notary import notary_of
from traceability.records.queries import record_faults
from traceability.records.vocabulary import undefined_terms
from traceability.signing.documents import did_document, jwk_set
from traceability.signing.envelope import read_unverified
from traceability.signing.errors import (
    KeyBurntError,
    KeyKnownError,
    KeyMalformedError,
    KeyWeakError,
    SignatureInvalidError,
)
from traceability.signing.keys import (
    EDDSA,
    ES256,
    KeyRole,
    encode_base64url,
    jwk_of,
    thumbprint,
)
from traceability.signing.keystore import KeyStore
from traceability.transparency.triggers import drop_triggers
from traceability.verification.findings import Result

BOTH = pytest.mark.parametrize("alg", [EDDSA, ES256])


def who_confirms(house: House, record: SignedRecord) -> list[str]:
    ring = house.use.get(KeyStore).ring
    with house.use.database.reading() as session:
        return [one.name for one in confirmed_by(session, record, lambda: ring)]


def subjects(house: House, actor: Actor, *, standing: bool = False) -> set[str]:
    party = party_of(house.use, actor)
    with house.use.database.reading() as session:
        rows = (
            spoken_of(session, party)
            if standing
            else waiting_for(session, party, house.use.identity)
        )
        return {one.public_id for one in rows}


@BOTH
def test_a_party_s_key_goes_all_the_way_and_its_word_is_verified(
    house: House, alg: str
) -> None:
    signer = with_key(house.use, house.officer, alg)
    stars = stars_record(house)
    word = confirm(house.use, house.officer, stars, signer)
    assert who_confirms(house, stars) == ["Sở mẫu"]
    assert read_unverified(word.token).header == {
        "alg": alg,
        "kid": signer.public.kid,
        "typ": "vc+jwt",
    }
    payload = read_unverified(word.token).payload
    assert payload["issuer"] == signer.public.party
    assert not undefined_terms(payload)
    report = house.report(house.serials[1].link)
    assert report.verdict.value == "verified"
    assert record_faults(house.use.database) == []


def test_keys_of_parties_are_never_mixed_with_those_of_the_service(
    light_house: House,
) -> None:
    use = light_house.use
    store = use.get(KeyStore)
    before, own = jwk_set(store.trust_list), store.signer(KeyRole.RECORD).kid
    signer = with_key(use, light_house.officer)
    assert jwk_set(store.trust_list) == before
    assert store.signer(KeyRole.RECORD).kid == own
    theirs = did_document(store.trust_list, signer.public.party)
    assert theirs["assertionMethod"] == [signer.public.kid]
    assert signer.public.kid not in json.dumps(did_document(store.trust_list))
    store.rotate(KeyRole.RECORD, use.clock)
    assert store.ring.key(signer.public.kid).not_after is None
    assert store.state is None


def test_every_act_leaves_its_row(house: House) -> None:
    signer = with_key(house.use, house.officer)
    stars = stars_record(house)
    confirm(house.use, house.officer, stars, signer)
    confirm(house.use, house.officer, stars, signer, withdrawal="Nhầm sản phẩm")
    with house.use.database.reading() as session:
        done = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    acts = ["party-key-asked", "party-key-proven", "party-key-admitted"]
    assert list(done)[-5:] == [*acts, "record-confirmed", "confirmation-withdrawn"]


def test_who_asked_for_a_key_does_not_admit_it(light_house: House) -> None:
    use, signer = light_house.use, new_signer()
    both = Actor(
        kind="person",
        id=2,
        name="Cán bộ mẫu",
        organisation_id=light_house.officer.organisation_id,
        roles=frozenset({Role.OFFICER, Role.ADMINISTRATOR}),
    )
    key = ask(use, both, jwk_text(signer))
    with pytest.raises(PartyKeyStateError):
        admit(use, key)  # nobody has proven it
    prove(use, both, key, signed(signer, key.challenge))
    with pytest.raises(TwoPersonsError):
        admit(use, key, by=both)
    assert admit(use, key)
    with pytest.raises(PartyKeyStateError):
        admit(use, key)


def test_a_refused_key_stays_out(light_house: House) -> None:
    use, signer = light_house.use, new_signer()
    key = ask(use, light_house.officer, jwk_text(signer))
    prove(use, light_house.officer, key, signed(signer, key.challenge))
    with use.database.transaction() as session:
        found = session.get_one(PartyKey, key.id)
        service.refuse_key(session, found, desk=desk_of(use, ADMINISTRATOR))
    with pytest.raises(PartyKeyStateError):
        admit(use, key)
    assert use.get(KeyStore).trust_list.version == 1


def test_a_private_key_that_was_sent_is_burnt_and_not_kept(light_house: House) -> None:
    signer = new_signer()
    private = {**jwk_of(signer.private), "d": "x" * 43}
    with pytest.raises(KeyBurntError):
        ask(light_house.use, light_house.officer, json.dumps(private))
    with light_house.use.database.reading() as session:
        assert session.scalars(select(PartyKey)).all() == []


def _ed25519(raw: bytes) -> str:
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": encode_base64url(raw)}
    return json.dumps(jwk)


@pytest.mark.parametrize(
    "text",
    [
        *("", "x", "[]", "{}", '{"kty":"RSA"}', '{"kty":"OKP","kty":"OKP"}'),
        '{"kty":"OKP","crv":"Ed25519"}',
        '{"kty":"OKP","crv":"Ed25519","x":"AAAA"}',
        '{"kty":"OKP","crv":"Ed25519","x":7}',
        '{"kty":"OKP","crv":"X25519","x":"' + "A" * 43 + '"}',
        '{"kty":"EC","crv":"P-256","x":"' + "A" * 43 + '","y":"' + "A" * 43 + '"}',
        '{"kty":"EC","crv":"P-384","x":"' + "A" * 43 + '","y":"' + "A" * 43 + '"}',
        _ed25519(b"\x00" * 32),  # of order 4
        _ed25519(b"\x01" + b"\x00" * 31),  # the zero
        _ed25519(b"\xec" + b"\xff" * 30 + b"\x7f"),  # of order 2
        _ed25519(b"\xff" * 32),  # no number below p
        _ed25519(b"\x02" + b"\x00" * 31),  # on no curve
    ],
)
def test_what_is_no_sound_public_key_is_refused(light_house: House, text: str) -> None:
    with pytest.raises((KeyMalformedError, KeyWeakError)):
        ask(light_house.use, light_house.officer, text)


def test_what_browsers_write_beside_a_public_key_is_let_pass(
    light_house: House,
) -> None:
    jwk = {**jwk_of(new_signer().private), "key_ops": ["verify"], "ext": True}
    key = ask(light_house.use, light_house.officer, json.dumps(jwk))
    assert set(key.jwk) == {"kty", "crv", "x"}


def test_a_key_is_one_party_s_for_ever(light_house: House) -> None:
    use, producer = light_house.use, light_house.producer.actor
    own = use.get(KeyStore).signer(KeyRole.SEAL).public.jwk
    with pytest.raises(KeyKnownError):
        ask(use, producer, json.dumps(own))
    signer = with_key(use, light_house.officer)
    for actor in (producer, light_house.officer):
        with pytest.raises(KeyKnownError):
            ask(use, actor, jwk_text(signer))
    waiting = new_signer()
    key = ask(use, producer, jwk_text(waiting))
    prove(use, producer, key, signed(waiting, key.challenge))
    with pytest.raises(KeyKnownError):
        ask(use, light_house.officer, jwk_text(waiting))


def test_an_unproven_key_blocks_nobody_for_long(
    light_house: House, clock: FixedClock
) -> None:
    """Who copies a public key from somewhere cannot keep its holder out."""
    use, text = light_house.use, jwk_text(new_signer())
    ask(use, light_house.producer.actor, text)
    with pytest.raises(KeyKnownError):
        ask(use, light_house.officer, text)
    clock.instant += service.LIFE
    assert ask(use, light_house.officer, text).proven_at is None
    assert ask(use, light_house.officer, text).proven_at is None  # again: starts anew


def test_only_its_holder_proves_a_key_and_in_time(
    light_house: House, clock: FixedClock
) -> None:
    use, officer = light_house.use, light_house.officer
    signer = new_signer()
    key = ask(use, officer, jwk_text(signer))
    for sent in (
        *("", "x", "A" * 86, signed(new_signer(), key.challenge)),
        signed(signer, key.challenge + "x"),
        f"{key.challenge}x.{signed(signer, key.challenge)}",
    ):
        with pytest.raises(SignatureInvalidError):
            prove(use, officer, key, sent)
    clock.instant += service.LIFE
    with pytest.raises(PreparedExpiredError):
        prove(use, officer, key, signed(signer, key.challenge))
    clock.instant -= timedelta(seconds=1)
    whole = f" {key.challenge}.\n{signed(signer, key.challenge)}\n"
    prove(use, officer, key, whole)
    with pytest.raises(PartyKeyStateError):
        prove(use, officer, key, whole)


def test_a_household_that_keeps_its_name_private_holds_no_public_key(
    light_house: House, clock: FixedClock
) -> None:
    with light_house.use.database.transaction() as session:
        party = make_organisation(
            session, clock, "Hộ mẫu", kind="household", name_public=False
        )
    hidden = Actor(kind="person", id=7, name="x", organisation_id=party.id)
    with pytest.raises(PartyNameError):
        ask(light_house.use, hidden, jwk_text(new_signer()))


def test_each_party_confirms_its_own_and_nothing_else(house: House) -> None:
    lot, stars = lot_record(house), stars_record(house)
    producer = house.producer.actor
    assert stars.public_id in subjects(house, house.officer)
    assert lot.public_id in subjects(house, producer)
    assert not subjects(house, house.officer) & subjects(house, producer)
    with_key(house.use, house.officer)
    with pytest.raises(ConfirmationNotFoundError):
        prepare(house.use, house.officer, lot)
    with pytest.raises(PartyKeyMissingError):
        prepare(house.use, producer, lot)


def test_an_authority_confirms_the_hold_its_officer_entered(house: House) -> None:
    signer = with_key(house.use, house.officer)
    with house.use.database.transaction() as session:
        batch = session.get_one(Batch, house.batch.id)
        notice = Notice(reason_vi="Chờ kết quả kiểm nghiệm")
        held = hold_batch(
            session, batch, notice, actor=house.officer, notary=notary_of(house.use)
        )
    confirm(house.use, house.officer, held, signer)
    assert who_confirms(house, held) == ["Sở mẫu"]


def test_a_word_leaves_the_waiting_list_and_stands_until_taken_back(
    house: House,
) -> None:
    signer, stars = with_key(house.use, house.officer), stars_record(house)
    confirm(house.use, house.officer, stars, signer)
    assert stars.public_id not in subjects(house, house.officer)
    assert subjects(house, house.officer, standing=True) == {stars.public_id}
    confirm(house.use, house.officer, stars, signer, withdrawal="Nhầm sản phẩm")
    assert who_confirms(house, stars) == []
    assert subjects(house, house.officer, standing=True) == set()
    report = house.report(house.serials[1].link)
    assert report.verdict.value == "verified"
    with_key(house.use, house.producer.actor)
    with pytest.raises(ConfirmationStaleError):  # nothing was said yet
        prepare(house.use, house.producer.actor, lot_record(house), "x")


def test_what_is_prepared_waits_a_quarter_of_an_hour(
    light_house: House, clock: FixedClock
) -> None:
    use, officer = light_house.use, light_house.officer
    signer = with_key(use, officer)
    prepared = prepare(use, officer, stars_record(light_house))
    clock.instant += service.LIFE
    with pytest.raises(PreparedExpiredError):
        hand_in(use, officer, prepared, signed(signer, prepared.signing_input))


def test_a_signature_of_another_text_or_key_confirms_nothing(
    light_house: House,
) -> None:
    use, officer = light_house.use, light_house.officer
    signer = with_key(use, officer)
    prepared = prepare(use, officer, stars_record(light_house))
    own = use.get(KeyStore).signer(KeyRole.RECORD)
    for sent in (
        *("", "A" * 86, signed(signer, prepared.signing_input + "x")),
        signed(own, prepared.signing_input),
    ):
        with pytest.raises(SignatureInvalidError):
            hand_in(use, officer, prepared, sent)
    assert who_confirms(light_house, stars_record(light_house)) == []


def test_a_record_corrected_meanwhile_is_not_confirmed_unseen(house: House) -> None:
    from_producer = house.producer.actor
    signer = with_key(house.use, from_producer)
    with house.use.database.transaction() as session:
        batch = session.get_one(Batch, house.batch.id)
        notice = Notice(reason_vi="Kiểm tra lại")
        held = hold_batch(
            session, batch, notice, actor=from_producer, notary=notary_of(house.use)
        )
    prepared = prepare(house.use, from_producer, held)
    with house.use.database.transaction() as session:
        batch = session.get_one(Batch, house.batch.id)
        hold_batch(
            session, batch, notice, actor=house.officer, notary=notary_of(house.use)
        )
    with pytest.raises(ConfirmationStaleError, match="newer version"):
        hand_in(
            house.use, from_producer, prepared, signed(signer, prepared.signing_input)
        )


def test_two_who_confirm_at_once_leave_one_word(house: House) -> None:
    signer, stars = with_key(house.use, house.officer), stars_record(house)
    first = prepare(house.use, house.officer, stars)
    sent = signed(signer, first.signing_input)
    hand_in(house.use, house.officer, first, sent)
    with pytest.raises(ConfirmationNotFoundError):
        hand_in(house.use, house.officer, first, sent)


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_stolen_key_counts_only_for_what_was_logged_before(
    light_house: House, clock: FixedClock, when: str
) -> None:
    use, officer = light_house.use, light_house.officer
    signer, stars = with_key(use, officer), stars_record(light_house)
    word = confirm(use, officer, stars, signer)
    at = word.log_index + (1 if when == "after" else 0)
    clock.instant += timedelta(seconds=1)
    use.get(KeyStore).revoke(signer.public.kid, at, use.clock)
    kept = when == "after"
    assert who_confirms(light_house, stars) == (["Sở mẫu"] if kept else [])
    report = light_house.report(light_house.serials[1].link)
    assert report.finding(9).result is Result.PASS
    assert report.verdict.value == "verified"
    with pytest.raises(PartyKeyMissingError):
        prepare(use, officer, stars)
    fresh = with_key(use, officer)
    confirm(use, officer, stars, fresh)
    assert who_confirms(light_house, stars) == ["Sở mẫu"]
    assert light_house.report(light_house.serials[1].link).verdict.value == "verified"


def test_a_key_revoked_while_somebody_signs_confirms_nothing(
    light_house: House,
) -> None:
    use, officer = light_house.use, light_house.officer
    signer = with_key(use, officer)
    prepared = prepare(use, officer, stars_record(light_house))
    use.get(KeyStore).revoke(signer.public.kid, 0, use.clock)
    with pytest.raises(PartyKeyMissingError):
        hand_in(use, officer, prepared, signed(signer, prepared.signing_input))


def test_a_new_key_of_a_party_overlaps_with_the_one_before(
    light_house: House, clock: FixedClock
) -> None:
    use, officer = light_house.use, light_house.officer
    old = with_key(use, officer)
    prepared = prepare(use, officer, stars_record(light_house))
    new = with_key(use, officer, ES256)
    hand_in(use, officer, prepared, signed(old, prepared.signing_input))
    clock.instant += timedelta(days=2)
    assert use.get(KeyStore).ring.key(old.public.kid).not_after is not None
    assert who_confirms(light_house, stars_record(light_house)) == ["Sở mẫu"]
    word = confirm(use, officer, stars_record(light_house), new, "Cấp lại")
    assert read_unverified(word.token).kid == new.public.kid


def swapped(row: PartyKey, _producer: Actor) -> None:
    row.jwk = dict(new_signer().public.jwk)  # under the thumbprint of the honest key


def invented(row: PartyKey, _producer: Actor) -> None:
    swapped(row, _producer)
    row.thumbprint = thumbprint(row.jwk)


def taken(row: PartyKey, producer: Actor) -> None:
    assert producer.organisation_id is not None
    row.organisation_id = producer.organisation_id


@pytest.mark.parametrize("forge", [swapped, invented, taken])
def test_an_edited_row_brings_no_key_into_the_trust_list(
    light_house: House, forge: Callable[[PartyKey, Actor], None]
) -> None:
    use = light_house.use
    with_key(use, light_house.officer)
    before = use.get(KeyStore).trust_list
    with use.database.reading() as session:
        assert len(admitted_keys(session)) == 1
    with use.database.transaction() as session:
        forge(session.scalars(select(PartyKey)).one(), light_house.producer.actor)
    with use.database.reading() as session:
        assert admitted_keys(session) == []
    assert list_admitted(use)
    assert use.get(KeyStore).trust_list == before


def test_without_the_root_an_admitted_key_waits_for_the_next_list(
    light_house: House,
) -> None:
    use, signer = light_house.use, new_signer()
    [root] = (use.settings.keys / "private").glob("root-*")
    root.unlink()
    jws = use.settings.keys / "trust-list.jws"
    jws.write_text(jws.read_text() + "\n")
    key = ask(use, light_house.officer, jwk_text(signer))
    prove(use, light_house.officer, key, signed(signer, key.challenge))
    assert not admit(use, key)
    trust_list, now = use.get(KeyStore).trust_list, use.clock.now()
    with use.database.reading() as session:
        assert (
            state_of(session.get_one(PartyKey, key.id), trust_list, now) == "admitted"
        )


def test_the_states_of_a_key_have_words(light_house: House, clock: FixedClock) -> None:
    use, officer = light_house.use, light_house.officer
    signer = new_signer()
    key = ask(use, officer, jwk_text(signer))

    def state() -> str:
        with use.database.reading() as session:
            row = session.get_one(PartyKey, key.id)
        return state_of(row, use.get(KeyStore).trust_list, clock.now())

    assert state() == "asked"
    clock.instant += service.LIFE
    assert state() == "lapsed"
    clock.instant -= service.LIFE
    prove(use, officer, key, signed(signer, key.challenge))
    assert state() == "proven"
    admit(use, key)
    assert state() == "active"
    with_key(use, officer)
    clock.instant += timedelta(days=2)
    assert state() == "ended"
    kid = next(
        one.kid
        for one in use.get(KeyStore).trust_list.keys
        if thumbprint(one.jwk) == key.thumbprint
    )
    use.get(KeyStore).revoke(kid, 0, clock)
    assert state() == "revoked"


@pytest.mark.parametrize("harm", ["row lost", "word turned"])
def test_a_row_that_was_tampered_with_is_found(house: House, harm: str) -> None:
    signer, stars = with_key(house.use, house.officer), stars_record(house)
    confirm(house.use, house.officer, stars, signer)
    confirm(house.use, house.officer, stars, signer, withdrawal="Nhầm")
    assert confirmation_faults(house.use.database) == []
    with house.use.database.transaction() as session:
        drop_triggers(session.connection(), ["record_confirmation"])
        last = session.scalars(
            select(RecordConfirmation).order_by(RecordConfirmation.id.desc())
        ).first()
        assert last is not None
        if harm == "row lost":
            session.delete(last)
        else:
            last.withdrawn = False
    [fault] = confirmation_faults(house.use.database)
    assert "is not found as signed" in fault
