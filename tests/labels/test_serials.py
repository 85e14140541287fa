"""Serials: made, read, recognised, and not to be guessed."""

import hashlib
import hmac

import pytest
from hypothesis import given, strategies as st

from tests.labels.make_labels import PRODUCT, SecretMac
from traceability.core.ids import decode_base32
from traceability.labels.errors import SerialMalformedError
from traceability.labels.serials import (
    INDEX_LIMIT,
    SerialNumber,
    grouped,
    is_genuine,
    serial_for,
    serials_for,
    typed,
)

indexes = st.integers(0, INDEX_LIMIT - 1)


@given(indexes, st.integers(0, (1 << 35) - 1))
def test_a_serial_reads_back_as_it_was_written(index: int, tag: int) -> None:
    number = SerialNumber(index, tag)
    assert SerialNumber.parse(str(number)) == number
    assert len(str(number)) == 13


@given(indexes)
def test_our_serials_are_genuine(index: int) -> None:
    serial = serial_for(PRODUCT, index, SecretMac())
    number = SerialNumber.parse(serial)
    assert number.index == index
    assert is_genuine(number, PRODUCT, SecretMac())


def test_the_message_is_the_documented_one() -> None:
    message = b"traceability-serial-v1\0(01)09520001001017\0\x00\x00\x04\xd2"
    digest = hmac.new(SecretMac().secret, message, hashlib.sha256).digest()
    expected = int.from_bytes(digest, "big") >> (256 - 35)
    serial = serial_for(PRODUCT, 1234, SecretMac())
    assert decode_base32(serial[6:]) == expected
    assert serial[:6] == "00016J"


@given(indexes, st.integers(0, 34))
def test_no_other_tag_is_genuine(index: int, bit: int) -> None:
    number = SerialNumber.parse(serial_for(PRODUCT, index, SecretMac()))
    forged = SerialNumber(number.index, number.tag ^ 1 << bit)
    assert not is_genuine(forged, PRODUCT, SecretMac())


def test_guesses_fail() -> None:
    guesses = (SerialNumber(77, tag * 7_919_777) for tag in range(4_000))
    assert not any(is_genuine(guess, PRODUCT, SecretMac()) for guess in guesses)


def test_a_serial_belongs_to_one_product_and_one_key() -> None:
    number = SerialNumber.parse(serial_for(PRODUCT, 5, SecretMac()))
    assert not is_genuine(number, "(01)09520001002021", SecretMac())
    assert not is_genuine(number, "(X)09520001001017", SecretMac())
    assert not is_genuine(number, PRODUCT, SecretMac(secret=b"another"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "00016J",
        "00016JABCDEFGH",
        "00016jabcdefg",
        "00016IABCDEFG",
        "00016UABCDEFG",
        "00016 ABCDEFG",
        "００016JABCDEFG",
    ],
)
def test_other_spellings_are_no_serials(text: str) -> None:
    with pytest.raises(SerialMalformedError):
        SerialNumber.parse(text)


@given(indexes)
def test_what_is_printed_for_reading_can_be_typed(index: int) -> None:
    serial = serial_for(PRODUCT, index, SecretMac())
    shown = grouped(serial)
    assert [len(part) for part in shown.split()] == [3, 3, 4, 3]
    assert typed(shown) == serial
    assert typed(shown.lower().replace(" ", "-").replace("0", "o")) == serial


def test_an_index_outside_the_sequence_has_no_serial() -> None:
    for index in (-1, INDEX_LIMIT):
        with pytest.raises(ValueError, match="no index"):
            serial_for(PRODUCT, index, SecretMac())


def test_many_serials_are_those_made_one_by_one() -> None:
    mac = SecretMac()
    for indexes in (range(998, 1030), range(INDEX_LIMIT - 3, INDEX_LIMIT), range(0)):
        alone = [serial_for(PRODUCT, index, mac) for index in indexes]
        assert serials_for(PRODUCT, indexes, mac) == alone
    for indexes in (range(-1, 2), range(INDEX_LIMIT - 1, INDEX_LIMIT + 1)):
        with pytest.raises(ValueError, match="no indexes"):
            serials_for(PRODUCT, indexes, mac)
