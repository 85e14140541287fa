"""The examiner finds each way a stored tree can be wrong."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest

from tests.transparency.make_transparency import make_leaves
from traceability.transparency.fsck import StoredLeaf, check_tree
from traceability.transparency.merkle import NodeId, grow, leaf_hash, root_of

SIZE = 11


@dataclass
class Shelf:
    """A stored tree in memory that tests can spoil."""

    held: list[StoredLeaf]
    nodes: dict[NodeId, bytes] = field(default_factory=dict)

    def leaves(self, begin: int, end: int) -> Sequence[StoredLeaf]:
        return [one for one in self.held if begin <= one.index < end]

    def row(self, first: NodeId, count: int) -> Sequence[bytes]:
        wanted = range(first.position, first.position + count)
        ids = [NodeId(first.level, position) for position in wanted]
        return [self.nodes[one] for one in ids if one in self.nodes]

    def counts(self) -> tuple[int, int]:
        return len(self.held), len(self.nodes)


def make_shelf(size: int = SIZE) -> Shelf:
    leaves = make_leaves(size)
    held = [StoredLeaf(n, one, leaf_hash(one)) for n, one in enumerate(leaves)]
    shelf = Shelf(held)
    for run in grow(0, [], [one.hash for one in held]).nodes:
        for position, value in enumerate(run.hashes, run.start):
            shelf.nodes[NodeId(run.level, position)] = value
    return shelf


ROOT = root_of([leaf_hash(one) for one in make_leaves(SIZE)])


@pytest.mark.parametrize("size", [0, 1, 2, 11, 4096, 4097, 9000])
def test_a_sound_tree_has_no_faults(size: int) -> None:
    root = root_of([leaf_hash(one) for one in make_leaves(size)])
    assert check_tree(make_shelf(size), size, root) == []


def lose_leaf(shelf: Shelf) -> None:
    del shelf.held[4]


def lose_last_leaf(shelf: Shelf) -> None:
    del shelf.held[-1]


def alter_leaf(shelf: Shelf) -> None:
    shelf.held[4] = StoredLeaf(4, b"another", shelf.held[4].hash)


def replace_leaf(shelf: Shelf) -> None:
    shelf.held[4] = StoredLeaf(4, b"another", leaf_hash(b"another"))


def add_leaf(shelf: Shelf) -> None:
    shelf.held.append(StoredLeaf(SIZE, b"more", leaf_hash(b"more")))


def lose_node(shelf: Shelf) -> None:
    del shelf.nodes[NodeId(1, 4)]


def alter_node(shelf: Shelf) -> None:
    shelf.nodes[NodeId(2, 1)] = bytes(32)


def add_node(shelf: Shelf) -> None:
    shelf.nodes[NodeId(1, 5)] = bytes(32)


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (lose_leaf, "leaf 4 is missing"),
        (lose_last_leaf, "leaf 10 is missing"),
        (alter_leaf, "leaf 4 was altered"),
        (replace_leaf, "the leaves give another root than the head at 11"),
        (add_leaf, "the head counts 11 leaves, 12 are stored"),
        (lose_node, "11 leaves have 8 nodes, 7 are stored"),
        (alter_node, "nodes of level 2 from 0 on are wrong"),
        (add_node, "11 leaves have 8 nodes, 9 are stored"),
    ],
)
def test_each_kind_of_damage_is_named(
    spoil: Callable[[Shelf], None], fault: str
) -> None:
    shelf = make_shelf()
    spoil(shelf)
    assert fault in check_tree(shelf, SIZE, ROOT)


def test_a_head_over_another_root_is_found() -> None:
    assert check_tree(make_shelf(), SIZE, bytes(32)) == [
        "the leaves give another root than the head at 11"
    ]
