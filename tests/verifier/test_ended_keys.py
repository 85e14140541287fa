"""A bundle outlives the key of its head: both verifiers say when it still counts."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.conftest import FixedClock
from tests.forgeries.bundles import bundle_of, check
from tests.forgeries.case import Case, tell
from tests.verification.make_verification import NOW, build_world
from tests.verifier.make_questions import Asked, codes_of, in_node
from traceability.signing.keys import KeyRole, KeyStatus, PublicKey
from traceability.verification.bundle.contents import evidence_in, read_bundle
from traceability.verification.memory import recall
from traceability.verification.remote import Verifier


def as_of() -> datetime:
    """When the newest of what the world's bundle tells was signed."""
    world = build_world()
    bundle = read_bundle(bundle_of(tell(world)))
    found = evidence_in(bundle, trust=world.trust(), now=NOW).as_of
    assert found is not None
    return found


NEWEST = as_of()


def ended(key: PublicKey, end: datetime) -> PublicKey:
    return replace(key, status=KeyStatus.RETIRED, not_after=end)


def revoked(key: PublicKey, end: datetime) -> PublicKey:
    return replace(key, status=KeyStatus.REVOKED, not_after=end, revoked_at=10_000)


def with_log_key(changed: PublicKey, case: Case) -> Case:
    """A case whose verifier has a list that tells what became of the log's key."""
    keys = tuple(
        changed if one.role is KeyRole.LOG else one
        for one in case.world.trust_list().keys
    )
    case.trust_list = case.world.signed_trust_list(keys=keys)
    case.memory = replace(case.memory, trust_list=case.trust_list, checkpoint="")
    return case


def cases() -> dict[str, Case]:
    first, second, third = (tell(build_world()) for _ in range(3))
    return {
        "logged": with_log_key(
            ended(first.world.log_key.public, NEWEST + timedelta(seconds=1)), first
        ),
        "log-key-ended": with_log_key(
            ended(second.world.log_key.public, NEWEST), second
        ),
        "note-unsigned": with_log_key(
            revoked(third.world.log_key.public, NOW - timedelta(seconds=1)), third
        ),
    }


@pytest.mark.parametrize("code", ["logged", "log-key-ended", "note-unsigned"])
def test_a_head_counts_for_the_time_of_its_key(code: str) -> None:
    report = check(cases()[code])
    assert report.finding(6).code == code
    assert (report.exit_code == 0) is (code == "logged")


def test_both_verifiers_say_so(tmp_path: Path) -> None:
    asked = Asked()
    for case in cases().values():
        asked.add_bundle(bundle_of(case), case.memory)
    answers = in_node(asked.questions, tmp_path)
    assert [codes_of(one) for one in answers] == [
        codes_of(one) for one in asked.answers
    ]


def test_a_head_of_an_ended_key_is_not_remembered(tmp_path: Path) -> None:
    case = cases()["logged"]
    verifier = Verifier(
        clock=FixedClock(NOW), notes=tmp_path, trust_list=case.trust_list, offline=True
    )
    assert verifier.check_bundle(bundle_of(case)).exit_code == 0
    assert [recall(one).checkpoint for one in tmp_path.glob("*.json")] in ([], [""])
