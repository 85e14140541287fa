"""Values are kept while their rows stay the same, whatever else is written."""

from collections.abc import Callable
from datetime import date

from sqlalchemy import text
from sqlalchemy.orm import Session

from traceability.db.database import Database
from traceability.db.memory import Memory
from traceability.db.stamps import Stamps
from traceability.scans.models import ScanDay


class Counted:
    """Sums the scans of a link, and counts how often it had to."""

    def __init__(self, link: str) -> None:
        self.link = link
        self.times = 0

    def __call__(self, session: Session) -> int:
        self.times += 1
        question = text("SELECT count FROM scan_day WHERE link = :link")
        return sum(session.scalars(question, {"link": self.link}))


def write(database: Database, link: str, day: str, count: int) -> None:
    with database.transaction() as session:
        statement = text("INSERT INTO scan_day VALUES (:link, :day, :count)")
        session.execute(statement, {"link": link, "day": day, "count": count})


def looked_up(memory: Memory, database: Database, stamps: Stamps, sums: Counted) -> int:
    stamp = stamps.now()
    with database.reading() as session:
        return memory.recall(session, sums.link, stamp, lambda: sums(session))


def ask(memory: Memory, database: Database) -> tuple[Counted, Callable[[], int]]:
    sums, stamps = Counted("a"), Stamps(database)
    return sums, lambda: looked_up(memory, database, stamps, sums)


def test_a_value_is_computed_anew_only_when_its_rows_change(
    database: Database,
) -> None:
    sums, value = ask(Memory(), database)
    write(database, "a", "2026-11-20", 2)
    assert (value(), value(), sums.times) == (2, 2, 1)
    write(database, "b", "2026-11-20", 7)
    assert (value(), value(), sums.times) == (2, 2, 1)
    write(database, "a", "2026-11-21", 3)
    assert (value(), value(), sums.times) == (5, 5, 2)


def test_without_a_stamp_the_rows_decide(database: Database) -> None:
    memory, sums = Memory(), Counted("a")
    for count in (0, 0, 4):
        if count:
            write(database, "a", "2026-11-20", count)
        with database.reading() as session:
            found = memory.recall(session, "a", None, lambda: sums(session))
        assert found == count
    assert sums.times == 2


def test_what_a_session_knows_already_is_part_of_the_trace(
    database: Database,
) -> None:
    memory, key = Memory(), ("a", date(2026, 11, 20))
    write(database, "a", "2026-11-20", 2)
    for expected in (2, 9):
        with database.reading() as session:
            session.get(ScanDay, key)
            row = memory.recall(session, key, None, lambda: session.get(ScanDay, key))
        assert row is not None
        assert row.count == expected
        with database.transaction() as session:
            session.execute(text("UPDATE scan_day SET count = 9"))


def test_memory_is_bounded_and_forgets(database: Database) -> None:
    memory = Memory(most_bytes=1)
    sums, value = ask(memory, database)
    write(database, "a", "2026-11-20", 2)
    assert (value(), value(), sums.times) == (2, 2, 2)
    memory = Memory()
    sums, value = ask(memory, database)
    value()
    memory.drop("a")
    memory.drop("a")
    value()
    memory.forget()
    value()
    assert sums.times == 3
