"""Plain builders of logs, signed with keys made for the test."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.orm import Session

from tests.signing.make_signing import make_public, make_signer
from traceability.db.database import Database
from traceability.signing.errors import SignerDownError
from traceability.signing.keys import KeyRole, LocalSigner, jwk_of
from traceability.transparency.checkpoint import Checkpoint, open_checkpoint
from traceability.transparency.head_file import HeadFile
from traceability.transparency.merkle import leaf_hash, root_of
from traceability.transparency.note import NoteKey, format_vkey, parse_vkey
from traceability.transparency.queries import read_head, read_leaves
from traceability.transparency.service import TransparencyLog
from traceability.transparency.triggers import (
    append_only_tables,
    create_triggers,
    drop_triggers,
)

ORIGIN = "tx.example/log"


@dataclass
class Keys:
    """The log's keys, newest first."""

    signers: list[LocalSigner] = field(
        default_factory=lambda: [make_signer(role=KeyRole.LOG)]
    )
    down: bool = False

    def signer(self) -> LocalSigner:
        if self.down:
            raise SignerDownError("The keys cannot be used: test.")
        return self.signers[0]

    def vkeys(self) -> list[str]:
        return [vkey_of_signer(one) for one in self.signers]

    def rotate(self) -> None:
        self.signers.insert(0, make_signer(role=KeyRole.LOG))


def vkey_of_signer(signer: LocalSigner) -> str:
    return format_vkey(NoteKey(ORIGIN, signer.public.raw))


def head_path(folder: Path) -> Path:
    return folder / "log" / "head"


def told_by(note: str, keys: Keys) -> Checkpoint:
    return open_checkpoint(note, [parse_vkey(one) for one in keys.vkeys()], ORIGIN)


def in_file(folder: Path, keys: Keys) -> Checkpoint:
    """What the head file says was published last."""
    return told_by(head_path(folder).read_text("utf-8"), keys)


def served(log: TransparencyLog, database: Database, keys: Keys) -> Checkpoint:
    with database.reading() as session:
        return told_by(log.checkpoint(session), keys)


def make_log(folder: Path, keys: Keys | None = None) -> TransparencyLog:
    keys = keys or Keys()
    return TransparencyLog(
        signer_of=keys.signer,
        vkeys_of=keys.vkeys,
        origin=ORIGIN,
        head_file=head_path(folder),
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


def signer_from(seed: bytes) -> LocalSigner:
    """The log key of a seed, for processes that must share it."""
    private = Ed25519PrivateKey.from_private_bytes(seed)
    return LocalSigner(make_public(jwk_of(private), KeyRole.LOG), private)


def append_in_process(url: str, folder: Path, seed: bytes, sizes: list[int]) -> None:
    """Append batches of these sizes, each in a transaction of its own."""
    database = Database(url)
    log = make_log(folder, Keys([signer_from(seed)]))
    for size in sizes:
        fill(log, database, size)
    database.dispose()


def die_before_publishing(url: str, folder: Path, seed: bytes, count: int) -> None:
    """Commit ``count`` leaves and be killed before the head reaches its file."""

    write = HeadFile.write_newer

    def die(file: HeadFile, note: str, size: int) -> None:
        if size == 0:  # the mark of a log that begins
            write(file, note, size)
        else:
            os.kill(os.getpid(), signal.SIGKILL)

    database = Database(url)
    log = make_log(folder, Keys([signer_from(seed)]))
    HeadFile.write_newer = die  # type: ignore[method-assign,assignment]  # a process of its own
    fill(log, database, count)


def url_of(database: Database) -> str:
    return database.engine.url.render_as_string(hide_password=False)


@contextmanager
def without_triggers(database: Database) -> Iterator[Session]:
    """A transaction of somebody who took the triggers away, and puts them back."""
    tables = append_only_tables()
    with database.transaction() as session:
        drop_triggers(session.connection(), tables)
        yield session
        create_triggers(session.connection(), tables)
