"""Two processes at once, and a process killed at the worst moment."""

import signal
from pathlib import Path
from secrets import token_bytes

import pytest

from tests.racing import Ended, at_once, race
from tests.transparency.make_transparency import (
    Keys,
    append_in_process,
    die_before_publishing,
    fill,
    in_file,
    make_log,
    recomputed_root,
    served,
    signer_from,
    size_of,
    url_of,
)
from traceability.db.database import Database
from traceability.transparency.errors import LogEmptyError

SIZES = [1, 3, 1, 7, 2, 1, 1, 4, 1, 1] * 3
KILLED = [Ended(-signal.SIGKILL)]


@pytest.mark.slow
def test_two_writers_leave_no_gap_and_lose_nothing(
    database: Database, tmp_path: Path
) -> None:
    seed = token_bytes(32)
    call = (url_of(database), tmp_path, seed, SIZES)
    at_once(append_in_process, call, call)
    keys = Keys([signer_from(seed)])
    log = make_log(tmp_path, keys)
    assert log.check_start(database) is None
    assert log.faults(database) == []
    with database.reading() as session:
        assert size_of(session) == 2 * sum(SIZES)
        root = recomputed_root(session)
    assert in_file(tmp_path, keys).size == 2 * sum(SIZES)
    assert served(log, database, keys).root == root


@pytest.mark.slow
def test_a_kill_between_commit_and_publish_is_made_good(
    database: Database, tmp_path: Path
) -> None:
    seed = token_bytes(32)
    keys = Keys([signer_from(seed)])
    log = make_log(tmp_path, keys)
    fill(log, database, 3)
    call = (url_of(database), tmp_path, seed, 4)
    assert race(die_before_publishing, call) == KILLED
    with database.reading() as session:
        assert size_of(session) == 7
    assert in_file(tmp_path, keys).size == 3
    assert served(log, database, keys).size == 3
    again = make_log(tmp_path, keys)
    assert again.check_start(database) is None
    assert in_file(tmp_path, keys).size == 7
    assert served(again, database, keys).size == 7
    assert fill(again, database, 1) == [7]


@pytest.mark.slow
def test_a_kill_before_the_very_first_head_is_published_is_made_good(
    database: Database, tmp_path: Path
) -> None:
    seed = token_bytes(32)
    keys = Keys([signer_from(seed)])
    call = (url_of(database), tmp_path, seed, 4)
    assert race(die_before_publishing, call) == KILLED
    log = make_log(tmp_path, keys)
    assert in_file(tmp_path, keys).size == 0
    with database.reading() as session, pytest.raises(LogEmptyError):
        log.checkpoint(session)
    assert log.check_start(database) is None
    assert served(log, database, keys).size == 4
    assert fill(log, database, 2) == [4, 5]


@pytest.mark.slow
def test_the_next_writer_publishes_for_the_one_that_was_killed(
    database: Database, tmp_path: Path
) -> None:
    seed = token_bytes(32)
    keys = Keys([signer_from(seed)])
    log = make_log(tmp_path, keys)
    fill(log, database, 3)
    call = (url_of(database), tmp_path, seed, 4)
    assert race(die_before_publishing, call) == KILLED
    assert fill(log, database, 1) == [7]
    assert in_file(tmp_path, keys).size == 8
