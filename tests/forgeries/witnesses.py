"""Lies about who has cosigned the log's head, to a verifier with a policy (check 7)."""

import base64
from collections.abc import Callable, Sequence
from dataclasses import replace

from tests.forgeries.case import SEEN, Case, tell
from tests.forgeries.museum import lie
from tests.transparency.make_witnesses import AT, SmallWitness, policy_text
from tests.verification.make_verification import NOW, SmallLog, build_world
from traceability.transparency.note import NoteSignature, parse_note

Lines = Callable[[Sequence[SmallWitness], str], str]
LATER = int(NOW.timestamp()) + 3600
TIME_BYTES = 8
WITNESSES = tuple(SmallWitness(name) for name in ("first", "second", "third"))


def cosigned(origin: str, lines: Lines, *, least: str = "2") -> Case:
    """What a service tells of a head under whose signature these lines stand."""
    case = tell(build_world(origin))
    note = case.document["checkpoint"]
    case.document["checkpoint"] = note + lines(WITNESSES, note)
    case.policy = policy_text(WITNESSES, least, case.world.log.vkey)
    return case


def bent(
    line: str,
    *,
    name: str = "",
    change: Callable[[bytes], bytes] = lambda signature: signature,
) -> str:
    """A cosignature with other bytes, or another name, under the same key id."""
    _dash, named, encoded = line.split()
    data = base64.b64decode(encoded)
    return NoteSignature(name or named, data[:4], change(data[4:])).line()


def honest_cosignatures(origin: str) -> Case:
    return cosigned(
        origin, lambda all_, note: all_[0].cosign(note) + all_[2].cosign(note)
    )


def honest_beside_a_stranger(origin: str) -> Case:
    """Whoever is not in the policy may sign too: it counts for nothing."""
    stranger = SmallWitness("stranger")
    return cosigned(
        origin,
        lambda all_, note: (
            stranger.cosign(note) + "".join(one.cosign(note) for one in all_)
        ),
        least="all",
    )


@lie(7)
def head_that_no_witness_has_seen(origin: str) -> Case:
    return cosigned(origin, lambda _all, _note: "")


@lie(7)
def head_with_fewer_witnesses_than_asked(origin: str) -> Case:
    return cosigned(origin, lambda all_, note: all_[0].cosign(note))


@lie(7)
def one_witness_that_signs_twice(origin: str) -> Case:
    return cosigned(
        origin, lambda all_, note: all_[0].cosign(note, AT) + all_[0].cosign(note)
    )


@lie(7)
def witness_that_shares_only_a_name(origin: str) -> Case:
    return cosigned(
        origin,
        lambda all_, note: (
            all_[0].cosign(note) + SmallWitness(all_[1].name).cosign(note)
        ),
    )


@lie(7)
def witness_under_anothers_name(origin: str) -> Case:
    """A key's id holds for its own name alone."""
    return cosigned(
        origin,
        lambda all_, note: (
            all_[0].cosign(note)
            + bent(all_[0].cosign(note), name=f"{all_[1].name}.example")
        ),
    )


@lie(7)
def cosignature_of_an_older_head(origin: str) -> Case:
    world = build_world(origin)
    older = world.log.checkpoint(SEEN)
    return cosigned(
        origin,
        lambda all_, note: (
            "".join(one.cosign(note) for one in all_[:2]) + all_[2].cosign(older)
        ),
    )


@lie(7)
def cosignature_with_another_time(origin: str) -> Case:
    moved = (AT + 60).to_bytes(TIME_BYTES, "big")
    return cosigned(
        origin,
        lambda all_, note: (
            all_[0].cosign(note)
            + bent(all_[1].cosign(note), change=lambda one: moved + one[TIME_BYTES:])
        ),
    )


@lie(7)
def cosignature_from_the_future(origin: str) -> Case:
    return cosigned(
        origin, lambda all_, note: all_[0].cosign(note) + all_[1].cosign(note, LATER)
    )


@lie(7)
def cosignature_without_a_time(origin: str) -> Case:
    """The witness's key on the head as a log would sign it."""

    def lines(all_: Sequence[SmallWitness], note: str) -> str:
        plain = all_[1].sign(parse_note(note).text.encode())
        return all_[0].cosign(note) + bent(
            all_[1].cosign(note), change=lambda _signature: plain
        )

    return cosigned(origin, lines)


@lie(7)
def cosignature_cut_short(origin: str) -> Case:
    return cosigned(
        origin,
        lambda all_, note: (
            all_[0].cosign(note)
            + bent(all_[1].cosign(note), change=lambda one: one[:5])
        ),
    )


@lie(7)
def cosignature_with_trailing_bytes(origin: str) -> Case:
    return cosigned(
        origin,
        lambda all_, note: (
            all_[0].cosign(note)
            + bent(all_[1].cosign(note), change=lambda one: one + b"\0")
        ),
    )


@lie(7)
def head_of_a_log_the_policy_does_not_name(origin: str) -> Case:
    case = honest_cosignatures(origin)
    case.policy = policy_text(WITNESSES, "2", build_world(origin).log.vkey)
    return case


@lie(7)
def fork_that_every_witness_has_cosigned(origin: str) -> Case:
    """Witnesses that collude: what the verifier itself saw before still counts."""
    world = build_world(origin)
    leaves = [*world.log.leaves[:-1], b"another end"]
    other = SmallLog(world.log_key, world.log.origin, leaves).checkpoint()
    case = tell(world)
    note = case.document["checkpoint"]
    case.document["checkpoint"] = note + "".join(one.cosign(note) for one in WITNESSES)
    case.document["consistency"] = []
    case.policy = policy_text(WITNESSES, "all", world.log.vkey)
    case.memory = replace(case.memory, checkpoint=other)
    return case
