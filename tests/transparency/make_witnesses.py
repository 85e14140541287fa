"""Witnesses with keys made for the test, and the policies that name them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.conftest import FixedClock
from traceability.transparency.asking import Answer
from traceability.transparency.errors import PeerSilentError
from traceability.transparency.note import (
    COSIGNATURE,
    NoteKey,
    cosign,
    format_vkey,
    parse_note,
)
from traceability.transparency.witnessing.submission import parse_submission

Reply = Callable[[bytes], Answer]
AT = 1_793_600_000  # POSIX seconds: before the tests' now


@dataclass(frozen=True)
class SmallWitness:
    """A witness that signs whatever it is shown."""

    name: str
    private: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    kid: str = "witness"
    alg: str = "EdDSA"

    @property
    def key(self) -> NoteKey:
        raw = self.private.public_key().public_bytes_raw()
        return NoteKey(f"{self.name}.example", raw, COSIGNATURE)

    @property
    def vkey(self) -> str:
        return format_vkey(self.key)

    def sign(self, message: bytes) -> bytes:
        return self.private.sign(message)

    def cosign(self, note: str, at: int = AT) -> str:
        """Return the signature line for a signed note."""
        return cosign(parse_note(note).text, self, self.key, at).line()

    def policy_line(self, url: str = "") -> str:
        return f"witness {self.name} {self.vkey} {url}".rstrip() + "\n"


def make_witnesses(*names: str) -> list[SmallWitness]:
    return [SmallWitness(name) for name in names]


def policy_text(witnesses: Sequence[SmallWitness], least: str, *logs: str) -> str:
    """Return a policy that asks for ``least`` of the witnesses."""
    lines = [f"log {one}\n" for one in logs]
    lines += [one.policy_line() for one in witnesses]
    names = " ".join(one.name for one in witnesses)
    return "".join(lines) + f"group all-of-us {least} {names}\nquorum all-of-us\n"


class Wire:
    """Witnesses in this process, by address."""

    def __init__(self, clock: FixedClock) -> None:
        self.clock = clock
        self.replies: dict[str, Reply] = {}
        self.asked: list[str] = []

    def post(self, url: str, body: bytes, limit: int) -> Answer:
        self.asked.append(url)
        answer = self.replies[url.removesuffix("/add-checkpoint")](body)
        if len(answer.body) > limit:
            raise PeerSilentError("%(url)s answered too much or too slowly.", url=url)
        return answer

    def small(self, witness: SmallWitness) -> Reply:
        """A witness that signs whatever it is shown."""

        def reply(body: bytes) -> Answer:
            note = parse_submission(body).note.format()
            line = witness.cosign(note, int(self.clock.now().timestamp()))
            return Answer(200, "text/plain", line.encode())

        return reply
