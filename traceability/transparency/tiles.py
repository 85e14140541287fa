"""Tiles: the tree and its entries cut into pieces that caches can keep.

Addresses and contents as in C2SP tlog-tiles: tiles of height 8, 256 hashes wide.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from traceability.transparency.errors import LeafTooLongError, TilePathError

HEIGHT = 8
WIDTH = 1 << HEIGHT
MAX_LEAF_BYTES = 0xFFFF
_LENGTH_BYTES = 2
_PATH = re.compile(
    r"(?P<level>entries|0|[1-9][0-9]?)/(?P<index>(?:x[0-9]{3}/)*[0-9]{3})"
    r"(?:\.p/(?P<width>[1-9][0-9]{0,2}))?"
)
_MAX_LEVEL = 63
_MAX_INDEX = 2**56


@dataclass(frozen=True, slots=True)
class Tile:
    """One tile: level (nothing for an entry bundle), index, and how many it holds."""

    level: int | None
    index: int
    width: int = WIDTH

    @property
    def full(self) -> bool:
        """Return whether the tile is complete and will never change."""
        return self.width == WIDTH

    @property
    def start(self) -> int:
        """Return the index, at this tile's level, of its first hash or entry."""
        return self.index * WIDTH

    @property
    def node_level(self) -> int:
        """Return the tree level of the tile's hashes; bundles lie over the leaves."""
        return HEIGHT * (self.level or 0)

    def within(self, size: int) -> bool:
        """Return whether a tree of ``size`` leaves has all the tile holds."""
        return self.start + self.width <= size >> self.node_level

    def path(self) -> str:
        """Return ``<L>/<N>[.p/<W>]`` or ``entries/<N>[.p/<W>]``."""
        level = "entries" if self.level is None else str(self.level)
        suffix = "" if self.full else f".p/{self.width}"
        return f"{level}/{_format_index(self.index)}{suffix}"


def parse_tile(path: str) -> Tile:
    """Read what follows ``tile/`` in an address. Raises ``TilePathError``."""
    found = _PATH.fullmatch(path)
    if found is None:
        raise TilePathError("This address names no tile of the log.")
    level = None if found["level"] == "entries" else int(found["level"])
    index = int(re.sub("[x/]", "", found["index"])[:20])
    tile = Tile(level, index, int(found["width"] or WIDTH))
    if (level or 0) > _MAX_LEVEL or index > _MAX_INDEX or tile.path() != path:
        raise TilePathError("This address names no tile of the log.")
    return tile


def tiles_of(size: int) -> Iterator[Tile]:
    """Return every tile of hashes a tree of ``size`` leaves has, level by level."""
    level = 0
    while size >> HEIGHT * level:
        full, rest = divmod(size >> HEIGHT * level, WIDTH)
        yield from (Tile(level, index) for index in range(full))
        if rest:
            yield Tile(level, full, rest)
        level += 1


def format_bundle(entries: Iterable[bytes]) -> bytes:
    """Return entries, each after its length in two bytes, big endian.

    Raises ``LeafTooLongError``.
    """
    return b"".join(_prefixed(entry) for entry in entries)


def parse_bundle(bundle: bytes) -> list[bytes]:
    """Return a bundle's entries. Raises ``TilePathError`` where it is cut short."""
    entries, position = [], 0
    while position < len(bundle):
        begin = position + _LENGTH_BYTES
        position = begin + int.from_bytes(bundle[position:begin], "big")
        if begin > len(bundle) or position > len(bundle):
            raise TilePathError("The entry bundle is cut short.")
        entries.append(bundle[begin:position])
    return entries


def check_leaf(leaf: bytes) -> None:
    """Refuse a leaf that no bundle can carry. Raises ``LeafTooLongError``."""
    if len(leaf) > MAX_LEAF_BYTES:
        raise LeafTooLongError("A log entry has at most 65,535 bytes.")


def _prefixed(entry: bytes) -> bytes:
    check_leaf(entry)
    return len(entry).to_bytes(_LENGTH_BYTES, "big") + entry


def _format_index(index: int) -> str:
    groups = [f"{index % 1000:03}"]
    while index := index // 1000:
        groups.append(f"x{index % 1000:03}")
    return "/".join(reversed(groups))
