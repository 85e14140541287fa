"""Signs that a code was copied, read from how many different devices scanned it.

One pack is in one place. A shopkeeper, a buyer and a family make a handful of devices;
a phone that changes from Wi-Fi to mobile data, or from a chat's browser to its own,
counts two or three times. The thresholds lie above that, and what crosses one is
"attention", never "false": a pack on a busy shelf can be scanned by many.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

IN_AN_HOUR: Final = 6  # more than a family: that many devices do not stand at one shelf
IN_A_DAY: Final = 12  # a tasting, a market day at the most
IN_A_WEEK: Final = 30  # counted day by day: the salt forgets who came yesterday

MANY_IN_AN_HOUR: Final = "many-devices-in-an-hour"
MANY_IN_A_DAY: Final = "many-devices-in-a-day"
MANY_IN_A_WEEK: Final = "many-devices-in-a-week"


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What is known of one code's scans.

    ``busiest_*`` are the most different devices of any hour, day or seven days in a
    row within the 90 days for which single scans are kept.
    """

    count: int = 0
    first: date | None = None
    busiest_hour: int = 0
    busiest_day: int = 0
    busiest_week: int = 0


def signs(history: History) -> tuple[str, ...]:
    """Return the codes of the rules a label's history breaks; the strongest first.

    Only for codes of single labels: a lot's code is meant to be scanned by many.
    """
    rules = (
        (history.busiest_hour, IN_AN_HOUR, MANY_IN_AN_HOUR),
        (history.busiest_day, IN_A_DAY, MANY_IN_A_DAY),
        (history.busiest_week, IN_A_WEEK, MANY_IN_A_WEEK),
    )
    return tuple(code for devices, limit, code in rules if devices >= limit)
