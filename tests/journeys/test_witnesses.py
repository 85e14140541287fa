"""A head's whole way: published, cosigned by another process, monitored, verified."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.processes import run, start
from tests.verification.make_house import build_house
from tests.verification.make_machine import Machine, free_port
from tests.web.make_web import make_app, make_services, make_settings, running
from traceability.app import create_app
from traceability.cli import Assembly, main
from traceability.cli.serving import server_of
from traceability.core.clock import SystemClock
from traceability.db.database import Database
from traceability.services import build_services
from traceability.signing.keystore import KeyStore
from traceability.transparency.service import TransparencyLog

PORT = re.compile(r"Witness w1\.example on port (\d+)\n")


class Witnessing:
    """A witness in a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.logs = folder / "witness" / "logs.txt"
        self.environment = {
            **{k: v for k, v in os.environ.items() if "TRACEABILITY" not in k},
            "TRACEABILITY_HOME": str(folder / "no-home"),
        }

    def command(self, *words: str) -> list[str]:
        return ["witness", "--folder", str(self.folder / "witness"), *words]

    def run(self, *words: str) -> str:
        done = run(*self.command(*words), env=self.environment)
        assert done.returncode == 0, done.stderr
        return done.stdout

    @contextmanager
    def serving(self) -> Iterator[int]:
        words = self.command("serve", "--port", "0")
        process = start(*words, env=self.environment, heard=True)
        try:
            assert process.stdout is not None
            said = PORT.fullmatch(process.stdout.readline())
            assert said is not None
            yield int(said[1])
        finally:
            process.terminate()
            process.communicate(timeout=30)


def monitored(url: str, *words: str) -> tuple[int, str]:
    assembly = Assembly(build_services, create_app)
    asked = CliRunner().invoke(main, ["log", "monitor", url, *words], obj=assembly)
    return asked.exit_code, asked.output


@pytest.mark.slow
def test_a_head_is_cosigned_by_another_process_and_believed(
    tmp_path: Path, sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACEABILITY_HOME", str(tmp_path / "no-home"))
    witness = Witnessing(tmp_path)
    vkey = witness.run("init", "--name", "w1.example").strip()
    home, port, policy = tmp_path / "service", free_port(), tmp_path / "policy.txt"
    home.mkdir()
    with witness.serving() as there:
        policy.write_text(f"witness w {vkey} http://127.0.0.1:{there}\nquorum w\n")
        (home / "witness-policy.txt").write_text(policy.read_text())
        origin = f"http://127.0.0.1:{port}"
        use = make_services(home, sqlite_database, SystemClock(), base_url=origin)
        house = build_house(use)
        server = server_of(make_app(use), use.settings, host="127.0.0.1", port=port)
        state = ("--state", str(tmp_path / "monitor"), "--policy", str(policy))
        trust = tmp_path / "list.jws"
        trust.write_text(use.get(KeyStore).trust_list_jws)
        with running(server):
            refused = CliRunner().invoke(main, ["log", "cosign"], obj=use)
            assert (refused.exit_code, "answered 404" in refused.output) == (1, True)
            (witness.folder / "witness" / "logs.txt").write_text(
                use.get(TransparencyLog).vkey
            )
            code, told = monitored(f"{origin}/log", *state)
            assert (code, told.split(":")[0]) == (1, "head-quorum-missing")
            asked = CliRunner().invoke(main, ["log", "cosign"], obj=use)
            assert (asked.exit_code, "cosigned by w" in asked.output) == (0, True)
            for words in ((), ("--trust", str(trust), "--max-age", "600")):
                code, told = monitored(f"{origin}/log", *state, *words)
                assert (code, "witnesses w" in told) == (0, True), told
            away = Machine(make_settings(tmp_path / "away"), house, origin)
            label = house.sealed[0].qr_text
            code, answer = away.verify_json(label, "--policy", str(policy))
            assert (code, answer["checks"][6]["result"]) == (0, "pass"), answer
    assert use.identity.log_origin in witness.run("show")
