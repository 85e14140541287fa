"""Check 7 with witnesses: what a policy asks, and what is only told."""

from dataclasses import replace

import pytest

from tests.transparency.make_transparency import Keys
from tests.transparency.make_witnesses import make_witnesses, policy_text
from tests.verification.make_verification import (
    NOW,
    World,
    build_world,
    honest_evidence,
)
from traceability.transparency.policy import Policy, parse_policy
from traceability.verification.evidence import Evidence, Mode
from traceability.verification.findings import Problem, Result
from traceability.verification.report import report_of
from traceability.verification.verdict import Verdict

A, B, C = make_witnesses("a", "b", "c")
TWO = parse_policy(policy_text([A, B, C], "2"))
AT = int(NOW.timestamp()) - 60


@pytest.fixture(scope="module")
def world() -> World:
    return build_world()


def told(world: World, *signers: int, **changes: object) -> Evidence:
    note = world.log.checkpoint()
    lines = [[A, B, C][number].cosign(note, AT) for number in signers]
    evidence = honest_evidence(world, checkpoint=note + "".join(lines))
    return replace(evidence, **{"policy": TWO, **changes})  # type: ignore[arg-type]


def code(evidence: Evidence) -> tuple[str, str]:
    finding = report_of(evidence).finding(7)
    return finding.code, finding.result.value


def test_a_quorum_passes_at_first_sight(world: World) -> None:
    report = report_of(told(world, 0, 2))
    assert (report.verdict, report.exit_code) == (Verdict.VERIFIED, 0)
    assert report.finding(7).code == "cosigned"
    assert report.finding(7).detail == (
        "2 of 3 known witnesses have cosigned the log's head, as the policy asks: "
        "a.example, c.example."
    )


def test_without_its_quorum_a_head_fails_the_policy(world: World) -> None:
    for signers in ((), (1,)):
        report = report_of(told(world, *signers))
        assert (report.finding(7).code, report.finding(7).result) == (
            "quorum-missing",
            Result.FAIL,
        )
        assert (report.verdict, report.exit_code) == (Verdict.ATTENTION, 1)


def test_a_made_up_cosignature_fails(world: World) -> None:
    other = world.log.checkpoint(size=1)
    note = world.log.checkpoint() + A.cosign(other, AT)
    report = report_of(told(world, checkpoint=note))
    assert report.finding(7).code == "cosignature-invalid"
    assert (report.verdict, report.exit_code) == (Verdict.FAILED, 1)


def test_a_log_the_policy_does_not_name_fails(world: World) -> None:
    foreign = parse_policy(policy_text([A, B, C], "any", Keys().vkeys()[0]))
    own = parse_policy(policy_text([A, B, C], "any", world.log.vkey))
    assert code(told(world, 0, policy=foreign)) == ("log-not-in-policy", "fail")
    assert code(told(world, 0, policy=own)) == ("cosigned", "pass")


def test_a_head_seen_before_is_looked_at_first(world: World) -> None:
    seen = world.log.checkpoint()
    assert code(told(world, seen_checkpoint=seen)) == ("quorum-missing", "fail")
    report = report_of(told(world, 0, 1, seen_checkpoint=seen))
    assert report.finding(7).code == "log-continues"
    assert "2 of 3 known witnesses" in report.finding(7).detail
    forked = seen.replace(seen.split("\n")[2], "A" * 43 + "=")
    assert code(told(world, 0, 1, seen_checkpoint=forked))[0] == "checkpoint-forked"


def test_a_policy_that_asks_nothing_changes_nothing(world: World) -> None:
    report = report_of(told(world, policy=parse_policy("quorum none")))
    assert report.finding(7).code == "first-sight"
    assert report.exit_code == 0


def test_witnesses_that_are_only_known_are_counted(world: World) -> None:
    known = told(world, 1, policy=None, witnesses=TWO.witnesses)
    finding = report_of(known).finding(7)
    assert (finding.code, finding.result) == ("first-sight", Result.NOT_CHECKED)
    assert finding.detail.endswith("1 of 3 known witnesses have cosigned it.")
    without = report_of(told(world, 1, policy=None)).finding(7)
    assert without.detail.endswith("entries now.")


def test_a_policy_nobody_can_read_leaves_the_check_open(world: World) -> None:
    problem = Problem("policy-malformed", "The policy has no quorum line.")
    report = report_of(told(world, policy=problem))
    assert code(told(world, policy=problem)) == ("policy-malformed", "not-checked")
    assert (report.verdict, report.exit_code) == (Verdict.INCOMPLETE, 2)


@pytest.mark.parametrize(("mode", "required"), [(Mode.RECORD, 2), (Mode.OFFLINE, 2)])
def test_a_policy_needs_a_head(world: World, mode: Mode, required: int) -> None:
    evidence = told(world, mode=mode, checkpoint="", label=None)
    assert code(evidence)[1] == "not-checked"
    assert report_of(evidence).exit_code != 0
    assert isinstance(evidence.policy, Policy)
