"""A service whose heads are cosigned: what it serves, shows, and how it is verified."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask.testing import FlaskClient

from tests.conftest import FixedClock
from tests.transparency.make_witnesses import (
    SmallWitness,
    Wire,
    make_witnesses,
    policy_text,
)
from tests.verification.make_house import House, build_house, void_first
from tests.verification.make_machine import Machine, free_port
from tests.web.make_web import make_app, make_services, make_settings, running
from traceability.cli import main
from traceability.cli.cosigning import cosigned_once, keep_cosigned
from traceability.cli.serving import server_of
from traceability.db.database import Database
from traceability.services import witness_policy
from traceability.settings import SettingsError
from traceability.transparency.collecting.service import Collector
from traceability.transparency.cosignatures import cosignatures_on
from traceability.transparency.policy import parse_policy
from traceability.transparency.service import TransparencyLog
from traceability.verification import cli
from traceability.web.context import Services
from traceability.web.health import Readiness
from traceability.web.metrics import Metrics

A, B = make_witnesses("a", "b")
URL = "https://{}.example"


@dataclass
class Watched:
    """A house whose log two witnesses follow."""

    house: House
    wire: Wire
    machine: Machine

    @property
    def use(self) -> Services:
        return self.house.use

    @property
    def client(self) -> FlaskClient:
        return make_app(self.use).test_client()

    def collect(self) -> None:
        assert self.use.get(Collector).collect().quorum

    def get(self, path: str, **headers: str) -> tuple[int, str]:
        origin = self.use.identity.origin
        answer = self.client.get(path, base_url=origin, headers=headers)
        return answer.status_code, answer.get_data(as_text=True)

    def cli(self, *words: str) -> Result:
        return CliRunner().invoke(main, list(words), obj=self.use)


@pytest.fixture
def watched(
    tmp_path: Path,
    sqlite_database: Database,
    clock: FixedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Watched]:
    monkeypatch.setattr(cli, "SystemClock", FixedClock)
    home = tmp_path / "service"
    home.mkdir()
    lines = "".join(one.policy_line(URL.format(one.name)) for one in (A, B))
    (home / "witness-policy.txt").write_text(f"{lines}group us all a b\nquorum us\n")
    port = free_port()
    origin = f"http://127.0.0.1:{port}"
    use = make_services(home, sqlite_database, clock, base_url=origin)
    wire = Wire(clock)
    for one in (A, B):
        wire.replies[URL.format(one.name)] = wire.small(one)
    use.get(Collector).ask = wire
    house = build_house(use)
    server = server_of(make_app(use), use.settings, host="127.0.0.1", port=port)
    with running(server):
        machine = Machine(make_settings(tmp_path / "away"), house, origin)
        yield Watched(house, wire, machine)


@pytest.fixture
def policy(tmp_path: Path) -> str:
    path = tmp_path / "policy.txt"
    path.write_text(policy_text([A, B], "2"))
    return str(path)


def test_a_verifier_with_a_policy_asks_for_the_quorum(
    watched: Watched, policy: str
) -> None:
    label = watched.house.serials[1].qr_text
    code, answer = watched.machine.verify_json(label, "--policy", policy)
    assert (code, answer["verdict"], answer["checks"][6]["result"]) == (
        1,
        "attention",
        "fail",
    )
    watched.collect()
    code, answer = watched.machine.verify_json(label, "--policy", policy)
    assert (code, answer["verdict"]) == (0, "verified")
    assert answer["checks"][6]["detail"].endswith(
        "as the policy asks: a.example, b.example."
    )  # a head without its quorum was not remembered
    code, answer = watched.machine.verify_json(label, "--policy", policy)
    assert answer["checks"][6]["detail"].startswith("The log continues what it was")


def test_a_stranger_with_a_policy_passes_at_first_sight(
    watched: Watched, policy: str
) -> None:
    watched.collect()
    label = watched.house.serials[1].qr_text
    code, answer = watched.machine.verify_json(label, "--policy", policy)
    assert (code, answer["checks"][6]["result"]) == (0, "pass")
    assert "as the policy asks: a.example, b.example." in answer["checks"][6]["detail"]


def test_what_was_cosigned_stays_so_while_a_newer_head_waits(
    watched: Watched, policy: str
) -> None:
    watched.collect()
    other = watched.house.another_lot()
    label = watched.house.serials[1].qr_text
    assert watched.machine.verify(label, "--policy", policy) == 0
    fresh = other.digital_link
    code, answer = watched.machine.verify_json(fresh, "--policy", policy)
    assert (code, answer["checks"][6]["result"]) == (1, "fail")
    watched.collect()
    assert watched.machine.verify(fresh, "--policy", policy) == 0
    # Who has seen the newer head is never shown the older one again.
    assert watched.machine.verify(label, "--policy", policy) == 0
    void_first(watched.house)
    assert watched.machine.verify(label) == 0


def test_a_record_file_needs_a_cosigned_proof(
    watched: Watched, policy: str, tmp_path: Path
) -> None:
    record = watched.machine.record()
    token, proof = tmp_path / "record.jws", tmp_path / "proof.txt"
    token.write_text(record.token)
    trust = tmp_path / "list.jws"
    trust.write_bytes(watched.machine.get("/.well-known/trust-list.jws"))
    args = (str(token), "--trust", str(trust), "--policy", policy)
    assert watched.machine.verify(*args) == 2  # no head is at hand
    for code in (1, 0):
        proof.write_bytes(watched.machine.get(f"/records/{record.public_id}/proof"))
        assert watched.machine.verify(*args, "--proof", str(proof)) == code
        watched.collect()


@pytest.mark.parametrize(
    "text", ["", "quorum\n", "quorum none\r\n", "\x00", "witness a b\nquorum a\n"]
)
def test_a_policy_nobody_can_read_ends_the_command(
    watched: Watched, tmp_path: Path, text: str
) -> None:
    path = tmp_path / "bad.txt"
    path.write_bytes(text.encode())
    assert watched.machine.verify("https://x.example/", "--policy", str(path)) == 2
    assert "policy" in watched.machine.err


def test_the_log_serves_the_cosignatures_it_has(watched: Watched) -> None:
    assert watched.get("/log/cosigned")[0] == 404
    watched.collect()
    known = parse_policy(policy_text([A, B], "2")).witnesses
    for path in ("/log/checkpoint", "/log/cosigned"):
        status, note = watched.get(path)
        assert (status, len(cosignatures_on(note, known, 2**62))) == (200, 2)
    void_first(watched.house)
    newest, last = watched.get("/log/checkpoint")[1], watched.get("/log/cosigned")[1]
    assert len(cosignatures_on(newest, known, 2**62)) == 0
    assert int(newest.split("\n")[1]) == int(last.split("\n")[1]) + 1


def test_pages_say_how_many_witnesses_and_who(watched: Watched) -> None:
    record = watched.machine.record()
    label = watched.house.serials[1]
    pages = {
        f"/records/{record.public_id}": {"Accept": "text/html"},
        f"/verify?link={label.link}": {},
        f"/p/{label.link.split('/', 3)[3]}": {},
    }
    for path, headers in pages.items():
        status, shown = watched.get(path, **headers)
        assert (path, status) == (path, 200)
        assert "chưa có nhân chứng độc lập nào ký" in shown
    watched.collect()
    shown = ""
    for path, headers in pages.items():
        shown = watched.get(path, **headers)[1]
        assert "2 nhân chứng độc lập đã ký: a.example, b.example" in shown
    assert "2 trong 2 nhân chứng đã biết cùng ký" in shown


def test_an_own_page_is_green_while_the_newest_head_waits(watched: Watched) -> None:
    report = watched.house.report(watched.house.serials[1].link)
    assert (report.verdict.value, report.facts.cosigners) == ("verified", ())


def test_the_operator_sees_the_age_of_the_last_quorum(
    watched: Watched, clock: FixedClock
) -> None:
    readiness = watched.use.get(Readiness)
    assert readiness.told()["witness_quorum_age_seconds"] is None
    watched.collect()
    clock.instant += timedelta(seconds=90)
    assert readiness.told()["witness_quorum_age_seconds"] == 90
    registry = watched.use.get(Metrics).registry
    assert registry.get_sample_value("traceability_log_quorum_age_seconds") == 90
    for state in ("known", "cosigned"):
        name, labels = "traceability_log_witnesses", {"state": state}
        assert registry.get_sample_value(name, labels) == 2


def test_the_command_asks_now_and_says_who(watched: Watched) -> None:
    asked = watched.cli("log", "cosign", "--json")
    assert (asked.exit_code, json.loads(asked.output)["cosigned"]) == (0, ["a", "b"])
    void_first(watched.house)
    watched.wire.replies[URL.format("a")] = watched.wire.small(SmallWitness("a"))
    refused = watched.cli("log", "cosign")
    assert refused.exit_code == 1
    assert "cosigned by b" in refused.output
    assert "refused: a: witness-answer" in refused.output


def test_the_worker_keeps_the_newest_head_cosigned(watched: Watched) -> None:
    log = watched.use.get(TransparencyLog)
    running_ = keep_cosigned(watched.use, every=0.01)
    assert running_ is not None
    thread, stopped = running_
    for _ in range(2):
        for _ in range(500):
            head = log.cosigned_head()
            if head and len(head.cosignatures) == 2:
                break
            stopped.wait(0.02)
        else:
            pytest.fail("no cosignature arrived")
        void_first(watched.house) if len(watched.wire.asked) == 2 else None
    stopped.set()
    thread.join(timeout=10)
    assert isinstance(thread, threading.Thread)
    assert not thread.is_alive()


def test_a_round_tells_what_is_wrong_with_witnesses(watched: Watched) -> None:
    assert cosigned_once(watched.use) == []
    void_first(watched.house)
    watched.wire.replies.clear()
    watched.wire.replies[URL.format("a")] = watched.wire.small(SmallWitness("a"))
    watched.wire.replies[URL.format("b")] = watched.wire.small(B)
    (fault,) = cosigned_once(watched.use)
    assert fault.startswith("witness a: witness-answer")


def test_without_a_policy_nobody_is_asked(light_house: House) -> None:
    assert cosigned_once(light_house.use) == []
    assert keep_cosigned(light_house.use) is None
    assert "witness_quorum_age_seconds" not in light_house.use.get(Readiness).told()


def test_a_policy_that_cannot_be_read_stops_the_start(tmp_path: Path) -> None:
    settings = make_settings(tmp_path)
    assert witness_policy(settings) is None
    (tmp_path / "witness-policy.txt").write_text("nonsense\nquorum none\n")
    with pytest.raises(SettingsError, match=r"witness-policy\.txt: Line 1"):
        witness_policy(settings)
    named = tmp_path / "elsewhere.txt"
    named.write_text("quorum none\n")
    found = witness_policy(make_settings(tmp_path, witness_policy=named))
    assert found is not None
    assert not found.asks
