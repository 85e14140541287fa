"""Lot, serial and variant numbers in GS1's character set 82."""

import pytest
from hypothesis import given

from tests.gs1.make_gs1 import numbers
from traceability.core.errors import BadRequestError
from traceability.gs1.charset import CSET82, LotNumber, Serial, Variant


def test_the_set_has_82_characters() -> None:
    assert len(CSET82) == 82


@pytest.mark.parametrize("character", [*" #$@[\\]^`{|}~", "\x00", "é", "đ", "９"])
def test_characters_outside_the_set_are_refused_by_code_point(character: str) -> None:
    with pytest.raises(BadRequestError) as caught:
        LotNumber.parse(f"A{character}")
    assert caught.value.code == "lot-invalid"
    assert caught.value.params == {"points": f"U+{ord(character):04X}"}


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (LotNumber, "lot-invalid"),
        (Serial, "serial-invalid"),
        (Variant, "variant-invalid"),
    ],
)
@pytest.mark.parametrize("text", ["", "A" * 21, "Lô 1", "🍵"])
def test_each_kind_refuses_with_its_own_code(
    kind: type[LotNumber | Serial | Variant], code: str, text: str
) -> None:
    with pytest.raises(BadRequestError) as caught:
        kind.parse(text)
    assert caught.value.code == code
    assert caught.value.status == 400


@given(numbers)
def test_a_number_is_read_as_it_is_written(text: str) -> None:
    assert str(LotNumber.parse(text)) == text


def test_a_plain_number_is_one_of_the_kind_issued_here() -> None:
    assert Serial.parse("0A-9").plain
    assert not Serial.parse("0a-9").plain
    assert not LotNumber.parse("A/B").plain


def test_a_lot_is_no_serial() -> None:
    lot: object = LotNumber.parse("A")
    assert lot != Serial.parse("A")
