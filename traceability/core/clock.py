"""The clock of the real world."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


class SystemClock:
    """Reads the machine's clock."""

    def now(self) -> datetime:
        """Return the current instant in UTC."""
        return datetime.now(UTC)

    def today(self) -> date:
        """Return the current calendar day in Asia/Ho_Chi_Minh."""
        return self.now().astimezone(HANOI).date()


def day_in_vietnam(instant: datetime) -> date:
    """Return the calendar day of an aware instant in Asia/Ho_Chi_Minh."""
    return instant.astimezone(HANOI).date()
