"""Kill -9 between signing and answering: a witness never cosigns two histories."""

import base64
import os
from itertools import pairwise
from pathlib import Path

import pytest

from tests.faults.witness_victim import POINTS
from tests.processes import run
from tests.transparency.make_trees import Tree, make_tree
from tests.transparency.test_witness import make_home
from traceability.core.clock import SystemClock
from traceability.core.errors import DomainError
from traceability.transparency.note import NoteKey, parse_signature_lines
from traceability.transparency.witnessing.home import WitnessHome

SIZES = (3, 5, 9)


def killed(folder: Path, bodies: list[bytes], point: str, hit: int) -> list[str]:
    """Return what a witness answered before it was killed at a point."""
    asked = b"".join(base64.b64encode(one) + b"\n" for one in bodies)
    words, entry = (str(folder), point, str(hit)), "tests.faults.witness_victim:main"
    ended = run(*words, env=os.environ, entry=entry, said=asked)
    assert ended.returncode == -9, ended.stderr
    return ended.stdout.splitlines(keepends=True)


def history(tree: Tree, begin: int = 0) -> list[bytes]:
    steps = (begin, *(size for size in SIZES if size > begin))
    return [tree.submission(old, new) for old, new in pairwise(steps)]


def signed(key: NoteKey, tree: Tree, line: str) -> int:
    """Return the size of the tree a cosignature is of, 0 for none of it."""
    (one,) = parse_signature_lines(line)
    verified = (size for size in SIZES if key.verifies(tree.text(size), one.signature))
    return next(verified, 0)


@pytest.fixture
def tree() -> Tree:
    return make_tree(12)


@pytest.fixture
def home(tmp_path: Path, tree: Tree) -> WitnessHome:
    return make_home(tmp_path, tree)


@pytest.mark.slow
@pytest.mark.parametrize("hit", [1, 3])
@pytest.mark.parametrize("point", POINTS)
def test_a_killed_witness_goes_on_where_it_was(
    tmp_path: Path, home: WitnessHome, tree: Tree, point: str, hit: int
) -> None:
    lines = killed(tmp_path, history(tree), point, hit)
    assert [signed(home.key(), tree, one) for one in lines] == list(SIZES[: hit - 1])
    told = SIZES[hit - 2] if hit > 1 else 0
    witness = home.open(SystemClock())  # as after a restart
    known = witness.state.read(tree.origin)
    assert known.size in {told, SIZES[hit - 1]}  # what was told is on the disk
    assert known.root == tree.root(known.size)
    for lie in history(tree.fork(max(known.size - 1, 0)), known.size)[
        known.size == 0 :
    ]:
        with pytest.raises(DomainError):
            witness.add_checkpoint(lie)
    rest = [witness.add_checkpoint(one) for one in history(tree, known.size)]
    assert [signed(home.key(), tree, one) for one in rest] == [
        size for size in SIZES if size > known.size
    ]
