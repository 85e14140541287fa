"""Small logs in memory, honest or split, for witnesses and monitors to look at."""

from dataclasses import dataclass, field

from tests.signing.make_signing import make_signer
from traceability.signing.keys import KeyRole, LocalSigner
from traceability.transparency.checkpoint import Checkpoint
from traceability.transparency.merkle import leaf_hash, root_of
from traceability.transparency.note import NoteKey, format_vkey, sign_note
from traceability.transparency.proofs import HashReader, prove_consistency
from traceability.transparency.witnessing.submission import format_submission

ORIGIN = "small.example/log"


@dataclass
class Tree:
    """A log whose leaves are a list; a fork shares key and origin."""

    leaves: list[bytes] = field(default_factory=list)
    signer: LocalSigner = field(default_factory=lambda: make_signer(role=KeyRole.LOG))
    origin: str = ORIGIN

    @property
    def key(self) -> NoteKey:
        return NoteKey(self.origin, self.signer.public.raw)

    @property
    def vkey(self) -> str:
        return format_vkey(self.key)

    def root(self, size: int) -> bytes:
        return root_of([leaf_hash(one) for one in self.leaves[:size]])

    def text(self, size: int) -> str:
        return Checkpoint(self.origin, size, self.root(size)).text()

    def note(self, size: int) -> str:
        return sign_note(self.text(size), self.signer, self.key).format()

    def reader(self) -> HashReader:
        hashes = [leaf_hash(one) for one in self.leaves]
        return lambda ids: {
            one: root_of(
                hashes[one.position << one.level : (one.position + 1) << one.level]
            )
            for one in ids
        }

    def proof(self, old: int, new: int) -> list[bytes]:
        return prove_consistency(old, new, self.reader())

    def submission(self, old: int, new: int) -> bytes:
        return format_submission(old, self.proof(old, new), self.note(new)).encode()

    def fork(self, at: int) -> "Tree":
        """Return another history of the same log from an entry on."""
        other = [b"other " + one for one in self.leaves[at:]]
        return Tree(self.leaves[:at] + other, self.signer, self.origin)


def make_tree(size: int) -> Tree:
    return Tree([f"leaf {number}".encode() for number in range(size)])
