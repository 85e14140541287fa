"""Which tests go to the same worker when several run at once, and which start first."""

from typing import Any

import pytest
import xdist.scheduler as schedules  # type: ignore[import-untyped]  # ships no types

# What takes longest, or shares something dear, stays together and starts first; the
# thousands of short tests afterwards keep every worker busy to the end.
TOGETHER = (
    "tests/journeys/test_pocket.py",
    "tests/api/test_schemathesis.py",
    "tests/journeys/test_pocket_queue.py",
    "tests/verifier/test_page_agreement.py",
    "tests/verifier/test_mutations.py",
    "tests/hostile/test_stored.py",
    "tests/forgeries/test_pocket.py",
    "tests/parties/test_browser.py",
    "tests/journeys/",
    "tests/verifier/",
    "tests/transparency/test_peers.py",
    "tests/cli/test_contract.py",
    "tests/cli/test_wheel.py",
    "tests/credentials/",
)


class LongestFirst(schedules.LoadGroupScheduling):  # type: ignore[misc]  # untyped, as above
    """Keep a file of ``TOGETHER`` on one worker, where what it shares is made once.

    The groups of pytest-xdist 3.8 rename node ids, which pytest 9.2 no longer heeds.
    """

    ordered = False

    def _split_scope(self, nodeid: str) -> str:
        file, _mark, _test = nodeid.partition("::")
        return file if file.startswith(TOGETHER) else nodeid

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
                for scope in list(self.workqueue):
                    if scope.startswith(beginning) and "::" not in scope:
                        self.workqueue.move_to_end(scope, last=False)
        super()._assign_work_unit(node)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LongestFirst | None:
    return LongestFirst(config, log) if config.getvalue("dist") == "loadgroup" else None
