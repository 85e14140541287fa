"""`traceability db` over a home of its own, in this process."""

import shutil
from pathlib import Path

import pytest

from tests.cli.test_group import one_line, run
from traceability.cli import serving


def made(home: Path) -> Path:
    assert run(home, "init").exit_code == 0
    upgraded = run(home, "db", "upgrade")
    assert upgraded.output.startswith("The database is at schema ")
    return home


def test_a_backup_goes_out_and_comes_back_where_nothing_is(tmp_path: Path) -> None:
    home, file = made(tmp_path / "home"), tmp_path / "backup.zip"
    told = run(home, "db", "backup", str(file))
    assert "you need both" in told.output
    assert "holds keys" in one_line(run(home, "db", "restore", str(file)))
    shutil.rmtree(home / "keys")
    assert "identity.json" in one_line(run(home, "db", "restore", str(file)))
    fresh = run(tmp_path / "fresh", "db", "restore", str(file))
    assert "are back from" in fresh.output


def test_a_home_is_copied_to_another_database(tmp_path: Path) -> None:
    home = made(tmp_path / "home")
    there = f"sqlite:///{tmp_path / 'there.sqlite3'}"
    copied = run(home, "db", "copy", "--to", there)
    assert copied.exit_code == 0, copied.output
    assert "examined and sound" in copied.output
    assert run(home, "log", "fsck", DATABASE_URL=there).exit_code == 0


class Silent:
    """A server that serves nobody."""

    def run(self) -> None:
        """Return at once."""


def test_serving_says_where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = made(tmp_path / "home")
    monkeypatch.setattr(serving, "server_of", lambda *_, **__: Silent())
    told = run(home, "serve", TRACEABILITY_MIN_FREE_MB="0")
    assert told.output == "Serving http://127.0.0.1:8000\n"
    (home / "secrets" / "key-passphrase").write_text("x" * 40)
    locked = run(home, "serve")
    assert "Serving reads only: " in locked.output
    assert "Serving http://127.0.0.1:8000" in locked.output
