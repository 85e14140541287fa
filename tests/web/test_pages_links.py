"""Lists that go on link to the pages beside the one that is shown."""

from pathlib import Path

import pytest
from flask import Flask, render_template_string

from tests.conftest import FixedClock
from tests.web.make_web import make_app, make_services
from traceability.db.database import Database

LINKS = """{% from "_components/pages.html" import pages with context %}
{{ pages('labels.index', page, more, chosen, last) }}"""


@pytest.fixture
def app(tmp_path: Path, sqlite_database: Database, clock: FixedClock) -> Flask:
    return make_app(make_services(tmp_path / "home", sqlite_database, clock))


def drawn(app: Flask, page: int, *, more: bool, last: int | None = None) -> str:
    chosen = {"q": "a b", "state": None}
    with app.test_request_context("/labels"):
        return render_template_string(
            LINKS, page=page, more=more, chosen=chosen, last=last
        )


def test_a_page_links_to_the_one_before_and_the_one_after(app: Flask) -> None:
    assert "<nav" not in drawn(app, 1, more=False, last=1)
    first = drawn(app, 1, more=True)
    assert 'rel="next" href="/labels?page=2&amp;q=a+b"' in first
    assert 'rel="prev"' not in first
    between = drawn(app, 2, more=True, last=3)
    assert 'rel="prev" href="/labels?page=1&amp;q=a+b"' in between
    assert "2" in between.split("</a>")[1]
    assert 'rel="next"' not in drawn(app, 3, more=False, last=3)
