"""Zips made to hurt whoever opens them: each is refused by its code."""

import io
import json
import stat
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from zipfile import ZIP_BZIP2, ZIP_STORED, ZipFile, ZipInfo

import pytest
from hypothesis import given, strategies as st

from tests.verification.make_bundles import (
    Files,
    bundled,
    check,
    files_in,
    rebuilt,
    zipped,
)
from tests.verification.make_machine import Machine
from tests.verification.make_verification import build_world
from traceability.core.errors import DomainError
from traceability.verification.bundle import archive
from traceability.verification.bundle.archive import pack, unpack
from traceability.verification.bundle.contents import read_bundle

HONEST = bundled(build_world())
LINK = (stat.S_IFLNK | 0o777) << 16


def code_of(data: bytes) -> str:
    with pytest.raises(DomainError) as refusal:
        read_bundle(data)
    return refusal.value.code


def entry(name: str, data: bytes = b"x", **members: int) -> bytes:
    one = ZipInfo(name)
    for member, value in members.items():
        setattr(one, member, value)
    target = io.BytesIO()
    with ZipFile(target, "w") as file:
        file.writestr(one, data)
    return target.getvalue()


def with_flag(data: bytes, flag: int) -> bytes:
    """Set a general-purpose flag of the first file, there and in the directory."""
    bent = bytearray(data)
    for place in (6, data.rfind(b"PK\x01\x02") + 8):
        (flags,) = struct.unpack_from("<H", bent, place)
        struct.pack_into("<H", bent, place, flags | flag)
    return bytes(bent)


def claiming(data: bytes, size: int) -> bytes:
    """Let the first file claim to unfold to ``size`` bytes."""
    bent = bytearray(data)
    struct.pack_into("<L", bent, 22, size)
    struct.pack_into("<L", bent, data.rfind(b"PK\x01\x02") + 24, size)
    return bytes(bent)


def twice(name: str) -> bytes:
    target = io.BytesIO()
    with ZipFile(target, "w") as file:
        file.writestr(name, "a")
        file.writestr(name.swapcase(), "b")  # one file on many systems
    return target.getvalue()


def overlapping() -> bytes:
    """Two directory entries that unfold the same bytes."""
    data = zipped(("a", b"x" * 100), ("b", b"x" * 100))
    directory = data.find(b"PK\x01\x02")
    second = data.rfind(b"PK\x01\x02")
    bent = bytearray(data)
    bent[second + 42 : second + 46] = bent[directory + 42 : directory + 46]
    return bytes(bent)


def misnamed() -> bytes:
    """The file says another name than the directory."""
    data = bytearray(zipped(("evidence.json", b"{}")))
    data[30:43] = b"evidence.jsom"
    return bytes(data)


BENT: list[tuple[str, bytes, str]] = [
    ("empty", b"", "bundle-malformed"),
    ("no zip", b"PK is what it says", "bundle-malformed"),
    ("an empty zip", b"PK\x05\x06" + bytes(18), "bundle-malformed"),
    ("cut short", HONEST[:-1], "bundle-malformed"),
    ("cut in half", HONEST[: len(HONEST) // 2], "bundle-malformed"),
    ("a byte behind", HONEST + b"\n", "bundle-trailing-bytes"),
    ("bytes before", b"#!/bin/sh\n" + HONEST, "bundle-trailing-bytes"),
    ("a zip behind", HONEST + HONEST, "bundle-trailing-bytes"),
    ("up and out", entry("../evidence.json"), "bundle-name-unsafe"),
    ("up inside", entry("records/../../x"), "bundle-name-unsafe"),
    ("absolute", entry("/etc/passwd"), "bundle-name-unsafe"),
    ("a drive", entry("C:evidence.json"), "bundle-name-unsafe"),
    ("backslashes", entry("records\\x.jws"), "bundle-name-unsafe"),
    ("hidden", entry(".bashrc"), "bundle-name-unsafe"),
    ("too deep", entry("a/b/c"), "bundle-name-unsafe"),
    ("a control character", entry("a\nb"), "bundle-name-unsafe"),
    ("letters beyond ASCII", entry("hồ-sơ.json"), "bundle-name-unsafe"),
    ("a long name", entry("a" * 300), "bundle-name-unsafe"),
    ("no name", entry(""), "bundle-name-unsafe"),
    ("a name twice", twice("a.json"), "bundle-name-twice"),
    ("a folder", entry("records/"), "bundle-link"),
    ("a symbolic link", entry("a.json", external_attr=LINK), "bundle-link"),
    ("encrypted", with_flag(entry("a.json"), 0x1), "bundle-encrypted"),
    ("strongly encrypted", with_flag(entry("a.json"), 0x40), "bundle-encrypted"),
    ("sizes behind", with_flag(entry("a.json"), 0x8), "bundle-malformed"),
    ("another packing", entry("a", compress_type=ZIP_BZIP2), "bundle-malformed"),
    ("a zip inside", zipped(("a.zip", HONEST)), "bundle-nested"),
    ("a zip by another name", zipped(("a.json", HONEST)), "bundle-nested"),
    ("gzip inside", zipped(("a.json", b"\x1f\x8b\x08")), "bundle-nested"),
    ("no UTF-8", zipped(("a.json", b"\xff\xfe")), "bundle-not-utf8"),
    ("half a letter", zipped(("a.json", "ế".encode()[:2])), "bundle-not-utf8"),
    ("a bomb", zipped(("a.json", bytes(8 * 1024 * 1024))), "bundle-ratio"),
    ("less than it claims", claiming(entry("a", b"xyz"), 4), "bundle-malformed"),
    ("more than it claims", claiming(entry("a", b"xyz"), 2), "bundle-malformed"),
    ("overlapping", overlapping(), "bundle-trailing-bytes"),
    ("two names", misnamed(), "bundle-malformed"),
    ("no manifest", zipped(("a.json", b"{}")), "bundle-malformed"),
    (
        "many files",
        zipped(*((f"f{number}", b"") for number in range(archive.MAX_FILES + 1))),
        "bundle-too-large",
    ),
    ("a huge zip", bytes(archive.MAX_BYTES + 1), "bundle-too-large"),
]


@pytest.mark.parametrize(
    ("data", "expected"), [one[1:] for one in BENT], ids=[one[0] for one in BENT]
)
def test_a_bent_zip_is_refused_by_its_code(data: bytes, expected: str) -> None:
    assert code_of(data) == expected


def test_many_files_that_unfold_to_too_much_are_refused() -> None:
    noise = bytes(number * 7 % 251 for number in range(1024)) * 512  # packs 60 : 1
    most = archive.MAX_TOTAL // len(noise) + 1
    data = zipped(*((f"f{number}", noise) for number in range(most)))
    assert len(data) < archive.MAX_BYTES
    assert code_of(data) in {"bundle-too-large", "bundle-ratio"}


def test_stored_files_are_read_as_well() -> None:
    target = io.BytesIO()
    with ZipFile(target, "w", ZIP_STORED) as file:
        for name, text in files_in(HONEST).items():
            file.writestr(name, text)
    assert read_bundle(target.getvalue()).link == read_bundle(HONEST).link


def test_a_damaged_byte_is_noticed_wherever_it_lies() -> None:
    for place in range(0, len(HONEST), 97):
        bent = bytearray(HONEST)
        bent[place] ^= 0xFF
        try:
            unpacked = unpack(bytes(bent))
        except DomainError:
            continue
        assert unpacked == files_in(HONEST)  # a time or a comment: no file's content


@given(st.binary(max_size=300))
def test_any_bytes_are_refused_with_a_code(data: bytes) -> None:
    assert code_of(b"PK\x03\x04" + data).startswith("bundle-")


@given(st.dictionaries(st.from_regex(r"\A[a-z]{1,8}\Z"), st.text(max_size=50)))
def test_what_is_packed_is_unpacked(files: dict[str, str]) -> None:
    if files:
        data = pack({name: text.encode() for name, text in files.items()})
        nested = any(text.startswith("PK\x03\x04") for text in files.values())
        assert nested or unpack(data) == files


def test_nobody_packs_what_nobody_would_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_TOTAL", 10)
    with pytest.raises(DomainError, match="larger"):
        pack({"a": b"x" * 11})
    monkeypatch.setattr(archive, "MAX_TOTAL", 10_000)
    monkeypatch.setattr(archive, "MAX_BYTES", 100)
    with pytest.raises(DomainError, match="larger"):
        pack({"a": zlib.compress(b"x" * 10), "b": bytes(range(256))})


def manifest(**changes: object) -> Callable[[Files], None]:
    def change(files: Files) -> None:
        files["manifest.json"] = json.dumps(
            {**json.loads(files["manifest.json"]), **changes}
        )

    return change


def text(name: str, content: str) -> Callable[[Files], None]:
    def change(files: Files) -> None:
        files[name] = content

    return change


def gone(name: str) -> Callable[[Files], None]:
    def change(files: Files) -> None:
        del files[name]

    return change


def first(folder: str) -> str:
    return next(name for name in sorted(files_in(HONEST)) if name.startswith(folder))


PARTS: list[tuple[Callable[[Files], None], str]] = [
    (manifest(v=2), "bundle-malformed"),
    (manifest(made_at="today"), "bundle-malformed"),
    (manifest(link=7), "bundle-malformed"),
    (manifest(link="https://tx.example/01/09520001001017"), "bundle-parts-differ"),
    (text("evidence.json", "[]"), "bundle-malformed"),
    (text("evidence.json", '{"v":1}'), "bundle-parts-differ"),
    (text("evidence.json", '{"a":1,"a":2}'), "bundle-malformed"),
    (text("evidence.json", "[" * 100_000), "bundle-malformed"),
    (text("later-leaves.json", '{"leaves":["!"]}'), "bundle-malformed"),
    (text("later-leaves.json", '{"leaves":{}}'), "bundle-malformed"),
    (
        text("later-leaves.json", json.dumps({"leaves": [""] * 16_385})),
        "bundle-malformed",
    ),
    (text("disclosures.json", '{"disclosures":[{}]}'), "bundle-malformed"),
    (text("events.jsonld", '{"epcisBody":{"eventList":[1]}}'), "bundle-malformed"),
    (text("events.jsonld", "{}"), "bundle-malformed"),
    (gone("evidence.json"), "bundle-malformed"),
    (gone("trust-list.jws"), "bundle-malformed"),
    (gone("later-leaves.json"), "bundle-malformed"),
    (gone(first("records/")), "bundle-parts-differ"),
    (gone(first("proofs/")), "bundle-parts-differ"),
    (text(first("records/"), "a.b.c"), "bundle-parts-differ"),
    (text(first("proofs/"), "c2sp.org/tlog-proof@v1\n"), "bundle-parts-differ"),
    (text("records/more.jws", "a.b.c"), "bundle-parts-differ"),
    (text("status/suspension-0.jws", "a.b.c"), "bundle-parts-differ"),
]


@pytest.mark.parametrize(("change", "expected"), PARTS)
def test_parts_that_do_not_fit_are_refused(
    change: Callable[[Files], None], expected: str
) -> None:
    assert code_of(rebuilt(HONEST, change)) == expected


def test_every_file_is_as_the_manifest_lists_it() -> None:
    files = {name: one.encode() for name, one in files_in(HONEST).items()}
    for name, data in files.items():
        if name != "manifest.json":
            changed = {**files, name: data + b" "}
            assert code_of(pack(changed)) == "bundle-manifest-mismatch"
    assert code_of(pack({**files, "more.txt": b""})) == "bundle-manifest-mismatch"


def test_status_lists_travel_under_their_names() -> None:
    world = build_world()
    token = world.sign({"id": "https://tx.example/status/suspension/0"})
    odd = world.sign({"id": "https://tx.example/elsewhere"})
    told = json.loads(files_in(HONEST)["evidence.json"])
    data = bundled(world, {**told, "status": [token, odd]})
    files = files_in(data)
    assert files["status/suspension-0.jws"] == token
    assert odd in files.values()
    assert read_bundle(data).document["status"] == [token, odd]


def test_a_token_nobody_can_read_still_has_a_name() -> None:
    told = json.loads(files_in(HONEST)["evidence.json"])
    for token in ("a.!.c", "", "a.b", "ab"):
        served = [{**told["records"][0], "token": token}, *told["records"][1:]]
        data = bundled(build_world(), {**told, "records": served})
        report = check(data, build_world().signed_trust_list())
        assert report.exit_code != 0


def test_the_command_refuses_with_words_and_writes_nothing(
    machine: Machine, tmp_path: Path
) -> None:
    file = tmp_path / "bundle.zip"
    before = {*tmp_path.rglob("*"), file}
    for name, data, _code in BENT:
        if data.startswith(b"PK"):
            file.write_bytes(data)
            assert machine.verify(str(file), "--offline") == 2, name
            assert "Error: " in machine.err
    assert {*tmp_path.rglob("*")} == before
