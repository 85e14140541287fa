"""`traceability sign`: a party's own machine, with no home and no server."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.signing.make_signing import DID, PASSPHRASE
from traceability.cli import main
from traceability.signing.entries import parse_instant
from traceability.signing.envelope import verify_token
from traceability.signing.holding import (
    CONFIRMATION_TYPE,
    PROOF_TYPE,
    credential_to_sign,
    proof_of_possession,
)
from traceability.signing.keys import (
    EDDSA,
    ES256,
    KeyRole,
    PublicKey,
    alg_of,
    parse_jwk,
    thumbprint,
)

PARTY = f"{DID}:organisations:P1"
AT = parse_instant("2026-11-22T03:00:00Z")
Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    for name in ("TRACEABILITY_HOME", "BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SIGN_PASSPHRASE", PASSPHRASE)
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(main, ["sign", *arguments])

    return run


def public(file: Path, jwk: Path) -> PublicKey:
    bare = parse_jwk(json.loads(jwk.read_text()))
    assert file.stat().st_mode & 0o077 == 0
    return PublicKey(
        kid=f"{PARTY}#{thumbprint(bare)}",
        alg=alg_of(bare),
        role=KeyRole.RECORD,
        party=PARTY,
        jwk=bare,
        not_before=AT,
    )


def made(run: Run, folder: Path, alg: str = EDDSA, name: str = "k.pem") -> PublicKey:
    result = run("keygen", name, "--alg", alg)
    assert result.exit_code == 0, result.output
    return public(folder / name, folder / f"{name}.jwk")


@pytest.mark.parametrize("alg", [EDDSA, ES256])
def test_a_key_made_there_signs_what_was_downloaded(
    run: Run, tmp_path: Path, alg: str
) -> None:
    key = made(run, tmp_path, alg)
    proof = proof_of_possession(key, DID, "nonce", AT)
    word = credential_to_sign({"issuer": PARTY, "credentialSubject": {"a": "ấ"}}, key)
    (tmp_path / "proof").write_text(f"{proof}\n")
    (tmp_path / "word").write_text(f"{word}\n")
    shown = run("proof", "proof", "--key", "k.pem")
    assert f"{PARTY} holds this key; asked by {DID}" in shown.stderr
    assert verify_token(shown.stdout.strip(), PROOF_TYPE, key)["aud"] == DID
    shown = run("confirm", "word", "--key", "k.pem", "--out", "word.jws")
    assert '"a": "ấ"' in shown.stderr
    token = (tmp_path / "word.jws").read_text().strip()
    assert verify_token(token, CONFIRMATION_TYPE, key)["issuer"] == PARTY


def test_a_key_signs_nothing_else_than_what_was_asked_for(
    run: Run, tmp_path: Path
) -> None:
    key, other = made(run, tmp_path), made(run, tmp_path, name="other.pem")
    proof = proof_of_possession(key, DID, "nonce", AT)
    (tmp_path / "proof").write_text(proof)
    (tmp_path / "junk").write_bytes(b"\xff\x00 no text to sign")
    (tmp_path / "half").write_text(proof.partition(".")[0])
    strange = PublicKey(
        kid=key.kid, alg=ES256, role=key.role, party=PARTY, jwk=key.jwk, not_before=AT
    )
    (tmp_path / "alg").write_text(proof_of_possession(strange, DID, "nonce", AT))
    assert other.kid != key.kid
    for arguments, said in (
        (("confirm", "proof", "--key", "k.pem"), "vc+jwt"),
        (("proof", "proof", "--key", "other.pem"), "another key"),
        (("proof", "alg", "--key", "k.pem"), "algorithm"),
        (("proof", "junk", "--key", "k.pem"), "three parts"),
        (("proof", "half", "--key", "k.pem"), "three parts"),
    ):
        result = run(*arguments)
        assert result.exit_code == 1
        assert said in result.output
        assert result.output.count(".") < 60  # nothing signed was printed


def test_a_key_is_never_replaced_and_never_weakly_kept(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = made(run, tmp_path)
    assert "never replaced" in run("keygen", "k.pem").output
    assert public(tmp_path / "k.pem", tmp_path / "k.pem.jwk") == before
    monkeypatch.setenv("SIGN_PASSPHRASE", "12345")
    assert "22 random characters" in run("keygen", "weak.pem").output
    assert not (tmp_path / "weak.pem").exists()


def test_without_its_pass_phrase_a_key_stays_shut(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = made(run, tmp_path)
    (tmp_path / "proof").write_text(proof_of_possession(key, DID, "nonce", AT))
    monkeypatch.delenv("SIGN_PASSPHRASE")
    missing = run("proof", "proof", "--key", "k.pem")
    assert "SIGN_PASSPHRASE" in missing.output
    (tmp_path / "wrong").write_text("another one of 128 bits")
    file = ("--passphrase-file", "wrong")
    shut = run("proof", "proof", "--key", "k.pem", *file)
    assert "cannot be opened" in shut.output
    (tmp_path / "wrong").write_text(f"{PASSPHRASE}\n")
    assert run("proof", "proof", "--key", "k.pem", *file).exit_code == 0
