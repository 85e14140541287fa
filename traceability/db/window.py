"""A window on a long list: so many rows before a row, the newest first."""

from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Select
from sqlalchemy.orm import InstrumentedAttribute

S = TypeVar("S", bound=Select[*tuple[Any, ...]])


@dataclass(frozen=True, slots=True)
class Window:
    """Rows below ``before`` by their key, at most ``size`` and one more.

    The row too many tells that there is another page; rows that come in meanwhile are
    newer and shift nothing.
    """

    size: int
    before: int | None = None

    def cut(self, query: S, key: InstrumentedAttribute[int]) -> S:
        """Return the query with its order and limits set."""
        if self.before is not None:
            query = query.where(key < self.before)
        return query.order_by(None).order_by(key.desc()).limit(self.size + 1)
