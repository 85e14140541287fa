"""Stamps printed ahead, stuck on, and bound with nothing but the phone's own camera."""

import csv
import re
from io import StringIO

import pytest

from tests.journeys.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LOGIN = "producer@sample.example"
BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
UNBOUND = "Tem này chưa được gắn với lô nào"
TO_BIND = "Dành cho chủ thể: gắn tem này vào lô"


def links_of(visitor: Visitor) -> list[str]:
    """Read the links of a run from the list that a print shop gets."""
    address = visitor.page.url.rstrip("/")
    answer = visitor.page.request.get(f"{address}/sheet.csv")
    rows = csv.DictReader(
        StringIO(answer.text().lstrip("\N{ZERO WIDTH NO-BREAK SPACE}"))
    )
    return [row["link"] for row in rows]


def scan(visitor: Visitor, link: str) -> None:
    """Do what a phone's camera does: open the address in the code."""
    path = re.sub(r"(?i)^https?://[^/]+", "", link)
    visitor.open(path)


def lot_of(visitor: Visitor) -> tuple[str, str]:
    """Return the number of an issued lot, and its product."""
    visitor.open("/batches?state=issued")
    visitor.page.locator("main h2 a, main h3 a").first.click()
    visitor.look()
    number = visitor.page.locator("h1").inner_text().removeprefix("Lô").strip()
    product = visitor.page.locator("dl.facts dd").first.inner_text().split(" · ")[0]
    return number, product


def print_stamps(visitor: Visitor, product: str) -> list[str]:
    visitor.open("/products")
    visitor.follow(product)
    visitor.press("In tem trắng")
    visitor.fill(count="12")
    visitor.press("Tạo tem")
    assert visitor.reads("12 tem trắng")
    return links_of(visitor)


def test_stamps_are_bound_by_scanning_the_first_and_the_last(
    phone: Visitor, stranger: Visitor
) -> None:
    phone.enter(LOGIN)
    number, product = lot_of(phone)
    links = print_stamps(phone, product)
    scan(stranger, links[2])
    assert stranger.reads(UNBOUND)

    scan(phone, links[2])
    phone.follow(TO_BIND)
    phone.press("Là tem đầu")
    assert phone.reads("hãy quét tem cuối")
    scan(phone, links[9])
    phone.follow(TO_BIND)
    phone.press("Là tem cuối")
    phone.follow(f"Lô {number}")
    assert phone.reads(f"8 tem sẽ thành tem của lô {number}")
    phone.press("Gắn các tem này")
    assert phone.reads(f"Đã gắn 8 tem vào lô {number}.")

    scan(stranger, links[9])
    assert stranger.reads("Tem gắn vào lô này ngày")
    assert stranger.reads(number)
    scan(stranger, links[10])
    assert stranger.reads(UNBOUND)
