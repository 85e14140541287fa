"""Crockford base32 and ids."""

import pytest
from hypothesis import given, strategies as st

from traceability.core.ids import (
    ALPHABET,
    decode_base32,
    encode_base32,
    fold_typed,
    new_id,
)


@given(st.integers(0, 2**65 - 1))
def test_base32_comes_back_as_it_went(number: int) -> None:
    assert decode_base32(encode_base32(number, 13)) == number


@pytest.mark.parametrize(("number", "length"), [(-1, 3), (32**3, 3)])
def test_a_number_that_does_not_fit_is_refused(number: int, length: int) -> None:
    with pytest.raises(ValueError, match="fit"):
        encode_base32(number, length)


@pytest.mark.parametrize("text", ["u", "O", "-", "á", "１"])
def test_other_characters_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="Crockford"):
        decode_base32(text)


def test_what_people_mistype_is_put_right() -> None:
    assert fold_typed(" ab o1 Il ") == "AB0111"


def test_ids_are_26_characters_and_never_the_same() -> None:
    ids = {new_id() for _ in range(100)}
    assert len(ids) == 100
    assert all(len(one) == 26 and set(one.upper()) <= set(ALPHABET) for one in ids)
