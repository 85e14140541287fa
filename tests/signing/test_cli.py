"""`traceability keys`, as an operator types it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.signing.make_signing import private_file, reopened
from traceability.core.identity import Identity
from traceability.core.ports import Clock
from traceability.db.database import Database
from traceability.settings import Settings
from traceability.signing.cli import group
from traceability.signing.errors import KeyUnknownError
from traceability.signing.keys import KeyRole
from traceability.signing.keystore import KeyStore
from traceability.signing.telling import KeyListener
from traceability.web.context import Services

Run = Callable[..., str]


@pytest.fixture
def use(
    store: KeyStore,
    sqlite_database: Database,
    clock: Clock,
    identity: Identity,
    tmp_path: Path,
) -> Services:
    use = Services(
        settings=Settings(home=tmp_path, keys=store.folder),
        database=sqlite_database,
        clock=clock,
        identity=identity,
    )
    told: list[int] = []
    listener = KeyListener(
        lambda now: told.append(now.get(KeyStore).trust_list.version)
    )
    return use.with_(store).with_(told).with_(listener)


@pytest.fixture
def run(use: Services) -> Run:
    return runner(use)


def runner(use: Services) -> Run:
    def run(*arguments: str) -> str:
        result = CliRunner().invoke(group, arguments, obj=use)
        if result.exception is not None:
            raise result.exception
        return result.output

    return run


def listed(output: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(output)
    return found


def test_list_shows_every_key(run: Run, store: KeyStore) -> None:
    lines = run("list").splitlines()
    assert lines[0].startswith("trust list version 1, expires 20")
    assert {line.split()[0] for line in lines[1:]} == {role.value for role in KeyRole}
    assert store.signer(KeyRole.RECORD).kid in lines[2]


def test_list_as_json_holds_no_secret(run: Run, store: KeyStore) -> None:
    found = listed(run("list", "--json"))
    assert found["version"] == 1
    assert found["state"] is None
    assert [key["kid"] for key in found["keys"][-2:]] == [
        store.mac(role).key_id for role in (KeyRole.SCRATCH, KeyRole.SERIAL)
    ]
    assert {key["status"] for key in found["keys"]} == {"active"}


def test_list_says_why_nothing_is_signed(use: Services, store: KeyStore) -> None:
    path = private_file(store, KeyRole.SEAL)
    path.chmod(0o644)
    run = runner(use.with_(reopened(store)))
    assert f"signer: down: {path.name} is open to other users" in run("list")


def test_rotate_retire_and_revoke(use: Services, run: Run, store: KeyStore) -> None:
    old = store.signer(KeyRole.RECORD).kid
    found = listed(run("rotate", "record", "--alg", "ES256", "--json"))
    newest = next(key for key in found["keys"] if key["role"] == "record")
    assert (found["version"], newest["alg"]) == (2, "ES256")
    run("retire", old.partition("#")[2][:8])
    run("revoke", newest["kid"], "--at-index", "12")
    keys = {key["kid"]: key for key in listed(run("list", "--json"))["keys"]}
    assert keys[old]["status"] == "retired"
    assert keys[newest["kid"]]["revoked_at"] == 12
    assert store.signer(KeyRole.RECORD).alg == "ES256"
    assert use.get(list) == [2, 3, 4]  # the rooms above heard of each change


def test_renew_moves_the_end(run: Run, store: KeyStore) -> None:
    before = store.trust_list
    run("renew")
    assert store.trust_list.version == before.version + 1
    assert store.trust_list.keys == before.keys


@pytest.mark.parametrize("kid", ["", "short", "did:web:tx.example#nobody"])
def test_an_unclear_key_is_refused(run: Run, kid: str) -> None:
    with pytest.raises(KeyUnknownError):
        run("retire", kid)
