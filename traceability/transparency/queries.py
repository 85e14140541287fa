"""Read the log: its head, leaves, and hashes of complete subtrees."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from traceability.transparency.errors import LogDamagedError, TileNotFoundError
from traceability.transparency.fsck import StoredLeaf
from traceability.transparency.head_file import Published, check_extends
from traceability.transparency.merkle import NodeId, fold_peaks, peak_ids
from traceability.transparency.models import LogHead, LogLeaf, LogNode
from traceability.transparency.proofs import HashReader
from traceability.transparency.tiles import Tile, format_bundle

_HEAD = select(LogHead.tree_size, LogHead.root_hash, LogHead.checkpoint)
_LEAF_HASHES = 'SELECT 0, "index", hash FROM log_leaf WHERE "index" IN (VALUES {})'
_NODE_HASHES = (
    "SELECT level, position, hash FROM log_node WHERE (level, position) IN (VALUES {})"
)


class Head(NamedTuple):
    """The newest tree head in the database; ``note`` is its signed checkpoint."""

    size: int
    root: bytes
    note: str


def read_head(session: Session) -> Head | None:
    """Return the newest head, or nothing while the log is empty."""
    row = session.execute(_HEAD).one_or_none()
    return None if row is None else Head(*row)


def lock_head(session: Session) -> Head:
    """Return the newest head and keep other writers out until the transaction ends.

    On SQLite the transaction itself does that. Raises SQLAlchemy's ``NoResultFound``
    while there is no head.
    """
    return Head(*session.execute(_HEAD.with_for_update()).one())


def read_leaves(session: Session, begin: int, end: int) -> list[StoredLeaf]:
    """Return the leaves of a range in order, as many as there are."""
    query = (
        select(LogLeaf.index, LogLeaf.data, LogLeaf.hash)
        .where(LogLeaf.index >= begin, LogLeaf.index < end)
        .order_by(LogLeaf.index)
    )
    return [StoredLeaf(*row) for row in session.execute(query)]


def read_row(session: Session, first: NodeId, count: int) -> list[bytes]:
    """Return stored hashes of neighbours at one level, as many as there are."""
    begin, end = first.position, first.position + count
    if first.level == 0:
        query = (
            select(LogLeaf.hash)
            .where(LogLeaf.index >= begin, LogLeaf.index < end)
            .order_by(LogLeaf.index)
        )
    else:
        query = (
            select(LogNode.hash)
            .where(LogNode.level == first.level)
            .where(LogNode.position >= begin, LogNode.position < end)
            .order_by(LogNode.position)
        )
    return list(session.scalars(query))


@dataclass(frozen=True, slots=True)
class SessionTree:
    """The stored tree as ``fsck`` reads it."""

    session: Session

    def leaves(self, begin: int, end: int) -> list[StoredLeaf]:
        """Return the leaves of a range in order, as many as there are."""
        return read_leaves(self.session, begin, end)

    def row(self, first: NodeId, count: int) -> list[bytes]:
        """Return the hashes of neighbouring nodes, as many as there are."""
        return read_row(self.session, first, count)

    def counts(self) -> tuple[int, int]:
        """Return how many leaves and how many inner nodes there are."""
        leaves = select(func.count()).select_from(LogLeaf)
        nodes = select(func.count()).select_from(LogNode)
        return self.session.scalars(leaves).one(), self.session.scalars(nodes).one()


def read_tile(session: Session, tile: Tile, size: int) -> bytes:
    """Return a tile's content in the tree of ``size`` leaves.

    Raises ``TileNotFoundError`` beyond it, ``LogDamagedError`` for a hole in it.
    """
    if not tile.within(size):
        raise TileNotFoundError("The log has no such tile.")
    if tile.level is None:
        leaves = read_leaves(session, tile.start, tile.start + tile.width)
        held, body = len(leaves), format_bundle(one.data for one in leaves)
    else:
        hashes = read_row(session, NodeId(tile.node_level, tile.start), tile.width)
        held, body = len(hashes), b"".join(hashes)
    if held != tile.width:
        raise LogDamagedError("The log's stored tree has holes.")
    return body


def hash_reader(session: Session) -> HashReader:
    """Return what reads the hashes of complete subtrees, one statement a call."""
    return lambda ids: read_hashes(session, ids)


def read_hashes(session: Session, ids: Sequence[NodeId]) -> Mapping[NodeId, bytes]:
    """Return the hashes of complete subtrees. Raises ``LogDamagedError``.

    The numbers stand in the statement itself: with bound ones a proof takes five
    times as long.
    """
    leaves = [f"({one.position:d})" for one in ids if one.level == 0]
    nodes = [f"({one.level:d}, {one.position:d})" for one in ids if one.level > 0]
    parts = []
    if leaves:
        parts.append(_LEAF_HASHES.format(", ".join(leaves)))
    if nodes:
        parts.append(_NODE_HASHES.format(", ".join(nodes)))
    known: dict[NodeId, bytes] = {}
    if parts:
        found = session.connection().exec_driver_sql(" UNION ALL ".join(parts))
        known = {NodeId(level, position): data for level, position, data in found}
    if len(known) != len(set(ids)):
        raise LogDamagedError("The log's stored tree has holes.")
    return known


def read_peaks(session: Session, size: int) -> list[bytes]:
    """Return the peaks of the tree at a size. Raises ``LogDamagedError``."""
    ids = peak_ids(size)
    known = read_hashes(session, ids)
    return [known[one] for one in ids]


def root_at(session: Session, size: int) -> bytes:
    """Return the root at a size, from stored nodes. Raises ``LogDamagedError``."""
    return fold_peaks(read_peaks(session, size))


def compare(session: Session, head: Head | None, published: Published | None) -> None:
    """Refuse a database that does not extend what was published.

    Raises the errors of ``head_file.check_extends``.
    """

    def root(size: int) -> bytes:
        known = head is not None and head.size == size
        return head.root if head and known else root_at(session, size)

    check_extends(published, head.size if head else 0, root)


def sound_peaks(session: Session, head: Head) -> list[bytes]:
    """Return the peaks under a head. Raises ``LogDamagedError`` where they are not."""
    peaks = read_peaks(session, head.size)
    if fold_peaks(peaks) != head.root:
        raise LogDamagedError("The log's stored tree does not lead to its head.")
    return peaks
