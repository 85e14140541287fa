"""What check 8 finds in status lists: alone, beside records, and as of when."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import tests.forgeries.status
from tests.forgeries.case import Case, evidence_of, tell
from tests.forgeries.museum import COLLECTION
from tests.forgeries.status import honest_lists
from tests.verification.make_verification import (
    NOW,
    World,
    build_world,
    honest_evidence,
)
from tests.verification.test_remote import Service, check
from traceability.status.bitstring import SIZE
from traceability.status.lists import LIFETIME, Purpose
from traceability.verification.evidence import Evidence, Mode, read_link
from traceability.verification.findings import Finding, Result
from traceability.verification.memory import Memory, memory_file, recall, remember
from traceability.verification.report import report_of
from traceability.verification.verdict import Verdict
from traceability.verification.wording import detail_of

REVOKED, SUSPENDED = Purpose.REVOCATION, Purpose.SUSPENSION
CODES = {
    "recall_that_only_the_list_tells": "recall-hidden",
    "hold_that_only_the_list_tells": "hold-hidden",
    "recall_that_only_the_list_seen_before_tells": "recall-hidden",
    "list_with_its_bit_cleared": "signature-invalid",
    "list_with_another_record_marked": "signature-invalid",
    "list_given_back_for_an_older_one": "status-list-rolled-back",
    "list_signed_with_the_record_key": "key-role",
    "list_signed_with_a_key_nobody_listed": "key-unknown",
    "list_signed_with_a_revoked_key": "key-revoked",
    "list_signed_after_its_key_had_ended": "key-expired",
    "list_older_than_its_key": "key-not-yet-valid",
    "list_with_a_flipped_bit_in_its_signature": "signature-invalid",
    "list_with_a_signature_too_short": "signature-length",
    "list_of_holds_at_the_address_of_recalls": "status-list-purpose",
    "list_with_a_purpose_nobody_knows": "status-list-purpose",
    "another_list_than_that_of_the_record": "status-list-missing",
    "list_of_holds_withheld": "status-list-missing",
    "list_of_another_service": "status-list-issuer",
    "list_in_another_issuers_name": "status-list-issuer",
    "list_past_its_end": "status-list-expired",
    "list_that_never_ends": "status-list-expired",
    "list_from_the_future": "status-list-from-the-future",
    "list_that_is_cut_short": "status-list-encoding",
    "list_of_fewer_bits": "status-list-size",
    "list_that_unpacks_to_millions": "status-list-size",
    "list_with_a_second_list_behind_it": "status-list-encoding",
    "list_without_its_letter_of_multibase": "status-list-encoding",
    "list_that_says_it_is_something_else": "status-list-malformed",
    "list_whose_bits_are_no_text": "status-list-malformed",
    "list_without_a_day": "status-list-malformed",
    "list_that_is_a_token_of_another_kind": "type-mismatch",
    "list_longer_than_any": "status-list-too-large",
    "list_that_is_no_token": "token-malformed",
    "list_that_is_a_record": "status-list-malformed",
}


def test_each_lie_about_status_has_its_own_code() -> None:
    found = {
        lie.name: report_of(evidence_of(lie.build("https://tx.example")))
        for lie in COLLECTION
        if lie.build.__module__ == tests.forgeries.status.__name__
    }
    withdrawn = {name: one for name, one in found.items() if name not in CODES}
    assert {one.finding(9).code for one in withdrawn.values()} == {"withdrawn-in-list"}
    told = found.keys() & CODES
    assert {name: found[name].finding(8).code for name in told} == CODES


@pytest.mark.parametrize("name", CODES)
def test_a_false_list_proves_nothing_offline_either(name: str) -> None:
    [lie] = [one for one in COLLECTION if one.name == name]
    case = lie.build("https://tx.example")
    finding = offline(case.world, *case.document["status"], *case.memory.status)
    told = {"recall-hidden": "recalled", "hold-hidden": "held"}
    if CODES[name] in told:
        assert (finding.result, finding.code) == (Result.FAIL, told[CODES[name]])
        return
    sound_there = {  # a key that ended, an older list: not what the pinned list knows
        "list_signed_with_a_revoked_key",
        "list_signed_after_its_key_had_ended",
        "list_older_than_its_key",
        "list_given_back_for_an_older_one",
    }
    expected = Result.PASS if name in sound_there else Result.NOT_CHECKED
    assert finding.result is expected, finding


def sealed(world: World, **changes: Any) -> Evidence:
    """A sealed label and a trust list, nothing else."""
    link = world.link(serial=world.serial())
    text = f"{link.qr_text()}?s={world.seal(link, **changes)}"
    trust = world.trust()
    return Evidence(mode=Mode.OFFLINE, now=NOW, trust=trust, asked=read_link(text))


def offline(world: World, *lists: str, **changes: Any) -> Finding:
    report = report_of(replace(sealed(world), seen_status=lists, **changes))
    return report.finding(8)


@pytest.fixture
def world() -> World:
    return build_world(kind="sealed")


def test_without_lists_nobody_offline_knows(world: World) -> None:
    finding = offline(world)
    assert (finding.result, finding.code) == (Result.NOT_CHECKED, "offline")


def test_lists_tell_offline_that_nothing_was_known_and_as_of_when(
    world: World,
) -> None:
    report = report_of(replace(sealed(world), seen_status=world.status_lists()))
    finding = report.finding(8)
    assert (finding.result, finding.code) == (Result.PASS, "nothing-known")
    assert finding.params["age_s"] == 75 * 60
    assert finding.params["as_of"] == NOW - timedelta(minutes=75)
    assert finding.detail == (
        "Nothing was known against this lot as of 2026-11-22T01:45:00Z"
        " (1 h 15 min ago)."
    )
    assert report.verdict is Verdict.VERIFIED


def test_the_older_of_both_lists_gives_the_age(world: World) -> None:
    older = world.status_list(SUSPENDED, valid_from=NOW - timedelta(days=2))
    finding = offline(world, world.status_list(REVOKED), older)
    assert finding.params["age_s"] == 2 * 24 * 3600
    assert "48 h 0 min" in finding.detail


@pytest.mark.parametrize(
    ("purpose", "code", "verdict"),
    [(REVOKED, "recalled", Verdict.RECALLED), (SUSPENDED, "held", Verdict.HELD)],
)
def test_a_label_and_a_list_tell_a_recall_and_a_hold(
    world: World, purpose: Purpose, code: str, verdict: Verdict
) -> None:
    marking = world.status_list(purpose, world.index("batch"))
    for lists in ((marking,), (*world.status_lists(), marking)[1:], (marking, "x.y.z")):
        report = report_of(replace(sealed(world), seen_status=lists))
        assert (report.finding(8).code, report.verdict) == (code, verdict)
        assert report.finding(8).params["age_s"] == 75 * 60
        assert report.exit_code == 1


def test_the_newest_list_counts_in_whatever_order(world: World) -> None:
    old = world.status_list(
        SUSPENDED, world.index("batch"), valid_from=NOW - timedelta(days=1)
    )
    revoked, released = world.status_lists()
    for lists in ((old, revoked, released), (released, old, revoked)):
        assert offline(world, *lists).code == "nothing-known"


def test_a_list_past_its_end_is_no_help(world: World) -> None:
    old = world.status_lists(valid_from=NOW - LIFETIME)
    finding = offline(world, *old)
    assert (finding.result, finding.code) == (
        Result.NOT_CHECKED,
        "status-list-expired",
    )
    assert offline(world, *old, *world.status_lists()).code == "nothing-known"
    last = world.status_lists(valid_from=NOW - LIFETIME + timedelta(seconds=1))
    assert offline(world, *last).code == "nothing-known"


def test_one_list_of_two_does_not_say_that_nothing_is_known(world: World) -> None:
    for purpose in Purpose:
        finding = offline(world, world.status_list(purpose))
        assert (finding.result, finding.code) == (
            Result.NOT_CHECKED,
            "status-list-missing",
        )


def test_lists_say_nothing_of_a_label_whose_seal_does_not_verify(world: World) -> None:
    marking = world.status_list(REVOKED, world.index("batch"))
    other = sealed(world, signer=world.record_key)
    assert report_of(replace(other, seen_status=(marking,))).finding(8).code == (
        "offline"
    )
    bare = read_link(world.link(serial=world.serial()).qr_text())
    without = replace(sealed(world), asked=bare, seen_status=(marking,))
    assert report_of(without).finding(8).code == "offline"


def test_an_entry_beyond_the_lists_at_hand_is_not_spoken_of(world: World) -> None:
    far = sealed(world, log_index=SIZE + 1)
    report = report_of(replace(far, seen_status=world.status_lists()))
    assert report.finding(8).code == "status-list-missing"


def test_a_use_by_day_in_the_seal_counts_beside_the_lists(world: World) -> None:
    later = NOW + timedelta(days=400)
    lists = world.status_lists(valid_from=later)
    trust = world.trust(expires=later + timedelta(days=1))
    evidence = replace(sealed(world), now=later, trust=trust, seen_status=lists)
    assert report_of(evidence).finding(8).code == "expired"


def test_online_the_lists_are_named_with_their_age(world: World) -> None:
    evidence = honest_evidence(build_world(), status=())
    assert "as_of" not in report_of(evidence).finding(8).params
    told = build_world()
    report = report_of(honest_evidence(told, status=told.status_lists()))
    finding = report.finding(8)
    assert (report.verdict, finding.code) == (Verdict.VERIFIED, "current")
    assert "2026-11-22T01:45:00Z (1 h 15 min old)" in finding.detail
    assert "22/11/2026 08:45" in detail_of(finding)


def test_a_release_that_is_newer_than_the_list_counts(world: World) -> None:
    world.publish_status("hold", "held")
    world.publish_status("release", "released")
    at = world.at
    for begin, code in ((at - timedelta(hours=1), "current"), (at, "hold-hidden")):
        token = world.status_list(
            SUSPENDED,
            world.index("batch"),
            valid_from=begin,
            valid_until=NOW + timedelta(days=1),
        )
        evidence = honest_evidence(world, seen_status=(token,))
        link = sealed(world).asked
        assert report_of(replace(evidence, asked=link)).finding(8).code == code


def test_a_recall_told_by_records_needs_no_list() -> None:
    world = build_world()
    world.publish_status("recall", "recalled")
    marking = world.status_list(REVOKED, world.index("batch"))
    for lists in ((), (marking, world.status_list(SUSPENDED)), world.status_lists()):
        report = report_of(honest_evidence(world, status=lists))
        assert (report.finding(8).code, report.verdict) == (
            "recalled",
            Verdict.RECALLED,
        )


def service_of(case: Case) -> Service:
    return Service(case)


def test_a_verifier_remembers_the_lists_it_was_told(tmp_path: Path) -> None:
    case = honest_lists("https://tx.example")
    notes = memory_file(tmp_path, "tx.example")
    remember(notes, case.memory)
    assert check(service_of(case), tmp_path).exit_code == 0
    assert set(recall(notes).status) == set(case.document["status"])


def test_a_remembered_list_tells_a_recall_offline(tmp_path: Path, world: World) -> None:
    case = tell(world)
    case.text = sealed(world).asked.text  # type: ignore[union-attr]  # it has one
    marking = world.status_list(REVOKED, world.index("batch"))
    case.memory = replace(case.memory, status=(marking,))
    remember(memory_file(tmp_path, "tx.example"), case.memory)
    report = check(service_of(case), tmp_path, offline=True)
    assert report.verdict is Verdict.RECALLED


def test_an_older_list_is_not_remembered_over_a_newer(tmp_path: Path) -> None:
    world = build_world()
    case = tell(world, status=world.status_lists(valid_from=NOW - timedelta(hours=5)))
    newest = world.status_lists()
    notes = memory_file(tmp_path, "tx.example")
    remember(notes, replace(case.memory, status=newest))
    report = check(service_of(case), tmp_path)
    assert report.finding(8).code == "status-list-rolled-back"
    assert set(recall(notes).status) == set(newest)


def test_a_list_handed_over_by_hand_counts_online_too(tmp_path: Path) -> None:
    world = build_world()
    marking = world.status_list(REVOKED, world.index("batch"))
    report = check(Service(tell(world)), tmp_path, status=(marking,))
    assert report.finding(8).code == "recall-hidden"


def test_notes_from_before_there_were_lists_are_read(tmp_path: Path) -> None:
    path = tmp_path / "tx.example.json"
    path.write_text('{"trust_list": "a", "checkpoint": "b"}')
    assert recall(path) == Memory(trust_list="a", checkpoint="b")


def test_a_service_from_before_there_were_lists_is_verified(tmp_path: Path) -> None:
    case = tell(build_world())
    del case.document["status"]
    assert check(Service(case), tmp_path).verdict is Verdict.VERIFIED


@pytest.mark.parametrize("status", [7, {}, [7], [None], "abc", ["x"] * 33])
def test_lists_of_another_shape_are_no_evidence(tmp_path: Path, status: object) -> None:
    case = tell(build_world())
    case.document["status"] = status
    report = check(Service(case), tmp_path)
    assert report.finding(5).code == "evidence-malformed"


def test_a_clock_that_runs_ahead_makes_no_negative_age(world: World) -> None:
    lists = world.status_lists(valid_from=NOW + timedelta(minutes=3))
    assert offline(world, *lists).params["age_s"] == 0
