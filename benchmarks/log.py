"""The log against a plain hashlib loop and a bare signature check, in one process.

Run: python -m benchmarks.log [leaves]. Variant and yardstick take turns; the figure is
the median of the rounds' ratios. Storing is SQLite in a temporary folder, commits and
the published head's file included.
"""

import statistics
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from benchmarks.measuring import compare, show, timed
from traceability.db.base import Base
from traceability.db.database import Database
from traceability.signing.keys import (
    EDDSA,
    KeyRole,
    LocalSigner,
    PublicKey,
    generate_private,
    jwk_of,
    vkey_of,
)
from traceability.transparency.merkle import fold_peaks, grow, leaf_hash
from traceability.transparency.service import TransparencyLog

APPEND, PROOF = 0.8, 1.0  # the targets
BATCH = 20_000
PROOFS = 1000
LEAVES = 1_000_000
ORIGIN = "tx.example/log"


def make_leaves(count: int, start: int = 0) -> list[bytes]:
    digest = "ab" * 32
    return [
        f'{{"issued_at":"2026-11-22T03:00:00Z","sha256":"{digest}",'
        f'"subject":"https://tx.example/01/09520001001017/10/L{number}",'
        f'"type":"BatchRecord","v":1}}'.encode()
        for number in range(start, start + count)
    ]


def make_log(folder: Path) -> tuple[TransparencyLog, Database]:
    private = generate_private()
    jwk = jwk_of(private)
    public = PublicKey(
        kid="bench",
        alg=EDDSA,
        role=KeyRole.LOG,
        party="bench",
        jwk=jwk,
        not_before=datetime(2026, 1, 1, tzinfo=UTC),
    )
    log = TransparencyLog(
        signer_of=lambda: LocalSigner(public, private),
        vkeys_of=lambda: [vkey_of(ORIGIN, jwk)],
        origin=ORIGIN,
        head_file=folder / "log" / "head",
    )
    database = Database(f"sqlite:///{folder / 'bench.sqlite3'}")
    Base.metadata.create_all(database.engine)
    return log, database


def plain_loop(leaves: Sequence[bytes]) -> bytes:
    """The yardstick: every leaf and node hashed with hashlib, one after the other."""
    peaks: list[bytes] = []
    for index, leaf in enumerate(leaves):
        node = sha256(b"\x00" + leaf).digest()
        while index & 1:
            node = sha256(b"\x01" + peaks.pop() + node).digest()
            index >>= 1  # noqa: PLW2901 (the carry walks up the tree)
        peaks.append(node)
    root = peaks.pop()
    while peaks:
        root = sha256(b"\x01" + peaks.pop() + root).digest()
    return root


def grown(leaves: Sequence[bytes]) -> bytes:
    return fold_peaks(grow(0, [], [leaf_hash(leaf) for leaf in leaves]).peaks)


def bench_hashing() -> None:
    leaves = make_leaves(BATCH)
    assert grown(leaves) == plain_loop(leaves)
    compared = compare(
        lambda: timed(lambda: grown(leaves)), lambda: timed(lambda: plain_loop(leaves))
    )
    show("tree of a batch / hashlib loop, a leaf", compared, BATCH, APPEND)


def bench_append(log: TransparencyLog, database: Database, total: int) -> int:
    """Fill the log in batches, the yardstick hashing the same leaves in between."""
    stored = 0

    def store(count: int) -> float:
        nonlocal stored
        leaves = make_leaves(count, stored)
        stored += count
        return timed(lambda: append(log, database, leaves))

    def hash_only() -> float:
        leaves = make_leaves(BATCH, stored)
        return timed(lambda: plain_loop(leaves))

    compared = compare(lambda: store(BATCH), hash_only)
    show("the same stored and committed, a leaf", compared, BATCH)
    while stored < total:
        store(min(BATCH, total - stored))
    seconds = statistics.median(store(1) for _ in range(50))
    print(f"{'one entry, committed and published':44} {seconds * 1e6:10.1f} us")
    return stored


def append(log: TransparencyLog, database: Database, leaves: list[bytes]) -> None:
    with database.transaction() as session:
        log.append(session, leaves)


def bench_proofs(log: TransparencyLog, database: Database, size: int) -> None:
    private = Ed25519PrivateKey.generate()
    public, message = private.public_key(), b"m" * 200
    signature = private.sign(message)
    step = size // PROOFS
    turn = 0

    def prove() -> None:
        nonlocal turn
        turn += 1  # other leaves each time
        with database.reading() as session:
            for number in range(PROOFS):
                log.inclusion_proof(session, number * step + turn * 17 % step, size)

    def verify() -> None:
        for _ in range(PROOFS):
            public.verify(signature, message)

    name = f"inclusion proof at {size:,} leaves / verify"
    show(name, compare(lambda: timed(prove), lambda: timed(verify)), PROOFS, PROOF)


def main() -> None:
    total = int(sys.argv[1]) if len(sys.argv) > 1 else LEAVES
    bench_hashing()
    with tempfile.TemporaryDirectory() as folder:
        log, database = make_log(Path(folder))
        size = bench_append(log, database, total)
        bench_proofs(log, database, size)
        seconds = timed(lambda: log.check_start(database))
        print(f"{f'recompute all {size:,} leaves':44} {seconds:10.1f} s")
        database.dispose()


if __name__ == "__main__":
    main()
