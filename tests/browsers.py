"""One Chromium a worker; every test opens a fresh window of its own in it."""

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, sync_playwright

BROWSER_ARGS = [
    *(["--no-sandbox"] if os.geteuid() == 0 else []),
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@pytest.fixture(scope="session")
def play() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def chromium(play: Playwright) -> str:
    """The path of the browser that page tests drive."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    own = play.chromium.executable_path
    if not Path(own).exists():
        pytest.skip("no Chromium on this machine: apt-get install chromium")
    return own


@pytest.fixture(scope="session")
def chromium_browser(play: Playwright, chromium: str) -> Iterator[Browser]:
    """A browser without a camera."""
    opened = play.chromium.launch(executable_path=chromium, args=BROWSER_ARGS)
    yield opened
    opened.close()


def enter(context: BrowserContext, login: str, password: str) -> None:
    """Sign somebody in with what the form sends, and show no page.

    The form itself is filled in where signing in is what is done.
    """
    token = _TOKEN.search(context.request.get("/sign-in").text())
    assert token
    answer = context.request.post(
        "/sign-in",
        form={"csrf_token": token[1], "login": login, "password": password},
        max_redirects=0,
    )
    assert 300 <= answer.status < 400, answer.status
