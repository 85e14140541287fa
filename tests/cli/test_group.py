"""The command line: one-line refusals, help without a home, the first commands."""

import errno
import json
import os
import socket
import time
from pathlib import Path
from urllib.request import urlopen

import pytest
from click.testing import CliRunner, Result

from tests import processes
from tests.accounts.make_accounts import make_organisation
from tests.conftest import FixedClock
from tests.web.make_web import make_services
from traceability.app import create_app
from traceability.cli import Assembly, main
from traceability.db.database import Database
from traceability.services import build_services
from traceability.web.context import Services


def run(home: Path, *arguments: str, **environment: str) -> Result:
    """Run a command as the console script does, with an environment of its own."""
    bare = dict.fromkeys(name for name in os.environ if name.startswith("TRACE"))
    return CliRunner().invoke(
        main,
        arguments,
        obj=Assembly(build_services, create_app),
        env={
            **bare,
            "BASE_URL": "http://127.0.0.1:8000",
            "TRACEABILITY_HOME": str(home),
            **environment,
        },
    )


@pytest.fixture
def use(tmp_path: Path, sqlite_database: Database, clock: FixedClock) -> Services:
    return make_services(tmp_path / "home", sqlite_database, clock)


@pytest.mark.parametrize(
    "arguments", [["--help"], ["keys", "--help"], ["accounts", "api-key", "--help"]]
)
def test_help_needs_no_home(tmp_path: Path, arguments: list[str]) -> None:
    result = run(tmp_path / "none", *arguments)
    assert result.exit_code == 0
    assert "Usage:" in result.output
    assert not (tmp_path / "none").exists()


def test_the_version_is_told(tmp_path: Path) -> None:
    assert run(tmp_path, "--version").output.startswith("traceability, version ")


def test_a_pipe_that_is_closed_ends_a_command_in_silence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(*_words: object, **_how: object) -> None:
        raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))

    monkeypatch.setattr("traceability.cli.setup.click.echo", closed)
    result = run(tmp_path / "home", "init")
    assert (result.exit_code, result.output) == (1, "")


def one_line(result: Result) -> str:
    assert result.exit_code == 1, result.output
    assert result.output.startswith("Error: ")
    assert len(result.output.strip().splitlines()) == 1
    return result.output


def test_a_missing_home_is_one_line(tmp_path: Path) -> None:
    assert "traceability init" in one_line(run(tmp_path / "none", "keys", "list"))


def test_an_unknown_setting_is_one_line(tmp_path: Path) -> None:
    output = one_line(run(tmp_path, "init", TRACEABILITY_COLOUR="green"))
    assert "TRACEABILITY_COLOUR" in output


@pytest.mark.parametrize("address", ["nowhere://labels", "s3://no-driver-here/labels"])
def test_an_archive_that_cannot_be_opened_is_one_line(
    tmp_path: Path, address: str
) -> None:
    run(tmp_path, "init")
    output = one_line(run(tmp_path, "keys", "list", TRACEABILITY_ARCHIVE=address))
    assert f"TRACEABILITY_ARCHIVE={address!r}" in output


def test_a_bad_setting_is_one_line(tmp_path: Path) -> None:
    assert "PORT" in one_line(run(tmp_path, "init", PORT="x"))


def test_init_makes_a_home_and_run_again_changes_nothing(tmp_path: Path) -> None:
    assert run(tmp_path, "init").exit_code == 0
    before = {path: path.read_bytes() for path in files(tmp_path)}
    assert run(tmp_path, "init").exit_code == 0
    assert before == {path: path.read_bytes() for path in files(tmp_path)}


def test_init_makes_the_record_key_of_the_kind_asked_for(tmp_path: Path) -> None:
    assert run(tmp_path, "init", "--alg", "ES256").exit_code == 0
    listed = json.loads(run(tmp_path, "keys", "list", "--json").stdout)["keys"]
    assert {one["role"]: one["alg"] for one in listed} == {
        **dict.fromkeys(("root", "seal", "log", "status"), "EdDSA"),
        "record": "ES256",
        **dict.fromkeys(("serial", "scratch"), "HS256"),
    }


def test_a_home_without_keys_gets_them_later_and_once(tmp_path: Path) -> None:
    assert run(tmp_path, "init", "--without-keys").exit_code == 0
    assert not (tmp_path / "keys" / "private").exists()
    assert "trust-list.jws is missing" in one_line(run(tmp_path, "keys", "list"))
    assert run(tmp_path, "keys", "create").exit_code == 0
    assert "holds keys already" in one_line(run(tmp_path, "keys", "create"))


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_another_address_is_refused_naming_both(tmp_path: Path) -> None:
    run(tmp_path, "init")
    output = one_line(run(tmp_path, "keys", "list", BASE_URL="https://tx.example"))
    assert "http://127.0.0.1:8000" in output
    assert "https://tx.example" in output


def test_serve_refuses_a_database_without_tables(tmp_path: Path) -> None:
    run(tmp_path, "init")
    assert "db upgrade" in one_line(run(tmp_path, "serve", "--port", "0"))


def test_an_unreachable_database_is_one_line(tmp_path: Path) -> None:
    run(tmp_path, "init")
    url = f"sqlite:///{tmp_path / 'no' / 'such' / 'file'}"
    output = one_line(run(tmp_path, "serve", "--port", "0", DATABASE_URL=url))
    assert output.startswith("Error: database: ")


def test_the_first_administrator_and_a_key_are_made(use: Services) -> None:
    made = CliRunner().invoke(
        main,
        [
            "accounts",
            "create-administrator",
            *("--login", "quan.tri@example.com"),
            *("--name", "Quản trị mẫu"),
            *("--organisation-name", "Văn phòng mẫu"),
        ],
        obj=use,
    )
    login, password = made.output.split()
    assert (login, len(password)) == ("quan.tri@example.com", 24)
    listed = CliRunner().invoke(main, ["accounts", "organisations"], obj=use).output
    organisation = listed.split()[0]
    key = CliRunner().invoke(
        main,
        [
            *("accounts", "api-key", "create", "--organisation", organisation),
            *("--scope", "batches:read", "--expires", "2027-01-31"),
        ],
        obj=use,
    )
    assert key.exit_code == 0, key.output
    assert key.output.startswith("tx_")


def test_the_command_line_gives_no_key_more_than_its_organisations_people(
    use: Services,
) -> None:
    organisation = make_organisation(use).public_id
    create = ["accounts", "api-key", "create", "--organisation", organisation]
    for scope, refused in (("people:write", True), ("labels:write", False)):
        made = CliRunner().invoke(main, [*create, "--scope", scope], obj=use)
        assert (made.exit_code != 0) is refused, made.output
        assert ("tx_" in made.output) is not refused


def test_a_refusal_of_the_domain_is_one_line(use: Services) -> None:
    make_organisation(use)
    result = CliRunner().invoke(
        main,
        [
            *("accounts", "api-key", "create"),
            *("--organisation", "nobody", "--scope", "batches:read"),
        ],
        obj=use,
    )
    assert "There is no such organisation." in one_line(result)


@pytest.mark.slow
def test_the_service_starts_and_answers(tmp_path: Path) -> None:
    """`init`, `db upgrade` and `serve` as separate processes, asked over HTTP."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        "PATH": os.environ["PATH"],
        "TRACEABILITY_HOME": str(tmp_path / "home"),
        "TRACEABILITY_MIN_FREE_MB": "0",
        "TRACEABILITY_WORKER": "off",
        "PORT": str(port),
    }
    for arguments in (["init"], ["db", "upgrade"]):
        assert processes.run(*arguments, env=environment).returncode == 0
    server = processes.start("serve", env=environment)
    try:
        assert ask(f"http://127.0.0.1:{port}/healthz") == 200
        assert ask(f"http://127.0.0.1:{port}/readyz") == 200
    finally:
        server.terminate()
        server.wait(timeout=60)


def ask(url: str) -> int:
    """Return the status of an address, waiting for the server to come up."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            with urlopen(url, timeout=20) as answer:  # noqa: S310 (our own loopback)
                return int(answer.status)
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"{url} never answered")
