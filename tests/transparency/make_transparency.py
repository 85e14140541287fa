"""Plain builders of logs, signed with keys made for the test."""

from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.orm import Session

from tests.signing.make_signing import make_signer
from traceability.db.database import Database
from traceability.signing.keys import KeyRole, LocalSigner
from traceability.transparency.merkle import leaf_hash, root_of
from traceability.transparency.note import NoteKey, format_vkey
from traceability.transparency.queries import read_head, read_leaves
from traceability.transparency.service import TransparencyLog

ORIGIN = "tx.example/log"


@dataclass
class Keys:
    """The log's keys, newest first; ``down`` makes signing fail."""

    signers: list[LocalSigner] = field(
        default_factory=lambda: [make_signer(role=KeyRole.LOG)]
    )

    def signer(self) -> LocalSigner:
        return self.signers[0]

    def vkeys(self) -> list[str]:
        return [vkey_of_signer(one) for one in self.signers]

    def rotate(self) -> None:
        self.signers.insert(0, make_signer(role=KeyRole.LOG))


def vkey_of_signer(signer: LocalSigner) -> str:
    return format_vkey(NoteKey(ORIGIN, signer.public.raw))


def make_log(folder: Path, keys: Keys | None = None) -> TransparencyLog:
    keys = keys or Keys()
    return TransparencyLog(
        signer_of=keys.signer,
        vkeys_of=keys.vkeys,
        origin=ORIGIN,
        head_file=folder / "log" / "head",
    )


def make_leaves(count: int, start: int = 0) -> list[bytes]:
    return [f'{{"leaf":{start + number},"v":1}}'.encode() for number in range(count)]


def fill(log: TransparencyLog, database: Database, count: int) -> list[int]:
    """Append ``count`` new leaves in a transaction of their own."""
    with database.transaction() as session:
        start = size_of(session)
        return log.append(session, make_leaves(count, start))


def size_of(session: Session) -> int:
    head = read_head(session)
    return head.size if head else 0


def recomputed_root(session: Session) -> bytes:
    """The root over the leaves' bytes, whatever is noted beside them."""
    leaves = read_leaves(session, 0, 2**62)
    return root_of([leaf_hash(one.data) for one in leaves])
