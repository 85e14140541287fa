"""Each lie is caught by the check whose number it carries; the honest pass all."""

import io
import json
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import click
import pytest

import tests.forgeries.claims
import tests.forgeries.confirmations
import tests.forgeries.labels
import tests.forgeries.records
import tests.forgeries.stamps
import tests.forgeries.status
import tests.forgeries.witnesses
from tests.conftest import FixedClock
from tests.forgeries.case import Case, evidence_of, tell
from tests.forgeries.museum import COLLECTION, Lie
from tests.forgeries.stub import Stub, serving
from tests.verification.make_verification import NOW, build_world
from traceability.settings import Settings
from traceability.verification import cli
from traceability.verification.findings import Result
from traceability.verification.memory import memory_file, remember
from traceability.verification.report import report_of
from traceability.verification.verdict import Verdict

HONEST: dict[str, Callable[[str], Case]] = {
    "serial": lambda origin: tell(build_world(origin)),
    "es256": lambda origin: tell(build_world(origin, alg="ES256")),
    "sealed": tests.forgeries.labels.honest_sealed_label,
    "applied": tests.forgeries.labels.honest_applied_label,
    "new root": tests.forgeries.labels.honest_new_root,
    "stamp": tests.forgeries.stamps.honest_stamp,
    "stamp and lot": tests.forgeries.stamps.honest_stamp_with_its_lot_written_in,
    "stamp among others": tests.forgeries.stamps.honest_stamp_among_others,
    "stamp on goods": tests.forgeries.stamps.honest_stamp_that_was_bound_and_applied,
    "stamp beside spoiled ones": (
        tests.forgeries.stamps.honest_stamp_whose_neighbours_were_printed_twice
    ),
    "certificate": tests.forgeries.claims.honest_certificate,
    "exception": tests.forgeries.claims.honest_exception,
    "status lists": tests.forgeries.status.honest_lists,
    "confirmed": tests.forgeries.confirmations.honest_confirmation,
    "confirmed with ES256": tests.forgeries.confirmations.honest_es256_confirmation,
    "confirmed by two": tests.forgeries.confirmations.honest_two_parties,
    "confirmed before the theft": tests.forgeries.confirmations.confirmed_before_theft,
    "theft taken back": tests.forgeries.confirmations.confirmed_again_after_theft,
    "recognition confirmed": tests.forgeries.confirmations.honest_recognition,
    "cosigned": tests.forgeries.witnesses.honest_cosignatures,
    "cosigned by a stranger too": tests.forgeries.witnesses.honest_beside_a_stranger,
}
BY_NAME = pytest.mark.parametrize("lie", COLLECTION, ids=lambda lie: lie.name)


@pytest.fixture(scope="module")
def stub() -> Iterator[Stub]:
    with serving() as stub:
        yield stub


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(cli, "SystemClock", lambda: FixedClock(NOW))
    return Settings(home=tmp_path, keys=tmp_path / "keys")


def verify(case: Case, stub: Stub, settings: Settings) -> tuple[int, dict[str, Any]]:
    """Verify over a socket, with the case's memory in the verifier's folder."""
    stub.case = case
    host = stub.origin.removeprefix("http://")
    remember(memory_file(settings.home / "verifier", host), case.memory)
    asked = [case.text]
    if case.policy:
        policy = settings.home / "policy.txt"
        policy.write_text(case.policy, encoding="utf-8")
        asked += ["--policy", str(policy)]
    return ask(*asked, settings=settings)


def ask(*asked: str, settings: Settings) -> tuple[int, dict[str, Any]]:
    root = click.Context(click.Group("traceability"))
    root.meta["traceability.settings"] = settings
    output = io.StringIO()
    with redirect_stdout(output):
        code = cli.group.main([*asked, "--json"], parent=root, standalone_mode=False)
    return code, json.loads(output.getvalue())


def test_the_museum_is_large_enough() -> None:
    assert len(COLLECTION) >= 30
    assert {lie.number for lie in COLLECTION} == set(range(1, 12))
    assert len({lie.name for lie in COLLECTION}) == len(COLLECTION)


@BY_NAME
def test_the_checks_catch(lie: Lie) -> None:
    report = report_of(evidence_of(lie.build("http://127.0.0.1:8000")))
    assert report.finding(lie.number).result is Result.FAIL, report.as_json()
    assert report.verdict is not Verdict.VERIFIED
    assert report.exit_code == 1


@BY_NAME
def test_the_command_catches(lie: Lie, stub: Stub, settings: Settings) -> None:
    code, answer = verify(lie.build(stub.origin), stub, settings)
    assert answer["checks"][lie.number - 1]["result"] == "fail", answer
    assert answer["verdict"] != "verified"
    assert code == 1


@pytest.mark.parametrize("name", HONEST)
def test_the_honest_pass_all(name: str, stub: Stub, settings: Settings) -> None:
    case = HONEST[name](stub.origin)
    report = report_of(evidence_of(case))
    assert [one.result.value for one in report.findings] == ["pass"] * 11
    code, answer = verify(case, stub, settings)
    assert [one["result"] for one in answer["checks"]] == ["pass"] * 11
    assert (code, answer["verdict"]) == (0, "verified")


def test_a_stamp_that_is_told_to_be_no_lots_is_never_green(
    stub: Stub, settings: Settings
) -> None:
    case = tests.forgeries.stamps.unbound_stamp(stub.origin)
    code, answer = verify(case, stub, settings)
    results = {one["number"]: one["result"] for one in answer["checks"]}
    assert (code, answer["verdict"]) == (1, "attention")
    assert [number for number in results if results[number] == "fail"] == [4]
    assert results[5] == "not-checked"


def test_a_host_the_trust_list_does_not_name_is_never_asked(
    stub: Stub, settings: Settings
) -> None:
    case = tell(build_world(stub.origin))
    known = memory_file(settings.home / "verifier", "tx.example")
    remember(known, tell(build_world("https://tx.example")).memory)
    stub.case = case
    stub.asked.clear()
    code, answer = ask(case.text, settings=settings)
    assert answer["checks"][1]["result"] == "fail"
    assert code == 1
    assert stub.asked == []
