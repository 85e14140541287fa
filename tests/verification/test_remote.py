"""The doubting verifier: whom it pins, what it remembers, what it does when alone."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.conftest import FixedClock
from tests.forgeries.case import Case, tell
from tests.verification.make_handover import VERSION, handed_over, make_root
from tests.verification.make_verification import (
    NOW,
    SmallLog,
    World,
    build_world,
    make_key,
)
from traceability.signing.handover import sign_handover
from traceability.signing.keys import KeyRole
from traceability.signing.trust_list import sign_trust_list
from traceability.transparency.tiles import WIDTH, format_bundle, parse_tile
from traceability.verification.fetching import FetchError
from traceability.verification.memory import (
    Memory,
    MemoryUnreadableError,
    memory_file,
    recall,
    remember,
)
from traceability.verification.opened import LoggedRecord
from traceability.verification.remote import (
    EVIDENCE_PATH,
    MAX_TILES,
    TILES_PATH,
    TRUST_LIST_PATH,
    Verifier,
)
from traceability.verification.report import Report
from traceability.verification.verdict import Verdict


class Service:
    """Serves a case without a socket, and notes what it was asked."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.asked: list[str] = []
        self.silent: set[str] = set()

    def fetch(self, url: str, **limits: int) -> bytes:
        self.asked.append(url)
        path = urlsplit(url).path
        at_home = url.startswith(f"{self.case.world.identity.origin}/")
        if not at_home or any(path.startswith(one) for one in self.silent):
            raise FetchError("%(url)s answered too much.", url=url)
        if path == TRUST_LIST_PATH:
            return self.case.trust_list.encode()
        if path == EVIDENCE_PATH:
            return json.dumps(self.case.document).encode()
        tile = parse_tile(path.removeprefix(TILES_PATH))
        begin = tile.index * WIDTH
        return format_bundle(self.case.leaves[begin : begin + tile.width])


@pytest.fixture
def world() -> World:
    return build_world()


@pytest.fixture
def service(world: World) -> Service:
    return Service(tell(world))


def check(service: Service, notes: Path | None = None, **how: object) -> Report:
    values = {"clock": FixedClock(NOW), "notes": notes, "fetch": service.fetch, **how}
    return Verifier(**values).check_link(service.case.text)  # type: ignore[arg-type]  # test data


def test_the_first_service_met_is_pinned_and_said_so(
    service: Service, tmp_path: Path
) -> None:
    report = check(service, tmp_path)
    assert report.verdict is Verdict.VERIFIED
    assert report.finding(2).code == "host-first-sight"
    assert service.case.world.root.kid in report.finding(2).detail
    assert report.finding(7).code == "first-sight"
    again = check(service, tmp_path)
    assert again.finding(2).code == "host-trusted"
    assert again.finding(7).code == "checkpoint-forked"  # no proof from that size


def test_the_size_seen_is_asked_from(service: Service, tmp_path: Path) -> None:
    remember(memory_file(tmp_path, "tx.example"), service.case.memory)
    assert check(service, tmp_path).exit_code == 0
    [url] = [one for one in service.asked if EVIDENCE_PATH in one]
    assert parse_qs(urlsplit(url).query)["since"] == ["2"]


def test_a_fork_is_not_remembered(service: Service, tmp_path: Path) -> None:
    path = memory_file(tmp_path, "tx.example")
    remember(path, service.case.memory)
    service.case.document["consistency"] = None
    assert check(service, tmp_path).finding(7).code == "checkpoint-forked"
    assert recall(path).checkpoint == service.case.memory.checkpoint


def test_a_newer_list_is_taken_over_and_never_given_back(
    service: Service, tmp_path: Path, world: World
) -> None:
    remember(memory_file(tmp_path, "tx.example"), service.case.memory)
    service.case.trust_list = world.signed_trust_list(version=9)
    assert check(service, tmp_path).exit_code == 0
    service.case.trust_list = world.signed_trust_list(version=8)
    assert check(service, tmp_path).finding(2).code == "trust-list-older"


def test_the_root_may_hand_over_to_the_next(
    service: Service, tmp_path: Path, world: World
) -> None:
    heir = make_key(KeyRole.ROOT, "tx.example")
    both = (*world.trust_list().keys, heir.public)
    remember(
        memory_file(tmp_path, "tx.example"),
        replace(service.case.memory, trust_list=world.signed_trust_list(keys=both)),
    )
    service.case.trust_list = sign_trust_list(
        world.trust_list(version=4, keys=both), signer=heir
    )
    assert check(service, tmp_path).exit_code == 0


def test_who_missed_the_hand_over_follows_two_roots(
    service: Service, tmp_path: Path, world: World
) -> None:
    notes = memory_file(tmp_path, "tx.example")
    remember(notes, service.case.memory)
    heirs = make_root(world), make_root(world)
    service.case.trust_list = handed_over(world, *heirs)
    report = check(service, tmp_path)
    assert (report.verdict, report.exit_code) == (Verdict.VERIFIED, 0)
    assert report.finding(2).code == "host-trusted"
    assert recall(notes).trust_list == service.case.trust_list
    service.case.trust_list = world.signed_trust_list(version=VERSION + 1)
    assert check(service, tmp_path).finding(2).code == "key-expired"


def test_a_list_by_hand_of_long_ago_follows_too(service: Service, world: World) -> None:
    old = world.signed_trust_list(version=1, expires=NOW - timedelta(days=1))
    service.case.trust_list = handed_over(world, make_root(world), make_root(world))
    assert check(service, trust_list=old).exit_code == 0


def test_a_stolen_root_does_not_lead_away_who_saw_it_end(
    service: Service, tmp_path: Path, world: World
) -> None:
    heir, thief = make_root(world), make_root(world)
    known = Memory(trust_list=handed_over(world, heir))
    notes = memory_file(tmp_path, "tx.example")
    remember(notes, known)
    dated_back = NOW - timedelta(days=25)
    word = sign_handover(thief.public, dated_back, signer=world.root)
    forged = world.trust_list(version=VERSION + 1, handovers=(word,))
    service.case.trust_list = sign_trust_list(forged, signer=thief)
    assert check(service, tmp_path).finding(2).code == "key-unknown"
    assert recall(notes) == known


def test_a_list_by_hand_decides_whose_root_counts(
    service: Service, tmp_path: Path, world: World
) -> None:
    other = build_world()
    remember(
        memory_file(tmp_path, "tx.example"),
        Memory(trust_list=other.signed_trust_list()),
    )
    assert check(service, tmp_path).finding(2).code == "key-unknown"
    by_hand = world.signed_trust_list()
    assert check(service, tmp_path, trust_list=by_hand).exit_code == 0


def test_an_expired_list_by_hand_still_pins_its_root(
    service: Service, world: World
) -> None:
    old = world.signed_trust_list(version=1, expires=NOW - timedelta(days=1))
    assert check(service, trust_list=old).exit_code == 0
    offline = check(service, trust_list=old, offline=True)
    assert offline.finding(2).code == "trust-list-expired"
    assert offline.verdict is Verdict.FAILED


def test_a_list_by_hand_that_is_none_trusts_nobody(service: Service) -> None:
    report = check(service, trust_list="no list")
    assert report.finding(2).code == "token-malformed"
    assert service.asked == []


def test_a_list_by_hand_that_does_not_name_the_host_asks_nobody(
    service: Service,
) -> None:
    other = build_world("https://other.example").signed_trust_list()
    report = check(service, trust_list=other)
    assert report.finding(2).code == "host-not-trusted"
    assert service.asked == []


def test_a_second_service_is_not_taken_at_its_word(
    service: Service, tmp_path: Path
) -> None:
    known = build_world("https://other.example").signed_trust_list()
    remember(memory_file(tmp_path, "other.example"), Memory(trust_list=known))
    assert check(service, tmp_path).finding(2).code == "host-not-trusted"
    assert service.asked == []


@pytest.mark.parametrize(
    ("silent", "open_checks"),
    [
        (TRUST_LIST_PATH, {2, 5, 6}),
        (EVIDENCE_PATH, {3, 4, 5, 6, 8, 9}),
        (TILES_PATH, {8}),
    ],
)
def test_a_silent_service_leaves_checks_open(
    service: Service, silent: str, open_checks: set[int]
) -> None:
    service.silent.add(silent)
    report = check(service)
    assert (report.verdict, report.exit_code) == (Verdict.INCOMPLETE, 2)
    found = {one.number for one in report.findings if one.result.value == "not-checked"}
    assert open_checks <= found


def test_a_list_kept_serves_while_the_service_gives_none(
    service: Service, tmp_path: Path
) -> None:
    remember(memory_file(tmp_path, "tx.example"), service.case.memory)
    service.silent.add(TRUST_LIST_PATH)
    assert check(service, tmp_path).exit_code == 0


def test_an_answer_that_is_no_evidence_leaves_checks_open(service: Service) -> None:
    service.case.document = {"hello": "world"}
    report = check(service)
    assert report.finding(4).code == "evidence-malformed"
    assert report.exit_code == 2


def test_a_log_too_long_to_read_is_believed_only_with_status_lists(
    world: World, service: Service
) -> None:
    filler = [b"x"] * (WIDTH * (MAX_TILES + 1))
    world.log = SmallLog(world.log_key, world.log.origin, [*world.log.leaves, *filler])
    service.case = tell(world, status=world.status_lists())
    report = check(service)
    assert report.finding(8).code == "current-as-told"
    assert report.verdict is Verdict.VERIFIED
    service.case.document["status"] = []
    alone = check(service)
    assert alone.finding(8).code == "status-list-missing"
    assert alone.verdict is Verdict.INCOMPLETE
    assert not [one for one in service.asked if TILES_PATH in one]


def test_a_record_logged_last_has_no_entries_after_it(service: Service) -> None:
    case = service.case
    again = case.world.publish_batch("again", case.world.batch())
    service.case = tell(case.world)
    for name in ("batch", "run"):
        service.case.drop(name)
    assert service.case.document["shown"]["record_sha256"] == again
    assert check(service).finding(8).code == "version-missing"
    assert not [one for one in service.asked if TILES_PATH in one]


def offline(service: Service, notes: Path | None = None, **how: object) -> Report:
    report = check(service, notes, offline=True, **how)
    assert service.asked == []
    return report


def sealed(case: Case, **facts: object) -> Case:
    link = case.world.link(serial=case.world.serial())
    case.text = f"{link.qr_text()}?s={case.world.seal(link, **facts)}"
    return case


def test_offline_a_seal_and_a_list_make_green(service: Service) -> None:
    sealed(service.case)
    report = offline(service, trust_list=service.case.trust_list)
    assert (report.verdict, report.exit_code) == (Verdict.VERIFIED, 0)
    assert [one.result.value for one in report.findings][:3] == ["pass"] * 3


def test_offline_nothing_is_green_without_a_seal(service: Service) -> None:
    report = offline(service, trust_list=service.case.trust_list)
    assert (report.verdict, report.exit_code) == (Verdict.INCOMPLETE, 2)


def test_offline_nothing_is_green_without_a_list(
    service: Service, tmp_path: Path
) -> None:
    sealed(service.case)
    assert offline(service).exit_code == 2
    assert offline(service, notes=tmp_path).exit_code == 2


def test_offline_the_memory_serves_as_list(service: Service, tmp_path: Path) -> None:
    sealed(service.case)
    remember(memory_file(tmp_path, "tx.example"), service.case.memory)
    assert offline(service, notes=tmp_path).exit_code == 0


def test_offline_one_file_suffices_beside_notes_with_the_old_root(
    service: Service, tmp_path: Path, world: World
) -> None:
    remember(memory_file(tmp_path, "tx.example"), service.case.memory)
    world.seal_key = make_key(KeyRole.SEAL, "tx.example")  # none of the notes' keys
    sealed(service.case)
    new = handed_over(world, make_root(world), make_root(world))
    assert offline(service, notes=tmp_path).finding(3).code == "key-unknown"
    report = offline(service, notes=tmp_path, trust_list=new)
    assert (report.verdict, report.exit_code) == (Verdict.VERIFIED, 0)


def test_offline_an_old_file_does_not_undo_notes_with_the_new_root(
    service: Service, tmp_path: Path, world: World
) -> None:
    old = service.case.trust_list
    world.seal_key = make_key(KeyRole.SEAL, "tx.example")
    sealed(service.case)
    new = handed_over(world, make_root(world), make_root(world))
    remember(memory_file(tmp_path, "tx.example"), Memory(trust_list=new))
    assert offline(service, trust_list=old).finding(3).code == "key-unknown"
    assert offline(service, notes=tmp_path, trust_list=old).exit_code == 0


def test_offline_the_seal_tells_that_it_is_past_its_day(service: Service) -> None:
    yesterday = NOW.date() - timedelta(days=1)
    sealed(service.case, expiry=yesterday)
    report = offline(service, trust_list=service.case.trust_list)
    assert (report.verdict, report.facts.expired_after) == (Verdict.EXPIRED, yesterday)
    sealed(service.case, expiry=yesterday, flags=1)  # best before: not the same
    report = offline(service, trust_list=service.case.trust_list)
    assert report.verdict is Verdict.VERIFIED


def test_offline_a_revoked_seal_key_is_never_green(
    service: Service, world: World
) -> None:
    sealed(service.case)
    keys = [
        replace(key, revoked_at=1_000_000) if key.role is KeyRole.SEAL else key
        for key in world.trust_list().keys
    ]
    report = offline(service, trust_list=world.signed_trust_list(keys=tuple(keys)))
    assert report.finding(3).code == "key-revoked"
    assert report.verdict is Verdict.FAILED


def record_of(world: World, name: str, *, proven: bool) -> LoggedRecord:
    record = world.proven(name)
    return record if proven else LoggedRecord(token=record.token)


@pytest.mark.parametrize("proven", [True, False])
def test_one_record_is_checked_by_itself(
    service: Service, world: World, *, proven: bool
) -> None:
    verifier = Verifier(clock=FixedClock(NOW), fetch=service.fetch)
    record = record_of(world, "recognition", proven=proven)
    note = world.log.checkpoint() if proven else ""
    report = verifier.check_record(record, note)
    assert (report.verdict, report.exit_code) == (Verdict.VERIFIED, 0)
    assert report.finding(6).result.value == ("pass" if proven else "not-checked")


def test_a_proof_alone_shows_the_place_but_not_the_record(
    service: Service, world: World
) -> None:
    verifier = Verifier(clock=FixedClock(NOW), fetch=service.fetch)
    record = replace(world.proven("batch"), token="")
    report = verifier.check_record(record, world.log.checkpoint())
    assert report.finding(6).result.value == "pass"
    assert report.finding(5).code == "record-not-at-hand"
    assert report.exit_code == 2


def test_a_proof_alone_that_is_false_fails(service: Service, world: World) -> None:
    verifier = Verifier(clock=FixedClock(NOW), fetch=service.fetch)
    record = replace(world.proven("batch"), token="", leaf=b'{"subject":"x"}')
    report = verifier.check_record(record, world.log.checkpoint())
    assert report.exit_code == 2  # nobody is named, so nobody is trusted
    trusted = replace(verifier, trust_list=world.signed_trust_list())
    assert trusted.check_record(record, world.log.checkpoint()).exit_code == 1


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"trust_list": 1', "\x00"])
def test_damaged_notes_are_never_taken_for_none(
    service: Service, tmp_path: Path, text: str
) -> None:
    memory_file(tmp_path, "tx.example").write_text(text)
    with pytest.raises(MemoryUnreadableError):
        check(service, tmp_path)


def test_notes_that_cannot_be_written_do_not_hide_the_verdict(
    service: Service,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def full(*_: object, **__: object) -> Callable[[], None]:
        raise OSError("no space left on device")

    monkeypatch.setattr("traceability.verification.memory.os.fsync", full)
    assert check(service, tmp_path).verdict is Verdict.VERIFIED
    assert "nothing could be remembered" in caplog.text
    assert list(tmp_path.iterdir()) == []


def test_notes_are_kept_whole(tmp_path: Path) -> None:
    path = memory_file(tmp_path / "verifier", "127.0.0.1:8000")
    assert path.name == "127.0.0.1%3A8000.json"
    remember(path, Memory(trust_list="a", checkpoint="b"))
    assert recall(path) == Memory(trust_list="a", checkpoint="b")
    assert recall(tmp_path / "none") == Memory()
