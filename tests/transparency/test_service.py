"""Appending: dense indexes, one checkpoint a call, nothing shown before its time."""

import logging
from pathlib import Path

import pytest

from tests.transparency.make_transparency import (
    ORIGIN,
    Keys,
    fill,
    head_path,
    in_file,
    make_leaves,
    recomputed_root,
    served,
    size_of,
    told_by,
)
from traceability.db.database import Database
from traceability.signing.errors import SignerDownError
from traceability.transparency.checkpoint import Checkpoint
from traceability.transparency.errors import (
    LeafNotFoundError,
    LeafTooLongError,
    LogDamagedError,
    LogEmptyError,
    LogKeyError,
    LogUnpublishedError,
)
from traceability.transparency.head_file import HeadFile
from traceability.transparency.merkle import leaf_hash
from traceability.transparency.note import parse_vkey
from traceability.transparency.proofs import verify_consistency, verify_inclusion
from traceability.transparency.queries import read_head, root_at
from traceability.transparency.service import TransparencyLog
from traceability.transparency.tlog_proof import parse_proof, verify_proof


def test_leaves_get_dense_indexes(database: Database, log: TransparencyLog) -> None:
    with database.transaction() as session:
        assert log.append(session, make_leaves(3)) == [0, 1, 2]
    with database.transaction() as session:
        assert log.append(session, make_leaves(1, 3)) == [3]
        assert log.append(session, make_leaves(2, 4)) == [4, 5]
    with database.reading() as session:
        assert [log.leaf(session, index) for index in range(6)] == make_leaves(6)
    assert log.faults(database) == []


def test_after_every_step_the_whole_log_is_sound(
    database: Database, log: TransparencyLog, keys: Keys
) -> None:
    earlier: list[Checkpoint] = []
    for count in (1, 1, 2, 5, 7, 1, 16, 31, 250):
        fill(log, database, count)
        now = served(log, database, keys)
        assert log.faults(database) == []
        assert log.state(database) is None
        with database.reading() as session:
            assert now.root == recomputed_root(session)
            assert now.size == size_of(session)
            for old in earlier:
                proof = log.consistency_proof(session, old.size, now.size)
                verify_consistency(old.size, now.size, proof, old.root, now.root)
            for index in range(now.size):
                path = log.inclusion_proof(session, index, now.size)
                leaf = leaf_hash(log.leaf(session, index))
                verify_inclusion(leaf, index, now.size, path, now.root)
        earlier.append(now)


def test_no_leaves_make_no_checkpoint(
    database: Database, log: TransparencyLog, keys: Keys
) -> None:
    fill(log, database, 2)
    with database.transaction() as session:
        assert log.append(session, []) == []
    assert served(log, database, keys).size == 2


def test_a_rolled_back_append_leaves_nothing(
    database: Database, log: TransparencyLog, keys: Keys
) -> None:
    fill(log, database, 2)
    with database.transaction() as session:
        log.append(session, make_leaves(4, 2))
        session.rollback()
    assert fill(log, database, 1) == [2]
    assert served(log, database, keys).size == 3
    assert log.faults(database) == []


def test_an_uncommitted_head_is_never_served_nor_published(
    database: Database, log: TransparencyLog, keys: Keys, tmp_path: Path
) -> None:
    fill(log, database, 2)
    with database.transaction() as session:
        log.append(session, make_leaves(3, 2))
        assert told_by(log.checkpoint(session), keys).size == 2
        assert log.tree_size(session) == 2
        log.publish(database)
        assert in_file(tmp_path, keys).size == 2
        with pytest.raises(LogUnpublishedError):
            log.proof_text(session, 2, make_leaves(1, 2)[0])
    assert in_file(tmp_path, keys).size == 5


def test_a_released_savepoint_publishes_nothing(
    database: Database, log: TransparencyLog, keys: Keys, tmp_path: Path
) -> None:
    fill(log, database, 2)
    with database.transaction() as session:
        with session.begin_nested():
            log.append(session, make_leaves(3, 2))
        assert in_file(tmp_path, keys).size == 2
        session.rollback()
    assert in_file(tmp_path, keys).size == 2
    assert fill(log, database, 1) == [2]


def test_an_append_undone_by_its_savepoint_is_not_published(
    database: Database, log: TransparencyLog, keys: Keys, tmp_path: Path
) -> None:
    fill(log, database, 2)
    with database.transaction() as session:
        log.append(session, make_leaves(1, 2))
        nested = session.begin_nested()
        log.append(session, make_leaves(5, 3))
        nested.rollback()
    assert in_file(tmp_path, keys).size == 3
    assert log.faults(database) == []


def test_the_head_is_in_its_file_when_the_commit_returns(
    database: Database, log: TransparencyLog, keys: Keys, tmp_path: Path
) -> None:
    for size in range(1, 5):
        fill(log, database, 1)
        assert in_file(tmp_path, keys).size == size


def test_a_view_from_before_is_served_its_own_head(
    database: Database, log: TransparencyLog, keys: Keys
) -> None:
    fill(log, database, 2)
    with database.reading() as session:
        assert size_of(session) == 2
        fill(log, database, 3)
        now = told_by(log.checkpoint(session), keys)
        assert now.size == 2
        leaf = log.leaf(session, 1)
        text = log.proof_text(session, 1, leaf)
        assert told_by(parse_proof(text).checkpoint, keys).size == 2


def test_a_proof_text_convinces_without_the_service(
    database: Database, log: TransparencyLog, keys: Keys
) -> None:
    fill(log, database, 11)
    vkeys = [parse_vkey(log.vkey)]
    with database.reading() as session:
        for index, leaf in enumerate(make_leaves(11)):
            proof = parse_proof(log.proof_text(session, index, leaf))
            assert verify_proof(proof, leaf, vkeys, ORIGIN).size == 11
        with pytest.raises(LogDamagedError):
            log.proof_text(session, 3, b"another leaf")


def test_an_empty_log_has_no_checkpoint(
    database: Database, log: TransparencyLog
) -> None:
    assert log.check_start(database) is None
    log.publish(database)
    with database.reading() as session:
        assert log.tree_size(session) == 0
        with pytest.raises(LogEmptyError):
            log.checkpoint(session)


def test_what_the_log_does_not_hold_is_not_found(
    database: Database, log: TransparencyLog
) -> None:
    fill(log, database, 4)
    with database.reading() as session:
        for index in (-1, 4):
            with pytest.raises(LeafNotFoundError):
                log.leaf(session, index)
            with pytest.raises(LeafNotFoundError):
                log.inclusion_proof(session, index, 4)
        for old, new in ((0, 5), (3, 2), (-1, 2)):
            with pytest.raises(LeafNotFoundError):
                log.consistency_proof(session, old, new)


def test_a_leaf_no_bundle_can_carry_is_refused(
    database: Database, log: TransparencyLog
) -> None:
    with database.transaction() as session, pytest.raises(LeafTooLongError):
        log.append(session, [bytes(65_536)])
    with database.reading() as session:
        assert size_of(session) == 0


def test_nothing_is_stored_while_the_signer_is_down(
    database: Database, log: TransparencyLog, keys: Keys
) -> None:
    fill(log, database, 2)
    keys.down = True
    with pytest.raises(SignerDownError):
        fill(log, database, 1)
    assert served(log, database, keys).size == 2
    assert log.check_start(database) is None


def test_a_key_that_is_not_the_published_one_signs_nothing(
    database: Database, tmp_path: Path, keys: Keys
) -> None:
    other = Keys()
    log = TransparencyLog(
        signer_of=other.signer,
        vkeys_of=keys.vkeys,
        origin=ORIGIN,
        head_file=head_path(tmp_path),
    )
    with pytest.raises(LogKeyError):
        fill(log, database, 1)


def test_after_a_rotation_the_same_head_is_signed_anew(
    database: Database, log: TransparencyLog, keys: Keys, tmp_path: Path
) -> None:
    fill(log, database, 3)
    keys.rotate()
    assert log.check_start(database) is None
    now = told_by(head_path(tmp_path).read_text("utf-8"), Keys([keys.signers[0]]))
    assert now.size == 3
    assert parse_vkey(log.vkey).key_id == parse_vkey(keys.vkeys()[0]).key_id
    assert fill(log, database, 1) == [3]
    assert log.faults(database) == []


def test_without_a_signer_the_old_signature_is_still_served(
    database: Database, log: TransparencyLog, keys: Keys
) -> None:
    fill(log, database, 3)
    keys.rotate()
    keys.down = True
    log.publish(database)
    assert served(log, database, keys).size == 3
    assert log.check_start(database) is None


def test_publishing_again_writes_nothing(
    database: Database, log: TransparencyLog, tmp_path: Path
) -> None:
    fill(log, database, 3)
    before = head_path(tmp_path).stat()
    log.publish(database)
    after = head_path(tmp_path).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_a_head_that_cannot_be_written_is_made_good_later(
    database: Database,
    log: TransparencyLog,
    keys: Keys,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    fill(log, database, 2)

    def full(_file: HeadFile, _note: str) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch, caplog.at_level(logging.ERROR):
        patch.setattr(HeadFile, "write", full)
        assert fill(log, database, 1) == [2]
    assert "could not be published" in caplog.text
    assert served(log, database, keys).size == 2
    log.publish(database)
    assert served(log, database, keys).size == 3


def test_roots_of_earlier_sizes_are_those_once_signed(
    database: Database, log: TransparencyLog
) -> None:
    roots = {}
    for size in range(1, 20):
        fill(log, database, 1)
        with database.reading() as session:
            head = read_head(session)
        assert head is not None
        roots[size] = head.root
    with database.reading() as session:
        assert {size: root_at(session, size) for size in roots} == roots
