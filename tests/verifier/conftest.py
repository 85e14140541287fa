"""What the browser's tests share: Chromium, and the verifier as one file on a disk."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.conftest import BROWSER_ARGS
from traceability.verification.standalone.page import verifier_page


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=chromium, args=BROWSER_ARGS
        )
        yield running
        running.close()


@pytest.fixture(scope="module")
def verifier_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("stick") / "verifier.html"
    path.write_bytes(verifier_page().body)
    return path
