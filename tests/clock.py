"""A clock that stands."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from traceability.core.clock import day_in_vietnam


@dataclass
class FixedClock:
    """Tells the instant it was last given."""

    instant: datetime = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.instant

    def today(self) -> date:
        return day_in_vietnam(self.instant)
