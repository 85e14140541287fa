"""When something that is good until a day ends."""

from datetime import date, datetime, time, timedelta

from traceability.core.clock import HANOI


def end_of_day(day: date | None) -> datetime | None:
    """Return the first instant after a day in Vietnam."""
    if day is None:
        return None
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=HANOI)
