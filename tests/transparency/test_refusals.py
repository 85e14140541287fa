"""Where the log, its head and its file do not agree, nothing is signed."""

from pathlib import Path

import pytest
from sqlalchemy import insert, select, text

from tests.transparency.make_transparency import (
    Keys,
    fill,
    head_path,
    in_file,
    make_leaves,
    make_log,
    served,
    size_of,
    without_triggers,
)
from traceability.db.database import Database
from traceability.transparency.errors import (
    LogBehindError,
    LogDamagedError,
    LogEmptyError,
    LogForkedError,
    LogHeadMissingError,
    LogHeadPresentError,
    LogHeadUnreadableError,
)
from traceability.transparency.models import LogHead
from traceability.transparency.note import parse_note
from traceability.transparency.queries import read_tile
from traceability.transparency.service import TransparencyLog
from traceability.transparency.tiles import parse_tile


def test_a_restored_older_backup_may_not_append(
    database: Database, tmp_path: Path, keys: Keys
) -> None:
    fill(make_log(tmp_path / "then", keys), database, 3)
    newer = Database(f"sqlite:///{tmp_path / 'newer.sqlite3'}")
    LogHead.metadata.create_all(newer.engine)
    log = make_log(tmp_path, keys)
    fill(log, newer, 5)
    newer.dispose()
    with pytest.raises(LogBehindError, match="has 3 entries, but 5 were published"):
        fill(log, database, 1)
    assert log.state(database) == "log-behind"
    assert log.check_start(database) == "log-behind"
    assert "older backup" in log.faults(database)[0]
    log.publish(database)
    assert in_file(tmp_path, keys).size == 5
    assert served(log, database, keys).size == 3


@pytest.mark.parametrize("published", [2, 3])
def test_a_database_with_another_history_may_not_append(
    database: Database, tmp_path: Path, keys: Keys, published: int
) -> None:
    fill(make_log(tmp_path / "then", keys), database, 3)
    other = Database(f"sqlite:///{tmp_path / 'other.sqlite3'}")
    LogHead.metadata.create_all(other.engine)
    log = make_log(tmp_path, keys)
    with other.transaction() as session:
        log.append(session, make_leaves(published, start=100))
    other.dispose()
    with pytest.raises(LogForkedError):
        fill(log, database, 1)
    assert log.state(database) == "log-forked"
    assert log.check_start(database) == "log-forked"
    if published == 3:
        with database.reading() as session, pytest.raises(LogForkedError):
            log.checkpoint(session)


def test_a_lost_head_file_stops_appending_until_somebody_answers_for_it(
    database: Database, log: TransparencyLog, keys: Keys, tmp_path: Path
) -> None:
    fill(log, database, 3)
    head_path(tmp_path).unlink()
    with pytest.raises(LogHeadMissingError):
        fill(log, database, 1)
    assert log.check_start(database) == "log-head-missing"
    with database.reading() as session, pytest.raises(LogHeadMissingError):
        log.checkpoint(session)
    log.adopt(database)
    assert log.check_start(database) is None
    assert fill(log, database, 1) == [3]
    assert in_file(tmp_path, keys).size == 4
    with pytest.raises(LogHeadPresentError):
        log.adopt(database)


def test_an_empty_log_cannot_be_adopted(
    database: Database, log: TransparencyLog
) -> None:
    with pytest.raises(LogEmptyError):
        log.adopt(database)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"tx.example/log\n3\nAAAA\n"])
def test_a_damaged_head_file_stops_appending(
    database: Database, log: TransparencyLog, tmp_path: Path, content: bytes
) -> None:
    fill(log, database, 3)
    head_path(tmp_path).write_bytes(content)
    with pytest.raises(LogHeadUnreadableError):
        fill(log, database, 1)
    assert log.check_start(database) == "log-head-unreadable"
    assert len(log.faults(database)) == 1


def test_a_head_file_signed_by_a_stranger_is_not_believed(
    database: Database, log: TransparencyLog, keys: Keys, tmp_path: Path
) -> None:
    fill(log, database, 3)
    note = head_path(tmp_path).read_text("utf-8")
    forged = parse_note(note).text + "\n— tx.example/log AAAAAAAA\n"
    head_path(tmp_path).write_text(forged, "utf-8")
    assert log.check_start(database) == "log-head-unreadable"


def test_an_altered_leaf_is_found_and_nothing_more_is_appended(
    database: Database, log: TransparencyLog
) -> None:
    fill(log, database, 6)
    with without_triggers(database) as session:
        session.execute(
            text('UPDATE log_leaf SET data = :data WHERE "index" = 2'),
            {"data": b"another"},
        )
    assert log.faults(database) == ["leaf 2 was altered"]
    assert log.check_start(database) == "log-damaged"
    assert log.state(database) == "log-damaged"
    with pytest.raises(LogDamagedError, match="leaf 2 was altered"):
        fill(log, database, 1)


def test_a_head_without_its_nodes_signs_nothing(
    database: Database, log: TransparencyLog
) -> None:
    fill(log, database, 6)
    with without_triggers(database) as session:
        session.execute(text("DELETE FROM log_node WHERE level = 2"))
    with pytest.raises(LogDamagedError, match="holes"):
        fill(log, database, 1)


def test_a_head_with_a_wrong_node_signs_nothing(
    database: Database, log: TransparencyLog
) -> None:
    fill(log, database, 6)
    with without_triggers(database) as session:
        session.execute(
            text("UPDATE log_node SET hash = :hash WHERE level = 2"),
            {"hash": bytes(32)},
        )
    with pytest.raises(LogDamagedError, match="does not lead to its head"):
        fill(log, database, 1)
    assert "nodes of level 2 from 0 on are wrong" in log.faults(database)


def test_a_head_that_was_moved_is_found(
    database: Database, log: TransparencyLog
) -> None:
    fill(log, database, 6)
    with database.transaction() as session:
        session.execute(
            text("UPDATE log_head SET root_hash = :root"), {"root": bytes(32)}
        )
    faults = log.faults(database)
    assert "the leaves give another root than the head at 6" in faults
    assert "the head's checkpoint is of another tree" in faults
    assert "The log in the database is not the published one." in faults


def test_a_head_whose_checkpoint_was_altered_is_found(
    database: Database, log: TransparencyLog
) -> None:
    fill(log, database, 6)
    with database.transaction() as session:
        session.execute(text("UPDATE log_head SET checkpoint = 'nothing'"))
    assert log.faults(database) == ["The note has no signatures."]
    assert log.check_start(database) == "log-damaged"


def test_there_is_one_head_only(database: Database, log: TransparencyLog) -> None:
    fill(log, database, 1)
    with (
        pytest.raises(Exception, match=r"ck_log_head_one_row|CHECK constraint"),
        database.transaction() as session,
    ):
        session.execute(
            insert(LogHead).values(id=2, tree_size=0, root_hash=b"", checkpoint="")
        )
    with database.reading() as session:
        assert session.scalars(select(LogHead.id)).all() == [1]


@pytest.mark.parametrize("path", ["0/000.p/6", "entries/000.p/6", "1/000.p/1"])
def test_a_tile_with_a_hole_is_not_served(
    database: Database, log: TransparencyLog, path: str
) -> None:
    fill(log, database, 256 if path.startswith("1") else 6)
    with without_triggers(database) as session:
        session.execute(text('DELETE FROM log_leaf WHERE "index" = 3'))
        session.execute(text("DELETE FROM log_node WHERE level = 8"))
    with database.reading() as session, pytest.raises(LogDamagedError, match="holes"):
        read_tile(session, parse_tile(path), size_of(session))
