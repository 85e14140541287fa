"""Lies about what is held and recalled, told by status lists (check 8)."""

import gzip
from dataclasses import replace
from datetime import timedelta
from typing import Any

from tests.forgeries.case import Case, flip, tell
from tests.forgeries.museum import lie
from tests.verification.make_verification import NOW, World, build_world, make_key
from traceability.core.json_text import json_text
from traceability.signing.envelope import read_unverified, sign_token
from traceability.signing.keys import KeyRole, KeyStatus, encode_base64url
from traceability.signing.trust_list import sign_trust_list
from traceability.status.bitstring import SIZE, bits_of, encode
from traceability.status.lists import ListId, Purpose

REVOKED, SUSPENDED = Purpose.REVOCATION, Purpose.SUSPENSION
EMPTY = bytes(SIZE // 8)


def listing(world: World, *tokens: str) -> Case:
    """A case whose service hands over these lists."""
    return tell(world, status=tokens)


def honest_lists(origin: str) -> Case:
    world = build_world(origin)
    case = listing(world, *world.status_lists())
    hour = timedelta(hours=1)
    before = world.status_lists(valid_from=NOW - 3 * hour)
    case.memory = replace(case.memory, status=before)
    return case


def _one(home: str, /, **changes: Any) -> Case:
    """A service whose list of recalls is not as it should be."""
    world = build_world(home)
    token = world.status_list(REVOKED, **changes)
    return listing(world, token, world.status_list(SUSPENDED))


def _rewritten(origin: str, **subject: Any) -> Case:
    """A service that changed a list's words under its old signature."""
    world = build_world(origin)
    token = world.status_list(REVOKED, world.index("batch"))
    header, _, signature = token.split(".")
    payload = read_unverified(token).payload
    payload["credentialSubject"] |= subject
    body = encode_base64url(json_text(payload).encode())
    return listing(world, f"{header}.{body}.{signature}", world.status_list(SUSPENDED))


@lie(8)
def recall_that_only_the_list_tells(origin: str) -> Case:
    world = build_world(origin)
    token = world.status_list(REVOKED, world.index("batch"))
    return listing(world, token, world.status_list(SUSPENDED))


@lie(8)
def hold_that_only_the_list_tells(origin: str) -> Case:
    world = build_world(origin)
    token = world.status_list(SUSPENDED, world.index("batch"))
    return listing(world, world.status_list(REVOKED), token)


@lie(8)
def recall_that_only_the_list_seen_before_tells(origin: str) -> Case:
    world = build_world(origin)
    case = tell(world)
    token = world.status_list(REVOKED, world.index("batch"))
    case.memory = replace(case.memory, status=(token,))
    return case


@lie(9)
def withdrawn_stars_that_only_the_list_tells(origin: str) -> Case:
    world = build_world(origin)
    token = world.status_list(REVOKED, world.index("recognition"))
    return listing(world, token, world.status_list(SUSPENDED))


@lie(9)
def withdrawn_certificate_that_only_the_list_tells(origin: str) -> Case:
    world = build_world(origin)
    world.publish_certificate("c1")
    token = world.status_list(REVOKED, world.index("c1"))
    case = listing(world, token, world.status_list(SUSPENDED))
    case.document["shown"]["papers"] = [world.identity.url("/certificates/c1")]
    return case


@lie(8)
def list_with_its_bit_cleared(origin: str) -> Case:
    return _rewritten(origin, encodedList=encode(bits_of([])))


@lie(8)
def list_with_another_record_marked(origin: str) -> Case:
    return _rewritten(origin, encodedList=encode(bits_of([SIZE - 1])))


@lie(8)
def list_given_back_for_an_older_one(origin: str) -> Case:
    world = build_world(origin)
    case = listing(world, *world.status_lists(valid_from=NOW - timedelta(hours=3)))
    case.memory = replace(case.memory, status=world.status_lists())
    return case


@lie(8)
def list_signed_with_the_record_key(origin: str) -> Case:
    world = build_world(origin)
    return listing(world, *world.status_lists(signer=world.record_key))


@lie(8)
def list_signed_with_a_key_nobody_listed(origin: str) -> Case:
    world = build_world(origin)
    stranger = make_key(KeyRole.STATUS, world.identity.host)
    return listing(world, *world.status_lists(signer=stranger))


def _with_key(origin: str, **changes: Any) -> Case:
    """A service whose status key is not what it was."""
    world = build_world(origin)
    listed = replace(world.status_key.public, **changes)
    keys = tuple(
        listed if one.role is KeyRole.STATUS else one for one in world.trust_list().keys
    )
    case = listing(world, *world.status_lists())
    trust_list = world.trust_list(version=4, keys=keys)
    case.trust_list = sign_trust_list(trust_list, signer=world.root)
    return case


@lie(8)
def list_signed_with_a_revoked_key(origin: str) -> Case:
    return _with_key(origin, status=KeyStatus.REVOKED, revoked_at=10_000)


@lie(8)
def list_signed_after_its_key_had_ended(origin: str) -> Case:
    return _with_key(origin, not_after=NOW - timedelta(hours=2))


@lie(8)
def list_older_than_its_key(origin: str) -> Case:
    return _with_key(origin, not_before=NOW - timedelta(hours=1))


@lie(8)
def list_with_a_flipped_bit_in_its_signature(origin: str) -> Case:
    world = build_world(origin)
    token, other = world.status_lists()
    head, _, signature = token.rpartition(".")
    return listing(world, f"{head}.{flip(signature)}", other)


@lie(8)
def list_with_a_signature_too_short(origin: str) -> Case:
    world = build_world(origin)
    token, other = world.status_lists()
    return listing(world, token[:-2], other)


@lie(8)
def list_of_holds_at_the_address_of_recalls(origin: str) -> Case:
    return _one(origin, subject={"statusPurpose": "suspension"})


@lie(8)
def list_with_a_purpose_nobody_knows(origin: str) -> Case:
    return _one(origin, subject={"statusPurpose": "refresh"})


@lie(8)
def another_list_than_that_of_the_record(origin: str) -> Case:
    return _one(origin, id=ListId(REVOKED, 1))


@lie(8)
def list_of_holds_withheld(origin: str) -> Case:
    world = build_world(origin)
    return listing(world, world.status_list(REVOKED))


@lie(8)
def list_of_another_service(origin: str) -> Case:
    return _one(origin, origin="https://other.example", issuer="did:web:other.example")


@lie(8)
def list_in_another_issuers_name(origin: str) -> Case:
    return _one(origin, issuer="did:web:other.example")


@lie(8)
def list_past_its_end(origin: str) -> Case:
    return _one(origin, valid_from=NOW - timedelta(days=7))


@lie(8)
def list_that_never_ends(origin: str) -> Case:
    begin = NOW - timedelta(days=60)
    return _one(origin, valid_from=begin, valid_until=begin + timedelta(days=36_500))


@lie(8)
def list_from_the_future(origin: str) -> Case:
    return _one(origin, valid_from=NOW + timedelta(hours=1))


@lie(8)
def list_that_is_cut_short(origin: str) -> Case:
    return _one(origin, subject={"encodedList": encode(EMPTY)[:-8]})


@lie(8)
def list_of_fewer_bits(origin: str) -> Case:
    return _one(origin, subject={"encodedList": encode(EMPTY[:-1])})


@lie(8)
def list_that_unpacks_to_millions(origin: str) -> Case:
    return _one(origin, subject={"encodedList": encode(bytes(20_000_000))})


@lie(8)
def list_with_a_second_list_behind_it(origin: str) -> Case:
    twice = gzip.compress(EMPTY, mtime=0) + gzip.compress(EMPTY, mtime=0)
    return _one(origin, subject={"encodedList": f"u{encode_base64url(twice)}"})


@lie(8)
def list_without_its_letter_of_multibase(origin: str) -> Case:
    return _one(origin, subject={"encodedList": encode(EMPTY)[1:]})


@lie(8)
def list_that_says_it_is_something_else(origin: str) -> Case:
    return _one(origin, payload={"type": ["VerifiableCredential", "BatchRecord"]})


@lie(8)
def list_whose_bits_are_no_text(origin: str) -> Case:
    return _one(origin, subject={"encodedList": 7})


@lie(8)
def list_without_a_day(origin: str) -> Case:
    return _one(origin, payload={"validFrom": "lately"})


@lie(8)
def list_that_is_a_token_of_another_kind(origin: str) -> Case:
    world = build_world(origin)
    token, other = world.status_lists()
    payload = json_text(read_unverified(token).payload).encode()
    return listing(world, sign_token(payload, "JWT", signer=world.status_key), other)


@lie(8)
def list_longer_than_any(origin: str) -> Case:
    return _one(origin, payload={"name": "x" * 70_000})


@lie(8)
def list_that_is_no_token(origin: str) -> Case:
    return listing(build_world(origin), "recalled: none")


@lie(8)
def list_that_is_a_record(origin: str) -> Case:
    world = build_world(origin)
    return listing(world, world.records["batch"].token)
