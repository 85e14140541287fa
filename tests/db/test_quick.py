"""Small questions give the same rows over a line as in a session's own view."""

from datetime import date

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from traceability.db.database import Database
from traceability.db.quick import LINES, Lines, Question
from traceability.scans.models import ScanDay

COUNTED = Question(
    select(func.sum(ScanDay.count), func.min(ScanDay.day)).where(
        ScanDay.link == bindparam("link"), ScanDay.count > 1
    ),
    *(int, str),
)
LINK = "https://tx.example/Đ%2F'"


def lines_of(session: Session) -> Lines:
    lines = session.info[LINES]
    assert isinstance(lines, Lines)
    return lines


def counted(database: Database, link: str = LINK) -> list[list[object]]:
    with database.looking() as session:
        rows = [[*row] for row in COUNTED.asked(session, {"link": link})]
        assert not session.in_transaction()
    with database.reading() as session:
        assert rows == COUNTED.asked(session, {"link": link})
    return rows


def scanned(database: Database, day: int, count: int) -> None:
    with database.transaction() as session:
        session.add(ScanDay(link=LINK, day=date(2026, 11, day), count=count))


def test_rows_are_those_that_a_session_reads(database: Database) -> None:
    assert counted(database) == [[None, None]]
    scanned(database, 22, 3)
    assert counted(database) == [[3, "2026-11-22"]]
    scanned(database, 21, 2)
    assert counted(database) == [[5, "2026-11-21"]]
    assert counted(database, "x") == [[None, None]]


def test_a_session_that_reads_asks_in_its_own_view(database: Database) -> None:
    with database.looking() as session:
        session.connection()
        COUNTED.asked(session, {"link": LINK})
        scanned(database, 22, 3)
        assert COUNTED.asked(session, {"link": LINK}) == [[None, None]]
    assert counted(database) == [[3, "2026-11-22"]]


def test_a_lost_line_costs_no_answer(database: Database) -> None:
    scanned(database, 22, 3)
    counted(database)
    with database.looking() as session:
        [(driver, _known)] = lines_of(session)._free  # noqa: SLF001 (what is lost)
        driver.close()
        assert COUNTED.asked(session, {"link": LINK}) == [[3, "2026-11-22"]]
        assert lines_of(session)._free == []  # noqa: SLF001
    assert counted(database) == [[3, "2026-11-22"]]


def test_lines_close_with_the_pool(database: Database) -> None:
    counted(database)
    database.dispose()
    with database.looking() as session:
        assert lines_of(session)._free == []  # noqa: SLF001
    assert counted(database) == [[None, None]]
