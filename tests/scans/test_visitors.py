"""Visitors are told apart for a day, and forgotten."""

import stat
from datetime import date
from pathlib import Path

import pytest

from tests.scans.make_scans import ANDROID, IPHONE
from traceability.scans.visitors import (
    DailySalts,
    browser_family,
    is_robot,
    visitor_hash,
)

DAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("agent", "family"),
    [
        (ANDROID, "chrome android"),
        (ANDROID + " Zalo/23.1", "zalo android"),
        (ANDROID.replace("129", "131"), "chrome android"),
        (IPHONE, "safari iphone"),
        ("", "other other"),
    ],
)
def test_a_browser_family_has_no_versions(agent: str, family: str) -> None:
    assert browser_family(agent) == family


def test_neighbours_with_the_same_kind_of_phone_are_one_visitor() -> None:
    one = visitor_hash(b"salt", "203.0.113.7", ANDROID)
    assert one == visitor_hash(b"salt", "203.0.113.99", ANDROID)
    assert one != visitor_hash(b"salt", "198.51.100.7", ANDROID)
    assert one != visitor_hash(b"salt", "203.0.113.7", IPHONE)


def test_another_salt_makes_another_visitor() -> None:
    one = visitor_hash(b"salt", "203.0.113.7", ANDROID)
    assert one != visitor_hash(b"next", "203.0.113.7", ANDROID)
    assert "203.0.113" not in one


@pytest.mark.parametrize(
    "agent", ["Googlebot/2.1", "facebookexternalhit/1.1", "ZaloPreview", "WhatsApp/2"]
)
def test_programs_that_look_at_links_are_robots(agent: str) -> None:
    assert is_robot(agent)
    assert not is_robot(ANDROID)


def test_processes_share_the_salt_of_a_day(tmp_path: Path) -> None:
    salt = DailySalts(tmp_path).of(DAY)
    assert len(salt) == 32
    assert DailySalts(tmp_path).of(DAY) == salt
    (file,) = tmp_path.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_salt_is_destroyed_after_its_day(tmp_path: Path) -> None:
    salts = DailySalts(tmp_path)
    salts.of(DAY)
    salts.of(DAY.replace(day=23))
    salts.of(DAY.replace(day=24))
    assert sorted(one.name[-2:] for one in tmp_path.iterdir()) == ["23", "24"]


def test_without_a_folder_the_salt_stays_in_the_process(tmp_path: Path) -> None:
    salts = DailySalts(tmp_path / "missing")
    assert salts.of(DAY) == salts.of(DAY)
    assert len(salts.of(DAY)) == 32
