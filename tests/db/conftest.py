"""Databases that hold something."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.journeys.make_service import Sample, moved_in
from traceability.db.database import Database
from traceability.web.context import Services


@pytest.fixture
def filled(sample: Sample, tmp_path: Path) -> Iterator[Callable[[str], Services]]:
    """Services over a copy of the sample, with its rows or those of an address."""
    with ExitStack() as stack:

        def over(url: str = "") -> Services:
            rows = Database(url) if url else None
            return stack.enter_context(moved_in(sample, tmp_path / "filled", rows))

        yield over
