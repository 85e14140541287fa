"""A backup brings everything back on either engine; an old one may not sign."""

import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.faults.invariants import Memory, check_invariants
from tests.faults.make_home import make_home
from tests.faults.victim import actor_of, one_more
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
from traceability.db.migrations import upgrade
from traceability.records.models import SignedRecord
from traceability.records.notary import notary_of
from traceability.services import build_services
from traceability.settings import Settings, read_settings
from traceability.web.context import Services
from traceability.web.home import IDENTITY, create_home


@pytest.fixture(
    params=[
        pytest.param("sqlite", marks=pytest.mark.db),
        pytest.param("postgresql", marks=pytest.mark.db),
    ]
)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgres_url"))
    return f"sqlite:///{tmp_path / 'one.sqlite3'}"


@pytest.fixture
def service(url: str, tmp_path: Path) -> Iterator[Services]:
    database = Database(url)
    upgrade(database)
    settings = make_home(tmp_path / "home", database)
    database.dispose()
    use = build_services(settings)
    issue_one(use)
    yield use
    use.database.dispose()


def issue_one(use: Services) -> None:
    with use.database.transaction() as session:
        batch = one_more(session, use)
        issue_batch(session, batch, actor=actor_of(batch), notary=notary_of(use))


def places(settings: Settings) -> Places:
    return Places(keys=settings.keys, identity=settings.home / IDENTITY)


def backed_up(use: Services, target: Path) -> Path:
    write_backup(use.database, places(use.settings), target, SystemClock().now())
    return target


def restored(use: Services, backup: Path, url: str, home: Path) -> Services:
    """Restore into a fresh home; the pass phrase is carried by hand, as documented."""
    secrets = use.settings.home / "secrets"
    shutil.copytree(secrets, home / "secrets", dirs_exist_ok=True)
    settings = read_settings({"TRACEABILITY_HOME": str(home), "DATABASE_URL": url})
    database = Database(url)
    upgrade(database)
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
    service: Services, tmp_path: Path
) -> None:
    backup = backed_up(service, tmp_path / "backup.zip")
    head = service.settings.home / "log"
    shutil.copytree(head, tmp_path / "there" / "log")
    url = f"sqlite:///{tmp_path / 'two.sqlite3'}"
    there = restored(service, backup, url, tmp_path / "there")
    assert tokens(there) == tokens(service)
    check_invariants(there, Memory())
    issue_one(there)
    check_invariants(there, Memory())


def test_a_backup_of_sqlite_moves_to_postgresql(
    tmp_path: Path, sqlite_database: Database, postgres_url: str
) -> None:
    database = Database(f"sqlite:///{tmp_path / 'from.sqlite3'}")
    upgrade(database)
    use = build_services(make_home(tmp_path / "home", database))
    issue_one(use)
    backup = backed_up(use, tmp_path / "backup.zip")
    shutil.copytree(use.settings.home / "log", tmp_path / "there" / "log")
    there = restored(use, backup, postgres_url, tmp_path / "there")
    check_invariants(there, Memory())
    issue_one(there)  # the sequences moved on too
    assert len(tokens(there)) > len(tokens(use))
    there.database.dispose()


def test_a_restored_older_backup_may_not_sign(
    service: Services, tmp_path: Path
) -> None:
    backup = backed_up(service, tmp_path / "backup.zip")
    issue_one(service)
    shutil.copytree(service.settings.home / "log", tmp_path / "there" / "log")
    url = f"sqlite:///{tmp_path / 'two.sqlite3'}"
    there = restored(service, backup, url, tmp_path / "there")
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
    service: Services, tmp_path: Path
) -> None:
    backup = backed_up(service, tmp_path / "backup.zip")
    database = Database(f"sqlite:///{tmp_path / 'two.sqlite3'}")
    upgrade(database)
    with pytest.raises(RestoreRefusedError, match="keys"):
        read_backup(database, places(service.settings), backup)


def test_a_home_that_was_set_up_is_named_as_that(
    service: Services, tmp_path: Path
) -> None:
    backup = backed_up(service, tmp_path / "backup.zip")
    database = Database(f"sqlite:///{tmp_path / 'two.sqlite3'}")
    upgrade(database)
    identity = service.settings.home / IDENTITY
    with pytest.raises(RestoreRefusedError, match=r"identity\.json is there already"):
        read_backup(database, Places(tmp_path / "no-keys", identity), backup)


@pytest.mark.parametrize("damage", ["cut", "not a zip", "row lost", "outside"])
def test_a_damaged_backup_changes_nothing(
    tmp_path: Path, sqlite_database: Database, damage: str
) -> None:
    database = Database(f"sqlite:///{tmp_path / 'from.sqlite3'}")
    upgrade(database)
    use = build_services(make_home(tmp_path / "home", database))
    issue_one(use)
    backup = backed_up(use, tmp_path / "backup.zip")
    spoil(backup, damage)
    there = Database(f"sqlite:///{tmp_path / 'two.sqlite3'}")
    upgrade(there)
    fresh = Places(keys=tmp_path / "fresh", identity=tmp_path / "identity.json")
    with pytest.raises(BackupInvalidError):
        read_backup(there, fresh, backup)
    with there.reading() as session:
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
