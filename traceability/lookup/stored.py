"""Rendered pages kept in memory, each good for as long as nothing changed. Pure."""

import gzip
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from functools import cached_property

MOST_BYTES = 32 * 1024 * 1024
_LEVEL = 5
_ETAG_LETTERS = 32


@dataclass(frozen=True)
class StoredPage:
    """A page as it is sent, plain or packed; each form has a name of its own."""

    body: bytes
    language: str
    made_packed: bytes = b""  # its body in gzip, where whoever made it has it

    @cached_property
    def packed(self) -> bytes:
        """Return the body in gzip; the same bytes each time."""
        return self.made_packed or gzip.compress(
            self.body, compresslevel=_LEVEL, mtime=0
        )

    @cached_property
    def etag(self) -> str:
        """Return what names these bytes."""
        return hashlib.sha256(self.body).hexdigest()[:_ETAG_LETTERS]

    @property
    def size(self) -> int:
        """Return about how much room both forms take."""
        return 2 * len(self.body)


class PageStore:
    """The pages asked for last, bounded in bytes; threads share it."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most = most_bytes
        self._lock = threading.Lock()
        self._pages: OrderedDict[Hashable, tuple[Hashable, StoredPage]] = OrderedDict()
        self._bytes = 0

    def get(self, key: Hashable, state: Hashable) -> StoredPage | None:
        """Return the page of a key if it was rendered in this very state."""
        with self._lock:
            found = self._pages.get(key)
            if found is None or found[0] != state:
                return None
            self._pages.move_to_end(key)
            return found[1]

    def put(self, key: Hashable, state: Hashable, page: StoredPage) -> None:
        """Keep a page; those asked for longest ago give way."""
        with self._lock:
            before = self._pages.pop(key, None)
            if before is not None:
                self._bytes -= before[1].size
            self._pages[key] = (state, page)
            self._bytes += page.size
            while self._bytes > self._most:
                _, (_, oldest) = self._pages.popitem(last=False)
                self._bytes -= oldest.size
