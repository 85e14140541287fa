"""A whole service with one lot of everything, on each engine and on SQLite alone."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import FixedClock
from tests.verification.make_house import build_house
from tests.verification.make_machine import Machine, free_port
from tests.web.make_web import make_app, make_services, make_settings, running
from traceability.cli.serving import server_of
from traceability.core.ports import Clock
from traceability.db.database import Database
from traceability.verification import cli


@pytest.fixture
def machine(
    tmp_path: Path,
    sqlite_database: Database,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Machine]:
    monkeypatch.setattr(cli, "SystemClock", FixedClock)
    port = free_port()
    origin = f"http://127.0.0.1:{port}"
    use = make_services(tmp_path / "service", sqlite_database, clock, base_url=origin)
    house = build_house(use)
    server: Any = server_of(make_app(use), use.settings, host="127.0.0.1", port=port)

    with running(server):
        yield Machine(make_settings(tmp_path / "away"), house, origin)
