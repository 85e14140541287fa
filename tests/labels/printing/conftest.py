"""A print room on either engine."""

from pathlib import Path

import pytest

from tests.conftest import FixedClock
from tests.labels.printing.make_printing import Room, make_room
from tests.web.make_web import make_services
from traceability.db.database import Database

PATIENCE = 0.3  # seconds in which an act that does not wait would be done


@pytest.fixture
def room(tmp_path: Path, database: Database, clock: FixedClock) -> Room:
    return make_room(make_services(tmp_path / "home", database, clock))
