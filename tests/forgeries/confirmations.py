"""Lies about who confirmed a record (check 9; a record under a party's key: 5)."""

from dataclasses import replace
from typing import Any

from tests.forgeries.case import Case, flip, tell
from tests.forgeries.museum import lie
from tests.verification.make_parties import LABORATORY, admit, confirm
from tests.verification.make_verification import World, build_world, honest_evidence
from traceability.signing.keys import KeyStatus, LocalSigner
from traceability.verification.evidence import ShownConfirmation


def shown(world: World, *confirmed: ShownConfirmation) -> Case:
    """What a service tells that shows these confirmations."""
    told = honest_evidence(world).shown
    assert told is not None
    return tell(world, shown=replace(told, confirmations=confirmed))


def revoked(world: World, signer: LocalSigner, at_index: int) -> None:
    """Let the world's trust list say that a party's key was stolen."""
    public = replace(signer.public, status=KeyStatus.REVOKED, revoked_at=at_index)
    world.party_keys.remove(signer)
    world.party_keys.append(LocalSigner(public=public, private=signer.private))


def honest_confirmation(origin: str, alg: str = "EdDSA") -> Case:
    world = build_world(origin)
    return shown(world, confirm(world, "word", admit(world, alg=alg)))


def honest_es256_confirmation(origin: str) -> Case:
    return honest_confirmation(origin, "ES256")


def honest_recognition(origin: str) -> Case:
    world = build_world(origin)
    return shown(world, confirm(world, "word", admit(world), of="recognition"))


def honest_two_parties(origin: str) -> Case:
    """Each has its own line of versions: one taking back leaves the other's."""
    world = build_world(origin)
    authority, laboratory = admit(world), admit(world, LABORATORY)
    first = confirm(world, "word", authority)
    confirm(world, "other", laboratory, public_id=LABORATORY)
    confirm(world, "taken back", laboratory, public_id=LABORATORY, withdrawn=True)
    return shown(world, first)


def confirmed_before_theft(origin: str) -> Case:
    """The key was revoked, from a place in the log after the confirmation."""
    world = build_world(origin)
    signer = admit(world)
    word = confirm(world, "word", signer)
    revoked(world, signer, world.index("word") + 1)
    confirm(world, "thief", signer, withdrawn=True)
    return shown(world, word)


def confirmed_again_after_theft(origin: str) -> Case:
    world = build_world(origin)
    stolen = admit(world)
    confirm(world, "thief", stolen)
    revoked(world, stolen, world.index("thief"))
    return shown(world, confirm(world, "word", admit(world)))


@lie(9)
def confirmation_out_of_thin_air(origin: str) -> Case:
    case = honest_confirmation(origin)
    case.document["confirmations"] = []
    return case


@lie(9)
def confirmation_nobody_signed(origin: str) -> Case:
    world = build_world(origin)
    word = confirm(build_world(origin), "word", admit(world))
    return shown(world, replace(word, record_sha256=world.digest("batch")))


@lie(9)
def confirmation_by_the_services_own_key(origin: str) -> Case:
    world = build_world(origin)
    admit(world)
    return shown(world, confirm(world, "word", world.record_key))


@lie(9)
def confirmation_by_the_services_key_in_the_partys_name(origin: str) -> Case:
    world = build_world(origin)
    party = admit(world).public.party
    return shown(world, confirm(world, "word", world.record_key, issuer=party))


@lie(9)
def confirmation_by_another_partys_key(origin: str) -> Case:
    world = build_world(origin)
    admit(world)
    return shown(world, confirm(world, "word", admit(world, LABORATORY)))


@lie(9)
def confirmation_shown_under_another_party(origin: str) -> Case:
    world = build_world(origin)
    word = confirm(world, "word", admit(world))
    other = f"{world.identity.origin}/organisations/{LABORATORY}"
    return shown(world, replace(word, party=other))


@lie(9)
def confirmation_by_a_key_nobody_listed(origin: str) -> Case:
    world = build_world(origin)
    signer = admit(world)
    world.party_keys.clear()
    return shown(world, confirm(world, "word", signer))


@lie(9)
def confirmation_of_an_older_version(origin: str) -> Case:
    """The lot was corrected after the party had looked at it."""
    world = build_world(origin)
    signer = admit(world)
    word = confirm(world, "word", signer)
    world.publish_batch("corrected", _corrected(world))
    return shown(world, word)


@lie(9)
def old_confirmation_put_beside_the_new_version(origin: str) -> Case:
    world = build_world(origin)
    word = confirm(world, "word", admit(world))
    newer = world.publish_batch("corrected", _corrected(world))
    return shown(world, replace(word, record_sha256=newer))


def _corrected(world: World) -> Any:
    taken = world.lot_input("LA-261031", world.digest("source"), 190)
    return world.batch(inputs=(taken,), variety="Giống khác")


@lie(9)
def confirmation_of_another_record(origin: str) -> Case:
    world = build_world(origin)
    digest = world.digest("recognition")
    return shown(world, confirm(world, "word", admit(world), digest=digest))


@lie(9)
def confirmation_that_was_withdrawn(origin: str) -> Case:
    world = build_world(origin)
    signer = admit(world)
    word = confirm(world, "word", signer)
    confirm(world, "taken back", signer, withdrawn=True)
    return shown(world, word)


@lie(9)
def withdrawn_confirmation_and_the_withdrawal_hidden(origin: str) -> Case:
    """Only the log's own entries tell."""
    case = confirmation_that_was_withdrawn(origin)
    case.drop("taken back")
    return case


@lie(9)
def withdrawal_of_a_confirmation_with_a_flipped_bit(origin: str) -> Case:
    """What cannot be verified is not simply passed over: it may be a withdrawal."""
    case = confirmation_that_was_withdrawn(origin)
    served = case.record("taken back")
    head, _, signature = served["token"].rpartition(".")
    served["token"] = f"{head}.{flip(signature)}"
    return case


@lie(9)
def confirmation_logged_after_the_key_was_revoked(origin: str) -> Case:
    world = build_world(origin)
    signer = admit(world)
    word = confirm(world, "word", signer)
    revoked(world, signer, world.index("word"))
    return shown(world, word)


@lie(9)
def confirmation_without_a_place_in_the_log(origin: str) -> Case:
    case = honest_confirmation(origin)
    case.record("word")["proof"] = None
    return case


@lie(9)
def confirmation_with_anothers_place_in_the_log(origin: str) -> Case:
    case = honest_confirmation(origin)
    batch, word = case.record("batch"), case.record("word")
    word |= {name: batch[name] for name in ("leaf", "log_index", "proof")}
    return case


@lie(9)
def altered_confirmation(origin: str) -> Case:
    case = honest_confirmation(origin)

    def more(payload: dict[str, Any]) -> None:
        payload["vouchedBy"]["name"] = "Bộ mẫu"

    case.rewrite("word", more)
    return case


@lie(9)
def confirmation_under_a_grander_name(origin: str) -> Case:
    """Signed by the party, printed with another name."""
    world = build_world(origin)
    word = confirm(world, "word", admit(world))
    return shown(world, replace(word, name="Bộ mẫu"))


@lie(9)
def confirmation_signed_before_its_key_began(origin: str) -> Case:
    world = build_world(origin)
    signer = admit(world, not_before=world.at.replace(year=2027))
    return shown(world, confirm(world, "word", signer))


@lie(9)
def second_confirmation_without_the_first(origin: str) -> Case:
    """A line of versions has no gaps: the first may have said something else."""
    world = build_world(origin)
    signer = admit(world)
    confirm(world, "word", signer)
    word = confirm(world, "again", signer)
    case = shown(world, word)
    case.drop("word")
    return case


@lie(9)
def confirmation_of_an_unknown_kind(origin: str) -> Case:
    world = build_world(origin)
    return shown(world, confirm(world, "word", admit(world), digest=7))


@lie(5)
def lot_signed_with_a_partys_key(origin: str) -> Case:
    """A party confirms what was recorded; it records nothing itself."""
    world = build_world(origin)
    signer = admit(world)
    issuer = {"issuer": signer.public.party}
    world.publish_batch("own", _corrected(world), signer=signer, payload=issuer)
    return tell(world)


@lie(5)
def lot_signed_with_a_partys_key_in_our_name(origin: str) -> Case:
    world = build_world(origin)
    signer = admit(world)
    world.publish_batch("own", _corrected(world), signer=signer)
    return tell(world)
