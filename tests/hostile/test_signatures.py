"""Seals that were cut, bent or borrowed: "not valid", each with its words, no 500."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.hostile.make_world import World

ORDER = 2**252 + 27742317777372353535851937790883648493  # of the Ed25519 group
DIGITS, BYTES = 200, 83


def parts(link: str) -> tuple[str, str]:
    address, _, seal = link.partition("?s=")
    assert len(seal) == DIGITS
    return address, seal


def blob(seal: str) -> bytearray:
    return bytearray(int(seal).to_bytes(BYTES, "big"))


def digits(data: bytes | bytearray) -> str:
    return str(int.from_bytes(data, "big")).zfill(DIGITS)


def with_large_s(seal: str) -> str:
    """The same signature with s + L: other verifiers take it, a strict one does not."""
    data = blob(seal)
    s = int.from_bytes(data[-32:], "little") + ORDER
    data[-32:] = s.to_bytes(32, "little")
    return digits(data)


def flipped(place: int) -> Callable[[str], str]:
    def flip(seal: str) -> str:
        data = blob(seal)
        data[place] ^= 1
        return digits(data)

    return flip


BENT: list[tuple[str, Callable[[str], str]]] = [
    ("s over the order", with_large_s),
    ("a bit of R", flipped(19)),
    ("a bit of s", flipped(51)),
    ("another version", flipped(0)),
    ("an unknown key", flipped(1)),
    ("another production date", flipped(6)),
    ("another expiry", flipped(8)),
    ("more stars", flipped(9)),
    ("unknown flags", flipped(12)),
    ("another log index", flipped(18)),
    ("a digit short", lambda seal: seal[:-1]),
    ("a digit long", lambda seal: seal + "0"),
    ("trailing letters", lambda seal: seal[:-1] + "x"),
    ("all zero", lambda seal: "0" * DIGITS),
    ("beyond 83 bytes", lambda seal: "9" * DIGITS),
    ("thousands of digits", lambda seal: seal * 20),
    ("a sign", lambda seal: "-" + seal[1:]),
    ("nothing", lambda seal: ""),
]


def check_3(world: World, link: str) -> dict[str, Any]:
    answer = world.stranger().get(f"/api/v1/verify?link={link.replace('?', '%3F')}")
    if answer.status == 422:  # longer than any link
        assert answer.code
        return {"result": "fail", "detail": "", "verdict": "failed"}
    assert answer.status == 200, answer.text
    told = answer.json()
    [found] = [one for one in told["checks"] if one["number"] == 3]
    return {**found, "verdict": told["verdict"]}


def test_a_seal_as_printed_is_valid(world: World) -> None:
    assert check_3(world, world.sealed[0].qr_text)["result"] == "pass"


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("bend", [one for _, one in BENT], ids=[one for one, _ in BENT])
def test_a_bent_seal_is_never_valid(world: World, bend: Callable[[str], str]) -> None:
    address, seal = parts(world.sealed[0].qr_text)
    link = f"{address}?s={bend(seal)}"
    found = check_3(world, link)
    assert found["result"] == "fail", found
    assert found["verdict"] == "failed"
    for path in ("/verify?link=" + link.replace("?", "%3F"), f"/p{link[18:]}"):
        assert world.stranger().get(path).status < 500


@pytest.mark.usefixtures("unchanged")
def test_a_seal_of_another_label_is_not_valid(world: World) -> None:
    address, _ = parts(world.sealed[0].qr_text)
    _, borrowed = parts(world.sealed[1].qr_text)
    assert check_3(world, f"{address}?s={borrowed}")["result"] == "fail"
    plain = world.labels[0].qr_text
    assert check_3(world, f"{plain}?s={borrowed}")["result"] == "fail"


def test_a_sealed_label_without_its_seal_is_no_verified_one(world: World) -> None:
    address, _ = parts(world.sealed[0].qr_text)
    assert check_3(world, address)["verdict"] != "verified"
