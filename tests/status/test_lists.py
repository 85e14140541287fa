"""How records point into lists, and what is no list of ours."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, strategies as st

from traceability.core.errors import DomainError
from traceability.status.bitstring import SIZE, bits_of, encode
from traceability.status.lists import (
    LIFETIME,
    MAX_TOKEN,
    ListId,
    Profile,
    Purpose,
    StatusList,
    check_length,
    list_of,
    lists_of,
    parse_path,
    payload_of,
    read_status_list,
    status_entry,
)

ORIGIN = "https://tx.example"
BEGIN = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


def make_list(*indexes: int, purpose: Purpose = Purpose.REVOCATION) -> StatusList:
    return StatusList(
        id=ListId(purpose, 0),
        origin=ORIGIN,
        issuer="did:web:tx.example",
        valid_from=BEGIN,
        valid_until=BEGIN + LIFETIME,
        bits=bits_of(indexes),
    )


def test_w3c_writes_the_index_as_text_and_untp_as_a_number() -> None:
    where = (ORIGIN, SIZE + 7, Purpose.SUSPENSION)
    w3c = status_entry(*where)
    assert w3c == {
        "id": "https://tx.example/status/suspension/1#7",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "suspension",
        "statusListIndex": "7",
        "statusListCredential": "https://tx.example/status/suspension/1",
    }
    assert status_entry(*where, Profile.UNTP) == {**w3c, "statusListIndex": 7}


@given(st.integers(0, 2**48 - 1), st.sampled_from(Purpose))
def test_each_entry_of_the_log_has_one_bit_in_one_list(
    index: int, purpose: Purpose
) -> None:
    found = list_of(purpose, index)
    assert parse_path(found.path) == found
    entry = status_entry(ORIGIN, index, purpose, Profile.UNTP)
    assert entry["statusListCredential"] == found.url(ORIGIN)
    assert found.number * SIZE + int(str(entry["statusListIndex"])) == index


def test_both_purposes_of_each_number_are_wanted_once() -> None:
    assert lists_of([5, 7, SIZE]) == [
        *(ListId(Purpose.REVOCATION, 0), ListId(Purpose.SUSPENSION, 0)),
        *(ListId(Purpose.REVOCATION, 1), ListId(Purpose.SUSPENSION, 1)),
    ]


def test_what_was_written_is_read() -> None:
    one = make_list(3, 5, SIZE - 1)
    assert read_status_list(payload_of(one)) == one
    assert one.is_set(3)
    assert one.is_set(SIZE - 1)
    assert not one.is_set(4)


def changed(**members: Any) -> dict[str, Any]:
    payload: dict[str, Any] = payload_of(make_list())
    subject = payload["credentialSubject"]
    for name, value in members.items():
        (subject if name in subject and name not in {"id", "type"} else payload)[
            name
        ] = value
    return payload


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ({}, "status-list-malformed"),
        (
            changed(id=f"{ORIGIN}/status/revocation/00"),
            "status-list-malformed",
        ),
        (changed(id="https://tx.example/records/r1"), "status-list-malformed"),
        (changed(id=7), "status-list-malformed"),
        (changed(type=["VerifiableCredential"]), "status-list-malformed"),
        (changed(type=7), "status-list-malformed"),
        (changed(type="BitstringStatusListCredential"), "status-list-malformed"),
        (changed(issuer={}), "status-list-malformed"),
        (changed(validFrom="2026-11-22"), "status-list-malformed"),
        (changed(validUntil=None), "status-list-malformed"),
        (changed(credentialSubject=[]), "status-list-malformed"),
        (changed(encodedList=b""), "status-list-malformed"),
        (changed(encodedList="u"), "status-list-encoding"),
        (changed(encodedList=encode(b"\0")), "status-list-size"),
        (changed(statusPurpose=["revocation"]), "status-list-malformed"),
        (changed(statusPurpose="suspension"), "status-list-purpose"),
        (changed(statusPurpose="message"), "status-list-purpose"),
    ],
)
def test_what_is_no_list_of_ours_is_refused_with_a_code(
    payload: dict[str, Any], code: str
) -> None:
    with pytest.raises(DomainError) as refusal:
        read_status_list(payload)
    assert refusal.value.code == code


def test_a_token_is_as_long_as_the_fullest_list_at_most() -> None:
    check_length("x" * MAX_TOKEN)
    with pytest.raises(DomainError) as refusal:
        check_length("x" * (MAX_TOKEN + 1))
    assert refusal.value.code == "status-list-too-large"
