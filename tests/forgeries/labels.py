"""Lies on labels: links, hosts, trust lists, seals, serials (checks 1 to 4)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from tests.forgeries.case import Case, tell
from tests.forgeries.museum import lie
from tests.verification.make_handover import handed_over, make_root
from tests.verification.make_verification import (
    COUNT,
    FIRST,
    NOW,
    World,
    build_world,
    make_key,
)
from traceability.labels.seal import SEAL_BYTES, SEAL_DIGITS
from traceability.records.credential import Disclosure
from traceability.signing.handover import sign_handover
from traceability.signing.keys import ED25519_ORDER, KeyRole, LocalSigner
from traceability.signing.trust_list import sign_trust_list

BOUND = FIRST + 10_000  # the first label of a run that must be applied


def _host(case: Case, host: str) -> Case:
    case.text = case.text.replace(case.world.identity.host, host)
    return case


@lie(1)
def wrong_check_digit(origin: str) -> Case:
    case = tell(build_world(origin))
    case.text = case.text.replace("/01/09520001001017", "/01/09520001001018")
    return case


@lie(1)
def full_width_digits(origin: str) -> Case:
    case = tell(build_world(origin))
    case.text = case.text.replace("/01/0952", "/01/０９５２")
    return case


@lie(1)
def homoglyph_host(origin: str) -> Case:
    case = tell(build_world(origin))
    case.text = "https://tх.example/" + case.text.split("/", 3)[3]
    return case


@lie(1)
def user_before_the_host(origin: str) -> Case:
    case = tell(build_world(origin))
    return _host(case, f"{case.world.identity.host}@evil.example")


@lie(1)
def serial_and_lot_swapped(origin: str) -> Case:
    case = tell(build_world(origin))
    case.text = case.text.replace("/10/", "/?/").replace("/21/", "/10/")
    case.text = case.text.replace("/?/", "/21/")
    return case


@lie(2)
def domain_under_another(origin: str) -> Case:
    case = tell(build_world(origin))
    name = case.world.identity.host.replace(":", "-")
    return _host(case, f"{name}.evil.example")


@lie(2)
def punycode_look_alike(origin: str) -> Case:
    return _host(tell(build_world(origin)), "xn--t-7tb.example")


@lie(2)
def another_port(origin: str) -> Case:
    case = tell(build_world(origin))
    return _host(case, f"{case.world.identity.host.partition(':')[0]}:1")


@lie(2)
def another_scheme(origin: str) -> Case:
    case = tell(build_world(origin))
    case.text = case.text.replace("HTTP://", "HTTPS://")
    return case


@lie(2)
def rolled_back_trust_list(origin: str) -> Case:
    world = build_world(origin)
    case = tell(world)
    case.trust_list = world.signed_trust_list(version=2)
    return case


@lie(2)
def trust_list_of_another_root(origin: str) -> Case:
    world = build_world(origin)
    case = tell(world)
    root = make_key(KeyRole.ROOT, world.identity.host)
    keys = (root.public, *world.trust_list().keys[1:])
    forged = world.trust_list(version=4, keys=keys)
    case.trust_list = sign_trust_list(forged, signer=root)
    return case


@lie(2)
def trust_list_signed_by_a_record_key(origin: str) -> Case:
    world = build_world(origin)
    case = tell(world)
    case.trust_list = sign_trust_list(
        world.trust_list(version=4), signer=world.record_key
    )
    return case


@lie(2)
def expired_trust_list(origin: str) -> Case:
    world = build_world(origin)
    case = tell(world)
    case.trust_list = world.signed_trust_list(expires=NOW - timedelta(days=1))
    return case


@lie(2)
def trust_list_from_the_future(origin: str) -> Case:
    world = build_world(origin)
    case = tell(world)
    case.trust_list = world.signed_trust_list(issued=NOW + timedelta(days=1))
    return case


@lie(2)
def trust_list_with_a_host_slipped_in(origin: str) -> Case:
    world = build_world(origin)
    case = tell(world)
    header, _, signature = case.trust_list.split(".")
    forged = world.signed_trust_list(
        link_origins=(world.identity.origin, "https://evil.example")
    )
    case.trust_list = f"{header}.{forged.split('.')[1]}.{signature}"
    return case


def honest_new_root(origin: str) -> Case:
    world = build_world(origin)
    case = tell(world)
    case.trust_list = handed_over(world, make_root(world), make_root(world))
    return case


def _usurped(case: Case, word: Callable[[LocalSigner], str]) -> Case:
    """Serve a list of a thief's root, with some word that hands over to it."""
    world, thief = case.world, make_root(case.world)
    keys = (thief.public, *world.trust_list().keys[1:])
    forged = world.trust_list(version=9, keys=keys, handovers=(word(thief),))
    case.trust_list = sign_trust_list(forged, signer=thief)
    return case


@lie(2)
def root_that_hands_over_to_itself(origin: str) -> Case:
    case = tell(build_world(origin))
    return _usurped(case, lambda thief: sign_handover(thief.public, NOW, signer=thief))


@lie(2)
def root_handed_over_under_the_pinned_name(origin: str) -> Case:
    case = tell(build_world(origin))

    def word(thief: LocalSigner) -> str:
        impostor = replace(thief, public=case.world.root.public)
        return sign_handover(thief.public, NOW, signer=impostor)

    return _usurped(case, word)


@lie(2)
def root_handed_over_by_a_record_key(origin: str) -> Case:
    case = tell(build_world(origin))
    signer = case.world.record_key
    return _usurped(case, lambda thief: sign_handover(thief.public, NOW, signer=signer))


@lie(2)
def hand_over_with_another_heir_written_in(origin: str) -> Case:
    case = tell(build_world(origin))
    root = case.world.root

    def word(thief: LocalSigner) -> str:
        honest = sign_handover(make_root(case.world).public, NOW, signer=root)
        forged = sign_handover(thief.public, NOW, signer=root)
        header, _, signature = honest.split(".")
        return f"{header}.{forged.split('.')[1]}.{signature}"

    return _usurped(case, word)


@lie(2)
def root_of_another_service_handed_over_to(origin: str) -> Case:
    case = tell(build_world(origin))
    signer = case.world.root

    def word(thief: LocalSigner) -> str:
        foreign = replace(thief.public, party="did:web:evil.example")
        return sign_handover(foreign, NOW, signer=signer)

    return _usurped(case, word)


@lie(2)
def root_that_had_ended_hands_over_once_more(origin: str) -> Case:
    """The old root was stolen after its end, which the verifier saw."""
    case = tell(build_world(origin))
    old = case.world.root
    known = handed_over(case.world, make_root(case.world))
    case.memory = replace(case.memory, trust_list=known)
    before = NOW - timedelta(days=25)
    return _usurped(case, lambda thief: sign_handover(thief.public, before, signer=old))


def _sealed(origin: str, **facts: Any) -> Case:
    """Return an honest sealed label, or one sealed with other facts or keys."""
    world = build_world(origin, kind="sealed")
    case = tell(world)
    link = world.link(serial=world.serial())
    case.document["label"]["sealed"] = True
    case.text = f"{link.qr_text()}?s={world.seal(link, **facts)}"
    return case


def honest_sealed_label(origin: str) -> Case:
    return _sealed(origin)


def _patched(origin: str, place: int, value: int) -> Case:
    """Return a sealed label with one byte of its seal set to another value."""
    case = _sealed(origin)
    link, _, digits = case.text.partition("?s=")
    blob = bytearray(int(digits).to_bytes(SEAL_BYTES, "big"))
    assert blob[place] != value
    blob[place] = value
    patched = str(int.from_bytes(blob, "big")).zfill(SEAL_DIGITS)
    case.text = f"{link}?s={patched}"
    return case


@lie(3)
def seal_replayed_on_another_serial(origin: str) -> Case:
    case = _sealed(origin)
    seal = case.text.partition("?s=")[2]
    other = case.world.link(serial=case.world.serial(FIRST + 8))
    case.text = f"{other.qr_text()}?s={seal}"
    return case


@lie(3)
def seal_of_the_lot_on_a_serial(origin: str) -> Case:
    case = _sealed(origin)
    link = case.text.partition("?s=")[0]
    case.text = f"{link}?s={case.world.seal(case.world.link())}"
    return case


@lie(3)
def dropped_seal(origin: str) -> Case:
    case = _sealed(origin)
    case.text = case.text.partition("?s=")[0]
    return case


@lie(3)
def dropped_seal_that_the_service_hides(origin: str) -> Case:
    case = dropped_seal(origin)
    case.document["label"]["sealed"] = False
    return case


@lie(3)
def seal_with_a_later_expiry(origin: str) -> Case:
    return _patched(origin, 7, 0xFF)


@lie(3)
def seal_with_another_production_date(origin: str) -> Case:
    return _patched(origin, 6, 0x01)


@lie(3)
def seal_with_more_stars(origin: str) -> Case:
    return _patched(origin, 9, 5)


@lie(3)
def seal_with_another_log_index(origin: str) -> Case:
    return _patched(origin, 18, 0x7F)


@lie(3)
def seal_with_a_flipped_signature_bit(origin: str) -> Case:
    case = _sealed(origin)
    blob = int(case.text.partition("?s=")[2]).to_bytes(SEAL_BYTES, "big")
    return _patched_like(case, bytes([*blob[:-1], blob[-1] ^ 1]))


@lie(3)
def seal_whose_s_is_too_large(origin: str) -> Case:
    """The same signature with the group's order added to s (RFC 8032 5.1.7)."""
    case = _sealed(origin)
    blob = int(case.text.partition("?s=")[2]).to_bytes(SEAL_BYTES, "big")
    s = int.from_bytes(blob[-32:], "little") + ED25519_ORDER
    return _patched_like(case, blob[:-32] + s.to_bytes(32, "little"))


def _patched_like(case: Case, blob: bytes) -> Case:
    digits = str(int.from_bytes(blob, "big")).zfill(SEAL_DIGITS)
    case.text = f"{case.text.partition('?s=')[0]}?s={digits}"
    return case


@lie(3)
def seal_cut_short(origin: str) -> Case:
    case = _sealed(origin)
    case.text = case.text[:-1]
    return case


@lie(3)
def seal_with_trailing_digits(origin: str) -> Case:
    case = _sealed(origin)
    case.text += "0"
    return case


@lie(3)
def seal_of_an_unknown_key(origin: str) -> Case:
    return _sealed(origin, signer=make_key(KeyRole.SEAL, "tx.example"))


@lie(3)
def seal_made_with_the_record_key(origin: str) -> Case:
    case = _sealed(origin)
    link = case.world.link(serial=case.world.serial())
    forged = case.world.seal(link, signer=case.world.record_key)
    case.text = f"{link.qr_text()}?s={forged}"
    return case


@lie(3)
def seal_of_a_revoked_key(origin: str) -> Case:
    case = _sealed(origin)
    world = case.world
    stolen = replace(world.seal_key.public, revoked_at=world.index("run"))
    keys = [key for key in world.trust_list().keys if key.role is not KeyRole.SEAL]
    case.trust_list = world.signed_trust_list(version=4, keys=(*keys, stolen))
    return case


@lie(3)
def seal_that_names_another_lots_record(origin: str) -> Case:
    return _sealed(origin, log_index=1)


@lie(4)
def guessed_serial(origin: str) -> Case:
    case = tell(build_world(origin))
    case.text = case.text.replace(case.world.serial(), "0000000000000")
    case.document["label"]["state"] = "unknown"
    return case


@lie(4)
def guessed_serial_that_the_service_backs(origin: str) -> Case:
    case = tell(build_world(origin))
    other = case.world.serial(FIRST + COUNT)
    case.text = case.text.replace(case.world.serial(), other)
    return case


@lie(4)
def serial_of_another_lot(origin: str) -> Case:
    case = tell(build_world(origin))
    case.document["label"]["state"] = "other-batch"
    return case


@lie(4)
def serial_with_another_lots_run(origin: str) -> Case:
    world = build_world(origin)
    foreign = world.link(lot="TRA-OTHER")
    world.publish_run("foreign", lot=str(foreign), firstIndex=FIRST + 500)
    case = tell(world)
    case.text = case.text.replace(world.serial(), world.serial(FIRST + 505))
    case.drop("foreign")
    return case


@lie(4)
def label_of_a_run_that_is_kept_back(origin: str) -> Case:
    """Printed silently: the service vouches for the serial, no signed run holds it."""
    case = tell(build_world(origin))
    case.drop("run")
    return case


@lie(4)
def label_beyond_the_count_that_was_signed(origin: str) -> Case:
    """Ten labels were signed for, eighteen were printed."""
    world = build_world(origin)
    world.publish_run("small", firstIndex=FIRST + 5_000, count=10)
    case = tell(world)
    beyond = world.serial(FIRST + 5_017)
    case.text = case.text.replace(world.serial(), beyond)
    return case


@lie(4)
def run_whose_count_was_raised_after_signing(origin: str) -> Case:
    """The record's bytes are altered so that the range holds the serial."""
    world = build_world(origin)
    world.publish_run("small", firstIndex=FIRST + 5_000, count=10)
    case = tell(world)
    case.text = case.text.replace(world.serial(), world.serial(FIRST + 5_017))
    case.rewrite("small", lambda one: one["credentialSubject"].update(count=18))
    return case


@lie(4)
def void_label(origin: str) -> Case:
    world = build_world(origin)
    world.publish_void("void", FIRST, FIRST + 10)
    case = tell(world)
    case.document["label"]["state"] = "void"
    return case


@lie(4)
def void_label_that_the_service_backs(origin: str) -> Case:
    world = build_world(origin)
    world.publish_void("void", FIRST, FIRST + 10)
    return tell(world)


@lie(8)
def void_label_whose_record_is_withheld(origin: str) -> Case:
    world = build_world(origin)
    world.publish_void("void", FIRST, FIRST + 10)
    case = tell(world)
    case.drop("void")
    return case


@lie(5)
def void_label_with_another_witness_committed_to(origin: str) -> Case:
    """The row's witness was exchanged, and the commitment in the record with it."""
    world = build_world(origin)
    world.publish_void("void", FIRST + 500, FIRST + 510)
    case = tell(world)
    other = Disclosure("witness", bytes(16), {"name": "Kẻ khác", "role": "Khác"})
    commitments = {"witness": other.commitment}
    case.rewrite(
        "void", lambda one: one["credentialSubject"].update(commitments=commitments)
    )
    return case


def must_be_applied(world: World) -> World:
    """Sign a run whose labels count only once they are on goods."""
    world.publish_run("bound", firstIndex=BOUND, count=100, mustBeApplied=True)
    return world


def told_of(world: World, index: int) -> Case:
    case = tell(world)
    case.text = case.text.replace(world.serial(), world.serial(index))
    return case


def honest_applied_label(origin: str) -> Case:
    world = must_be_applied(build_world(origin))
    world.publish_applied("applied", BOUND, BOUND + 9)
    world.publish_reprint("again", BOUND, BOUND + 4, run="bound")
    return told_of(world, BOUND + 4)


@lie(4)
def label_taken_before_it_was_applied(origin: str) -> Case:
    world = must_be_applied(build_world(origin))
    world.publish_applied("applied", BOUND, BOUND + 9)
    return told_of(world, BOUND + 10)


@lie(4)
def label_whose_application_was_widened(origin: str) -> Case:
    """The record's bytes are altered so that the range holds the stolen label."""
    world = must_be_applied(build_world(origin))
    world.publish_applied("applied", BOUND, BOUND + 9)
    case = told_of(world, BOUND + 10)
    case.rewrite("applied", lambda one: one["credentialSubject"].update(to=BOUND + 99))
    return case


@lie(4)
def label_applied_for_another_lot(origin: str) -> Case:
    world = must_be_applied(build_world(origin))
    lot = f"{world.link()}-B"
    world.publish_applied("applied", BOUND, BOUND + 9, lot=lot)
    case = told_of(world, BOUND)
    case.drop("applied")
    return case


@lie(5)
def run_that_no_longer_asks_for_activation(origin: str) -> Case:
    world = must_be_applied(build_world(origin))
    case = told_of(world, BOUND)
    case.rewrite("bound", lambda one: one["credentialSubject"].pop("mustBeApplied"))
    return case


@lie(8)
def second_printing_that_is_withheld(origin: str) -> Case:
    world = build_world(origin)
    world.publish_reprint("again", FIRST, FIRST + 10)
    case = tell(world)
    case.drop("again")
    return case


@lie(4)
def lot_nobody_registered(origin: str) -> Case:
    case = tell(build_world(origin))
    case.text = case.text.replace("TRA-261101", "TRA-999999")
    nothing: dict[str, list[Any]] = {
        "records": [],
        "recognitions": [],
        "papers": [],
        "inputs": [],
    }
    case.document |= {**nothing, "label": {**case.document["label"]}, "shown": None}
    case.document["label"]["state"] = "lot-unknown"
    return case
