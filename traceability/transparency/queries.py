"""Read the log: its head, leaves, and hashes of complete subtrees."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from traceability.db.quick import Question
from traceability.transparency.errors import LogDamagedError, TileNotFoundError
from traceability.transparency.fsck import StoredLeaf
from traceability.transparency.head_file import Published, check_extends
from traceability.transparency.merkle import NodeId, fold_peaks, peak_ids
from traceability.transparency.models import LogHead, LogLeaf, LogNode
from traceability.transparency.proofs import HashReader
from traceability.transparency.tiles import WIDTH, Tile, format_bundle

_HEAD = select(LogHead.tree_size, LogHead.root_hash, LogHead.checkpoint)
_LEAF_HASHES = 'SELECT 0, "index", hash FROM log_leaf WHERE "index" IN (VALUES {})'
_NODE_HASHES = (
    "SELECT level, position, hash FROM log_node WHERE (level, position) IN (VALUES {})"
)

_LEAF = 'SELECT hash FROM log_leaf WHERE "index" = ?'
_NODE = "SELECT hash FROM log_node WHERE level = ? AND position = ?"
_SIZE = Question(select(LogHead.tree_size), int)
UPPER = 6
MOST_NODES = 1 << 18


class Head(NamedTuple):
    """The newest tree head in the database; ``note`` is its signed checkpoint."""

    size: int
    root: bytes
    note: str


def read_head(session: Session) -> Head | None:
    """Return the newest head, or nothing while the log is empty."""
    row = session.execute(_HEAD).one_or_none()
    return None if row is None else Head(*row)


def read_size(session: Session) -> int:
    """Return how many leaves the log has."""
    return next((int(size) for [size] in _SIZE.asked(session, {})), 0)


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


class UpperNodes:
    """The upper part of the tree in memory, for proofs: what is complete stays so.

    A million leaves have 31,000 nodes from level 6 up, about 6 MB; what lies below is
    read by key, seven rows a proof at most. Nothing beyond a published size is kept,
    for its transaction may yet come to nothing. Threads share it.
    """

    def __init__(self, most: int = MOST_NODES) -> None:
        self._most = most
        self._known: dict[NodeId, bytes] = {}
        self._size = 0  # published at least

    def reader(self, session: Session, published: Callable[[], int]) -> HashReader:
        """Return what reads hashes for a session; ``published`` gives that size."""

        def read(ids: Sequence[NodeId]) -> Mapping[NodeId, bytes]:
            known = self._known
            missing = [one for one in ids if one not in known]
            if not missing:
                return known
            found = dict(self._fetched(session, missing, published))
            found.update((one, known[one]) for one in ids if one in known)
            return found

        return read

    def _fetched(
        self,
        session: Session,
        ids: Sequence[NodeId],
        published: Callable[[], int],
    ) -> Mapping[NodeId, bytes]:
        found = dict(_hashes(session, ids))
        upper = {one for one in ids if one.level >= UPPER}
        if any((one.position + 1) << one.level > self._size for one in upper):
            self._size = max(self._size, published())
        if len(self._known) > self._most:
            self._known = {}
        for level, block in {(one.level, one.position // WIDTH) for one in upper}:
            self._learn(session, level, block)
        return found

    def _learn(self, session: Session, level: int, block: int) -> None:
        """Read neighbours along with a node: proofs nearby will need them."""
        begin = block * WIDTH
        end = min(begin + WIDTH, self._size >> level)
        hashes = read_row(session, NodeId(level, begin), max(0, end - begin))
        for position, data in enumerate(hashes, begin):
            self._known[NodeId(level, position)] = data


def _hashes(session: Session, ids: Sequence[NodeId]) -> Mapping[NodeId, bytes]:
    """Return hashes; on SQLite by statements that its driver need not parse again."""
    connection = session.connection()
    if connection.dialect.name != "sqlite":
        return read_hashes(session, ids)
    cursor: Any = connection.connection.cursor()
    found: dict[NodeId, bytes] = {}
    for one in ids:
        if one.level:
            cursor.execute(_NODE, one)
        else:
            cursor.execute(_LEAF, (one.position,))
        row = cursor.fetchone()
        if row is None:
            raise LogDamagedError("The log's stored tree has holes.")
        found[one] = row[0]
    return found


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
