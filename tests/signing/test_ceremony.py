"""The root on a machine of its own: lists drafted here, signed there, brought back."""

import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.conftest import FixedClock
from tests.signing.make_signing import PASSPHRASE, private_file
from traceability.core.identity import Identity
from traceability.db.database import Database
from traceability.settings import Settings
from traceability.signing.cli import group
from traceability.signing.errors import (
    ArchiveError,
    KeyKnownError,
    ListDraftError,
    PassphraseWeakError,
    RootElsewhereError,
    SignerDownError,
    TrustListMalformedError,
    TrustListOlderError,
)
from traceability.signing.keys import KeyRole, generate_private, jwk_of
from traceability.signing.keystore import KeyStore
from traceability.signing.parties import Admission, party_did, refuse_known
from traceability.signing.telling import KeyListener
from traceability.web.context import Services

OTHER_PASSPHRASE = "another sample of 128 random bits"
CARRIED = "the archive's sample of 128 bits"
Run = Callable[..., str]


@dataclass
class Machine:
    """A home and the command line that works on it."""

    store: KeyStore
    run: Run
    told: list[int]
    admitted: list[Admission]

    def fails(self, *arguments: str) -> BaseException:
        with pytest.raises((Exception, SystemExit)) as caught:
            self.run(*arguments)
        return caught.value


def machine(store: KeyStore, database: Database, clock: FixedClock) -> Machine:
    told: list[int] = []
    admitted: list[Admission] = []
    use = Services(
        settings=Settings(home=store.folder.parent, keys=store.folder),
        database=database,
        clock=clock,
        identity=store.identity,
    )
    listener = KeyListener(
        lambda now: told.append(now.get(KeyStore).trust_list.version),
        lambda _: admitted,
    )
    use = use.with_(store).with_(listener)

    def run(*arguments: str) -> str:
        result = CliRunner().invoke(group, arguments, obj=use)
        if result.exception is not None:
            raise result.exception
        return result.output

    return Machine(store, run, told, admitted)


def unused(folder: Path) -> Database:
    """Nothing of a ceremony asks the database; the command line has one."""
    return Database(f"sqlite:///{folder / 'unused.sqlite3'}")


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def service(store: KeyStore, sqlite_database: Database, clock: FixedClock) -> Machine:
    """A service whose root has moved away."""
    return machine(store, sqlite_database, clock)


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "archive-passphrase"
    path.write_text(f"{CARRIED}\n")
    return path


@pytest.fixture
def vault(
    service: Machine,
    secret: Path,
    tmp_path: Path,
    identity: Identity,
    clock: FixedClock,
) -> Machine:
    """The machine the root moved to."""
    archive = tmp_path / "root.archive"
    carry = ("--passphrase-file", str(secret))
    service.run("export", str(archive), "--private", "root", *carry)
    home = KeyStore(tmp_path / "vault" / "keys", OTHER_PASSPHRASE, identity)
    made = machine(home, unused(tmp_path), clock)
    assert f"version {1}" in made.run("import", str(archive), *carry)
    private_file(service.store, KeyRole.ROOT).unlink()
    service.store = KeyStore(service.store.folder, PASSPHRASE, identity)
    return machine_of(service, made)


def machine_of(service: Machine, made: Machine) -> Machine:
    """The vault; the service's folder is looked at anew, for a file went away."""
    jws = service.store.folder / "trust-list.jws"
    jws.write_text(jws.read_text() + "\n")
    return made


def names(folder: Path) -> set[str]:
    return {path.name.partition("-")[0] for path in (folder / "private").iterdir()}


def test_the_root_moves_to_another_machine_under_another_pass_phrase(
    service: Machine, vault: Machine
) -> None:
    assert names(vault.store.folder) == {"root"}
    assert "root" not in names(service.store.folder)
    assert vault.store.root().kid not in {
        service.store.signer(role).kid for role in (KeyRole.RECORD, KeyRole.LOG)
    }
    assert "holds only the root" in str(vault.store.state)
    assert service.store.state is None


def test_a_service_without_its_root_says_what_to_do(
    service: Machine, vault: Machine
) -> None:
    refusal = service.fails("rotate", "record")
    assert isinstance(refusal, RootElsewhereError)
    assert "sign-list" in str(refusal)
    assert vault.store.trust_list.version == 1


def test_a_new_key_is_drafted_here_signed_there_and_then_signs(
    service: Machine, vault: Machine, tmp_path: Path
) -> None:
    before = service.store.signer(KeyRole.RECORD).kid
    draft, signed = str(tmp_path / "draft.json"), str(tmp_path / "next.jws")
    service.run("rotate", "record", "--alg", "ES256", "--draft", draft)
    assert service.store.signer(KeyRole.RECORD).kid == before
    assert service.store.state is None
    said = vault.run("sign-list", draft, signed, "--yes")
    assert "NEW record active" in said
    assert f"changed record active until 2026-11-23T03:00:00Z: {before}" in said
    service.run("import", signed)
    assert service.told == [2]
    assert service.store.signer(KeyRole.RECORD).alg == "ES256"
    assert service.store.state is None


@pytest.mark.parametrize("change", ["renew", "export", "retire", "revoke"])
def test_every_change_can_be_drafted(
    service: Machine, vault: Machine, tmp_path: Path, change: str
) -> None:
    kid = service.store.signer(KeyRole.SEAL).kid
    draft, signed = str(tmp_path / "draft.json"), str(tmp_path / "next.jws")
    commands = {
        "renew": ("renew", "--draft", draft),
        "export": ("export", draft, "--unsigned-list"),
        "retire": ("rotate", "seal", "--draft", draft),
        "revoke": ("revoke", kid, "--at-index", "7", "--draft", draft),
    }
    service.run(*commands[change])
    vault.run("sign-list", draft, signed, "--yes")
    service.run("import", signed)
    if change == "retire":
        service.run("retire", kid, "--draft", draft)
        vault.run("sign-list", draft, signed, "--yes")
        service.run("import", signed)
    assert service.store.trust_list == vault.store.trust_list
    statuses = {"retire": "retired", "revoke": "revoked"}
    listed = service.store.ring.key(kid).status.value
    assert listed == statuses.get(change, "active")


def test_somebody_is_asked_before_the_root_signs(
    service: Machine, vault: Machine, tmp_path: Path
) -> None:
    draft, signed = tmp_path / "draft.json", tmp_path / "next.jws"
    service.run("renew", "--draft", str(draft))
    refusal = vault.fails("sign-list", str(draft), str(signed))
    assert isinstance(refusal, SystemExit)
    assert not signed.exists()
    assert vault.store.trust_list.version == 1


def test_the_root_signs_no_version_twice_and_none_of_anybody_else(
    service: Machine, vault: Machine, tmp_path: Path
) -> None:
    draft, signed = tmp_path / "draft.json", str(tmp_path / "next.jws")
    service.run("renew", "--draft", str(draft))
    vault.run("sign-list", str(draft), signed, "--yes")
    refusal = vault.fails("sign-list", str(draft), signed, "--yes")
    assert isinstance(refusal, ListDraftError)
    for name, value in (
        ("issuer", "did:web:evil.example"),
        ("link_origins", ["https://evil.example"]),
        ("handovers", ["x"]),
    ):
        other = {**json.loads(draft.read_text()), "version": 9, name: value}
        (tmp_path / "other.json").write_text(json.dumps(other))
        refusal = vault.fails("sign-list", str(tmp_path / "other.json"), signed)
        assert isinstance(refusal, ListDraftError)
    draft.write_text("{}")
    refusal = vault.fails("sign-list", str(draft), signed, "--yes")
    assert isinstance(refusal, TrustListMalformedError)


def test_a_draft_never_brings_another_root(
    service: Machine, vault: Machine, tmp_path: Path
) -> None:
    draft = tmp_path / "draft.json"
    service.run("rotate", "root", "--draft", str(draft))
    refusal = vault.fails("sign-list", str(draft), str(tmp_path / "x"), "--yes")
    assert isinstance(refusal, ListDraftError)


def test_a_new_root_is_made_where_the_old_one_lives(
    service: Machine, vault: Machine, tmp_path: Path
) -> None:
    old = vault.store.root().kid
    vault.run("rotate", "root")
    assert vault.store.root().kid != old
    assert not vault.told  # it has no log, nor a database to keep one in
    service.run("import", str(vault.store.folder / "trust-list.jws"))
    assert service.store.state is None
    draft, signed = str(tmp_path / "draft.json"), str(tmp_path / "next.jws")
    service.run("rotate", "log", "--draft", draft)
    vault.run("sign-list", draft, signed, "--yes")
    service.run("import", signed)
    assert service.store.trust_list.version == 3


def test_a_list_whose_keys_are_not_here_is_not_installed(
    service: Machine, vault: Machine, tmp_path: Path
) -> None:
    before = set((service.store.folder / "private").iterdir())
    draft, signed = str(tmp_path / "draft.json"), str(tmp_path / "next.jws")
    service.run("rotate", "record", "--draft", draft)
    vault.run("sign-list", draft, signed, "--yes")
    [made] = set((service.store.folder / "private").iterdir()) - before
    made.unlink()
    refusal = service.fails("import", signed)
    assert isinstance(refusal, SignerDownError)
    assert made.name in str(refusal)
    assert service.store.trust_list.version == 1


def test_an_older_list_is_not_brought_back(
    service: Machine, vault: Machine, tmp_path: Path
) -> None:
    draft, signed = str(tmp_path / "draft.json"), str(tmp_path / "next.jws")
    service.run("renew", "--draft", draft)
    vault.run("sign-list", draft, signed, "--yes")
    service.run("import", signed)
    assert isinstance(service.fails("import", signed), TrustListOlderError)


def test_keys_of_parties_that_were_admitted_stand_in_the_draft(
    service: Machine, vault: Machine, tmp_path: Path, identity: Identity
) -> None:
    jwk = jwk_of(generate_private())
    service.admitted.append(Admission(public_id="P1", name="Sở mẫu", jwk=jwk))
    draft, signed = str(tmp_path / "draft.json"), str(tmp_path / "next.jws")
    service.run("export", draft, "--unsigned-list")
    said = vault.run("sign-list", draft, signed, "--yes")
    assert "party did:web:tx.example:organisations:P1: Sở mẫu" in said
    service.run("import", signed)
    [key] = [one for one in service.store.trust_list.keys if one.jwk == jwk]
    assert key.party == party_did(identity, "P1")
    assert service.store.signer(KeyRole.RECORD).public != key
    service.run("export", draft, "--unsigned-list")  # it is listed once
    vault.run("sign-list", draft, signed, "--yes")


def test_all_keys_move_to_a_fresh_machine(
    service: Machine,
    secret: Path,
    tmp_path: Path,
    identity: Identity,
    clock: FixedClock,
) -> None:
    archive = tmp_path / "all.archive"
    carry = ("--passphrase-file", str(secret))
    service.run("export", str(archive), "--private", "all", *carry)
    assert archive.stat().st_mode & 0o077 == 0
    assert b"PRIVATE" not in archive.read_bytes()
    home = KeyStore(tmp_path / "fresh" / "keys", OTHER_PASSPHRASE, identity)
    fresh = machine(home, unused(tmp_path), clock)
    fresh.run("import", str(archive), *carry)
    assert home.state is None
    assert home.signer(KeyRole.RECORD).kid == service.store.signer(KeyRole.RECORD).kid
    assert home.mac(KeyRole.SERIAL).secret == service.store.mac(KeyRole.SERIAL).secret


@pytest.mark.parametrize("harm", ["passphrase", "bit", "cut", "address"])
def test_an_archive_that_is_not_whole_or_not_ours_is_refused(
    service: Machine,
    secret: Path,
    tmp_path: Path,
    identity: Identity,
    clock: FixedClock,
    harm: str,
) -> None:
    archive = tmp_path / "all.archive"
    carry = ("--passphrase-file", str(secret))
    service.run("export", str(archive), "--private", "all", *carry)
    if harm == "passphrase":
        secret.write_text(OTHER_PASSPHRASE)
    data = bytearray(archive.read_bytes())
    if harm == "bit":
        data[-40] ^= 1
    archive.write_bytes(data[:60] if harm == "cut" else data)
    whose = Identity("https://other.example") if harm == "address" else identity
    home = KeyStore(tmp_path / "fresh" / "keys", OTHER_PASSPHRASE, whose)
    fresh = machine(home, unused(tmp_path), clock)
    assert isinstance(fresh.fails("import", str(archive), *carry), ArchiveError)
    assert not home.folder.exists()


def test_a_weak_pass_phrase_seals_no_archive(service: Machine, tmp_path: Path) -> None:
    weak = tmp_path / "weak"
    weak.write_text("12345")
    refusal = service.fails(
        *("export", str(tmp_path / "a"), "--private", "all"),
        *("--passphrase-file", str(weak)),
    )
    assert isinstance(refusal, PassphraseWeakError)


def test_what_is_public_goes_into_one_file(service: Machine, tmp_path: Path) -> None:
    file = tmp_path / "public.zip"
    service.run("export", str(file))
    with zipfile.ZipFile(file) as archive:
        texts = {name: archive.read(name).decode() for name in archive.namelist()}
    assert texts["trust-list.jws"] == service.store.trust_list_jws
    assert len(json.loads(texts["jwks.json"])["keys"]) == 1
    assert texts["log.vkey"].strip() == service.store.vkey


def test_keys_are_created_once(
    tmp_path: Path, identity: Identity, clock: FixedClock
) -> None:
    home = KeyStore(tmp_path / "fresh" / "keys", PASSPHRASE, identity)
    fresh = machine(home, unused(tmp_path), clock)
    fresh.run("create", "--alg", "ES256")
    assert home.signer(KeyRole.RECORD).alg == "ES256"
    assert "holds keys already" in str(fresh.fails("create"))


def test_a_key_in_the_list_is_nobody_else_s(store: KeyStore) -> None:
    own = store.signer(KeyRole.SEAL).public.jwk
    with pytest.raises(KeyKnownError):
        refuse_known(store.trust_list, own)
