"""A page filled into its lot's shape is the page that would be rendered by itself."""

import gzip
from typing import Any

import pytest
from markupsafe import escape

from tests.lookup.make_lookup import Street
from tests.lookup.test_page import changed
from traceability.gs1.digital_link import DigitalLink
from traceability.lookup.shapes import FilledPage, Shape, mark_of
from traceability.lookup.views import page as views
from traceability.lookup.views.shaping import shaped
from traceability.scans.service import Sighting, store

HOSTILE = """<b>"&'\x00Đặc sản</b>"""


def test_gaps_are_filled_escaped_plain_and_packed() -> None:
    text = f"<p>{mark_of('a')}</p><a href='{mark_of('b')}'>{mark_of('a')}</a>"
    for value in ("", HOSTILE, "chè " * 40_000):
        filled = Shape.of(text).filled({"a": value, "b": "x"}, "vi")
        said = escape(value)
        assert filled.body.decode() == f"<p>{said}</p><a href='x'>{said}</a>"
        assert gzip.decompress(filled.packed) == filled.body


def test_a_value_that_looks_like_a_gap_stays_a_value() -> None:
    shape = Shape.of(f"{mark_of('a')}|{mark_of('b')}")
    filled = shape.filled({"a": mark_of("b"), "b": "secret"}, "vi")
    assert filled.body.decode() == f"{mark_of('b')}|secret"


def both_ways(street: Street, path: str, monkeypatch: Any, **headers: str) -> None:
    """Ask for a page rendered by itself, then for one filled, and compare."""
    made: list[FilledPage | None] = []
    whole_way = headers | {"If_None_Match": '"other"'}

    def noted(*given: Any) -> FilledPage | None:
        made.append(shaped(*given))
        return made[-1]

    with monkeypatch.context() as patch:
        patch.setattr(views, "shaped", lambda *_: None)
        alone = street.ask(f"/p{path}", **whole_way)
    forget(street)
    with monkeypatch.context() as patch:
        patch.setattr(views, "shaped", noted)
        filled = street.ask(f"/p{path}", **whole_way)
    forget(street)
    assert made[0] is not None
    assert gzip.decompress(made[0].packed) == made[0].body == filled.body
    assert filled.html == alone.html
    assert mark_of("").removesuffix("end") not in filled.html


def forget(street: Street) -> None:
    """Write what no page tells of: every kept page is looked at again."""
    sighting = Sighting(
        "https://tx.example/x", street.house.use.clock.now(), "lot", "0"
    )
    changed(street, lambda session: store(session, [sighting]))


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_label_reads_as_if_rendered_by_itself(
    light_street: Street, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    house = light_street.house
    paths = [DigitalLink.parse(one.link).path() for one in house.serials[1:3]]
    link, query = DigitalLink.parse_with_query(house.sealed[0].qr_text)
    paths += [f"{link.path()}?{query.raw}", f"{link.path()}?lang=en&x=%3Cb%3E"]
    for path in paths:
        both_ways(light_street, path, monkeypatch, Accept_Language=language)
        light_street.ask(path)  # a scan: it says another thing now
        both_ways(light_street, path, monkeypatch, Accept_Language=language)
