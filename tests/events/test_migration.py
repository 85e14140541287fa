"""Rows of events go down to the older schema and come back from what was signed."""

from pathlib import Path

from sqlalchemy import text

from tests.events.make_events import RICE, make_place
from traceability.core.identity import Identity
from traceability.core.ports import Clock
from traceability.db.database import Database
from traceability.db.migrations import downgrade, upgrade
from traceability.events.correcting.service import ErrorDraft, declare_error
from traceability.events.entry.service import record_event
from traceability.events.vocabulary import ErrorReason

EVENTS = text("SELECT * FROM trace_event ORDER BY id")
LOTS = text("SELECT * FROM trace_event_lot ORDER BY id")


def rows(database: Database) -> list[dict[str, object]]:
    with database.reading() as session:
        return [
            dict(row)
            for found in (EVENTS, LOTS)
            for row in session.execute(found).mappings()
        ]


def test_events_survive_the_way_down_and_up(
    migrated: Database, tmp_path: Path, clock: Clock, identity: Identity
) -> None:
    with migrated.transaction() as session:
        place = make_place(session, tmp_path, identity, clock)
        record_event(session, place.draft("planting"), desk=place.desk)
        wrong = record_event(session, place.draft("pack"), desk=place.desk)
        right = place.draft("pack", taken_apart=False)
        reason = ErrorReason.INCORRECT_DATA
        draft = ErrorDraft(reason=reason, note="Nhầm", corrective=right)
        declare_error(session, wrong, draft, desk=place.desk)
        record_event(session, place.draft("ship"), desk=place.desk)
    before = rows(migrated)
    assert [row["born_lot"] for row in before[:4]] == [None, None, RICE, None]
    downgrade(migrated, "0002")
    upgrade(migrated)
    assert rows(migrated) == before
