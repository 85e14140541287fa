"""Where the pass phrase comes from."""

from dataclasses import replace
from pathlib import Path

import pytest

from traceability.settings import Settings
from traceability.signing.errors import (
    PassphraseMissingError,
    PassphraseWeakError,
)
from traceability.signing.keyfiles import write_once
from traceability.signing.passphrase import (
    ensure_passphrase,
    passphrase_file,
    read_passphrase,
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, keys=tmp_path / "keys")


def test_a_file_of_256_random_bits_is_made_once(settings: Settings) -> None:
    assert read_passphrase(settings) is None
    made = ensure_passphrase(settings)
    path = passphrase_file(settings)
    assert len(made) == 43
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert settings.keys not in path.parents  # a copy of the keys does not open them
    assert ensure_passphrase(settings) == read_passphrase(settings) == made


def test_the_environment_comes_first(settings: Settings) -> None:
    ensure_passphrase(settings)
    told = replace(settings, key_passphrase="from the environment")
    assert read_passphrase(told) == ensure_passphrase(told) == "from the environment"


def test_a_named_file_comes_before_ours(settings: Settings, tmp_path: Path) -> None:
    ensure_passphrase(settings)
    credential = tmp_path / "credential"
    credential.write_text("from a credential\n")
    told = replace(settings, key_passphrase_file=credential)
    assert read_passphrase(told) == "from a credential"


@pytest.mark.parametrize("content", [b"", b"\n", b"\xff\xfe"])
def test_a_file_without_text_holds_no_pass_phrase(
    settings: Settings, tmp_path: Path, content: bytes
) -> None:
    credential = tmp_path / "credential"
    credential.write_bytes(content)
    told = replace(settings, key_passphrase_file=credential)
    assert read_passphrase(told) is None
    with pytest.raises(PassphraseWeakError):
        ensure_passphrase(told)
    assert credential.read_bytes() == content  # keys may hang on it


def test_of_two_processes_that_make_one_the_first_wins(tmp_path: Path) -> None:
    path = tmp_path / "key-passphrase"
    write_once(path, b"first")
    write_once(path, b"second")
    assert path.read_bytes() == b"first"
    assert list(tmp_path.iterdir()) == [path]


def test_restored_keys_get_no_new_pass_phrase(settings: Settings) -> None:
    private = settings.keys / "private"
    private.mkdir(parents=True)
    (private / "record.pem").write_text("encrypted under another pass phrase")
    with pytest.raises(PassphraseMissingError):
        ensure_passphrase(settings)
    assert not passphrase_file(settings).exists()
