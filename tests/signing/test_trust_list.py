"""The trust list: read back as written, and never a step back in time."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, strategies as st

from tests.signing.make_signing import (
    BEGIN,
    DID,
    IDENTITY,
    make_list,
    make_public,
    make_signer,
)
from traceability.core.errors import DomainError
from traceability.core.identity import Identity
from traceability.signing.changes import (
    current,
    new_key,
    with_key,
    with_retired,
)
from traceability.signing.envelope import sign_credential, sign_token
from traceability.signing.errors import (
    KeyNotYetValidError,
    KeyRoleError,
    KeyUnknownError,
    SealKeyCollisionError,
    TrustListMalformedError,
)
from traceability.signing.handover import MAX_HANDOVERS
from traceability.signing.keyring import KeyRing
from traceability.signing.keys import ES256, KeyRole, KeyStatus
from traceability.signing.trust_list import (
    LIFETIME,
    TRUST_LIST_TYPE,
    parse_trust_list,
    root_named_by,
    sign_trust_list,
    trust_list_json,
    verify_trust_list,
)

ROOT = make_signer(role=KeyRole.ROOT)
RECORD = make_signer(ES256)
SEAL = make_signer(role=KeyRole.SEAL)
LOG = make_signer(role=KeyRole.LOG)
LIST = make_list(ROOT, RECORD, SEAL, LOG)
TOKEN = sign_trust_list(LIST, signer=ROOT)


def code_of(token: str, **options: Any) -> str:
    with pytest.raises(DomainError) as refusal:
        verify_trust_list(token, ROOT.public, **{"now": BEGIN, **options})
    return refusal.value.code


def test_a_list_reads_back_as_it_was_written() -> None:
    assert verify_trust_list(TOKEN, ROOT.public, now=BEGIN) == LIST
    assert parse_trust_list(json.loads(trust_list_json(LIST))) == LIST


def test_a_list_says_what_verifiers_need() -> None:
    value = json.loads(trust_list_json(LIST))
    assert value["version"] == 1
    assert value["issued"] == "2026-01-01T00:00:00Z"
    assert value["issuer"] == DID
    assert value["link_origins"] == ["https://tx.example"]
    assert value["log"] == {"origin": "tx.example/log", "vkey": LIST.log_vkey}
    assert set(value["keys"][0]) == {
        *("kid", "role", "party", "alg", "jwk"),
        *("not_before", "not_after", "status", "revoked_at"),
    }
    assert [key.kid for key in LIST.ring] == [key["kid"] for key in value["keys"]]
    assert LIST.link_hosts == ("tx.example",)
    assert '"d"' not in json.dumps(value)


instants = st.datetimes(
    min_value=datetime(2020, 1, 1),  # noqa: DTZ001 (the zone is the next argument)
    max_value=datetime(2200, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
).map(lambda instant: instant.replace(microsecond=0))


@given(
    version=st.integers(0, 2**53 - 1),
    issued=instants,
    not_after=st.none() | instants,
    status=st.sampled_from(KeyStatus),
    revoked_at=st.none() | st.integers(0, 2**48),
    origin=st.text(st.characters(codec="utf-8"), max_size=30),
)
def test_every_list_reads_back(
    version: int,
    issued: datetime,
    not_after: datetime | None,
    status: KeyStatus,
    revoked_at: int | None,
    origin: str,
) -> None:
    key = replace(
        RECORD.public, not_after=not_after, status=status, revoked_at=revoked_at
    )
    trust_list = replace(
        LIST, version=version, issued=issued, link_origins=(origin,), keys=(key,)
    )
    assert parse_trust_list(json.loads(trust_list_json(trust_list))) == trust_list


def test_a_list_of_another_root_is_refused() -> None:
    other = make_signer(role=KeyRole.ROOT)
    assert code_of(sign_trust_list(LIST, signer=other)) == "key-mismatch"
    impostor = replace(other, public=replace(other.public, kid=ROOT.kid))
    assert code_of(sign_trust_list(LIST, signer=impostor)) == "signature-invalid"


def test_a_record_is_no_trust_list_even_if_the_root_signed_it() -> None:
    token = sign_credential(trust_list_json(LIST), signer=ROOT)
    assert code_of(token) == "type-mismatch"


def test_a_list_older_than_the_last_one_seen_is_refused() -> None:
    assert code_of(TOKEN, last_seen_version=2) == "trust-list-older"
    again = verify_trust_list(TOKEN, ROOT.public, now=BEGIN, last_seen_version=1)
    assert again == LIST


def test_an_expired_list_is_only_taken_by_who_asks_for_it() -> None:
    late = BEGIN + LIFETIME
    assert code_of(TOKEN, now=late) == "trust-list-expired"
    taken = verify_trust_list(TOKEN, ROOT.public, now=late, accept_expired=True)
    assert taken.expired(late)
    assert not taken.expired(late - timedelta(seconds=1))


def test_a_list_of_the_future_is_refused_beyond_a_clock_s_error() -> None:
    early = BEGIN - timedelta(minutes=6)
    assert code_of(TOKEN, now=early) == "trust-list-not-yet-valid"
    soon = BEGIN - timedelta(minutes=4)
    assert verify_trust_list(TOKEN, ROOT.public, now=soon) == LIST


def test_only_a_root_of_the_last_list_may_sign_the_next() -> None:
    assert verify_trust_list(TOKEN, LIST.ring, now=BEGIN) == LIST
    by_record = sign_token(trust_list_json(LIST), TRUST_LIST_TYPE, signer=RECORD)
    with pytest.raises(KeyRoleError):
        verify_trust_list(by_record, LIST.ring, now=BEGIN)
    with pytest.raises(KeyUnknownError):
        verify_trust_list(TOKEN, KeyRing([RECORD.public]), now=BEGIN)


def test_a_list_names_its_own_root_for_the_first_use() -> None:
    assert root_named_by(TOKEN) == ROOT.public
    for signer in (RECORD, make_signer(role=KeyRole.ROOT)):
        token = sign_token(trust_list_json(LIST), TRUST_LIST_TYPE, signer=signer)
        with pytest.raises(KeyUnknownError):
            root_named_by(token)


def with_member(path: str, value: object) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(trust_list_json(LIST))
    place: Any = document
    *parents, last = path.split("/")
    for name in parents:
        place = place[int(name) if name.isdigit() else name]
    place[int(last) if last.isdigit() else last] = value
    return document


OTHER_JWK = dict(make_signer().public.jwk)
BROKEN: list[tuple[str, object]] = [
    ("version", -1),
    ("version", True),
    ("version", "1"),
    ("issued", "2026-01-01"),
    ("issued", "2026-1-1T00:00:00Z"),
    ("issued", 5),
    ("expires", None),
    ("issuer", None),
    ("link_origins", "https://tx.example"),
    ("link_origins", [1]),
    ("log", []),
    ("log", {"origin": "tx.example/log"}),
    ("parties", {}),
    ("parties", ["party"]),
    ("keys", {}),
    ("keys", ["key"]),
    ("keys/0/role", "emperor"),
    ("keys/0/role", []),
    ("keys/0/status", "asleep"),
    ("keys/0/not_before", None),
    ("keys/0/revoked_at", "7"),
    ("keys/0/jwk", []),
    ("keys/0/jwk", {}),
    ("keys/0/jwk", {**OTHER_JWK, "crv": "Ed448"}),
    ("keys/0/jwk", {**OTHER_JWK, "x": "AAAA"}),
    ("keys/0/jwk", {**OTHER_JWK, "x": 1}),
    ("keys/0/jwk", {**OTHER_JWK, "d": OTHER_JWK["x"]}),
    ("keys/0/jwk", {**OTHER_JWK, "y": OTHER_JWK["x"]}),
    ("keys/0/jwk", OTHER_JWK),
    ("keys/0/alg", "ES256"),
    ("keys/0/kid", "did:web:tx.example#other"),
    ("mac_keys", [{}]),
    ("mac_keys", None),
    ("handovers", None),
    ("handovers", "a.b.c"),
    ("handovers", [1]),
    ("handovers", ["a.b.c"] * (MAX_HANDOVERS + 1)),
]


@pytest.mark.parametrize(("path", "value"), BROKEN)
def test_a_broken_list_is_refused_whole(path: str, value: object) -> None:
    document = json.dumps(with_member(path, value)).encode()
    token = sign_token(document, TRUST_LIST_TYPE, signer=ROOT)
    assert code_of(token) in {"trust-list-malformed", "key-malformed"}


def test_members_we_do_not_know_are_left_alone() -> None:
    assert parse_trust_list(with_member("witnesses", [])) == LIST


@given(st.lists(st.text(st.characters(codec="utf-8")), max_size=MAX_HANDOVERS))
def test_hand_overs_read_back_in_their_order(handovers: list[str]) -> None:
    trust_list = replace(LIST, handovers=tuple(handovers))
    assert parse_trust_list(json.loads(trust_list_json(trust_list))) == trust_list


def test_a_list_from_before_there_were_hand_overs_reads_as_one_without() -> None:
    document = with_member("handovers", [])
    del document["handovers"]
    assert parse_trust_list(document) == LIST


def test_no_two_keys_share_an_id() -> None:
    with pytest.raises(TrustListMalformedError):
        parse_trust_list(
            with_member("keys/0", json.loads(trust_list_json(LIST))["keys"][1])
        )


def test_a_seal_key_that_collides_is_refused() -> None:
    with pytest.raises(SealKeyCollisionError):
        with_key(LIST, SEAL.public, overlap=timedelta(0))


def test_a_key_is_good_from_its_first_instant_on() -> None:
    key = RECORD.public
    assert LIST.ring.valid(key.kid, KeyRole.RECORD, BEGIN, None) == key
    with pytest.raises(KeyNotYetValidError):
        LIST.ring.valid(
            key.kid, KeyRole.RECORD, BEGIN - timedelta(microseconds=1), None
        )
    with pytest.raises(KeyRoleError):
        LIST.ring.valid(key.kid, KeyRole.SEAL, BEGIN, None)
    with pytest.raises(KeyUnknownError):
        LIST.ring.key("did:web:tx.example#nobody")
    with pytest.raises(KeyUnknownError):
        LIST.ring.seal_key(RECORD.key_id4)


def test_a_role_s_newest_key_signs_even_where_a_clock_stepped_back() -> None:
    younger = new_key(
        IDENTITY, KeyRole.SEAL, dict(make_signer().public.jwk), BEGIN - timedelta(1)
    )
    grown = with_key(LIST, younger, overlap=timedelta(0))
    assert current(grown, KeyRole.SEAL) == younger
    assert with_retired(grown, SEAL.kid, BEGIN).ring.key(SEAL.kid).status == "retired"


def test_a_port_in_the_host_is_encoded_in_key_ids() -> None:
    identity = Identity("http://127.0.0.1:8000")
    key = new_key(identity, KeyRole.RECORD, dict(RECORD.public.jwk), BEGIN)
    assert key.kid.startswith("did:web:127.0.0.1%3A8000#")
    assert make_public(dict(key.jwk)).key_id4 == key.key_id4
