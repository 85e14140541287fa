"""Digital Links: what is read, what is written, what is refused."""

import pytest
from hypothesis import given

from tests.gs1.make_gs1 import GTIN, ORIGIN, links, plain_numbers
from traceability.core.errors import BadRequestError
from traceability.gs1.digital_link import DigitalLink
from traceability.gs1.errors import LinkInvalidError
from traceability.gs1.keys import Gtin, InternalCode


def target(path: str, query: str = "") -> DigitalLink:
    return DigitalLink.parse_target(ORIGIN, path, query)[0]


@given(links())
def test_a_link_is_read_as_it_is_written(link: DigitalLink) -> None:
    assert DigitalLink.parse(str(link)) == link
    assert target(link.path()) == link
    assert DigitalLink.parse(link.qr_text()) == link


@given(links(plain_numbers))
def test_plain_elements_are_read_as_they_are_written(link: DigitalLink) -> None:
    assert DigitalLink.parse_element_string(ORIGIN, link.element_string()) == link


def test_the_parts_of_a_link_are_found() -> None:
    link = target(f"/01/{GTIN}/22/V1/10/L-1/21/S-1")
    assert link == DigitalLink(
        origin=ORIGIN, key=Gtin(GTIN), variant="V1", lot="L-1", serial="S-1"
    )
    assert link.element_string() == f"(01){GTIN}(22)V1(10)L-1(21)S-1"
    assert str(link.lot_link()) == f"{ORIGIN}/01/{GTIN}/22/V1/10/L-1"
    assert str(link.product_link()) == f"{ORIGIN}/01/{GTIN}"


def test_an_internal_code_is_read() -> None:
    link = target("/X/CHE-01/10/L-1/21/S-1")
    assert link.key == InternalCode("CHE-01")
    assert link.element_string() == "(X)CHE-01(10)L-1(21)S-1"


def test_a_slash_inside_a_lot_survives() -> None:
    link = target(f"/01/{GTIN}/10/A%2fB")
    assert link.lot == "A/B"
    assert link.path() == f"/01/{GTIN}/10/A%2FB"


def test_only_unreserved_characters_stay_literal() -> None:
    link = target(f"/01/{GTIN}/10/-._%21%22%25&'()*+,:;<=>%3F")
    assert link.path().endswith("/-._%21%22%25%26%27%28%29%2A%2B%2C%3A%3B%3C%3D%3E%3F")


def test_the_code_in_capitals_is_the_same_link() -> None:
    link = DigitalLink.parse(f"HTTPS://TX.EXAMPLE/01/{GTIN}/10/L1")
    assert str(link) == f"https://tx.example/01/{GTIN}/10/L1"
    assert link.qr_text() == f"HTTPS://TX.EXAMPLE/01/{GTIN}/10/L1"


def test_a_default_port_is_left_out_and_another_is_kept() -> None:
    assert DigitalLink.parse(f"https://tx.example:443/01/{GTIN}").origin == ORIGIN
    other = DigitalLink.parse(f"http://127.0.0.1:8000/01/{GTIN}")
    assert other.origin == "http://127.0.0.1:8000"


def test_old_short_codes_are_padded() -> None:
    assert str(target("/01/9506000134352")) == f"{ORIGIN}/01/09506000134352"
    assert str(target("/01/95012346")) == f"{ORIGIN}/01/00000095012346"


def test_one_trailing_slash_is_tolerated() -> None:
    assert target(f"/01/{GTIN}/10/L1/") == target(f"/01/{GTIN}/10/L1")


def test_a_fragment_is_dropped() -> None:
    assert DigitalLink.parse(f"{ORIGIN}/01/{GTIN}#top") == target(f"/01/{GTIN}")


REFUSED_PATHS = {
    "": "link-invalid",
    "/": "link-invalid",
    "/01": "link-invalid",
    "/01/": "link-invalid",
    "/garbage": "link-invalid",
    "01/09520123456788": "link-invalid",
    f"/01/{GTIN}//": "link-invalid",
    f"//01/{GTIN}": "link-invalid",
    f"/01/{GTIN}/foo": "link-invalid",
    f"/01/{GTIN}/10": "link-invalid",
    f"/01/{GTIN}/10/": "link-invalid",
    f"/01/{GTIN}/10//21/S": "link-invalid",
    f"/01/{GTIN}/21/S/10/L": "link-invalid",
    f"/01/{GTIN}/10/L/22/V": "link-invalid",
    f"/01/{GTIN}/10/L/10/L": "link-invalid",
    f"/01/{GTIN}/10/L/10/M": "link-invalid",
    f"/01/{GTIN}/17/261122": "link-invalid",
    f"/01/{GTIN}/3103/000195": "link-invalid",
    f"/01/{GTIN}/89/X": "link-invalid",
    f"/01/{GTIN}/lot/L": "link-invalid",
    f"/01/{GTIN}/1%30/L": "link-invalid",
    f"/00/{GTIN}": "link-invalid",
    "/414/9506000111117": "link-invalid",
    f"/gtin/{GTIN}": "link-invalid",
    f"/x/{GTIN}": "link-invalid",
    f"/shop/01/{GTIN}": "link-invalid",
    "/X/CHE-01/22/V": "link-invalid",
    "/X/che-01": "key-invalid",
    "/01/09520123456789": "check-digit",
    "/01/095201234567880": "key-invalid",
    "/01/٠٩٥٢٠١٢٣٤٥٦٧٨٨": "key-invalid",
    f"/01/{GTIN}%00": "key-invalid",
    f"/01/{GTIN}/10/L%00": "lot-invalid",
    f"/01/{GTIN}/10/L%0d%0aX": "lot-invalid",
    f"/01/{GTIN}/10/L%C3%B4": "lot-invalid",
    f"/01/{GTIN}/10/{'L' * 21}": "lot-invalid",
    f"/01/{GTIN}/10/L%20L": "lot-invalid",
    f"/01/{GTIN}/21/%F0%9F%8D%B5": "serial-invalid",
    f"/01/{GTIN}/22/%7E": "variant-invalid",
    f"/01/{GTIN}/10/%C3": "link-invalid",
    f"/01/{GTIN}/10/%zz": "link-invalid",
    f"/01/{GTIN}/10/L%": "link-invalid",
    f"/01/{GTIN}/10/.": "link-invalid",
    f"/01/{GTIN}/10/%2e%2E": "link-invalid",
}


@pytest.mark.parametrize(("path", "code"), REFUSED_PATHS.items())
def test_a_bad_path_is_refused(path: str, code: str) -> None:
    with pytest.raises(BadRequestError) as caught:
        target(path)
    assert (caught.value.code, caught.value.status) == (code, 400)


@pytest.mark.parametrize(
    "text",
    [
        f"Https://tx.example/01/{GTIN}",
        f"hTTP://tx.example/01/{GTIN}",
        f"ftp://tx.example/01/{GTIN}",
        f"tx.example/01/{GTIN}",
        f"/01/{GTIN}",
        f"https:///01/{GTIN}",
        f"https://tx.example@evil.example/01/{GTIN}",
        f"https://tх.example/01/{GTIN}",  # a Cyrillic letter
        f" https://tx.example/01/{GTIN}",
        f"https://tx.example/01/{GTIN}\n",
        f"https://tx.example:port/01/{GTIN}",
        "",
    ],
)
def test_what_is_no_absolute_link_is_refused(text: str) -> None:
    with pytest.raises(BadRequestError):
        DigitalLink.parse(text)


def test_an_internal_code_cannot_be_given_a_variant() -> None:
    with pytest.raises(LinkInvalidError):
        DigitalLink(origin=ORIGIN, key=InternalCode("A"), variant="V")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "01",
        f"01{GTIN}",
        f"(01){GTIN} (10)L",
        f"(01){GTIN}(10)a",
        f"(10)L(01){GTIN}",
    ],
)
def test_what_are_no_plain_elements_is_refused(text: str) -> None:
    with pytest.raises(LinkInvalidError):
        DigitalLink.parse_element_string(ORIGIN, text)
