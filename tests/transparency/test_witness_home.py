"""A witness's folder: made once, private, and refused where anything is wrong."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.conftest import FixedClock
from tests.transparency.make_trees import make_tree
from tests.transparency.test_witness import make_home
from traceability.app import create_app
from traceability.cli import Assembly, main
from traceability.services import build_services
from traceability.settings import Settings
from traceability.signing.keyfiles import write_private
from traceability.transparency.errors import (
    VkeyMalformedError,
    WitnessExistsError,
    WitnessHomeError,
)
from traceability.transparency.note import COSIGNATURE, parse_vkey
from traceability.transparency.witnessing.home import LOGS, VKEY, WitnessHome


@pytest.fixture
def home(tmp_path: Path) -> WitnessHome:
    return make_home(tmp_path, make_tree(3))


def run(folder: Path, *args: str) -> Result:
    env = {"TRACEABILITY_HOME": str(folder / "nothing-here")}
    assembly = Assembly(build_services, create_app)
    words = ["witness", "--folder", str(folder / "w"), *args]
    return CliRunner().invoke(main, words, obj=assembly, env=env)


def test_a_witness_needs_no_service(tmp_path: Path) -> None:
    made = run(tmp_path, "init", "--name", "w1.example")
    assert made.exit_code == 0, made.output
    assert parse_vkey(made.output, COSIGNATURE).name == "w1.example"
    tree = make_tree(5)
    (tmp_path / "w" / LOGS).write_text(tree.vkey)
    settings = Settings(home=tmp_path / "x", keys=tmp_path / "x")
    witness = WitnessHome(tmp_path / "w", settings).open(FixedClock())
    witness.add_checkpoint(tree.submission(0, 5))
    shown = json.loads(run(tmp_path, "show", "--json").output)
    assert shown["vkey"] == made.output.strip()
    assert shown["logs"] == [{"origin": tree.origin, "tree_size": 5}]
    assert run(tmp_path, "show").output.splitlines()[1].split() == ["5", tree.origin]
    assert not (tmp_path / "nothing-here").exists()


def test_a_witness_is_made_once(tmp_path: Path) -> None:
    run(tmp_path, "init", "--name", "w1.example")
    vkey = (tmp_path / "w" / VKEY).read_text()
    again = run(tmp_path, "init", "--name", "w2.example")
    assert (again.exit_code, "witness already" in again.output) == (1, True)
    assert (tmp_path / "w" / VKEY).read_text() == vkey


def test_without_a_folder_nothing_is_served(tmp_path: Path) -> None:
    for words in (["show"], ["serve", "--port", "0"]):
        refused = run(tmp_path, *words)
        assert (refused.exit_code, "traceability witness init" in refused.output) == (
            1,
            True,
        )


def test_an_unusable_name_makes_no_witness(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, keys=tmp_path)
    for name in ("", "two words", "a+b"):
        with pytest.raises(VkeyMalformedError):
            WitnessHome(tmp_path / "w", settings).create(name)
    assert not (tmp_path / "w").exists()


def test_what_is_secret_is_private_and_encrypted(home: WitnessHome) -> None:
    for file in [*home.folder.rglob("*.pem"), *home.folder.rglob("key-passphrase")]:
        assert file.stat().st_mode & 0o077 == 0
    (pem,) = home.folder.rglob("*.pem")
    assert b"ENCRYPTED PRIVATE KEY" in pem.read_bytes()
    assert "private" not in repr(home.open(FixedClock()).signer)


def test_a_key_that_is_not_the_published_one_signs_nothing(home: WitnessHome) -> None:
    (pem,) = home.folder.rglob("*.pem")
    passphrase = (home.folder / "secrets" / "key-passphrase").read_text().strip()
    whole = pem.read_bytes()
    write_private(pem, Ed25519PrivateKey.generate(), passphrase)
    with pytest.raises(WitnessHomeError, match="not the one it published"):
        home.open(FixedClock())
    pem.write_bytes(whole[:-40])
    with pytest.raises(WitnessHomeError, match="cannot be used"):
        home.open(FixedClock())
    pem.write_bytes(whole)
    pem.chmod(0o644)
    with pytest.raises(WitnessHomeError, match="open to other users"):
        home.open(FixedClock())
    pem.chmod(0o600)
    other = replace(home.settings, key_passphrase="x" * 40)
    with pytest.raises(WitnessHomeError, match="wrong pass phrase"):
        WitnessHome(home.folder, other).open(FixedClock())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"nonsense\n", "Line 1"),
        (b"# fine\n\nx+00000000+AA==\n", "Line 3"),
        (b"\xff", "cannot be read"),
        (b"#" * 70_000, "too long"),
    ],
)
def test_a_list_of_logs_nobody_can_read_stops_the_witness(
    home: WitnessHome, text: bytes, said: str
) -> None:
    (home.folder / LOGS).write_bytes(text)
    with pytest.raises(WitnessHomeError, match=said):
        home.open(FixedClock())


def test_two_witnesses_are_not_made_in_one_folder(home: WitnessHome) -> None:
    with pytest.raises(WitnessExistsError):
        home.create("w2.example")
