"""A newcomer's two minutes: real processes, a printed link, a check without us."""

import json
import os
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pypdfium2
import pytest
import zxingcpp
from PIL import Image, ImageFilter

from tests.journeys.make_service import HOST, free_port
from tests.processes import run, start

# Small print can look like a code of another kind.
QR = zxingcpp.barcode_formats_from_str("QRCode")

pytestmark = pytest.mark.slow


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine with the program on it; ``home`` is where it keeps its things."""

    home: Path
    port: int

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return run(*arguments, env=self.environment, cwd=self.home.parent)

    def told(self, *arguments: str) -> str:
        done = self.run(*arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout

    @property
    def environment(self) -> Mapping[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "TRACEABILITY_HOME": str(self.home),
            "TRACEABILITY_MIN_FREE_MB": "0",
            "TRACEABILITY_WORKER": "off",
            "PORT": str(self.port),
        }


@dataclass(frozen=True, slots=True)
class Street:
    """A served machine, what it told, and a machine of somebody else."""

    server: Machine
    outsider: Machine
    told: dict[str, Any]
    told_again: dict[str, Any]
    printed: str


def wait_for(address: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            with urlopen(address, timeout=20):  # noqa: S310 (our own loopback)
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"{address} never answered")


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    server = Machine(tmp_path_factory.mktemp("server") / "home", free_port())
    outsider = Machine(tmp_path_factory.mktemp("outsider") / "home", server.port)
    server.told("init")
    server.told("db", "upgrade")
    told = json.loads(server.told("demo", "--json"))
    told_again = json.loads(server.told("demo", "--json"))
    printed = server.told("demo")
    with start("serve", env=server.environment) as process:
        try:
            wait_for(f"http://{HOST}:{server.port}/readyz")
            yield Street(server, outsider, told, told_again, printed)
        finally:
            process.terminate()


def verdict_of(machine: Machine, *arguments: str) -> tuple[int, Sequence[Any]]:
    """Return the exit code of `verify --json` and what it printed, as a list."""
    done = machine.run("verify", *arguments, "--json")
    assert done.stdout, done.stderr
    told = json.loads(done.stdout)
    return done.returncode, told if isinstance(told, list) else [told]


def photograph_of_first_label(street: Street, path: Path) -> Path:
    """Save the sheet's first label as a phone would see it: crooked and a bit soft."""
    sheet = street.server.home / "samples" / "label-sheet.pdf"
    document = pypdfium2.PdfDocument(sheet.read_bytes())
    try:
        page = document[0].render(scale=300 / 72).to_pil().convert("L")
    finally:
        document.close()
    first = min(
        zxingcpp.read_barcodes(page, formats=QR),
        key=lambda one: one.position.top_left.y,
    )
    corner = first.position.top_left
    around = (corner.x - 40, corner.y - 40, corner.x + 300, corner.y + 300)
    label = page.crop(around).resize((1020, 1020), Image.Resampling.BICUBIC)
    crooked = label.rotate(6, expand=True, fillcolor=210)
    crooked.filter(ImageFilter.GaussianBlur(1.5)).save(path, quality=80)
    return path


def test_demo_tells_what_others_script_against(street: Street) -> None:
    assert set(street.told) == {"base_url", "batches", "labels", "sign_in"}
    assert street.told["base_url"] == f"http://{HOST}:{street.server.port}"
    for batch in street.told["batches"]:
        assert {"id", "gtin", "lot_number", "digital_link", "status"} <= set(batch)
    roles = {one["role"] for one in street.told["sign_in"]}
    assert roles == {"producer", "inspector", "officer", "administrator"}


def test_demo_run_twice_adds_nothing(street: Street) -> None:
    assert street.told_again == street.told


def test_the_first_printed_link_opens(street: Street) -> None:
    link = next(word for word in street.printed.split() if "/21/" in word)
    with urlopen(link, timeout=20) as answer:  # noqa: S310 (our own loopback)
        page = answer.read().decode()
    assert answer.status == 200
    assert "Thông tin lô đã được xác thực" in page


def test_an_outsider_verifies_a_label_over_the_network(street: Street) -> None:
    code, told = verdict_of(street.outsider, street.told["labels"][0])
    assert (code, told[0]["verdict"]) == (0, "verified")
    assert [one["number"] for one in told[0]["checks"]] == list(range(1, 12))
    for one in told[0]["checks"]:
        assert {"number", "name", "result", "detail"} <= set(one)
        assert one["result"] in {"pass", "not-checked"}


def test_a_photo_is_verified_offline_with_the_trust_file(
    street: Street, tmp_path: Path
) -> None:
    photo = photograph_of_first_label(street, tmp_path / "label.jpg")
    trust = street.server.home / "keys" / "trust-list.jws"
    code, told = verdict_of(
        street.outsider, str(photo), "--offline", "--trust", str(trust)
    )
    results = {one["number"]: one["result"] for one in told[0]["checks"]}
    assert code == 0
    assert [results[number] for number in (1, 2, 3)] == ["pass"] * 3
    assert results[5] == "not-checked"


@pytest.mark.parametrize("changed", ["serial", "lot", "seal"])
def test_a_changed_link_fails(street: Street, changed: str) -> None:
    link = street.told["labels"][0]
    body, _mark, seal = link.partition("?s=")
    forged = {
        "serial": f"{body[:-1]}{'0' if body[-1] != '0' else '1'}?s={seal}",
        "lot": link.replace("/10/BT-261114-1/", "/10/BT-261114-2/"),
        "seal": f"{body}?s={seal[:-1]}{'0' if seal[-1] != '0' else '1'}",
    }[changed]
    code, told = verdict_of(street.outsider, forged)
    assert code == 1
    assert told[0]["verdict"] != "verified"


def test_the_sheet_of_the_first_run_reads_whole(street: Street) -> None:
    sheet = street.server.home / "samples" / "label-sheet.pdf"
    document = pypdfium2.PdfDocument(BytesIO(sheet.read_bytes()))
    try:
        page = document[0].render(scale=300 / 72).to_pil()
    finally:
        document.close()
    read = {one.text for one in zxingcpp.read_barcodes(page, formats=QR)}
    assert len(read) == 65
    assert street.told["labels"][0] in read
