"""When something that is good until a day ends."""

from datetime import date, datetime, time, timedelta

from traceability.core.clock import HANOI

_LAST_DAY = date.max - timedelta(days=1)  # no calendar goes on after the day after it


def end_of_day(day: date | None) -> datetime | None:
    """Return the first instant after a day in Vietnam."""
    if day is None:
        return None
    return datetime.combine(
        min(day, _LAST_DAY) + timedelta(days=1), time(), tzinfo=HANOI
    )
