"""docs/verification.md and a bundle's README do what they say: their blocks run."""

import re
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.parties.make_parties import confirm, party_of, stars_record, with_key
from tests.verification.make_bundles import files_in, house_bundle
from tests.verification.make_commands import Block, blocks_of, environment, run
from tests.verification.make_house import House, recall, sealed_labels
from tests.verification.make_machine import Machine
from traceability.signing.keys import KeyRole
from traceability.signing.keystore import KeyStore
from traceability.verification.bundle.readme import readme_of
from traceability.verification.findings import NAMES
from traceability.verification.verdict import Verdict

DOCUMENT = Path(__file__).parents[2] / "docs" / "verification.md"
VERIFIED = "Signature Verified Successfully"


def blocks() -> list[Block]:
    return blocks_of(DOCUMENT.read_text(encoding="utf-8"))


def around(machine: Machine) -> dict[str, str]:
    return environment(ORIGIN=machine.origin, LINK=machine.house.sealed[0].qr_text)


def test_the_commands_verify_a_bundle_without_our_code(
    machine: Machine, tmp_path: Path
) -> None:
    shown = "\n".join(run(one, tmp_path, around(machine)) for one in blocks())
    assert shown.count(VERIFIED) == 4
    assert "root key: did:web:127.0.0.1%3A" in shown
    assert "BatchRecord version 1" in shown
    assert shown.count("verified by jose: http://127.0.0.1:") >= 5
    assert "sealed: (01)" in shown
    assert re.search(r"^revocation of entry \d+ no ", shown, re.MULTILINE)
    assert re.search(r"^suspension of entry \d+ no ", shown, re.MULTILINE)


def test_the_same_commands_see_a_recall_and_who_confirms(
    machine: Machine, tmp_path: Path
) -> None:
    """The bundle's own lists tell of the recall, a party's own key of its word."""
    house = machine.house
    signer = with_key(house.use, house.officer)
    confirm(house.use, house.officer, stars_record(house), signer)
    recall(house)
    shown = "\n".join(run(one, tmp_path, around(machine)) for one in blocks())
    assert re.search(r"^revocation of entry \d+ YES ", shown, re.MULTILINE)
    assert re.search(r"^suspension of entry \d+ no ", shown, re.MULTILINE)
    address = house.use.identity.url("/records/")
    name = party_of(house.use, house.officer).name_vi
    assert f"{name} confirms {address}" in shown


def test_the_command_for_status_lists_refuses_a_bent_one(
    machine: Machine, tmp_path: Path
) -> None:
    for one in blocks():
        run(one, tmp_path, around(machine))
    [block] = [one for one in blocks() if "encodedList" in one[1]]
    token = (tmp_path / "status" / "revocation-0.jws").read_text()
    other = "A" if token[-20] != "A" else "B"
    for bent, word in (
        (token[:-20] + other + token[-19:], "InvalidSignatureError"),
        ((tmp_path / "status" / "suspension-0.jws").read_text(), "a list is missing"),
        (next((tmp_path / "records").iterdir()).read_text(), "KeyError"),
    ):
        (tmp_path / "status" / "revocation-0.jws").write_text(bent)
        with pytest.raises(AssertionError, match=word):
            run(block, tmp_path, around(machine))


def test_the_same_commands_verify_a_record_signed_with_es256(
    machine: Machine, tmp_path: Path
) -> None:
    house = machine.house
    store = house.use.get(KeyStore)
    store.rotate(KeyRole.RECORD, house.use.clock, alg="ES256")
    label = sealed_labels(house, house.another_lot())[0]
    asked = environment(ORIGIN=machine.origin, LINK=label.qr_text)
    shown = "\n".join(run(one, tmp_path, asked) for one in blocks())
    assert shown.count(VERIFIED) == 4
    assert "BatchRecord version 1" in shown


@pytest.mark.parametrize("name", ["trust", "record", "head", "seal"])
def test_the_same_commands_refuse_what_was_altered(
    machine: Machine, tmp_path: Path, name: str
) -> None:
    for one in blocks():
        run(one, tmp_path, around(machine))
    signed = tmp_path / f"{name}.signed"
    signed.write_bytes(signed.read_bytes()[:-1] + b"?")
    command = next(one for one in blocks() if f"-inkey {name}.pem" in one[1])
    with pytest.raises(AssertionError, match="Verification Failure"):
        run(command, tmp_path, around(machine))


def unpacked(house: House, folder: Path, changes: Mapping[str, str]) -> list[Block]:
    """Unpack the house's bundle into a folder; return its README's commands."""
    data = house_bundle(house, house.serials[0].link)
    (folder / "bundle.zip").write_bytes(data)
    inside = folder / "inside"
    for name, text in {**files_in(data), **changes}.items():
        place = inside / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8", newline="")
    return blocks_of((inside / "README.md").read_text(encoding="utf-8"))


def test_the_readme_in_a_bundle_verifies_it(machine: Machine, tmp_path: Path) -> None:
    *others, ours = unpacked(machine.house, tmp_path, {})
    inside = tmp_path / "inside"
    shown = "\n".join(run(one, inside, environment()) for one in others)
    assert shown.count(VERIFIED) == 3
    assert "entry" in shown
    variables = environment(
        TRUST=str(inside / "trust-list.jws"),
        BUNDLE="../bundle.zip",
        TRACEABILITY_HOME=str(tmp_path / "nowhere"),
        PYTHONPATH=str(DOCUMENT.parents[1]),
    )
    variables["PATH"] = f"{our_command(tmp_path)}:{variables['PATH']}"
    assert run(ours, inside, variables).startswith("VERIFIED")


def our_command(folder: Path) -> Path:
    """The command as installed, on the day of the tests."""
    place = folder / "bin" / "traceability"
    place.parent.mkdir()
    place.write_text(
        f"#!{sys.executable}\n"
        "from tests.conftest import FixedClock\n"
        "from traceability.verification import cli\n"
        "cli.SystemClock = FixedClock\n"
        "from traceability.__main__ import main\n"
        "main()\n",
        encoding="utf-8",
    )
    place.chmod(0o755)
    return place.parent


def test_each_way_of_the_readme_notices_a_change(
    light_house: House, tmp_path: Path
) -> None:
    files = files_in(house_bundle(light_house, light_house.serials[0].link))
    name = next(one for one in files if one.startswith("records/"))
    other = "A" if files[name][-20] != "A" else "B"
    bent = files[name][:-20] + other + files[name][-19:]
    python, _openssl, pyjwt, jose, _ours = unpacked(light_house, tmp_path, {name: bent})
    for block, word in (
        (python, "AssertionError"),
        (pyjwt, "InvalidSignatureError"),
        (jose, "JWSSignatureVerificationFailed"),
    ):
        with pytest.raises(AssertionError, match=word):
            run(block, tmp_path / "inside", environment())


def test_document_and_readme_give_the_same_commands() -> None:
    readme = blocks_of(readme_of("https://tx.example/01/1", "https://tx.example"))
    assert set(readme[:-1]) <= set(blocks())


def test_a_readme_tells_vietnamese_first_and_names_its_lot() -> None:
    text = readme_of("https://tx.example/01/x", "https://tx.example")
    assert text.startswith("# Gói chứng cứ\n\nLô hàng: https://tx.example/01/x\n")
    assert text.index("# Gói chứng cứ") < text.index("# Evidence bundle")


def test_the_document_names_every_check_as_the_code_does() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    for number, name in NAMES.items():
        assert f"| {number} | `{name}` |" in text
    for verdict in Verdict:
        assert f"`{verdict.value}`" in text
