"""Gather what ends from every room that knows of something dated."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from traceability.catalog.expiry import Due, Ending, due

Source = Callable[[Session, int | None], Iterable[Ending]]  # one producer, or all


@dataclass(frozen=True, slots=True)
class Endings:
    """Every source of endings; rooms above the catalogue hand in theirs."""

    sources: tuple[Source, ...]

    def due(self, session: Session, owner: int | None, today: date) -> list[Due]:
        """Return what ends soon or has ended, of one producer or of everybody."""
        found = (one for source in self.sources for one in source(session, owner))
        return due(found, today)
