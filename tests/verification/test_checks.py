"""Single facts about single checks, beside the museum of lies."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.verification.make_verification import (
    NOW,
    SmallLog,
    World,
    build_world,
    honest_evidence,
)
from traceability.batches.record import STATUS_RECORD_TYPE, OutsideInput, Override
from traceability.batches.rules import Shortfall
from traceability.catalog.ip_rights import IpFacts, IpState
from traceability.catalog.records import IP_RIGHT, ip_right_claims
from traceability.core.quantity import Quantity
from traceability.records.credential import digest_of
from traceability.transparency.checkpoint import Checkpoint
from traceability.verification.evidence import Evidence, LabelState, Mode, Shown
from traceability.verification.findings import Finding, Problem, Result, passed
from traceability.verification.report import report_of
from traceability.verification.tree import is_tail, read_tree
from traceability.verification.verdict import Verdict, exit_code, verdict_of


def told(world: World, **changes: Any) -> Evidence:
    return honest_evidence(world, **changes)


def codes(evidence: Evidence) -> dict[int, str]:
    return {one.number: one.code for one in report_of(evidence).findings}


def test_an_honest_label_passes_every_check() -> None:
    report = report_of(told(build_world()))
    assert (report.verdict, report.exit_code) == (Verdict.VERIFIED, 0)


def test_a_correction_is_the_next_version() -> None:
    world = build_world()
    world.publish_batch("again", world.batch(variety="Giống mẫu"))
    report = report_of(told(world))
    assert report.finding(8).params["version"] == 2
    assert report.verdict is Verdict.VERIFIED


def test_a_release_ends_a_hold() -> None:
    world = build_world()
    world.publish_status("hold", "held")
    assert report_of(told(world)).verdict is Verdict.HELD
    world.publish_status("release", "released")
    report = report_of(told(world))
    assert (report.verdict, report.facts.stop) == (Verdict.VERIFIED, None)


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"status": "melted", "reason": {"vi": "?"}}, "status-unknown"),
        ({"status": ["recalled"], "reason": {"vi": "?"}}, "status-unknown"),
        ({"reason": 7}, "record-unreadable"),
    ],
)
def test_a_notice_nobody_understands_may_be_a_recall(
    claims: dict[str, Any], code: str
) -> None:
    world = build_world()
    draft = world.draft(STATUS_RECORD_TYPE, str(world.link()), claims)
    world.publish("notice", draft)
    assert codes(told(world))[8] == code


def test_other_peoples_leaves_in_the_log_do_no_harm() -> None:
    world = build_world()
    for leaf in (b"", b"not json", b'{"subject":1}', b"[]"):
        world.log.append(leaf)
    assert codes(told(world))[8] == "current"


def test_what_the_service_says_of_a_recall_counts_without_a_record() -> None:
    evidence = told(build_world())
    assert evidence.shown is not None
    report = report_of(replace(evidence, shown=replace(evidence.shown, status="held")))
    assert report.verdict is Verdict.HELD
    report = report_of(
        replace(evidence, records=[], shown=Shown(status="recalled"), later_leaves=None)
    )
    assert report.verdict is Verdict.RECALLED


def righted(valid_to: date | None, **changes: Any) -> Evidence:
    world = build_world()
    right = IpFacts(
        kind="gi",
        sign="Tên mẫu",
        state=IpState.REGISTERED,
        register_no="00106",
        right_to_use="M-QSD",
        right_to_use_date=date(2026, 1, 1),
        valid_to=valid_to,
    )
    claims = ip_right_claims(right, str(world.link(lot=None))) | changes
    subject = world.identity.url("/ip-rights/r1")
    world.publish("right", world.draft(IP_RIGHT, subject, claims), to="papers")
    evidence = told(world)
    assert evidence.shown is not None
    return replace(evidence, shown=replace(evidence.shown, papers=(subject,)))


def test_a_right_shown_as_valid_must_hold_on_both_days() -> None:
    assert codes(righted(None))[9] == "claims-hold"
    assert codes(righted(date(2027, 1, 1)))[9] == "claims-hold"
    assert codes(righted(date(2026, 11, 10)))[9] == "paper-lapsed"


@pytest.mark.parametrize("changes", [{"kind": "unheard-of"}, {"state": 7}, {"sign": 1}])
def test_a_right_nobody_can_read_is_not_valid(changes: dict[str, Any]) -> None:
    found = codes(righted(None, **changes))[9]
    assert found == ("claims-hold" if "sign" in changes else "paper-lapsed")


def test_lapsed_stars_that_are_not_shown_pass() -> None:
    world = build_world()
    lapsed = world.recognition(issued=date(2023, 1, 1), expires=date(2026, 1, 1))
    world.publish_recognition("lapsed", lapsed)
    evidence = told(world)
    assert evidence.shown is not None
    shown = replace(evidence.shown, stars=0)
    assert codes(replace(evidence, shown=shown))[9] == "no-stars-shown"


def test_a_recognition_nobody_can_read_gives_no_stars() -> None:
    world = build_world()
    facts = world.recognition()
    world.publish_recognition("again", facts)
    subject = world.identity.url("/recognitions/rec01")
    world.publish(
        "odd", world.draft("RecognitionRecord", subject, {}), to="recognitions"
    )
    assert codes(told(world))[9] == "recognition-unreadable"


def test_an_outside_source_counts_in_the_balance() -> None:
    world = build_world()
    outside = OutsideInput(outside="Muối mẫu", quantity=Quantity.parse("10", "KGM"))
    source = world.lot_input("LA-261031", digest_of(world.records["source"].token), 35)
    whole = world.batch(inputs=(source, outside))
    world.publish_batch("again", whole)
    assert codes(told(world))[10] == "inputs-hold"
    world.publish_batch("alone", replace(whole, inputs=(source,)))
    assert codes(told(world))[10] == "mass-balance"
    gap = Shortfall(
        rule="outputs", available=Decimal(35), wanted=whole.quantity.amount, unit="KGM"
    )
    for wanted, code in ((gap.wanted, "exceptions"), (Decimal(36), "override-false")):
        said = Override(
            reason="Bột ẩm hơn khi cân", shortfalls=(replace(gap, wanted=wanted),)
        )
        told_so = replace(whole, inputs=(source,), override=said)
        world.publish_batch(f"reasoned-{code}", told_so)
        assert codes(told(world))[10] == code


def test_a_first_lot_has_nothing_behind_it() -> None:
    world = build_world()
    world.publish_batch("again", world.batch())
    assert codes(told(world))[10] == "no-inputs"


def test_nobody_follows_more_than_twenty_levels() -> None:
    world = build_world()
    digest = digest_of(world.records["source"].token)
    name = "LA-261031"
    for level in range(22):
        taken = world.lot_input(name, digest, 40)
        name = f"BAC-{level}"
        lot = world.batch(
            lot_number=name, inputs=(taken, taken), quantity=Quantity.parse("80", "KGM")
        )
        digest = world.publish_batch(f"level-{level}", lot, to="inputs")
    world.publish_batch(
        "deep", world.batch(inputs=(world.lot_input(name, digest, 40),))
    )
    assert codes(told(world))[10] == "genealogy-too-deep"


def test_an_input_nobody_can_read_is_a_problem() -> None:
    world = build_world()
    subject = str(world.link(lot="LA-ODD"))
    digest = world.publish(
        "odd", world.draft("BatchRecord", subject, {"lotNumber": 1}), to="inputs"
    )
    world.publish_batch(
        "again", world.batch(inputs=(world.lot_input("LA-ODD", digest, 40),))
    )
    assert codes(told(world))[10] == "record-unreadable"


def test_label_records_nobody_can_read_cover_nothing() -> None:
    world = build_world()
    for kind in ("LabelRunRecord", "LabelVoidRecord"):
        claims = {"lot": str(world.link()), "from": "1", "to": None, "firstIndex": True}
        subject = world.identity.url(f"/odd/{kind}")
        world.publish(kind, world.draft(kind, subject, claims))
    assert codes(told(world))[4] == "serial-live"


def test_a_typed_lot_link_needs_no_seal() -> None:
    world = build_world(kind="sealed")
    evidence = told(world)
    assert evidence.label is not None
    lot = replace(evidence.label, state=LabelState.LOT)
    link = evidence.asked and replace(
        evidence.asked, link=world.link(), text=str(world.link())
    )
    found = codes(replace(evidence, label=lot, asked=link))
    assert (found[3], found[4]) == ("seal-none", "lot-level")


def test_a_log_key_just_replaced_still_counts_until_its_end() -> None:
    world = build_world()
    old = world.log_key.public
    ending = replace(old, not_after=NOW.replace(year=2027))
    ended = replace(old, not_after=NOW)
    keys = [one for one in world.trust_list().keys if one.kid != old.kid]
    note = world.log.checkpoint()
    for key, code in ((ending, "logged"), (ended, "note-unsigned")):
        trust = world.trust(keys=(*keys, key))
        assert codes(told(world, trust=trust, checkpoint=note))[6] == code


def test_records_without_a_proof_leave_check_6_open() -> None:
    evidence = told(build_world())
    bare = [replace(one, proof=None) for one in evidence.records]
    report = report_of(replace(evidence, records=bare, later_leaves=None))
    assert report.finding(6).code == "proof-missing"
    assert report.exit_code == 2


def test_a_tail_under_no_head_is_no_tail() -> None:
    evidence = told(build_world(), checkpoint="")
    assert evidence.tail is None
    assert replace(evidence, records=[]).tail is None


def test_the_tail_is_proven_for_every_place_and_size() -> None:
    world = build_world()
    leaves = [b"%d" % number for number in range(35)]
    for size in range(1, 35):
        log = SmallLog(world.log_key, world.log.origin, leaves[:size])
        tree = read_tree(log.checkpoint(), world.trust(), NOW)
        assert isinstance(tree, Checkpoint)
        for index in range(size):
            proof = log.inclusion(index, size)
            tail = leaves[index + 1 : size]
            assert is_tail(tree, leaves[index], index, proof, tail)
            assert not is_tail(tree, leaves[index], index, proof, [*tail, b"x"])
            if tail:
                forged = [*tail[:-1], b"x"]
                assert not is_tail(tree, leaves[index], index, proof, forged)


def finding(number: int, result: Result, code: str = "some") -> Finding:
    return Finding(number=number, result=result, code=code, message="")


@pytest.mark.parametrize(
    ("failed", "verdict"),
    [
        ({}, Verdict.VERIFIED),
        ({11: "many"}, Verdict.ATTENTION),
        ({3: "seal-dropped"}, Verdict.ATTENTION),
        ({3: "seal-dropped", 8: "expired"}, Verdict.EXPIRED),
        ({4: "label-not-applied"}, Verdict.ATTENTION),
        ({4: "label-not-applied", 8: "recalled"}, Verdict.RECALLED),
        ({4: "label-not-applied", 5: "signature-invalid"}, Verdict.FAILED),
        ({3: "seal-signature"}, Verdict.FAILED),
        ({4: "label-void", 8: "recalled"}, Verdict.RECALLED),
        ({4: "label-void", 8: "held"}, Verdict.VOID),
        ({4: "label-void", 5: "signature-invalid"}, Verdict.FAILED),
        ({4: "serial-unknown", 8: "recalled"}, Verdict.UNKNOWN),
        ({2: "host-not-trusted", 4: "serial-unknown"}, Verdict.FAILED),
        ({5: "signature-invalid", 8: "recalled"}, Verdict.RECALLED),
        ({8: "held", 11: "many"}, Verdict.HELD),
        ({10: "mass-balance"}, Verdict.FAILED),
    ],
)
def test_the_gravest_thing_found_decides(
    failed: dict[int, str], verdict: Verdict
) -> None:
    findings = [
        finding(number, Result.FAIL, failed[number])
        if number in failed
        else finding(number, Result.PASS)
        for number in range(1, 12)
    ]
    assert verdict_of(findings, {1, 2, 3}) is verdict
    assert exit_code(findings, {1, 2, 3}) == (1 if failed else 0)


def test_what_is_required_and_open_is_never_green() -> None:
    findings = [finding(number, Result.PASS) for number in range(1, 11)]
    findings.append(finding(11, Result.NOT_CHECKED))
    assert verdict_of(findings, {1, 11}) is Verdict.INCOMPLETE
    assert exit_code(findings, {1, 11}) == 2
    assert exit_code(findings, {1}) == 0


def test_offline_and_record_files_are_never_asked_for_more_than_they_can() -> None:
    evidence = replace(told(build_world()), mode=Mode.RECORD)
    bare = [replace(evidence.records[0], proof=None)]
    assert report_of(replace(evidence, asked=None, records=bare)).exit_code == 0
    assert report_of(replace(evidence, asked=None)).exit_code == 0


def test_a_problems_params_never_clash_with_a_findings_own() -> None:
    params = {"number": 7, "code": "x", "message": "y"}
    assert passed(1, "a", "%(number)s %(code)s", **params).detail == "7 x"
    assert Problem("a", "%(code)s", params).text == "x"


def test_a_signed_record_nobody_can_read_fails_check_5() -> None:
    world = build_world()
    draft = world.draft("BatchRecord", str(world.link()), {"lotNumber": 1})
    world.publish("odd", draft)
    assert codes(told(world))[5] == "record-unreadable"
