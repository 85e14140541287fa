"""docs/verification.md does what it says: its blocks run as written."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.verification.make_house import sealed_labels
from tests.verification.make_machine import Machine
from traceability.signing.keys import KeyRole
from traceability.signing.keystore import KeyStore
from traceability.verification.findings import NAMES
from traceability.verification.verdict import Verdict

DOCUMENT = Path(__file__).parents[2] / "docs" / "verification.md"
BLOCK = re.compile(r"^```(sh|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks() -> list[tuple[str, str]]:
    return BLOCK.findall(DOCUMENT.read_text(encoding="utf-8"))


def run(kind: str, code: str, folder: Path, environment: dict[str, str]) -> str:
    bash = shutil.which("bash")
    assert bash is not None
    commands = {
        "sh": [bash, "-euo", "pipefail", "-c"],
        "python": [sys.executable, "-c"],
    }
    done = subprocess.run(  # noqa: S603 (the commands of our own document)
        [*commands[kind], code],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout


def test_the_commands_verify_a_label_without_our_code(
    machine: Machine, tmp_path: Path
) -> None:
    environment = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "ORIGIN": machine.origin,
        "LINK": machine.house.sealed[0].qr_text,
        "NO_PROXY": "*",
    }
    shown = [run(kind, code, tmp_path, environment) for kind, code in blocks()]
    assert sum("Signature Verified Successfully" in one for one in shown) == 3
    assert any("signed version 1" in one for one in shown)
    assert any("root did:web:127.0.0.1%3A" in one for one in shown)


def test_the_same_commands_verify_a_record_signed_with_es256(
    machine: Machine, tmp_path: Path
) -> None:
    house = machine.house
    store = house.use.get(KeyStore)
    store.rotate(KeyRole.RECORD, house.use.clock, alg="ES256")
    label = sealed_labels(house, house.another_lot())[0]
    environment = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "ORIGIN": machine.origin,
        "LINK": label.qr_text,
        "NO_PROXY": "*",
    }
    shown = [run(kind, code, tmp_path, environment) for kind, code in blocks()]
    assert (tmp_path / "record.how").read_text() == "-digest sha256"
    assert sum("Signature Verified Successfully" in one for one in shown) == 3
    assert any("signed version 1" in one for one in shown)


@pytest.mark.parametrize("name", ["record", "head", "seal"])
def test_the_same_commands_refuse_what_was_altered(
    machine: Machine, tmp_path: Path, name: str
) -> None:
    environment = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "ORIGIN": machine.origin,
        "LINK": machine.house.sealed[0].qr_text,
        "NO_PROXY": "*",
    }
    for kind, code in blocks():
        run(kind, code, tmp_path, environment)
    signed = tmp_path / f"{name}.signed"
    signed.write_bytes(signed.read_bytes()[:-1] + b"?")
    command = next(code for _, code in blocks() if f"-inkey {name}.pem" in code)
    with pytest.raises(AssertionError, match="Verification Failure"):
        run("sh", command, tmp_path, environment)


def test_the_document_names_every_check_as_the_code_does() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    for number, name in NAMES.items():
        assert f"| {number} | `{name}` |" in text
    for verdict in Verdict:
        assert f"`{verdict.value}`" in text
