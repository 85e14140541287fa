"""A log's tree as its tiles show it, over HTTP; nothing of it is believed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from traceability.transparency.asking import Answer
from traceability.transparency.errors import PeerSilentError, TilePathError
from traceability.transparency.merkle import HASH_BYTES, NodeId, root_of
from traceability.transparency.monitoring.alarms import Alarm, MonitorAlarmError
from traceability.transparency.tiles import HEIGHT, WIDTH, Tile, parse_bundle

MAX_TILE = WIDTH * (0xFFFF + 2)
_OK, _NOT_FOUND = 200, 404
Get = Callable[[str, int], Answer]


def fetched(get: Get, url: str, limit: int, missing: Alarm) -> bytes:
    """Return a body. Raises ``MonitorAlarmError``: ``missing`` where there is none."""
    try:
        answer = get(url, limit)
    except PeerSilentError as fault:
        raise MonitorAlarmError(
            Alarm.UNREACHABLE, fault.message, **fault.params
        ) from None
    if answer.status != _OK:
        alarm = missing if answer.status == _NOT_FOUND else Alarm.UNREACHABLE
        raise MonitorAlarmError(
            alarm, "%(url)s answered %(status)d.", url=url, status=answer.status
        )
    return answer.body


@dataclass(frozen=True, slots=True)
class TiledTree:
    """The tree of ``size`` leaves below an address; each tile is read once."""

    get: Get
    url: str  # the log's own: its checkpoint lies at <url>/checkpoint
    size: int
    _tiles: dict[tuple[int, int], Sequence[bytes]] = field(default_factory=dict)

    def hashes(self, level: int, index: int) -> Sequence[bytes]:
        """Return the hashes of a tile, as many as the tree has there."""
        known = self._tiles.get((level, index))
        if known is None:
            tile = Tile(level, index, self._width(level, index))
            body = self._body(tile, HASH_BYTES * WIDTH)
            least = HASH_BYTES * tile.width
            if len(body) not in {least, HASH_BYTES * WIDTH}:
                raise self._malformed(tile)
            cuts = range(0, least, HASH_BYTES)
            known = [body[cut : cut + HASH_BYTES] for cut in cuts]
            self._tiles[level, index] = known
        return known

    def entries(self, index: int) -> Sequence[bytes]:
        """Return the entries of a bundle, as many as the tree has there."""
        tile = Tile(None, index, self._width(0, index))
        try:
            found = parse_bundle(self._body(tile, MAX_TILE))
        except TilePathError:
            raise self._malformed(tile) from None
        if len(found) not in {tile.width, WIDTH}:
            raise self._malformed(tile)
        return found[: tile.width]

    def read(self, ids: Sequence[NodeId]) -> Mapping[NodeId, bytes]:
        """Return the hashes of complete subtrees, from the tiles below them."""
        return {one: self._node(one) for one in ids}

    def _node(self, node: NodeId) -> bytes:
        level, rest = divmod(node.level, HEIGHT)
        first = node.position << rest
        index, begin = divmod(first, WIDTH)
        return root_of(self.hashes(level, index)[begin : begin + (1 << rest)])

    def _width(self, level: int, index: int) -> int:
        return min(WIDTH, (self.size >> HEIGHT * level) - index * WIDTH)

    def _body(self, tile: Tile, limit: int) -> bytes:
        address = f"{self.url}/tile/"
        missing = Alarm.TILE_MISSING
        try:
            return fetched(self.get, address + tile.path(), limit, missing)
        except MonitorAlarmError as fault:
            if tile.full or fault.alarm is not missing:
                raise
        whole = Tile(tile.level, tile.index)  # partial ones may go when it is full
        return fetched(self.get, address + whole.path(), limit, missing)

    def _malformed(self, tile: Tile) -> MonitorAlarmError:
        return MonitorAlarmError(
            Alarm.TILE_MALFORMED,
            "The tile %(tile)s is not of the length it must have.",
            tile=tile.path(),
        )
