"""Keys of GS1, by its own published examples and by property."""

import pytest
from hypothesis import given, strategies as st

from tests.gs1.make_gs1 import gtins
from traceability.gs1.errors import CheckDigitError, KeyInvalidError
from traceability.gs1.keys import Gln, Gtin, InternalCode, check_digit

# GS1's check digit calculator and the examples of the General Specifications.
PUBLISHED = [
    "9506000134352",  # GTIN-13, GS1 Digital Link standard
    "09506000134352",
    "614141123452",  # GTIN-12, General Specifications
    "10614141543219",  # GTIN-14, EPC Tag Data Standard
    "80614141123458",  # GTIN-14, EPC Tag Data Standard
    "95012346",  # GTIN-8
    "4006381333931",  # a pencil, the usual EAN-13 example
    "73513537",  # the usual EAN-8 example
    "036000291452",  # the usual UPC-A example
]


@pytest.mark.parametrize("text", PUBLISHED)
def test_a_published_gtin_is_read_and_padded_to_14(text: str) -> None:
    assert str(Gtin.parse(text)) == text.zfill(14)


@pytest.mark.parametrize("text", ["0614141000036", "9506000111117", "4012345000009"])
def test_a_published_gln_is_read(text: str) -> None:
    assert str(Gln.parse(text)) == text


def test_the_check_digit_of_a_shipping_container_follows_the_same_rule() -> None:
    assert check_digit("37610425002123456") == "9"  # General Specifications, 7.9


def test_a_wrong_check_digit_names_the_expected_one() -> None:
    with pytest.raises(CheckDigitError) as caught:
        Gtin.parse("09506000134353")
    assert caught.value.params["expected"] == "2"
    assert caught.value.params["found"] == "3"
    assert caught.value.status == 400


@given(gtins, st.integers(0, 13), st.integers(1, 9))
def test_any_one_wrong_digit_is_found(gtin: Gtin, place: int, more: int) -> None:
    digits = list(str(gtin))
    digits[place] = str((int(digits[place]) + more) % 10)
    with pytest.raises(CheckDigitError):
        Gtin.parse("".join(digits))


@given(gtins)
def test_a_gtin_is_read_as_it_is_written(gtin: Gtin) -> None:
    assert Gtin.parse(str(gtin)) == gtin


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1234567",
        "095060001343520",  # 15 digits
        "٠٩٥٠٦٠٠٠١٣٤٣٥٢",  # Arabic digits
        "０９５０６０００１３４３５２",  # full-width digits
        "0950600013435²",
        "0950600013435A",
        " 9506000134352",
        "9506000134352\n",
        "-506000134352",
    ],
)
def test_what_is_no_gtin_is_refused(text: str) -> None:
    with pytest.raises(KeyInvalidError):
        Gtin.parse(text)


def test_a_gtin_cannot_be_made_with_fewer_than_14_digits() -> None:
    with pytest.raises(KeyInvalidError):
        Gtin("9506000134352")


@pytest.mark.parametrize(
    "text", ["", "061414100003", "06141410000360", "０６１４１４１０００036"]
)
def test_what_is_no_gln_is_refused(text: str) -> None:
    with pytest.raises(KeyInvalidError):
        Gln.parse(text)


def test_a_gln_with_a_wrong_check_digit_is_refused() -> None:
    with pytest.raises(CheckDigitError):
        Gln.parse("0614141000037")


@pytest.mark.parametrize("text", ["CHE-TNC-01", "1", "A" * 20])
def test_an_internal_code_is_capitals_digits_and_hyphens(text: str) -> None:
    assert str(InternalCode.parse(text)) == text


@pytest.mark.parametrize("text", ["", "chè", "che-01", "A" * 21, "A/B", "A\n", "Ａ"])
def test_what_is_no_internal_code_is_refused(text: str) -> None:
    with pytest.raises(KeyInvalidError):
        InternalCode.parse(text)


def test_a_check_digit_is_computed_from_ascii_digits_only() -> None:
    with pytest.raises(KeyInvalidError):
        check_digit("９")
