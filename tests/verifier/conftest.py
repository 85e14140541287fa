"""What the browser's tests share: Chromium, and the verifier as one file on a disk."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.verifier.make_questions import Asked, asked_of_museum
from traceability.verification.standalone.page import verifier_page


@pytest.fixture
def browser(chromium_browser: Browser) -> Browser:
    return chromium_browser


@pytest.fixture(scope="session")
def verifier_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("stick") / "verifier.html"
    path.write_bytes(verifier_page().body)
    return path


@pytest.fixture(scope="session")
def museum() -> Asked:
    return asked_of_museum()
