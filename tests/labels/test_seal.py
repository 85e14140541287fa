"""Seals: 83 bytes that bind facts to one label, and every way they can be false."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, strategies as st

from tests.labels.make_labels import PRODUCT, EdKey
from traceability.labels.errors import (
    SealDigitError,
    SealFactError,
    SealFlagsError,
    SealKeyError,
    SealLengthError,
    SealLinkTooLongError,
    SealOverflowError,
    SealRefusedError,
    SealScopeError,
    SealSignatureError,
    SealStarsError,
    SealTrailingError,
    SealVersionError,
)
from traceability.labels.seal import (
    FLAG_BEST_BEFORE,
    Sealed,
    SealFacts,
    check_sealable,
    make_seal,
    make_seals,
    parse_seal,
    verify_seal,
)

KEY = EdKey()
LABEL = Sealed(product=PRODUCT, lot="BT-2026-001", serial="00016JABCDEFG")
FACTS = SealFacts(
    production_date=date(2026, 11, 22),
    expiry=date(2027, 8, 19),
    stars=4,
    stars_until=date(2029, 5, 1),
    flags=FLAG_BEST_BEFORE,
    log_index=1 << 33 | 5,
)
SEAL = make_seal(LABEL, FACTS, signer=KEY)

days = st.none() | st.dates(date(2020, 1, 2), date(2199, 6, 5))
facts = st.builds(
    SealFacts,
    production_date=days,
    expiry=days,
    stars=st.integers(0, 5),
    stars_until=days,
    flags=st.sampled_from([0, FLAG_BEST_BEFORE]),
    log_index=st.integers(0, (1 << 48) - 1),
)
plain = st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-", min_size=1, max_size=20)


@given(facts, plain, st.none() | plain)
def test_a_seal_reads_back_as_it_was_made(
    given_facts: SealFacts, lot: str, serial: str | None
) -> None:
    label = Sealed(product="(X)RUONG-01", lot=lot, serial=serial)
    digits = make_seal(label, given_facts, signer=KEY)
    assert len(digits) == 200
    seal = parse_seal(digits)
    assert seal.facts == given_facts
    assert seal.key_id4 == KEY.key_id4
    verify_seal(seal, label, KEY)


def test_the_bytes_are_the_documented_ones() -> None:
    blob = int(SEAL).to_bytes(83, "big")
    assert blob[0] == 1
    assert blob[1:5] == KEY.key_id4
    assert blob[5:7] == (date(2026, 11, 22) - date(2020, 1, 1)).days.to_bytes(2, "big")
    assert blob[9] == 4
    assert blob[13:19] == (1 << 33 | 5).to_bytes(6, "big")
    message = (
        b"traceability-seal-v1\0(01)09520001001017(10)BT-2026-001(21)00016JABCDEFG"
    )
    KEY.private.public_key().verify(blob[19:], message + blob[:19])


def _with_byte(position: int, value: int) -> str:
    blob = bytearray(int(SEAL).to_bytes(83, "big"))
    blob[position] = value
    return str(int.from_bytes(blob, "big")).zfill(200)


def _flipped(position: int) -> str:
    blob = bytearray(int(SEAL).to_bytes(83, "big"))
    blob[position] ^= 1
    return str(int.from_bytes(blob, "big")).zfill(200)


@dataclass(frozen=True)
class Malformation:
    digits: str
    error: type[SealRefusedError]
    code: str


MALFORMED = [
    Malformation(SEAL[:-1], SealLengthError, "seal-length"),
    Malformation("", SealLengthError, "seal-length"),
    Malformation(SEAL + "0", SealTrailingError, "seal-trailing"),
    Malformation(SEAL + "\n", SealTrailingError, "seal-trailing"),
    Malformation(SEAL[:-1] + "x", SealDigitError, "seal-not-digits"),
    Malformation("-" + SEAL[1:], SealDigitError, "seal-not-digits"),
    Malformation(SEAL[:-1] + "٣", SealDigitError, "seal-not-digits"),
    Malformation("9" * 200, SealOverflowError, "seal-overflow"),
    Malformation(str(1 << 664).zfill(200), SealOverflowError, "seal-overflow"),
    Malformation(_with_byte(0, 2), SealVersionError, "seal-version"),
    Malformation("0" * 200, SealVersionError, "seal-version"),
    Malformation(_with_byte(9, 6), SealStarsError, "seal-stars"),
    Malformation(_with_byte(12, 0x80), SealFlagsError, "seal-flags"),
]


@pytest.mark.parametrize("lie", MALFORMED)
def test_each_malformation_has_its_own_code(lie: Malformation) -> None:
    with pytest.raises(lie.error) as refusal:
        parse_seal(lie.digits)
    assert refusal.value.code == lie.code


FORGED: list[Callable[[], tuple[str, Sealed]]] = [
    lambda: (SEAL, replace(LABEL, lot="BT-2026-002")),
    lambda: (SEAL, replace(LABEL, serial="00016JABCDEFH")),
    lambda: (SEAL, replace(LABEL, serial=None)),
    lambda: (SEAL, replace(LABEL, product="(X)09520001001017")),
    lambda: (_flipped(9), LABEL),
    lambda: (_flipped(12), LABEL),
    lambda: (_flipped(6), LABEL),
    lambda: (_flipped(18), LABEL),
    lambda: (_flipped(82), LABEL),
    lambda: (_flipped(20), LABEL),
]


@pytest.mark.parametrize("forge", FORGED)
def test_a_seal_fits_one_label_and_its_own_facts(
    forge: Callable[[], tuple[str, Sealed]],
) -> None:
    digits, label = forge()
    with pytest.raises(SealSignatureError) as refusal:
        verify_seal(parse_seal(digits), label, KEY)
    assert refusal.value.code == "seal-signature"


def test_another_key_does_not_verify_it() -> None:
    with pytest.raises(SealKeyError) as refusal:
        verify_seal(parse_seal(SEAL), LABEL, EdKey())
    assert refusal.value.code == "seal-key"


def test_a_key_of_another_algorithm_neither_seals_nor_verifies() -> None:
    other = replace(KEY, alg="ES256")
    with pytest.raises(SealKeyError):
        make_seal(LABEL, FACTS, signer=other)
    with pytest.raises(SealKeyError):
        verify_seal(parse_seal(SEAL), LABEL, other)


@pytest.mark.parametrize("lot", ["A)(21)X", "lô-1", "abc", "A/B", "", "A" * 21, "A\n"])
def test_only_plain_lots_and_serials_are_sealed(lot: str) -> None:
    with pytest.raises(SealScopeError):
        Sealed(product=PRODUCT, lot=lot, serial=None)
    with pytest.raises(SealScopeError):
        Sealed(product=PRODUCT, lot="A", serial=lot)


@pytest.mark.parametrize(
    "wrong",
    [
        {"production_date": date(2020, 1, 1)},
        {"expiry": date(2019, 12, 31)},
        {"stars_until": date(2199, 6, 8)},
        {"stars": 6},
        {"flags": 2},
        {"log_index": 1 << 48},
        {"log_index": -1},
    ],
)
def test_facts_outside_their_fields_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(SealFactError):
        make_seal(LABEL, replace(FACTS, **wrong), signer=KEY)


def test_a_link_of_91_characters_is_the_longest() -> None:
    check_sealable("H" * 91)
    with pytest.raises(SealLinkTooLongError) as refusal:
        check_sealable("H" * 92)
    assert refusal.value.code == "seal-link-too-long"
    assert refusal.value.params["most"] == 91


def test_many_seals_are_those_made_one_by_one() -> None:
    key = EdKey()
    facts = SealFacts(production_date=date(2026, 11, 22), expiry=None)
    serials = [f"{number:013}" for number in range(70)]
    for some in (serials, serials[:3], []):
        alone = [
            make_seal(Sealed(product=PRODUCT, lot="L-1", serial=one), facts, signer=key)
            for one in some
        ]
        assert make_seals(PRODUCT, "L-1", some, facts, key) == alone
    with pytest.raises(SealScopeError):
        make_seals(PRODUCT, "L-1", ["a_b"], facts, key)
    with pytest.raises(SealKeyError):
        make_seals(PRODUCT, "L-1", serials, facts, EdKey(alg="ES256"))
