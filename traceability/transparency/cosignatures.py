"""Who has cosigned a head: the signature lines of known witnesses, verified."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from traceability.transparency.errors import CosignatureError
from traceability.transparency.note import Note, NoteSignature, parse_note, time_of
from traceability.transparency.policy import Policy, Witness

CLOCK_SLACK = 300  # seconds two machines' clocks may differ


@dataclass(frozen=True, slots=True)
class Cosignature:
    """A witness's word that it saw this head as the newest at an instant."""

    witness: Witness
    at: int  # POSIX seconds
    signature: NoteSignature


def read_cosignatures(
    note: Note, witnesses: Iterable[Witness], now: int
) -> list[Cosignature]:
    """Return the newest cosignature of each known witness on a note.

    Lines of unknown keys are ignored, and so is what is dated in the future. Raises
    ``CosignatureError`` for a wrong signature in the name of a known witness: somebody
    made it up.
    """
    known = {(one.key.name, one.key.key_id): one for one in witnesses}
    found: dict[str, Cosignature] = {}
    for line in note.signatures:
        witness = known.get((line.name, line.key_id))
        if witness is None:
            continue
        if not witness.key.verifies(note.text, line.signature):
            raise CosignatureError(
                "The cosignature of %(name)s is wrong.", name=line.name
            )
        one = Cosignature(witness, time_of(line.signature), line)
        before = found.get(witness.name)
        if one.at <= now + CLOCK_SLACK and (before is None or before.at < one.at):
            found[witness.name] = one
    return list(found.values())


def cosignatures_on(
    note: str, witnesses: Iterable[Witness], now: int
) -> list[Cosignature]:
    """Return the cosignatures on a signed note.

    Raises ``CosignatureError``, ``NoteMalformedError``, ``NoteTooLargeError``.
    """
    return read_cosignatures(parse_note(note), witnesses, now)


def times_of(cosignatures: Iterable[Cosignature]) -> Mapping[str, int]:
    """Return when each witness cosigned, by its name in the policy."""
    return {one.witness.name: one.at for one in cosignatures}


def key_names(cosignatures: Iterable[Cosignature]) -> tuple[str, ...]:
    """Return the names the witnesses' keys carry everywhere, in order."""
    return tuple(sorted(one.witness.key.name for one in cosignatures))


def has_quorum(policy: Policy, cosignatures: Sequence[Cosignature]) -> bool:
    """Return whether those who cosigned are as many as the policy asks."""
    return policy.met_by(set(times_of(cosignatures)))


def with_cosignatures(note: str, cosignatures: Iterable[Cosignature]) -> str:
    """Return a signed note with further signature lines."""
    return note + "".join(one.signature.line() for one in cosignatures)
