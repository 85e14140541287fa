"""The words that scripts rely on, said to real processes over real files."""

import csv
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import click
import pypdfium2
import pytest
from click.testing import CliRunner
from PIL import Image

from tests import processes
from traceability.cli import main


@dataclass(frozen=True)
class Home:
    """A home with the sample data, and the environment its commands run in."""

    folder: Path
    port: int
    samples: dict[str, Any]

    @property
    def environment(self) -> dict[str, str]:
        return environment(self.folder, self.port)

    @property
    def origin(self) -> str:
        return str(self.samples["base_url"])

    @property
    def batch(self) -> dict[str, Any]:
        """The lot that newcomers are shown first: issued, with labels."""
        return dict(self.samples["batches"][0])

    @property
    def label(self) -> str:
        return str(self.samples["labels"][0])

    def run(self, *words: str, **changes: str) -> "subprocess.CompletedProcess[str]":
        return processes.run(*words, env={**self.environment, **changes})

    def copied(self, folder: Path) -> "Home":
        """The same service in another folder, to be spoilt."""
        shutil.copytree(self.folder, folder)
        return Home(folder, self.port, self.samples)


def environment(folder: Path, port: int) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "TRACEABILITY_HOME": str(folder),
        "TRACEABILITY_MIN_FREE_MB": "0",
        "TRACEABILITY_WORKER": "off",
        "PORT": str(port),
    }


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """What `make run` prepares: init, the schema, the sample data."""
    folder, port = tmp_path_factory.mktemp("contract") / "home", free_port()
    for words in (("init",), ("db", "upgrade")):
        done = processes.run(*words, env=environment(folder, port))
        assert done.returncode == 0, done.stderr
    done = processes.run("demo", "--json", env=environment(folder, port))
    assert done.returncode == 0, done.stderr
    return Home(folder, port, json.loads(done.stdout))


def refused(done: "subprocess.CompletedProcess[str]", code: int = 1) -> str:
    """One line that says why; nobody reads tracebacks."""
    assert done.returncode == code, done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    line = done.stderr.strip()
    assert line.startswith("Error: ")
    assert "\n" not in line
    return line


def commands(
    group: click.Command, path: tuple[str, ...] = ()
) -> Iterator[tuple[str, ...]]:
    yield path
    if isinstance(group, click.Group):
        context = click.Context(group)
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            assert command is not None
            yield from commands(command, (*path, name))


@pytest.mark.parametrize("path", list(commands(main)), ids=" ".join)
def test_every_command_explains_itself(path: tuple[str, ...]) -> None:
    result = CliRunner().invoke(main, [*path, "--help"], env={"PORT": "nonsense"})
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert lines[0].startswith("Usage: ")
    assert len([line for line in lines if line.strip()]) >= 3


def test_the_words_of_the_contract_are_there() -> None:
    known = {" ".join(path) for path in commands(main)}
    assert known >= {
        *("init", "serve", "demo", "verify"),
        *("db upgrade", "db backup", "db restore", "db copy"),
        *("labels print", "labels void", "log fsck"),
        *("keys list", "keys rotate", "keys retire", "accounts api-key create"),
    }


def test_the_sample_data_is_told_in_the_agreed_shape(home: Home) -> None:
    told = home.samples
    assert set(told) == {"base_url", "batches", "labels", "sign_in"}
    assert told["base_url"] == f"http://127.0.0.1:{home.port}"
    for batch in told["batches"]:
        names = {"id", "gtin", "lot_number", "digital_link", "status"}
        assert set(batch) == names
        assert batch["digital_link"].startswith(home.origin)
    assert {one["role"] for one in told["sign_in"]} == {
        *("producer", "inspector", "officer", "administrator")
    }
    assert all(link.startswith(home.origin.upper()) for link in told["labels"])


def test_run_again_the_sample_data_is_only_printed(home: Home) -> None:
    again = home.run("demo", "--json")
    assert json.loads(again.stdout) == home.samples


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"TRACEABILITY_COLOUR": "green"}, "TRACEABILITY_COLOUR is not a setting"),
        ({"BASE_URL": "ftp://x"}, "BASE_URL='ftp://x'"),
        ({"BASE_URL": "https://tx.example"}, "this home was made for"),
        ({"TRACEABILITY_HOME": "/proc/none"}, "run `traceability init`"),
    ],
)
def test_a_setting_that_cannot_be_meant_stops_the_start(
    home: Home, changes: dict[str, str], words: str
) -> None:
    assert words in refused(home.run("serve", "--port", "0", **changes))


def test_sample_accounts_do_not_meet_the_world(home: Home, tmp_path: Path) -> None:
    public = {
        "TRACEABILITY_HOME": str(tmp_path / "public"),
        "BASE_URL": "https://tx.example",
        "DATABASE_URL": f"sqlite:///{home.folder / 'traceability.sqlite3'}",
    }
    assert home.run("init", **public).returncode == 0
    line = refused(home.run("serve", "--port", "0", **public))
    assert "sample account" in line
    assert "public BASE_URL" in refused(home.run("demo", **public))


def test_an_address_nobody_can_listen_on_is_one_line(home: Home) -> None:
    done = home.run("serve", "--port", "0", "--host", "999.1.1.1")
    assert "cannot listen on" in refused(done)


def test_a_port_that_is_taken_is_one_line(home: Home) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert "in use" in refused(home.run("serve", "--port", port))


def printed(home: Home, out: Path, kind: str, **changes: str) -> dict[str, Any]:
    values = {"count": "3", "kind": kind, "stock": "a4-24", **changes}
    words = [word for name in values for word in (f"--{name}", values[name])]
    batch = ("--batch", home.batch["id"])
    where = ("--format", out.suffix[1:], "--out", str(out), "--json")
    done = home.run("labels", "print", *batch, *words, *where)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def test_labels_are_printed_in_four_formats_and_made_void(
    home: Home, tmp_path: Path
) -> None:
    spoilt = home.copied(tmp_path / "home")
    printed(spoilt, tmp_path / "lot.svg", "lot")
    assert (tmp_path / "lot.svg").read_text().startswith(("<?xml", "<svg"))
    printed(spoilt, tmp_path / "sealed.pdf", "sealed", stock="a4-65")
    with pypdfium2.PdfDocument(tmp_path / "sealed.pdf") as sheets:
        assert len(sheets) == 1
    printed(spoilt, tmp_path / "serial.png", "serial")
    with Image.open(tmp_path / "serial.png") as sheet:
        assert sheet.format == "PNG"
    told = printed(spoilt, tmp_path / "list.csv", "serial")
    listed = (tmp_path / "list.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(listed.splitlines()))
    assert len(rows) == told["to"] - told["from"] + 1 == 3
    void(spoilt, told)


def void(home: Home, told: Mapping[str, Any]) -> None:
    span = ("--from", str(told["from"]), "--to", str(told["from"] + 1))
    words = ("labels", "void", "--batch", home.batch["id"], *span, "--reason", "Rách")
    assert home.run(*words).stdout == f"void: {told['from']}-{told['from'] + 1}\n"
    refused(home.run(*words))


def test_keys_are_listed_rotated_and_retired(home: Home, tmp_path: Path) -> None:
    changed = home.copied(tmp_path / "home")
    before = json.loads(changed.run("keys", "list", "--json").stdout)
    assert before["state"] is None
    rotated = json.loads(changed.run("keys", "rotate", "record", "--json").stdout)
    assert rotated["version"] == before["version"] + 1
    old, new = kids(before, "record"), kids(rotated, "record")
    assert set(old) < set(new)
    retired = changed.run("keys", "retire", old[0], "--json")
    assert retired.returncode == 0, retired.stderr
    statuses = {one["kid"]: one["status"] for one in json.loads(retired.stdout)["keys"]}
    assert statuses[old[0]] == "retired"
    assert "names the key" in refused(changed.run("keys", "retire", "nonsense"))
    sound = changed.run("log", "fsck", "--json")
    assert (sound.returncode, json.loads(sound.stdout)["faults"]) == (0, [])


def kids(told: Mapping[str, Any], role: str) -> list[str]:
    return [one["kid"] for one in told["keys"] if one["role"] == role]


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("log_leaf", "UPDATE log_leaf SET data = x'20' WHERE \"index\" = 3"),
        ("log_leaf", "UPDATE log_leaf SET data = 'text' WHERE \"index\" = 3"),
        ("signed_record", "UPDATE signed_record SET subject = 'x' WHERE id = 3"),
    ],
)
def test_a_row_changed_behind_the_service_s_back_is_found(
    home: Home, tmp_path: Path, table: str, change: str
) -> None:
    spoilt = home.copied(tmp_path / "home")
    with closing(sqlite3.connect(spoilt.folder / "traceability.sqlite3")) as database:
        with pytest.raises(sqlite3.Error):
            database.execute(change)
        database.rollback()
        triggers = database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?",
            (table,),
        ).fetchall()
        for (name,) in triggers:
            database.execute(f'DROP TRIGGER "{name}"')
        database.execute(change)
        database.commit()
    done = spoilt.run("log", "fsck", "--json")
    assert done.returncode == 1
    faults = json.loads(done.stdout)["faults"]
    assert any(table in one and "triggers" in one for one in faults)
    assert len(faults) >= 2


def test_a_backup_comes_back_in_a_fresh_home(home: Home, tmp_path: Path) -> None:
    file = tmp_path / "backup.zip"
    assert home.run("db", "backup", str(file)).returncode == 0
    assert file.stat().st_mode & 0o777 == 0o600
    assert "exists already" in refused(home.run("db", "backup", str(file)))
    fresh = {"TRACEABILITY_HOME": str(tmp_path / "fresh")}
    nonsense = tmp_path / "nonsense.zip"
    nonsense.write_bytes(b"PK\x03\x04 nonsense")
    refused(home.run("db", "restore", str(nonsense), **fresh))
    shutil.rmtree(tmp_path / "fresh", ignore_errors=True)
    assert home.run("db", "restore", str(file), **fresh).returncode == 0
    phrase = next((home.folder / "secrets").glob("*pass*"))
    secrets = tmp_path / "fresh" / "secrets"
    secrets.mkdir(mode=0o700, exist_ok=True)
    shutil.copy2(phrase, secrets)
    told = home.run("keys", "list", "--json", **fresh)
    assert json.loads(told.stdout)["state"] is None


def test_verify_exits_as_scripts_expect(home: Home, tmp_path: Path) -> None:
    trust = ("--trust", str(home.folder / "keys" / "trust-list.jws"))
    sound = home.run("verify", home.label, "--offline", *trust, "--json")
    assert sound.returncode == 0, sound.stdout
    told = json.loads(sound.stdout)
    assert set(told) >= {"verdict", "checks"}
    for check in told["checks"]:
        assert set(check) == {"number", "name", "result", "detail"}
    flipped = home.label[:-1] + str((int(home.label[-1]) + 1) % 10)
    assert home.run("verify", flipped, "--offline", *trust).returncode == 1
    plain = home.label.partition("?")[0]
    assert home.run("verify", plain, "--offline", *trust).returncode == 2
    (tmp_path / "x.txt").write_text("nonsense")
    refused(home.run("verify", str(tmp_path / "x.txt")), code=2)


@contextmanager
def served(home: Home) -> Iterator[None]:
    server = processes.start("serve", env=home.environment)
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and server.poll() is None:
            with suppress(OSError):
                status(home, "/healthz")
                break
            time.sleep(0.05)
        yield
    finally:
        server.terminate()
        server.wait(timeout=60)


def status(home: Home, path: str, key: str = "") -> int:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    request = Request(home.origin + path, headers=headers)  # noqa: S310 (our own loopback)
    try:
        with urlopen(request, timeout=20) as answer:  # noqa: S310 (the same)
            return int(answer.status)
    except HTTPError as refusal:
        return refusal.code


def test_a_key_made_on_the_command_line_opens_the_api(
    home: Home, tmp_path: Path
) -> None:
    """…and a label of a served service is verified online, exit code 0."""
    mine = home.copied(tmp_path / "home")
    listed = mine.run("accounts", "organisations").stdout.splitlines()
    [producer, *_] = [line.split()[0] for line in listed if " cooperative " in line]
    who = ("--organisation", producer, "--scope", "batches:read")
    far = ("--expires", "9999-12-31")
    made = mine.run("accounts", "api-key", "create", *who, *far)
    assert made.returncode == 0, made.stderr
    with served(mine):
        assert status(mine, "/readyz") == 200
        assert status(mine, "/api/v1/batches") == 401
        assert status(mine, "/api/v1/batches", made.stdout.strip()) == 200
        online = mine.run("verify", mine.label, "--json")
    assert online.returncode == 0, online.stdout
