"""One file holds a lot's evidence: what is in it, who may see what, what it proves."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator, FormatChecker

from tests.verification.make_bundles import (
    Files,
    bundled,
    check,
    files_in,
    house_bundle,
    rebuilt,
)
from tests.verification.make_house import House, recall, void_first
from tests.verification.make_verification import World, build_world
from traceability.core.errors import DomainError
from traceability.records.credential import Disclosure
from traceability.signing.envelope import read_unverified
from traceability.verification.bundle.contents import derived_files, read_bundle
from traceability.verification.disclosed import Disclosed
from traceability.verification.findings import Result
from traceability.verification.memory import Memory, memory_file, remember
from traceability.verification.opened import LoggedRecord
from traceability.verification.report import Report
from traceability.verification.verdict import Verdict
from traceability.verification.wire import MAX_RECORDS

SCHEMA = Path(__file__).parents[1] / "vectors" / "epcis" / "epcis-json-schema.json"
EVENT = "urn:uuid:0c2f8a5e-5a3c-4b7e-9a52-3f5f6f0f2a11"


def verified(house: House, data: bytes, notes: Path | None = None) -> Report:
    trust_list = files_in(data)["trust-list.jws"]
    return check(data, trust_list, notes, clock=house.use.clock)


def results(report: Report) -> list[str]:
    return [one.result.value for one in report.findings]


def code(report: Report, number: int) -> tuple[str, str]:
    found = report.finding(number)
    return found.result.value, found.code


def test_a_bundle_alone_and_a_trusted_list_verify_a_lot(house: House) -> None:
    data = house_bundle(house)
    report = verified(house, data)
    assert (report.verdict, report.exit_code) == (Verdict.VERIFIED, 0)
    passing = [one.number for one in report.findings if one.result is Result.PASS]
    assert passing == [1, 2, 5, 6, 8, 9, 10]
    assert code(report, 8) == ("pass", "current-then")
    assert "as of" in report.finding(8).detail
    assert code(report, 10) == ("pass", "events-hold")


def test_the_same_evidence_gives_the_same_bytes(light_house: House) -> None:
    assert house_bundle(light_house) == house_bundle(light_house)


def test_a_bundle_is_laid_out_as_the_readme_says(light_house: House) -> None:
    files = files_in(house_bundle(light_house))
    named = {name for name in files if "/" not in name}
    assert named == {
        *("README.md", "manifest.json", "evidence.json", "later-leaves.json"),
        *("trust-list.jws", "jwks.json", "log.vkey", "events.jsonld"),
        *("disclosures.json", "findings.json"),
    }
    for name in named - {"README.md"}:
        assert f"`{name}`" in files["README.md"]
    told = json.loads(files["evidence.json"])
    tokens = {one["token"] for kind in ("records", "inputs") for one in told[kind]}
    assert tokens <= {text for name, text in files.items() if "records/" in name}
    assert told["label"] is None
    assert told["scans"] is None


def test_the_events_are_one_epcis_document(house: House) -> None:
    document = json.loads(files_in(house_bundle(house))["events.jsonld"])
    checker = FormatChecker(["uri", "date-time"])
    schema = Draft7Validator(
        json.loads(SCHEMA.read_text("utf-8")), format_checker=checker
    )
    assert [fault.message for fault in schema.iter_errors(document)] == []
    [event] = document["epcisBody"]["eventList"]
    assert event["outputQuantityList"][0]["epcClass"] == house.batch.digital_link


def test_a_bundle_reads_back_as_it_was_written(light_house: House) -> None:
    data = house_bundle(light_house)
    bundle, files = read_bundle(data), files_in(data)
    assert bundle.link == light_house.batch.digital_link
    assert bundle.made_at == light_house.use.clock.now()
    assert bundle.document == json.loads(files["evidence.json"])
    assert len(bundle.later_leaves or ()) == len(
        json.loads(files["later-leaves.json"])["leaves"]
    )


def test_a_labels_bundle_holds_the_records_of_its_printing(light_house: House) -> None:
    label = light_house.serials[0]
    report = verified(light_house, house_bundle(light_house, label.link))
    assert report.verdict is Verdict.VERIFIED
    assert code(report, 4) == ("not-checked", "not-asked")
    void_first(light_house)
    report = verified(light_house, house_bundle(light_house, label.link))
    assert (report.verdict, code(report, 4)[1]) == (Verdict.VOID, "label-void")


@pytest.mark.parametrize(
    "link",
    [
        "https://tx.example/01/09520001001017/10/NO-SUCH",
        "https://tx.example/01/09520001001017",
        "https://tx.example/01/09520001001017/10/CHE-1/21/0000000000000",
    ],
)
def test_there_is_no_bundle_of_what_nobody_signed(
    light_house: House, link: str
) -> None:
    with pytest.raises(DomainError) as refusal:
        house_bundle(light_house, link)
    assert refusal.value.code == "bundle-not-found"


def test_a_recall_stands_in_every_bundle_made_after_it(house: House) -> None:
    before = house_bundle(house)
    recall(house)
    after = verified(house, house_bundle(house))
    assert (after.verdict, after.exit_code) == (Verdict.RECALLED, 1)
    assert verified(house, before).verdict is Verdict.VERIFIED  # as of then


def without(*codes: str) -> Callable[[Files], None]:
    """Leave out every record whose type is named, and serve no status."""

    def change(files: Files) -> None:
        told = json.loads(files["evidence.json"])
        kept = [one for one in told["records"] if kind_of(one) not in codes]
        lost = [one for one in told["records"] if kind_of(one) in codes]
        told["records"] = kept
        told["shown"]["status"] = "issued"
        files["evidence.json"] = json.dumps(told)
        for one in lost:
            name = read_unverified(one["token"]).payload["id"].rpartition("/")[2]
            del files[f"records/{name}.jws"], files[f"proofs/{name}.txt"]

    return change


def kind_of(record: dict[str, Any]) -> str:
    kind: str = read_unverified(record["token"]).payload["type"][1]
    return kind


def test_a_recall_that_was_left_out_is_missed_in_the_logs_entries(
    light_house: House,
) -> None:
    recall(light_house)
    lie = rebuilt(house_bundle(light_house), without("BatchStatusRecord"))
    assert code(verified(light_house, lie), 8) == ("fail", "recall-hidden")

    def no_lists(files: Files) -> None:
        evidence = json.loads(files["evidence.json"])
        for name in [one for one in files if one.startswith("status/")]:
            del files[name]
        files["evidence.json"] = json.dumps({**evidence, "status": []})

    lie = rebuilt(lie, no_lists)
    assert code(verified(light_house, lie), 8) == ("fail", "newer-record-hidden")

    def no_leaves(files: Files) -> None:
        files["later-leaves.json"] = '{"leaves":null}'

    report = verified(light_house, rebuilt(lie, no_leaves))
    assert code(report, 8) == ("not-checked", "entries-not-at-hand")
    assert report.verdict is Verdict.INCOMPLETE


def test_a_bundles_own_list_is_trusted_by_nobody(
    light_house: House, tmp_path: Path
) -> None:
    data = house_bundle(light_house)
    report = check(data, clock=light_house.use.clock)
    assert (report.verdict, report.exit_code) == (Verdict.INCOMPLETE, 2)
    assert code(report, 2) == ("not-checked", "trust-list-missing")
    other = build_world().signed_trust_list()  # another root, the same host
    report = check(data, other, clock=light_house.use.clock)
    assert report.exit_code == 1
    assert report.finding(5).result is Result.FAIL


def test_a_newer_list_in_a_bundle_counts_under_a_root_that_was_trusted() -> None:
    world = build_world()
    old = world.signed_trust_list(
        version=2, keys=tuple(one.public for one in (world.root, world.log_key))
    )
    assert check(bundled(world), old).verdict is Verdict.VERIFIED


def test_what_the_service_thinks_of_its_own_lot_counts_for_nothing(
    light_house: House,
) -> None:
    def praise(files: Files) -> None:
        files["findings.json"] = '{"verdict":"verified","checks":[]}'

    recall(light_house)
    data = rebuilt(house_bundle(light_house), praise)
    assert verified(light_house, data).verdict is Verdict.RECALLED


# Check 7: the verifier's memory against the bundle's own entries.


def remembering(house: House, notes: Path, data: bytes, note: str) -> Report:
    trust_list = files_in(data)["trust-list.jws"]
    memory = Memory(trust_list=trust_list, checkpoint=note)
    remember(memory_file(notes, house.use.identity.host), memory)
    return check(data, clock=house.use.clock, notes=notes)


def head_in(data: bytes) -> str:
    note: str = json.loads(files_in(data)["evidence.json"])["checkpoint"]
    return note


def test_a_head_seen_before_is_found_again_in_the_entries(
    house: House, tmp_path: Path
) -> None:
    first = house_bundle(house)
    void_first(house)
    later = house_bundle(house)
    report = remembering(house, tmp_path, later, head_in(first))
    assert code(report, 7) == ("pass", "log-continues")
    assert (report.verdict, report.exit_code) == (Verdict.VERIFIED, 0)
    again = check(later, clock=house.use.clock, notes=tmp_path)
    assert code(again, 7) == ("pass", "log-continues")  # the very head, remembered


def test_an_older_bundle_is_no_rollback_but_proves_nothing_of_the_memory(
    light_house: House, tmp_path: Path
) -> None:
    first = house_bundle(light_house)
    void_first(light_house)
    seen = head_in(house_bundle(light_house))
    report = remembering(light_house, tmp_path, first, seen)
    assert code(report, 7) == ("not-checked", "bundle-older")
    assert (report.verdict, report.exit_code) == (Verdict.INCOMPLETE, 2)
    kept = memory_file(tmp_path, light_house.use.identity.host).read_text("utf-8")
    assert json.loads(kept)["checkpoint"] == seen


@pytest.mark.parametrize(
    ("size", "expected"),
    [(2, ("not-checked", "head-out-of-reach")), (4, ("pass", "log-continues"))],
)
def test_heads_before_the_lots_first_record_are_out_of_reach(
    tmp_path: Path, size: int, expected: tuple[str, str]
) -> None:
    world = build_world()
    world.publish_void("gap", 5_050, 5_051)
    memory = Memory(
        trust_list=world.signed_trust_list(), checkpoint=world.log.checkpoint(size)
    )
    remember(memory_file(tmp_path, "tx.example"), memory)
    assert code(check(bundled(world), notes=tmp_path), 7) == expected


def test_a_log_that_was_rewritten_is_found_out(tmp_path: Path) -> None:
    world, other = build_world(), build_world()
    other.log_key, other.log = world.log_key, replace(other.log, signer=world.log_key)
    other.log.leaves[-1] += b" "
    memory = Memory(
        trust_list=world.signed_trust_list(), checkpoint=other.log.checkpoint()
    )
    remember(memory_file(tmp_path, "tx.example"), memory)
    report = check(bundled(world), notes=tmp_path)
    assert code(report, 7) == ("fail", "checkpoint-forked")
    assert report.verdict is Verdict.FAILED


# Private values: none in public, chosen ones on purpose.


@pytest.fixture
def secretive() -> tuple[World, Disclosed]:
    """A world whose lot's newest version commits to one value."""
    world = build_world()
    salt, value = bytes(range(16)), "Hộ mẫu 07"
    plain = Disclosed(record="", name="supplier", salt=salt, value=value)
    before = world.records["batch"]
    claims = dict(read_unverified(before.token).payload["credentialSubject"])
    del claims["id"]
    claims["commitments"] = {"supplier": Disclosure("supplier", salt, value).commitment}
    draft = world.draft("BatchRecord", str(world.link()), claims)
    world.publish("batch-2", draft)
    record_id = read_unverified(world.records["batch-2"].token).payload["id"]
    return world, replace(plain, record=record_id.rpartition("/")[2])


def test_a_value_that_opens_its_commitment_passes(
    secretive: tuple[World, Disclosed],
) -> None:
    world, secret = secretive
    data = bundled(world, disclosed=(secret,))
    [shown] = json.loads(files_in(data)["disclosures.json"])["disclosures"]
    assert shown["value"] == "Hộ mẫu 07"
    report = check(data, world.signed_trust_list())
    assert report.verdict is Verdict.VERIFIED


@pytest.mark.parametrize(
    "change",
    [
        {"value": "Hộ mẫu 08"},
        {"salt": bytes(16)},
        {"name": "buyer"},
        {"record": "0" * 26},
        {"value": ["Hộ mẫu 07"]},
    ],
    ids=str,
)
def test_a_value_that_opens_nothing_is_a_lie(
    secretive: tuple[World, Disclosed], change: dict[str, Any]
) -> None:
    world, secret = secretive
    data = bundled(world, disclosed=(replace(secret, **change),))
    report = check(data, world.signed_trust_list())
    assert code(report, 5) == ("fail", "disclosure-false")
    assert report.verdict is Verdict.FAILED


# Events: told as EPCIS, each signed and logged.


def with_event(world: World, **changes: Any) -> dict[str, Any]:
    """Sign and log an event on the lot; return it as EPCIS tells it."""
    event = {
        "type": "ObjectEvent",
        "eventID": EVENT,
        "eventTime": "2026-11-02T08:00:00+07:00",
        "quantityList": [{"epcClass": str(world.link())}],
        **changes,
    }
    world.told.setdefault("events", [])
    draft = world.draft("TraceEventRecord", EVENT, {"event": event})
    number = len(world.told["events"])
    world.publish(f"event-{number}", draft, to="events")
    return event


def told(world: World, *events: dict[str, Any]) -> bytes:
    names = world.told.pop("events")
    logged: list[LoggedRecord] = [world.proven(name) for name in names]
    return bundled(world, events=logged, told_events=events)


def test_events_that_were_signed_are_counted() -> None:
    world = build_world()
    event = with_event(world)
    report = check(told(world, event), world.signed_trust_list())
    assert code(report, 10) == ("pass", "events-hold")
    assert "each signed and logged: 1" in report.finding(10).detail


def test_an_event_nobody_signed_is_a_lie() -> None:
    world = build_world()
    event = with_event(world)
    for lie in (
        {**event, "eventID": EVENT.replace("0c2f", "1c2f")},
        {**event, "eventTime": "2026-11-03T08:00:00+07:00"},
        {"type": "ObjectEvent"},
    ):
        world.told["events"] = ["event-0"]
        report = check(told(world, event, lie), world.signed_trust_list())
        assert code(report, 10) == ("fail", "event-unproven")


def test_an_event_of_another_lot_is_a_lie() -> None:
    world = build_world()
    other = [{"epcClass": str(world.link(lot="OTHER"))}]
    event = with_event(world, quantityList=other)
    report = check(told(world, event), world.signed_trust_list())
    assert code(report, 10) == ("fail", "event-other-lot")


def test_what_grew_into_the_lot_belongs_to_it() -> None:
    world = build_world()
    crop = "https://tx.example/growing/g1"
    first = with_event(world, **{"ocop:growing": crop})
    planted = {**first, "eventID": EVENT.replace("0c2f", "2c2f"), "quantityList": []}
    draft = world.draft("TraceEventRecord", planted["eventID"], {"event": planted})
    world.publish("planted", draft, to="events")
    report = check(told(world, first, planted), world.signed_trust_list())
    assert code(report, 10) == ("pass", "events-hold")


def test_an_event_declared_wrong_since_cannot_be_told_as_right() -> None:
    world = build_world()
    event = with_event(world)
    wrong = with_event(world, errorDeclaration={"reason": "incorrect_data"})
    both = ["event-0", "event-1"]
    world.told["events"] = list(both)
    report = check(told(world, event), world.signed_trust_list())
    assert code(report, 10) == ("fail", "event-unproven")
    world.told["events"] = both[:1]  # without the declaration: the log remembers it
    report = check(told(world, event), world.signed_trust_list())
    assert code(report, 10) == ("fail", "newer-record-hidden")
    world.told["events"] = both
    report = check(told(world, wrong), world.signed_trust_list())
    assert code(report, 10) == ("pass", "events-hold")


@pytest.mark.parametrize("event", [None, [], "text", {"quantityList": [1]}], ids=str)
def test_an_event_that_nobody_can_read_is_refused(event: Any) -> None:
    world = build_world()
    world.told.setdefault("events", [])
    draft = world.draft("TraceEventRecord", EVENT, {"event": event})
    world.publish("event-0", draft, to="events")
    report = check(told(world), world.signed_trust_list())
    assert code(report, 10) == ("fail", "event-unreadable")


def test_another_record_is_no_event() -> None:
    world = build_world()
    world.told["events"] = ["run"]
    report = check(told(world), world.signed_trust_list())
    assert code(report, 10) == ("fail", "event-unreadable")


def test_no_more_is_taken_than_is_read(light_house: House) -> None:
    def many(files: Files) -> None:
        document = json.loads(files["evidence.json"])
        empty = {"token": "a", "leaf": "", "log_index": None, "proof": None}
        document["inputs"] = [empty] * (MAX_RECORDS + 1)
        files["evidence.json"] = json.dumps(document)
        for name in [one for one in files if one.startswith(("records/", "proofs/"))]:
            del files[name]
        files.update(derived_files(document))

    with pytest.raises(DomainError) as refusal:
        read_bundle(rebuilt(house_bundle(light_house), many))
    assert refusal.value.code == "bundle-malformed"
