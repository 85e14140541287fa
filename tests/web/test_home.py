"""A home is made once, for one address, and says what is wrong with it in a line."""

import stat
from pathlib import Path

import pytest

from tests.web.make_web import make_settings
from traceability.settings import SettingsError
from traceability.web.home import (
    IDENTITY,
    SESSION_KEY,
    create_home,
    read_identity,
    read_session_key,
    write_once,
)


def test_a_home_is_made_once(tmp_path: Path) -> None:
    settings = make_settings(tmp_path / "new" / "home")
    assert create_home(settings).origin == "https://tx.example"
    first = read_session_key(settings)
    create_home(settings)
    assert read_session_key(settings) == first
    assert len(first) >= 32


def test_secrets_are_for_the_owner_alone(tmp_path: Path) -> None:
    settings = make_settings(tmp_path)
    create_home(settings)
    assert stat.S_IMODE((tmp_path / SESSION_KEY).stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / SESSION_KEY).parent.stat().st_mode) == 0o700


def test_another_address_is_refused_naming_both(tmp_path: Path) -> None:
    create_home(make_settings(tmp_path))
    other = make_settings(tmp_path, base_url="https://other.example")
    with pytest.raises(SettingsError, match=r"https://tx\.example.*other\.example"):
        read_identity(other)
    with pytest.raises(SettingsError):
        create_home(other)


def test_a_home_that_was_not_made_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="traceability init"):
        read_identity(make_settings(tmp_path))
    with pytest.raises(SettingsError, match="traceability init"):
        read_session_key(make_settings(tmp_path))


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '"x"', "null"])
def test_a_damaged_identity_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / IDENTITY).write_text(content, encoding="utf-8")
    with pytest.raises(SettingsError, match="damaged"):
        read_identity(make_settings(tmp_path))


def test_an_open_or_short_session_key_is_refused(tmp_path: Path) -> None:
    settings = make_settings(tmp_path)
    create_home(settings)
    path = tmp_path / SESSION_KEY
    path.chmod(0o644)
    with pytest.raises(SettingsError, match="0600"):
        read_session_key(settings)
    path.chmod(0o600)
    path.write_text("short", encoding="utf-8")
    with pytest.raises(SettingsError, match="0600"):
        read_session_key(settings)


def test_of_two_processes_the_first_one_writes(tmp_path: Path) -> None:
    path = tmp_path / "once"
    write_once(path, b"first", 0o600)
    write_once(path, b"second", 0o600)
    assert path.read_bytes() == b"first"
    assert list(tmp_path.iterdir()) == [path]
