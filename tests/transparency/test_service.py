"""Appending: dense indexes, one checkpoint a call, nothing shown before its time."""

from pathlib import Path

from tests.transparency.make_transparency import (
    ORIGIN,
    Keys,
    fill,
    make_leaves,
    make_log,
    recomputed_root,
)
from traceability.db.database import Database
from traceability.transparency.checkpoint import open_checkpoint
from traceability.transparency.note import parse_vkey
from traceability.transparency.queries import read_head
from traceability.transparency.triggers import triggers_stand


def test_leaves_get_dense_indexes(database: Database, tmp_path: Path) -> None:
    log = make_log(tmp_path)
    with database.transaction() as session:
        assert log.append(session, make_leaves(3)) == [0, 1, 2]
    with database.transaction() as session:
        assert log.append(session, make_leaves(2, 3)) == [3, 4]
    assert log.faults(database) == []
    with database.reading() as session:
        assert triggers_stand(session)


def test_every_step_leaves_a_sound_log(database: Database, tmp_path: Path) -> None:
    keys = Keys()
    log = make_log(tmp_path, keys)
    for count in (1, 1, 2, 5, 7, 1, 16, 31):
        fill(log, database, count)
        assert log.check_start(database) is None
        with database.reading() as session:
            told = open_checkpoint(
                log.checkpoint(session),
                [parse_vkey(one) for one in keys.vkeys()],
                ORIGIN,
            )
            head = read_head(session)
            assert head is not None
            assert told.root == head.root == recomputed_root(session)
            assert told.size == head.size
