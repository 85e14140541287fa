"""Languages: how one is chosen, and how texts, numbers and days read in it."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from flask import Blueprint, Flask, Response

from tests.conftest import FixedClock
from tests.web.make_web import make_services, make_shell
from traceability.core.quantity import Quantity
from traceability.db.database import Database
from traceability.web import formats
from traceability.web.i18n import gettext, language, lazy_gettext, ngettext, speaking
from traceability.web.wording import worded


@pytest.fixture
def app(tmp_path: Path, sqlite_database: Database, clock: FixedClock) -> Flask:
    use = make_services(tmp_path / "home", sqlite_database, clock)
    public = Blueprint("open", __name__)
    public.get("/open")(lambda: Response(language()))
    app = make_shell(use, public)
    private = Blueprint("closed", __name__)
    private.get("/closed")(lambda: Response(language()))
    app.register_blueprint(private)
    return app


@pytest.mark.parametrize(
    ("path", "accepted", "expected"),
    [
        ("/open", "", "vi"),
        ("/open", "fr", "vi"),
        ("/open", "en-GB,en;q=0.9,vi;q=0.5", "en"),
        ("/open", "vi-VN,en;q=0.9", "vi"),
        ("/open?lang=en", "vi", "en"),
        ("/open?lang=xx", "en", "en"),
        ("/open?lang=<script>", "", "vi"),
    ],
)
def test_the_language_is_asked_for(
    app: Flask, path: str, accepted: str, expected: str
) -> None:
    response = app.test_client().get(
        path, base_url="https://tx.example", headers={"Accept-Language": accepted}
    )
    assert response.get_data(as_text=True) == expected
    assert "Set-Cookie" not in response.headers


def test_a_choice_is_remembered_on_pages_behind_the_sign_in(app: Flask) -> None:
    client = app.test_client()
    client.get("/closed?lang=en", base_url="https://tx.example")
    again = client.get("/closed", base_url="https://tx.example")
    assert again.get_data(as_text=True) == "en"
    there = client.get("/open", base_url="https://tx.example")
    assert there.get_data(as_text=True) == "vi"


def test_operators_read_english() -> None:
    assert language() == "en"
    assert gettext("Sign out") == "Sign out"


def test_a_block_speaks_one_language() -> None:
    shown = lazy_gettext("Use at most %(most)s characters.", most=3)
    with speaking("vi"):
        assert str(shown) == "Dùng tối đa 3 ký tự."
        assert gettext("no such text") == "no such text"
        assert not gettext("")
    assert str(shown) == "Use at most 3 characters."
    assert "Use at most" in repr(shown)


def test_plurals_are_filled() -> None:
    assert ngettext("%(num)s thing", "%(num)s things", 1) == "1 thing"
    assert ngettext("%(num)s thing", "%(num)s things", 2) == "2 things"


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("Missing data for required field.", "Please fill this in."),
        ("Must be one of: a, b.", "Choose one of the list."),
        ("Unknown field.", "There is no such field."),
        ("Longer than maximum length 5.", "Use at most 5 characters."),
        ("Shorter than minimum length 2.", "Use at least 2 characters."),
        ("Must be greater than or equal to 1.", "Use 1 or more."),
        (
            "Must be greater than or equal to 1 and less than or equal to 9.",
            "Use 1 to 9.",
        ),
        ("Must be less than or equal to 9.", "Use 9 or less."),
        ("Not a valid integer.", "This cannot be read."),
        ("Of our own.", "Of our own."),
    ],
)
def test_marshmallows_messages_are_put_in_plain_words(
    message: str, expected: str
) -> None:
    assert worded(message) == expected


def test_days_and_instants_are_of_vietnam() -> None:
    late = datetime(2026, 11, 21, 18, 5, tzinfo=UTC)
    assert formats.day(date(2026, 11, 22)) == "22/11/2026"
    assert formats.day(late) == "22/11/2026"
    assert formats.instant(late) == "22/11/2026 01:05"
    assert [formats.day(None), formats.instant(None)] == ["", ""]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Decimal("1234.50"), "1.234,5"),
        (Decimal("0.05"), "0,05"),
        (Decimal(-1234567), "-1.234.567"),
        (Decimal("1E+3"), "1.000"),
        (7, "7"),
        (None, ""),
    ],
)
def test_numbers_read_as_vietnamese_people_write_them(
    value: Decimal | int | None, expected: str
) -> None:
    assert formats.number(value) == expected


def test_quantities_carry_their_unit() -> None:
    assert formats.quantity(Quantity(Decimal("1234.5"), "KGM")) == "1.234,5 kg"
    assert not formats.quantity(None)
