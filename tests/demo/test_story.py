"""What a newcomer finds in the sample data beyond lots: a key's word, and visits."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from tests.clock import FixedClock
from tests.journeys.make_service import Sample, moved_in
from tests.web.make_web import Browser, make_app
from traceability.demo.cli import SHEET, group
from traceability.demo.service import FEATURED_GTIN, FEATURED_LOT
from traceability.inspection.models import Inspection
from traceability.records.models import RecordConfirmation, SignedRecord
from traceability.web.context import Services

LOT_PAGE = f"/p/01/{FEATURED_GTIN}/10/{FEATURED_LOT}"


@pytest.fixture
def use(sample: Sample, tmp_path: Path) -> Iterator[Services]:
    """A home into which the sample data was loaded once."""
    with moved_in(sample, tmp_path / "home") as services:
        yield services


def load(use: Services) -> str:
    result = CliRunner().invoke(group, [], obj=use)
    assert result.exception is None, result.output
    return result.stdout


def test_the_sample_office_confirms_the_stars_with_a_key_of_its_own(
    use: Services,
) -> None:
    browser = Browser(make_app(use))
    browser.get(LOT_PAGE)
    assert "Đã được Văn phòng điều phối OCOP mẫu xác nhận" in browser.page


def test_the_sample_inspector_saw_what_led_to_the_recall(use: Services) -> None:
    with use.database.reading() as session:
        found = session.scalars(select(Inspection).order_by(Inspection.seen_at)).all()
    assert [one.result for one in found] == ["non_conformant", "conformant"]
    assert all(one.batch_id and one.person_id for one in found)


def test_loaded_again_nothing_is_signed_anew(use: Services) -> None:
    count = select(func.count(SignedRecord.id))
    words = select(func.count(RecordConfirmation.id))
    with use.database.reading() as session:
        before = session.scalar(count)
    result = CliRunner().invoke(group, [], obj=use)
    assert result.exception is None, result.output
    with use.database.reading() as session:
        assert session.scalar(count) == before
        assert session.scalar(words) == 1


def test_no_sheet_is_made_of_labels_that_hold_no_more(use: Services) -> None:
    sheet = use.settings.home / SHEET
    assert f"the sheet it is on      {sheet}" in load(use)
    later = use.clock.now() + timedelta(days=10 * 366)
    use = replace(use, clock=FixedClock(later))
    told = load(use)
    assert "no sheet is made:       The lot expired on" in told
    assert f"do not print the one of before: {sheet}" in told
    sheet.unlink()
    assert str(sheet) not in load(use)
    assert not sheet.exists()
