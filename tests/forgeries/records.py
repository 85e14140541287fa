"""Lies about records and the log: signatures, leaves, heads, versions (5 to 8)."""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from tests.forgeries.case import Case, flip, tell
from tests.forgeries.museum import lie
from tests.verification.make_verification import (
    NOW,
    SmallLog,
    build_world,
    make_key,
)
from traceability.records.credential import digest_of
from traceability.signing.envelope import read_unverified
from traceability.signing.keys import (
    ED25519_ORDER,
    KeyRole,
    decode_base64url,
    encode_base64url,
)
from traceability.transparency.merkle import HASH_BYTES

Payload = dict[str, Any]


def _altered(origin: str, change: Callable[[Payload], None]) -> Case:
    case = tell(build_world(origin))
    case.rewrite("batch", change)
    return case


@lie(5)
def altered_field(origin: str) -> Case:
    def older(payload: Payload) -> None:
        payload["credentialSubject"]["expiry"] = "2029-11-01"

    return _altered(origin, older)


@lie(5)
def altered_quantity(origin: str) -> Case:
    def more(payload: Payload) -> None:
        payload["credentialSubject"]["quantity"]["value"] = "4000"

    return _altered(origin, more)


@lie(5)
def altered_voucher(origin: str) -> Case:
    def promoted(payload: Payload) -> None:
        payload["vouchedBy"]["basis"] = "confirmed"

    return _altered(origin, promoted)


@lie(5)
def another_lots_record(origin: str) -> Case:
    world = build_world(origin)
    world.publish_batch("other", world.batch(lot_number="TRA-OTHER"))
    case = tell(world)
    case.drop("batch")
    return case


@lie(5)
def no_record_of_the_lot(origin: str) -> Case:
    case = tell(build_world(origin))
    case.drop("batch")
    return case


@lie(5)
def key_nobody_listed(origin: str) -> Case:
    world = build_world(origin)
    world.record_key = make_key(KeyRole.RECORD, world.identity.host)
    case = tell(world)
    keys = (world.root, world.seal_key, world.log_key)
    stranger = make_key(KeyRole.RECORD, world.identity.host).public
    listed = (*(one.public for one in keys), stranger)
    case.trust_list = world.signed_trust_list(version=4, keys=listed)
    return case


@lie(5)
def key_of_another_role(origin: str) -> Case:
    world = build_world(origin)
    world.publish_batch("again", world.batch(), signer=world.seal_key)
    return tell(world)


@lie(5)
def flipped_bit_in_the_signature(origin: str) -> Case:
    return _cut(origin, 2, flip)


@lie(5)
def flipped_bit_in_the_payload(origin: str) -> Case:
    def flipped(part: str) -> str:
        text = decode_base64url(part).decode().replace("Trà mẫu", "Trà mậu")
        return encode_base64url(text.encode())

    return _cut(origin, 1, flipped)


@lie(5)
def flipped_bit_in_the_header(origin: str) -> Case:
    return _cut(origin, 0, lambda part: flip(part, 2))


@lie(5)
def signature_cut_short(origin: str) -> Case:
    return _cut(origin, 2, lambda part: encode_base64url(decode_base64url(part)[:-1]))


@lie(5)
def signature_whose_s_is_too_large(origin: str) -> Case:
    def enlarged(part: str) -> str:
        raw = decode_base64url(part)
        s = int.from_bytes(raw[32:], "little") + ED25519_ORDER
        return encode_base64url(raw[:32] + s.to_bytes(32, "little"))

    return _cut(origin, 2, enlarged)


@lie(5)
def trailing_bytes(origin: str) -> Case:
    return _cut(origin, 2, lambda part: f"{part}=")


def _cut(origin: str, part: int, change: Callable[[str], str]) -> Case:
    case = tell(build_world(origin))
    served = case.record("batch")
    parts = served["token"].split(".")
    parts[part] = change(parts[part])
    served["token"] = ".".join(parts)
    return case


@lie(5)
def alg_none(origin: str) -> Case:
    case = tell(build_world(origin))
    case.rehead("batch", alg="none")
    served = case.document["records"][0]
    served["token"] = served["token"].rpartition(".")[0] + "."
    return case


@lie(5)
def alg_swapped_for_another_curve(origin: str) -> Case:
    case = tell(build_world(origin))
    case.rehead("batch", alg="ES256")
    return case


@lie(5)
def alg_swapped_for_a_mac_with_the_public_key(origin: str) -> Case:
    case = tell(build_world(origin))
    case.rehead("batch", alg="HS256")
    return case


@lie(5)
def es256_record_that_says_eddsa(origin: str) -> Case:
    case = tell(build_world(origin, alg="ES256"))
    case.rehead("batch", alg="EdDSA")
    return case


@lie(5)
def critical_header(origin: str) -> Case:
    world = build_world(origin)
    case = tell(world)
    served = case.record("batch")
    head = {**read_unverified(served["token"]).header, "crit": ["b64"], "b64": False}
    first = encode_base64url(json.dumps(head).encode())
    body = served["token"].split(".")[1]
    signature = world.record_key.sign(f"{first}.{body}".encode())
    served["token"] = f"{first}.{body}.{encode_base64url(signature)}"
    return case


@lie(5)
def kid_of_another_key(origin: str) -> Case:
    world = build_world(origin)
    other = make_key(KeyRole.RECORD, world.identity.host)
    case = tell(world)
    case.rehead("batch", kid=other.kid)
    keys = (*world.trust_list().keys, other.public)
    case.trust_list = world.signed_trust_list(version=4, keys=keys)
    return case


def _key_changed(origin: str, **changes: Any) -> Case:
    world = build_world(origin)
    case = tell(world)
    keys = [
        replace(key, **changes) if key.role is KeyRole.RECORD else key
        for key in world.trust_list().keys
    ]
    case.trust_list = world.signed_trust_list(version=4, keys=tuple(keys))
    return case


@lie(5)
def record_of_a_revoked_key(origin: str) -> Case:
    return _key_changed(origin, revoked_at=2)


@lie(5)
def record_older_than_its_key(origin: str) -> Case:
    return _key_changed(origin, not_before=NOW - timedelta(days=1))


@lie(5)
def record_younger_than_its_key(origin: str) -> Case:
    return _key_changed(origin, not_after=NOW - timedelta(days=60))


@lie(5)
def record_in_anothers_name(origin: str) -> Case:
    world = build_world(origin)
    issuer = {"issuer": "did:web:ministry.example"}
    world.publish_batch("again", world.batch(), payload=issuer)
    return tell(world)


@lie(5)
def record_at_anothers_address(origin: str) -> Case:
    world = build_world(origin)
    address = {"id": "https://ministry.example/records/1"}
    world.publish_batch("again", world.batch(), payload=address)
    return tell(world)


@lie(5)
def record_from_the_future(origin: str) -> Case:
    world = build_world(origin)
    world.publish_batch("again", world.batch(), at=NOW + timedelta(days=1))
    return tell(world)


@lie(5)
def record_that_is_none(origin: str) -> Case:
    world = build_world(origin)
    world.publish_batch("again", world.batch(), payload={"credentialSubject": []})
    return tell(world)


@lie(6)
def back_dated_record(origin: str) -> Case:
    world = build_world(origin)
    world.publish_batch(
        "again", world.batch(), at=world.at - timedelta(days=3), logged_at=world.at
    )
    return tell(world)


@lie(6)
def back_dated_record_with_its_leaf(origin: str) -> Case:
    world = build_world(origin)
    early = world.at - timedelta(days=3)
    world.publish_batch("again", world.batch(), at=early)
    return tell(world)


@lie(6)
def leaf_of_another_record(origin: str) -> Case:
    case = tell(build_world(origin))
    other, mine = case.record("source"), case.record("batch")
    for name in ("leaf", "log_index", "proof"):
        mine[name] = other[name]
    return case


@lie(6)
def record_that_was_never_logged(origin: str) -> Case:
    world = build_world(origin)
    world.publish_batch("again", world.batch(variety="Giống mẫu"))
    case = tell(world)
    served = case.record("again")
    case.drop("again")
    size = len(world.log.leaves) - 1
    case.document["checkpoint"] = world.log.checkpoint(size)
    case.document["consistency"] = _hashes(world.log.consistency(2, size))
    for name in ("batch", "run", "recognition", "source"):
        case.record(name)["proof"] = _hashes(world.proven(name, size).proof or ())
    case.document["records"].append(served)
    return case


@lie(6)
def truncated_inclusion_proof(origin: str) -> Case:
    case = tell(build_world(origin))
    case.record("batch")["proof"].pop()
    return case


@lie(6)
def altered_inclusion_proof(origin: str) -> Case:
    case = tell(build_world(origin))
    case.record("batch")["proof"][0] = _encode(bytes(HASH_BYTES))
    return case


@lie(6)
def proof_for_another_place(origin: str) -> Case:
    case = tell(build_world(origin))
    case.record("batch")["log_index"] += 1
    return case


@lie(6)
def checkpoint_of_another_key(origin: str) -> Case:
    world = build_world(origin)
    case = tell(world)
    false = SmallLog(make_key(KeyRole.LOG, "tx.example"), world.log.origin)
    false.leaves = world.log.leaves
    case.document["checkpoint"] = false.checkpoint()
    return case


@lie(6)
def checkpoint_of_another_log(origin: str) -> Case:
    world = build_world(origin)
    case = tell(world)
    false = SmallLog(world.log_key, "other.example/log", world.log.leaves)
    case.document["checkpoint"] = false.checkpoint()
    return case


@lie(6)
def checkpoint_signed_with_the_record_key(origin: str) -> Case:
    world = build_world(origin)
    case = tell(world)
    false = SmallLog(world.record_key, world.log.origin, world.log.leaves)
    case.document["checkpoint"] = false.checkpoint()
    return case


@lie(6)
def checkpoint_with_another_root(origin: str) -> Case:
    case = tell(build_world(origin))
    lines = case.document["checkpoint"].split("\n")
    lines[2] = _encode(bytes(HASH_BYTES))
    case.document["checkpoint"] = "\n".join(lines)
    return case


@lie(7)
def forked_checkpoint(origin: str) -> Case:
    world = build_world(origin)
    case = tell(world)
    other = SmallLog(world.log_key, world.log.origin, [b"another", b"past"])
    case.memory = replace(case.memory, checkpoint=other.checkpoint())
    return case


@lie(7)
def forked_checkpoint_of_the_same_size(origin: str) -> Case:
    world = build_world(origin)
    case = tell(world)
    leaves = [*world.log.leaves[:-1], b"another end"]
    other = SmallLog(world.log_key, world.log.origin, leaves)
    case.memory = replace(case.memory, checkpoint=other.checkpoint())
    case.document["consistency"] = []
    return case


@lie(7)
def rolled_back_checkpoint(origin: str) -> Case:
    world = build_world(origin)
    case = tell(world)
    later = SmallLog(world.log_key, world.log.origin, [*world.log.leaves, b"more"])
    case.memory = replace(case.memory, checkpoint=later.checkpoint())
    return case


@lie(7)
def altered_consistency_proof(origin: str) -> Case:
    case = tell(build_world(origin))
    case.document["consistency"][-1] = _encode(bytes(HASH_BYTES))
    return case


@lie(7)
def withheld_consistency_proof(origin: str) -> Case:
    case = tell(build_world(origin))
    case.document["consistency"] = None
    return case


@lie(8)
def hidden_newer_version(origin: str) -> Case:
    world = build_world(origin)
    world.publish_batch("again", world.batch(variety="Giống mẫu"))
    case = tell(world)
    case.drop("again")
    case.document["shown"]["record_sha256"] = digest_of(world.records["batch"].token)
    return case


@lie(8)
def suppressed_recall(origin: str) -> Case:
    world = build_world(origin)
    world.publish_status("recall", "recalled")
    case = tell(world)
    case.drop("recall")
    return case


@lie(8)
def suppressed_recall_with_a_false_log(origin: str) -> Case:
    case = suppressed_recall(origin)
    case.leaves[case.world.index("recall")] = b'{"v":1}'
    return case


@lie(8)
def recall_that_the_page_denies(origin: str) -> Case:
    world = build_world(origin)
    world.publish_status("recall", "recalled")
    return tell(world)


@lie(8)
def hold_that_the_page_denies(origin: str) -> Case:
    world = build_world(origin)
    world.publish_status("hold", "held")
    return tell(world)


@lie(8)
def hold_hidden_before_a_release(origin: str) -> Case:
    world = build_world(origin)
    world.publish_status("hold", "held")
    world.publish_status("release", "released")
    case = tell(world)
    case.drop("hold")
    return case


@lie(8)
def broken_supersedes_chain(origin: str) -> Case:
    world = build_world(origin)
    world.publish_batch("again", world.batch(), payload={"supersedes": "0" * 64})
    return tell(world)


@lie(8)
def version_left_out(origin: str) -> Case:
    world = build_world(origin)
    world.publish_batch("again", world.batch(), payload={"version": 3})
    return tell(world)


@lie(8)
def old_version_shown(origin: str) -> Case:
    world = build_world(origin)
    world.publish_batch("again", world.batch(variety="Giống mẫu"))
    case = tell(world)
    case.document["shown"]["record_sha256"] = digest_of(world.records["batch"].token)
    return case


@lie(8)
def expired_lot_shown_as_good(origin: str) -> Case:
    return tell(build_world(origin, expiry=NOW.date() - timedelta(days=1)))


def _hashes(proof: Sequence[bytes]) -> list[str]:
    return [_encode(one) for one in proof]


def _encode(data: bytes) -> str:
    return base64.b64encode(data).decode()
