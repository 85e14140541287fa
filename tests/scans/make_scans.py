"""Sightings and browsers for tests of scans."""

from datetime import UTC, datetime, timedelta

from traceability.scans.service import Sighting

LINK = "https://tx.example/01/09520123456788/10/L1/21/S1"
MORNING = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)  # 10:00 in Vietnam
ANDROID = (
    "Mozilla/5.0 (Linux; Android 14; K) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/129.0.0.0 Mobile Safari/537.36"
)
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1"
)


def sighting(visitor: int = 0, *, hours: int = 0, link: str = LINK) -> Sighting:
    return Sighting(link, MORNING + timedelta(hours=hours), "live", f"{visitor:016x}")
