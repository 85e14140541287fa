"""One root hands over to the next: never against what was seen."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.signing.make_signing import BEGIN, DID, make_list, make_signer
from traceability.core.errors import DomainError
from traceability.signing.changes import (
    next_version,
    with_handover,
    with_key,
    with_retired,
)
from traceability.signing.entries import key_json
from traceability.signing.envelope import read_unverified, sign_token
from traceability.signing.handover import (
    HANDOVER_TYPE,
    MAX_HANDOVERS,
    sign_handover,
)
from traceability.signing.keyring import KeyRing
from traceability.signing.keys import (
    ES256,
    KeyRole,
    LocalSigner,
    PublicKey,
    encode_base64url,
)
from traceability.signing.trust_list import (
    TRUST_LIST_TYPE,
    TrustList,
    sign_trust_list,
    trust_list_json,
    verify_trust_list,
)

FIRST = make_signer(role=KeyRole.ROOT)
SECOND = make_signer(ES256, role=KeyRole.ROOT)
THIRD = make_signer(role=KeyRole.ROOT)
STRANGER = make_signer(role=KeyRole.ROOT)
RECORD = make_signer()
LOG = make_signer(role=KeyRole.LOG)
DAY = timedelta(days=1)
NOW = BEGIN + 20 * DAY


def after(trust_list: TrustList, heir: LocalSigner, signer: LocalSigner) -> TrustList:
    """The next version: a new key, under the root that signed so far."""
    days = trust_list.version * 5 * DAY
    key = replace(heir.public, not_before=BEGIN + days)
    grown = next_version(with_key(trust_list, key, overlap=DAY), BEGIN + days)
    return with_handover(grown, signer=signer)


ALONE = make_list(FIRST, RECORD, LOG)
TWO = after(ALONE, SECOND, FIRST)
THREE = after(TWO, THIRD, SECOND)
FOUR = after(THREE, make_signer(), THIRD)
TO_SECOND, TO_THIRD = FOUR.handovers


def refusal(
    trust_list: TrustList,
    root: PublicKey | KeyRing = ALONE.ring,
    signer: LocalSigner = THIRD,
) -> str:
    token = sign_trust_list(trust_list, signer=signer)
    with pytest.raises(DomainError) as refused:
        verify_trust_list(token, root, now=NOW)
    return refused.value.code


@pytest.mark.parametrize("root", [ALONE.ring, FIRST.public, TWO.ring, SECOND.public])
def test_who_missed_hand_overs_follows_them(root: PublicKey | KeyRing) -> None:
    token = sign_trust_list(FOUR, signer=THIRD)
    assert verify_trust_list(token, root, now=NOW) == FOUR


def test_one_file_is_enough_after_each_change() -> None:
    for trust_list, signer in ((TWO, FIRST), (THREE, SECOND), (FOUR, THIRD)):
        token = sign_trust_list(trust_list, signer=signer)
        assert verify_trust_list(token, ALONE.ring, now=NOW) == trust_list


def test_only_a_new_root_is_handed_over_to() -> None:
    assert ALONE.handovers == ()
    assert TWO.handovers == (TO_SECOND,)
    assert len(THREE.handovers) == len(FOUR.handovers) == 2


def test_a_hand_over_says_who_when_and_to_whom() -> None:
    envelope = read_unverified(TO_SECOND)
    assert envelope.header == {
        "alg": "EdDSA",
        "kid": FIRST.kid,
        "typ": "root-handover+jwt",
    }
    assert envelope.payload == {
        "issuer": DID,
        "issued": "2026-01-06T00:00:00Z",
        "root": json.loads(trust_list_json(TWO))["keys"][-1],
    }


def test_without_hand_overs_another_root_is_as_unknown_as_ever() -> None:
    bare = replace(FOUR, handovers=())
    assert refusal(bare) == "key-unknown"
    assert refusal(bare, FIRST.public) == "key-mismatch"


def test_a_list_is_still_verified_under_the_root_found() -> None:
    header, body, _ = sign_trust_list(FOUR, signer=THIRD).split(".")
    signature = sign_trust_list(THREE, signer=THIRD).rpartition(".")[2]
    with pytest.raises(DomainError) as refused:
        verify_trust_list(f"{header}.{body}.{signature}", ALONE.ring, now=NOW)
    assert refused.value.code == "signature-invalid"
    token = sign_trust_list(FOUR, signer=THIRD)
    with pytest.raises(DomainError) as refused:
        verify_trust_list(token, ALONE.ring, now=NOW, last_seen_version=5)
    assert refused.value.code == "trust-list-older"


def payload(heir: PublicKey = THIRD.public, **changes: Any) -> dict[str, Any]:
    honest = {
        "issuer": DID,
        "issued": "2026-01-11T00:00:00Z",
        "root": key_json(heir),
    }
    return {**honest, **changes}


def told(
    value: dict[str, Any], signer: LocalSigner = SECOND, typ: str = HANDOVER_TYPE
) -> str:
    return sign_token(json.dumps(value).encode(), typ, signer=signer)


def altered(token: str, value: dict[str, Any]) -> str:
    header, _, signature = token.split(".")
    body = encode_base64url(json.dumps(value).encode())
    return f"{header}.{body}.{signature}"


def other_entry(**changes: Any) -> dict[str, Any]:
    return payload(root={**key_json(THIRD.public), **changes})


IMPOSTOR = replace(STRANGER, public=replace(STRANGER.public, kid=SECOND.kid))
LIES: dict[str, Callable[[], str]] = {
    "by a stranger": lambda: told(payload(), STRANGER),
    "by a stranger under the root's name": lambda: told(payload(), IMPOSTOR),
    "by the heir itself": lambda: told(payload(), THIRD),
    "by a record key": lambda: told(payload(), RECORD),
    "altered": lambda: altered(told(payload(STRANGER.public)), payload()),
    "of another type": lambda: told(payload(), typ=TRUST_LIST_TYPE),
    "to a record key": lambda: told(
        payload(replace(THIRD.public, role=KeyRole.RECORD))
    ),
    "to a known record key": lambda: told(
        payload(replace(RECORD.public, role=KeyRole.ROOT))
    ),
    "to a revoked root": lambda: told(other_entry(revoked_at=0)),
    "to a root that has ended": lambda: told(
        other_entry(not_after="2026-01-12T00:00:00Z")
    ),
    "to a root of tomorrow": lambda: told(
        other_entry(not_before="2027-01-12T00:00:00Z")
    ),
    "for another service": lambda: told(payload(issuer="did:web:ty.example")),
    "to another service": lambda: told(other_entry(party="did:web:ty.example")),
    "to another's name": lambda: told(
        other_entry(kid=THIRD.kid.replace("tx.example", "ty.example"))
    ),
    "to bytes of another key": lambda: told(other_entry(jwk=dict(STRANGER.public.jwk))),
    "to a private key": lambda: told(
        other_entry(jwk={**THIRD.public.jwk, "d": THIRD.public.jwk["x"]})
    ),
    "to nobody": lambda: told({"issuer": DID, "issued": "2026-01-11T00:00:00Z"}),
    "to a word": lambda: told(payload(root="root")),
    "without a date": lambda: told(payload(issued=None)),
    "for a list of services": lambda: told(payload(issuer=[DID])),
    "garbage": lambda: "ÿ.é.",
    "nothing": lambda: "",
}


@pytest.mark.parametrize("name", LIES)
def test_a_hand_over_that_is_none_leads_nowhere(name: str) -> None:
    honest = told(payload())
    lie = LIES[name]()
    assert refusal(replace(FOUR, handovers=(TO_SECOND, lie))) == "key-unknown"
    among = replace(FOUR, handovers=(lie, TO_SECOND, lie, honest))
    token = sign_trust_list(among, signer=THIRD)
    assert verify_trust_list(token, ALONE.ring, now=NOW) == among


def test_a_chain_with_a_gap_leads_nowhere() -> None:
    assert refusal(replace(FOUR, handovers=(TO_THIRD,))) == "key-unknown"
    assert refusal(replace(FOUR, handovers=(TO_THIRD, TO_SECOND))) == "key-unknown"


def test_a_list_of_another_service_is_not_reached_by_ours() -> None:
    foreign = replace(FOUR, issuer="did:web:ty.example")
    assert refusal(foreign) == "key-unknown"


def test_a_root_of_another_party_does_not_hand_over_for_this_one() -> None:
    elder = replace(FIRST.public, party="did:web:ty.example")
    assert refusal(TWO, KeyRing([elder]), SECOND) == "key-unknown"


def stolen(elder: LocalSigner) -> TrustList:
    """A thief's list: the stolen root hands over, dated when it still counted."""
    word = sign_handover(STRANGER.public, BEGIN + DAY, signer=elder)
    return replace(FOUR, version=9, handovers=(*FOUR.handovers, word))


def test_a_root_seen_to_end_hands_nothing_over() -> None:
    for elder in (FIRST, SECOND):
        assert refusal(stolen(elder), FOUR.ring, STRANGER) == "key-unknown"
    pinned = TWO.ring.key(FIRST.kid)  # the one key alone, with its end
    assert pinned.not_after is not None
    assert refusal(stolen(FIRST), pinned, STRANGER) == "key-mismatch"


def test_no_hand_over_wakes_a_root_that_was_seen_to_end() -> None:
    """The first root still counts, the second was ended before its time."""
    ended = with_retired(after(TWO, THIRD, SECOND), SECOND.kid, BEGIN + 11 * DAY)
    first = replace(FIRST.public, not_after=None)
    others = [key for key in ended.keys if key.kid != FIRST.kid]
    assert refusal(stolen(SECOND), KeyRing([first, *others]), STRANGER) == "key-unknown"
    assert refusal(FOUR, KeyRing([first, *others]), SECOND) == "key-expired"


def test_a_root_that_ended_does_not_return_under_another_name() -> None:
    kid = SECOND.kid.replace("tx.example", "ty.example")
    alias = replace(SECOND, public=replace(SECOND.public, kid=kid))
    first = replace(FIRST.public, not_after=None)
    ring = KeyRing([first, *(key for key in FOUR.keys if key.kid != FIRST.kid)])
    word = sign_handover(alias.public, NOW, signer=FIRST)
    assert refusal(replace(FOUR, handovers=(word,)), ring, alias) == "key-unknown"


def test_a_root_in_its_overlap_still_hands_over() -> None:
    late = NOW - timedelta(days=14, hours=12)  # half a day after the second was made
    word = sign_handover(THIRD.public, late, signer=FIRST)
    token = sign_trust_list(replace(TWO, handovers=(word,)), signer=THIRD)
    found = verify_trust_list(token, TWO.ring, now=late)
    assert found.handovers == (word,)
    with pytest.raises(DomainError):
        verify_trust_list(token, TWO.ring, now=late + DAY)


def test_too_many_hand_overs_are_none() -> None:
    many = replace(FOUR, handovers=(*FOUR.handovers, *("x",) * MAX_HANDOVERS))
    assert refusal(many) == "key-unknown"
    assert refusal(many, FOUR.ring) == "trust-list-malformed"


def test_the_oldest_go_where_there_would_be_too_many() -> None:
    full = replace(TWO, handovers=(*("old",) * (MAX_HANDOVERS - 1), TO_SECOND))
    *older, newest = after(full, THIRD, SECOND).handovers
    assert older == [*("old",) * (MAX_HANDOVERS - 2), TO_SECOND]
    assert read_unverified(newest).payload["root"]["kid"] == THIRD.kid


@pytest.mark.parametrize("issuer", [None, 7, [DID]])
def test_a_list_that_names_no_issuer_leads_nowhere(issuer: object) -> None:
    value = {**json.loads(trust_list_json(FOUR)), "issuer": issuer}
    token = told(value, THIRD, TRUST_LIST_TYPE)
    with pytest.raises(DomainError) as refused:
        verify_trust_list(token, ALONE.ring, now=NOW)
    assert refused.value.code == "key-unknown"
