"""Which tests go to the same worker when several run at once."""

from typing import Any

import pytest
import xdist.scheduler as schedules  # type: ignore[import-untyped]  # ships no types


class ByJourney(schedules.LoadGroupScheduling):  # type: ignore[misc]  # untyped, as above
    """Keep each file of journeys on one worker, where its service starts once.

    The groups of pytest-xdist 3.8 rename node ids, which pytest 9.2 no longer heeds.
    """

    def _split_scope(self, nodeid: str) -> str:
        file, _mark, _test = nodeid.partition("::")
        return file if file.startswith("tests/journeys/") else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByJourney | None:
    return ByJourney(config, log) if config.getvalue("dist") == "loadgroup" else None
