"""`traceability verify` end to end: a real service, real sockets, real files."""

from pathlib import Path

import pytest
from PIL import Image

from tests.status.make_status import HELD, RECALLED, change
from tests.verification.make_house import void_first
from tests.verification.make_machine import Machine
from tests.verification.make_photos import picture_of
from traceability.labels.job import LabelKind
from traceability.labels.queries import job_of, runs_of_batch
from traceability.labels.room import label_keys_of
from traceability.labels.sheets import SheetFormat, print_sheets
from traceability.verification import cli


def test_a_label_is_verified_from_afar(machine: Machine) -> None:
    label = machine.house.sealed[0].qr_text
    code, answer = machine.verify_json(label)
    assert (code, answer["verdict"]) == (0, "verified")
    assert answer["checks"][6]["result"] == "not-checked"  # seen for the first time
    code, answer = machine.verify_json(label)
    assert [one["result"] for one in answer["checks"]] == ["pass"] * 11
    assert set(answer) == {"verdict", "checks"}


def test_the_log_may_grow_between_two_looks(machine: Machine) -> None:
    label = machine.house.serials[1].qr_text
    assert machine.verify(label) == 0
    void_first(machine.house)
    code, answer = machine.verify_json(label)
    assert (code, answer["checks"][6]["result"]) == (0, "pass")
    code, answer = machine.verify_json(machine.house.serials[0].qr_text)
    assert (code, answer["verdict"]) == (1, "void")


def test_the_text_says_verdict_and_checks_in_words(machine: Machine) -> None:
    assert machine.verify(machine.house.serials[0].qr_text) == 0
    assert machine.out.startswith("VERIFIED  HTTP://127.0.0.1:")
    assert len(machine.out.splitlines()) == 12
    assert "  8 ✓ currency" in machine.out


def test_a_sealed_label_is_verified_offline_with_a_trust_list(
    machine: Machine, tmp_path: Path
) -> None:
    trust = tmp_path / "trust-list.jws"
    trust.write_bytes(machine.get("/.well-known/trust-list.jws"))
    machine.settings = None  # no home at all
    label = machine.house.sealed[0]
    args = ("--offline", "--trust", str(trust))
    assert machine.verify(label.qr_text, *args) == 0
    assert machine.verify(label.link, *args) == 2
    assert machine.verify(label.qr_text, "--offline") == 2
    other = machine.house.sealed[1].qr_text.partition("?s=")[2]
    assert machine.verify(f"{label.link}?s={other}", *args) == 1


def test_the_services_own_machine_trusts_its_own_keys(machine: Machine) -> None:
    machine.settings = machine.house.use.settings
    code, answer = machine.verify_json(machine.house.serials[0].qr_text)
    assert code == 0
    assert "names itself" not in answer["checks"][1]["detail"]
    assert machine.verify("https://other.example/01/09520001001017") == 1


def test_a_record_file_is_verified_with_its_proof(
    machine: Machine, tmp_path: Path
) -> None:
    record = machine.record()
    token, proof = tmp_path / "record.jws", tmp_path / "proof.txt"
    token.write_bytes(machine.get(f"/records/{record.public_id}"))
    proof.write_bytes(machine.get(f"/records/{record.public_id}/proof"))
    assert machine.verify(str(token)) == 0
    code, answer = machine.verify_json(str(token), "--proof", str(proof))
    assert (code, answer["checks"][5]["result"]) == (0, "pass")
    assert machine.verify(str(proof)) == 2
    head, _, signature = token.read_text().rpartition(".")
    for forged in (signature[::-1], signature[:-4] + "AAAA", ""):
        token.write_text(f"{head}.{forged}")
        assert machine.verify(str(token)) == 1


def test_a_photo_of_one_code_is_verified(machine: Machine, tmp_path: Path) -> None:
    photo = tmp_path / "tem.jpg"
    photo.write_bytes(picture_of(machine.house.sealed[0].qr_text, kind="JPEG"))
    code, answer = machine.verify_json(str(photo))
    assert (code, set(answer)) == (0, {"verdict", "checks"})


def test_of_several_codes_the_gravest_decides(machine: Machine, tmp_path: Path) -> None:
    photo = tmp_path / "tem.webp"
    texts = [machine.house.serials[0].qr_text, "https://evil.example/"]
    photo.write_bytes(picture_of(*texts, kind="WEBP"))
    code, answer = machine.verify_json(str(photo))
    assert (code, answer["verdict"]) == (1, "failed")
    found = {one["link"]: one["verdict"] for one in answer["labels"]}
    assert sorted(found.values()) == ["failed", "verified"]


def test_a_printed_sheet_is_verified_label_by_label(
    machine: Machine, tmp_path: Path
) -> None:
    use, keys = machine.house.use, label_keys_of(machine.house.use)
    with use.database.reading() as session:
        runs = runs_of_batch(session, machine.house.batch)
        run = next(one.run for one in runs if one.run.kind == LabelKind.SERIAL)
        job = job_of(run, machine.house.batch)
    sheet = tmp_path / "sheet.pdf"
    sheet.write_bytes(print_sheets(job, SheetFormat.PDF, keys).files[0])
    code, answer = machine.verify_json(str(sheet))
    assert code == 0
    assert len(answer["labels"]) == 5
    assert {one["verdict"] for one in answer["labels"]} == {"verified"}


@pytest.mark.parametrize(
    "data",
    [b"", b"hello", b"\xff\xfe", b"%PDF-1.4", b"a b.c.d", b"c2sp.org/tlog-proof"],
)
def test_a_file_that_is_nothing_of_all_this_is_refused(
    machine: Machine, tmp_path: Path, data: bytes
) -> None:
    file = tmp_path / "file"
    file.write_bytes(data)
    assert machine.verify(str(file)) == 2
    assert machine.err.startswith("Error: ")


def test_a_picture_without_a_code_is_refused(machine: Machine, tmp_path: Path) -> None:
    blank = tmp_path / "blank.png"
    Image.new("RGB", (200, 200), "white").save(blank)
    assert machine.verify(str(blank)) == 2
    assert "No QR code" in machine.err


def test_what_is_neither_link_nor_file_is_refused(machine: Machine) -> None:
    assert machine.verify("nothing-of-the-kind") == 2
    assert "neither a link nor a file" in machine.err


def test_a_file_too_large_is_refused(
    machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "MAX_BYTES", 10)
    file = tmp_path / "file"
    file.write_bytes(b"x" * 11)
    assert machine.verify(str(file)) == 2


def test_a_service_that_is_gone_leaves_checks_open(
    machine: Machine, tmp_path: Path
) -> None:
    trust = tmp_path / "trust-list.jws"
    trust.write_bytes(machine.get("/.well-known/trust-list.jws"))
    gone = machine.house.serials[0].qr_text.replace(f"{machine.origin[7:]}", "x")
    assert machine.verify(gone) == 2
    assert machine.verify(gone, "--trust", str(trust)) == 1


def test_a_recall_reaches_a_phone_without_network_as_a_list(
    machine: Machine, tmp_path: Path
) -> None:
    house = machine.house
    trust, label = tmp_path / "trust-list.jws", house.sealed[0].qr_text
    trust.write_bytes(machine.get("/.well-known/trust-list.jws"))
    args = [label, "--offline", "--trust", str(trust)]

    def fetched(name: str) -> list[str]:
        lists = []
        for purpose in ("revocation", "suspension"):
            path = tmp_path / f"{purpose}-{name}.jws"
            path.write_bytes(machine.get(f"/status/{purpose}/0"))
            lists += ["--status", str(path)]
        return lists

    assert machine.verify_json(*args)[1]["checks"][7]["result"] == "not-checked"
    before = fetched("before")
    code, answer = machine.verify_json(*args, *before)
    assert (code, answer["checks"][7]["result"]) == (0, "pass")
    assert "as of 2026-11-22T03:00:00Z" in answer["checks"][7]["detail"]
    change(house, HELD)
    code, answer = machine.verify_json(*args, *before, *fetched("held"))
    assert (code, answer["verdict"]) == (1, "held")
    change(house, RECALLED)
    code, answer = machine.verify_json(*args, *fetched("recalled"), *before)
    assert (code, answer["verdict"]) == (1, "recalled")


def test_what_was_learnt_online_is_known_offline(machine: Machine) -> None:
    label = machine.house.sealed[0].qr_text
    assert machine.verify(label) == 0
    code, answer = machine.verify_json(label, "--offline")
    assert (code, answer["checks"][7]["result"]) == (0, "pass")
    change(machine.house, RECALLED)
    assert machine.verify(label) == 1
    code, answer = machine.verify_json(label, "--offline")
    assert (code, answer["verdict"]) == (1, "recalled")


def test_a_file_too_long_for_a_list_is_refused(
    machine: Machine, tmp_path: Path
) -> None:
    path = tmp_path / "list.jws"
    path.write_text("x" * 70_000)
    label = machine.house.sealed[0].qr_text
    assert machine.verify(label, "--offline", "--status", str(path)) == 2
    assert "too large" in machine.err
