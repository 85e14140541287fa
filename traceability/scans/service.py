"""Count scans: noted in memory, written in groups once a second by one thread."""

import atexit
import logging
import threading
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from traceability.core.clock import day_in_vietnam
from traceability.core.ports import Clock
from traceability.db.database import Database
from traceability.scans.models import Scan, ScanDay
from traceability.scans.visitors import DailySalts, is_robot, visitor_hash

KEPT: Final = timedelta(days=90)
EVERY: Final = 1.0  # seconds
MOST_WAITING: Final = 10_000  # scans; beyond that some are given up
PATIENCE: Final = 1.0  # seconds; a reader waits no longer for a group to be stored
_GROUPS: Final = 60  # of which it is known whose scans they held: a minute's
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Sighting:
    """One scan as it is stored."""

    link: str
    hour: datetime
    verdict: str
    visitor: str

    @property
    def day(self) -> date:
        """Return its day in Vietnam."""
        return day_in_vietnam(self.hour)


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many scans of a link wait to be stored, after how many groups that were."""

    count: int
    groups: int
    certain: bool  # none of them was just being stored


class ScanCounter:
    """Notes scans at once and stores them soon; counts of one second may be lost.

    The thread starts with the first scan, so that a server may fork before it.
    """

    def __init__(self, database: Database, clock: Clock, salts: DailySalts) -> None:
        self._database = database
        self._clock = clock
        self._salts = salts
        self._waiting: deque[Sighting] = deque()
        self._links: Counter[str] = Counter()  # of what is noted and not yet stored
        self._lock = threading.Lock()
        self._flushing = threading.Lock()  # one group is stored at a time
        self._storing: frozenset[str] = frozenset()  # the links of that group
        self._groups = 0
        self._stored: deque[tuple[int, frozenset[str]]] = deque(maxlen=_GROUPS)
        self._settled = threading.Condition(self._lock)
        self._wake = threading.Event()
        self._stopping = False
        self._thread: threading.Thread | None = None
        self._tidied: date | None = None

    def count(self, link: str, verdict: str, *, address: str, user_agent: str) -> None:
        """Note a scan of a canonical link; programs are not counted."""
        if is_robot(user_agent):
            return
        now = self._clock.now()
        salt = self._salts.of(day_in_vietnam(now))
        sighting = Sighting(
            link=link,
            hour=now.replace(minute=0, second=0, microsecond=0),
            verdict=verdict,
            visitor=visitor_hash(salt, address, user_agent),
        )
        with self._lock:
            self._note(sighting)
            if self._thread is None and not self._stopping:
                self._thread = threading.Thread(
                    target=self._run, name="scan-counter", daemon=True
                )
                self._thread.start()
                atexit.register(self.stop)

    def waiting(self, link: str) -> int:
        """Return how many scans of a link are noted and not yet stored."""
        with self._lock:
            return self._links[link]

    def settled(self, link: str) -> Waiting:
        """Return the same at a moment when none of them is just being stored.

        Asked before the database is read, so that each scan is in one or the other,
        unless ``stored_since`` says that a group was stored in the meantime. Where
        storing takes too long, scans are told twice rather than not at all.
        """
        with self._settled:
            free = self._settled.wait_for(lambda: link not in self._storing, PATIENCE)
            return Waiting(self._links[link], self._groups, certain=free)

    def stored_since(self, link: str, before: Waiting) -> bool:
        """Return whether scans that waited then may have been stored by now.

        A reader that waited in vain is not to ask again: the database is in trouble.
        """
        with self._lock:
            if not before.certain:
                return False
            if link in self._storing or self._groups - before.groups > _GROUPS:
                return True  # longer ago than anybody remembers
            later = (links for at, links in self._stored if at > before.groups)
            return any(link in links for links in later)

    def flush(self) -> int:
        """Store what is noted, in one transaction; return how many scans that were.

        What cannot be stored now is noted again.
        """
        with self._flushing:
            with self._lock:
                group = list(self._waiting)
                self._waiting.clear()
                self._storing = frozenset(one.link for one in group)
            try:
                return self._flushed(group) if group else 0
            finally:
                with self._settled:
                    self._storing = frozenset()
                    self._settled.notify_all()

    def _flushed(self, group: Sequence[Sighting]) -> int:
        try:
            with self._database.transaction() as session:
                store(session, group)
                self._tidy(session)
        except SQLAlchemyError as error:
            _log.warning("%d scans wait: %s", len(group), type(error).__name__)
            with self._lock:
                self._waiting.extendleft(reversed(group))
                self._shorten()
            return 0
        with self._lock:
            self._tell_no_more(group)
            self._groups += 1
            self._stored.append((self._groups, self._storing))
        return len(group)

    def stop(self) -> None:
        """Store what is left and end the thread."""
        self._stopping = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join(timeout=2 * EVERY)
        self.flush()

    def _note(self, sighting: Sighting) -> None:
        self._waiting.append(sighting)
        self._links[sighting.link] += 1
        self._shorten()

    def _shorten(self) -> None:
        while len(self._waiting) > MOST_WAITING:
            self._tell_no_more([self._waiting.popleft()])

    def _tell_no_more(self, group: Sequence[Sighting]) -> None:
        for one in group:
            self._links[one.link] -= 1
            if not self._links[one.link]:
                del self._links[one.link]

    def _run(self) -> None:
        while not self._wake.wait(EVERY):
            self.flush()

    def _tidy(self, session: Session) -> None:
        today = self._clock.today()
        if today != self._tidied:
            forget(session, before=self._clock.now() - KEPT)
            self._tidied = today


def store(session: Session, group: Sequence[Sighting]) -> None:
    """Store scans and add them to the counts of their days. The caller commits."""
    session.execute(
        insert(Scan),
        [
            {
                "link": one.link,
                "hour": one.hour,
                "verdict": one.verdict,
                "visitor": one.visitor,
            }
            for one in group
        ],
    )
    counts = Counter((one.link, one.day) for one in group)
    upsert = _upserts(session)(ScanDay)
    session.execute(
        upsert.on_conflict_do_update(
            index_elements=["link", "day"],
            set_={"count": ScanDay.count + upsert.excluded.count},
        ),
        # Always in one order, so that two processes wait instead of locking each other.
        [
            {"link": link, "day": day, "count": count}
            for (link, day), count in sorted(counts.items())
        ],
    )


def _upserts(session: Session) -> Callable[..., Any]:
    """Return the engine's own insert, which knows ON CONFLICT."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    return sqlite.insert if is_sqlite else postgresql.insert


def forget(session: Session, *, before: datetime) -> None:
    """Delete single scans of hours before an instant; the days' counts stay."""
    session.execute(delete(Scan).where(Scan.hour < before))
