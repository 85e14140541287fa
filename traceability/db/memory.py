"""Values computed from the database, kept while it would give the same again."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from traceability.db.traces import Trace, tracing

MOST_BYTES = 48 * 1024 * 1024
MOST_EACH = 1024 * 1024  # what reads more is computed anew each time
T = TypeVar("T")


@dataclass(slots=True)
class _Kept:
    value: Any
    trace: Trace
    stamp: Hashable | None  # when the rows were last seen to be these


class Memory:
    """Keeps values with the rows they were computed from; threads share it.

    A value is used again while the database's stamp stands still or, where it moved,
    while every statement still gives the same rows: then computing again would give
    the same value. What else it hangs on belongs into its key.
    """

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most = most_bytes
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, _Kept] = OrderedDict()
        self._bytes = 0

    def recall(
        self,
        session: Session,
        key: Hashable,
        stamp: Hashable | None,
        compute: Callable[[], T],
    ) -> T:
        """Return the value of a key, computed by this session if it must be.

        ``stamp`` is the database's from before this session read anything; without one
        the rows are always compared. Nobody may change the value, and ``compute`` may
        not recall anything itself.
        """
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None:
                self._kept.move_to_end(key)
        if kept is not None and self._holds(kept, session, stamp):
            value: T = kept.value
            return value
        session.expunge_all()  # what was read before would not be read again: no trace
        with tracing(session) as trace:
            value = compute()
        self._keep(key, _Kept(value, trace, stamp))
        return value

    def drop(self, key: Hashable) -> None:
        """Forget a value that time alone may change."""
        with self._lock:
            before = self._kept.pop(key, None)
            if before is not None:
                self._bytes -= before.trace.size

    def forget(self) -> None:
        """Drop everything."""
        with self._lock:
            self._kept.clear()
            self._bytes = 0

    def _holds(self, kept: _Kept, session: Session, stamp: Hashable | None) -> bool:
        if stamp is not None and kept.stamp == stamp:
            return True
        if not kept.trace.holds(session):
            return False
        kept.stamp = stamp
        return True

    def _keep(self, key: Hashable, kept: _Kept) -> None:
        size = kept.trace.size
        with self._lock:
            before = self._kept.pop(key, None)
            if before is not None:
                self._bytes -= before.trace.size
            if size > MOST_EACH:
                return
            self._kept[key] = kept
            self._bytes += size
            while self._bytes > self._most:
                _, oldest = self._kept.popitem(last=False)
                self._bytes -= oldest.trace.size
