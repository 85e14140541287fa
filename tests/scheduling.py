"""Which tests go to the same worker when several run at once, and which start first."""

from typing import Any

import pytest
import xdist.scheduler as schedules  # type: ignore[import-untyped]  # ships no types

# What takes longest, or shares something dear, stays together and starts first; the
# thousands of short tests afterwards keep every worker busy to the end.
TOGETHER = (
    "tests/journeys/",
    "tests/api/test_schemathesis.py",
    "tests/verifier/",
    "tests/hostile/test_stored.py",
    "tests/forgeries/test_pocket.py",
    "tests/parties/test_browser.py",
    "tests/transparency/test_peers.py",
    "tests/cli/test_contract.py",
    "tests/cli/test_wheel.py",
    "tests/credentials/",
)


class LongestFirst(schedules.LoadGroupScheduling):  # type: ignore[misc]  # untyped, as above
    """Keep what is ``TOGETHER`` on one worker, where what it shares is made once.

    The groups of pytest-xdist 3.8 rename node ids, which pytest 9.2 no longer heeds.
    """

    ordered = False

    def _split_scope(self, nodeid: str) -> str:
        return next((one for one in TOGETHER if nodeid.startswith(one)), nodeid)

    def mark_test_complete(
        self, node: Any, item_index: int, duration: float = 0
    ) -> None:
        """Forget what is done: all that is remembered is counted after each test."""
        super().mark_test_complete(node, item_index, duration)
        scope = self._split_scope(self.registered_collections[node][item_index])
        if all(self.assigned_work[node][scope].values()):
            del self.assigned_work[node][scope]

    def _assign_work_unit(self, node: Any) -> None:
        if not self.ordered:
            self.ordered = True
            for beginning in reversed(TOGETHER):
                if beginning in self.workqueue:
                    self.workqueue.move_to_end(beginning, last=False)
        super()._assign_work_unit(node)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LongestFirst | None:
    return LongestFirst(config, log) if config.getvalue("dist") == "loadgroup" else None
