"""Bits as the Recommendation writes them, read by hand and with gzip."""

import base64
import gzip
from itertools import count

import pytest
from hypothesis import given, strategies as st

from tests.status.make_status import positions_in
from traceability.core.errors import DomainError
from traceability.status.bitstring import SIZE, bits_of, decode, encode, is_set

# The empty list that the Recommendation's examples print (2.2, example 3).
PUBLISHED = "uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA"

EMPTY = gzip.compress(bytes(SIZE // 8))


def packed(data: bytes) -> str:
    return text_of(gzip.compress(data))


def text_of(data: bytes) -> str:
    return "u" + base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def test_the_published_empty_list_is_read() -> None:
    assert decode(PUBLISHED) == bits_of([])


def test_the_first_bit_is_the_left_most() -> None:
    assert bits_of([0])[0] == 0b1000_0000
    assert bits_of([SIZE - 1])[-1] == 1


@given(st.sets(st.integers(0, SIZE - 1), max_size=200))
def test_what_is_written_is_read_by_us_and_by_gzip(positions: set[int]) -> None:
    text = encode(bits_of(positions))
    assert positions_in(text) == positions
    bits = decode(text)
    assert all(is_set(bits, one) for one in positions)
    assert sum(byte.bit_count() for byte in bits) == len(positions)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "status-list-encoding"),
        (PUBLISHED[1:], "status-list-encoding"),  # no letter of multibase
        ("z" + PUBLISHED[1:], "status-list-encoding"),
        (PUBLISHED + "=", "status-list-encoding"),
        (PUBLISHED[:-8], "status-list-encoding"),  # cut short
        ("u" + "A" * 40, "status-list-encoding"),  # no GZIP
        (
            text_of(gzip.compress(bytes(SIZE // 8))[:-8] + bytes(8)),
            "status-list-encoding",
        ),
        (packed(b""), "status-list-size"),
        (packed(bytes(SIZE // 8 - 1)), "status-list-size"),
        (packed(bytes(SIZE // 8 + 1)), "status-list-size"),
        (packed(bytes(50_000_000)), "status-list-size"),  # a bomb
    ],
    ids=count(),  # the time stands in the text; names of tests must stay
)
def test_other_texts_are_refused_with_a_code(text: str, code: str) -> None:
    with pytest.raises(DomainError) as refusal:
        decode(text)
    assert refusal.value.code == code


def test_what_follows_a_list_is_not_unpacked() -> None:
    two = gzip.compress(bytes(SIZE // 8)) + gzip.compress(bytes(10_000_000))
    with pytest.raises(DomainError):
        decode(text_of(two))
