"""Read how often a code was scanned."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from traceability.core.clock import day_in_vietnam
from traceability.db.quick import Question
from traceability.scans.models import Scan, ScanDay
from traceability.scans.rules import History

_WEEK = timedelta(days=7)
_MOST_ROWS = 5000  # far beyond every threshold; bounds what a flood can cost

# Made once: it is asked at every scan.
_COUNTS = Question(
    select(func.coalesce(func.sum(ScanDay.count), 0), func.min(ScanDay.day)).where(
        ScanDay.link == bindparam("link")
    ),
    *(int, str),
)


def history(session: Session, link: str, *, single: bool = True) -> History:
    """Return what is known of a canonical link's scans.

    ``single``: the code of one label, whose different devices are counted; a lot's
    code is scanned by many, and only how often is read.
    """
    [(count, began)] = _COUNTS.asked(session, {"link": link})
    first = date.fromisoformat(began) if began else None
    if not single or not count:
        return History(count=count, first=first)
    hours = session.execute(
        select(Scan.hour, Scan.visitor)
        .where(Scan.link == link)
        .distinct()
        .order_by(Scan.hour.desc())
        .limit(_MOST_ROWS)
    ).all()
    by_hour = [len(list(rows)) for _, rows in groupby(hours, key=lambda row: row.hour)]
    by_day = _devices_by_day([(row.hour, row.visitor) for row in hours])
    return History(
        count=count,
        first=first,
        busiest_hour=max(by_hour, default=0),
        busiest_day=max(by_day.values(), default=0),
        busiest_week=_busiest_week(by_day),
    )


def _devices_by_day(rows: Sequence[tuple[datetime, str]]) -> dict[date, int]:
    seen: dict[date, set[str]] = {}
    for hour, visitor in rows:
        seen.setdefault(day_in_vietnam(hour), set()).add(visitor)
    return {day: len(visitors) for day, visitors in seen.items()}


def _busiest_week(by_day: Mapping[date, int]) -> int:
    return max(
        (
            sum(
                devices for day, devices in by_day.items() if last - _WEEK < day <= last
            )
            for last in by_day
        ),
        default=0,
    )
