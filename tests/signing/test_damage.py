"""A key that cannot be used: the service reads on, signs nothing, and says which."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.signing.make_signing import PASSPHRASE
from tests.verification.make_house import House
from tests.web.make_web import Browser, make_app
from traceability.gs1.digital_link import DigitalLink
from traceability.records.notary import notary_of
from traceability.services import with_signing
from traceability.signing.errors import SignerDownError
from traceability.signing.keystore import KeyStore

ROLES = ("record", "seal", "log", "serial")
Harm = Callable[[Path], object]


@pytest.fixture
def house(light_house: House) -> House:
    return light_house


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


HARMS: dict[str, Harm] = {
    "missing": Path.unlink,
    "flipped bit": flip,
    "cut short": lambda path: path.write_bytes(path.read_bytes()[:40]),
    "empty": lambda path: path.write_bytes(b""),
}


def looked_at(house: House, passphrase: str) -> Browser:
    """The service as it starts again over its home."""
    store = KeyStore(house.use.settings.keys, passphrase, house.use.identity)
    use = with_signing(house.use, store)
    with pytest.raises(SignerDownError):
        notary_of(use)
    return Browser(make_app(use))


def reads_on(house: House, browser: Browser) -> None:
    path = DigitalLink.parse(house.batch.digital_link).path()
    for page in (f"/p{path}", "/.well-known/trust-list.json", "/log/checkpoint"):
        assert browser.get(page).status_code == 200, page


def why_down(browser: Browser) -> str:
    answer = browser.get("/readyz")
    assert answer.status_code == 503
    told: str = answer.get_json()["checks"]["signer"]["reason"]
    return told


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("harm", HARMS)
def test_a_harmed_key_is_named_by_its_role(house: House, role: str, harm: str) -> None:
    [path] = (house.use.settings.keys / "private").glob(f"{role}-*")
    HARMS[harm](path)
    browser = looked_at(house, PASSPHRASE)
    assert why_down(browser) == f"keys-unusable: {role}"
    reads_on(house, browser)


def test_a_wrong_pass_phrase_is_every_key_s(house: House) -> None:
    browser = looked_at(house, "another sample of 128 random bits")
    assert set(ROLES) < set(why_down(browser).partition(": ")[2].split(", "))
    reads_on(house, browser)


def test_a_damaged_trust_list_is_named(house: House) -> None:
    flip(house.use.settings.keys / "trust-list.jws")
    assert why_down(looked_at(house, PASSPHRASE)) == "keys-unusable: trust-list"


def test_a_home_that_holds_only_the_root_serves_nothing_signed(house: House) -> None:
    for path in (house.use.settings.keys / "private").iterdir():
        if not path.name.startswith("root-"):
            path.unlink()
    assert why_down(looked_at(house, PASSPHRASE)) == "keys-unusable: root-only"
