"""Rendered pages kept in memory, each good for as long as nothing changed. Pure."""

import gzip
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

MOST_BYTES = 32 * 1024 * 1024
_LEVEL = 5
ETAG_LETTERS = 32


def etag_of(name: str, *, packed: bool) -> str:
    """Return the ETag of a page's form; each form has one of its own."""
    return f'"{name}-gzip"' if packed else f'"{name}"'


class Page(Protocol):
    """A page in both forms that are sent."""

    @property
    def body(self) -> bytes:
        """Return it as it is read."""

    @property
    def packed(self) -> bytes:
        """Return it in gzip; the same bytes each time."""

    def named(self, *, packed: bool) -> str:
        """Return the ETag of a form."""

    @property
    def language(self) -> str:
        """Return what it speaks."""

    @property
    def size(self) -> int:
        """Return about how many bytes it takes."""


@dataclass(frozen=True)
class StoredPage:
    """A page as it is sent, plain or packed; each form has a name of its own."""

    body: bytes
    language: str

    @cached_property
    def packed(self) -> bytes:
        """Return the body in gzip; the same bytes each time."""
        return gzip.compress(self.body, compresslevel=_LEVEL, mtime=0)

    @cached_property
    def etag(self) -> str:
        """Return what names these bytes."""
        return hashlib.sha256(self.body).hexdigest()[:ETAG_LETTERS]

    def named(self, *, packed: bool) -> str:
        """Return the ETag of a form."""
        return etag_of(self.etag, packed=packed)

    @property
    def size(self) -> int:
        """Return about how much room both forms take."""
        return 2 * len(self.body)


class PageStore:
    """The pages asked for last, bounded in bytes; threads share it."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most = most_bytes
        self._lock = threading.Lock()
        self._pages: OrderedDict[Hashable, tuple[Hashable, Page]] = OrderedDict()
        self._bytes = 0

    def get(self, key: Hashable, state: Hashable) -> Page | None:
        """Return the page of a key if it was rendered in this very state."""
        with self._lock:
            found = self._pages.get(key)
            if found is None or found[0] != state:
                return None
            self._pages.move_to_end(key)
            return found[1]

    def put(self, key: Hashable, state: Hashable, page: Page) -> None:
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
