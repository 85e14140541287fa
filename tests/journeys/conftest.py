"""A service with the sample data, and browsers without JavaScript that visit it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys.make_service import Sample, Service, served
from tests.journeys.visitor import Visitor

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}


@pytest.fixture(scope="module")
def service(
    sample: Sample, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    with served(sample, tmp_path_factory.mktemp("service") / "home") as running:
        yield running


@pytest.fixture(scope="module")
def browser(chromium_browser: Browser) -> Browser:
    return chromium_browser


def visitor_of(browser: Browser, service: Service, size: dict[str, int]) -> Visitor:
    """Return somebody with a fresh browser: no JavaScript, Vietnamese first."""
    context = browser.new_context(
        base_url=service.origin,
        java_script_enabled=False,
        locale="vi-VN",
        viewport={"width": size["width"], "height": size["height"]},
        accept_downloads=True,
    )
    context.set_default_timeout(60_000)
    page: Page = context.new_page()
    return Visitor(page, service)


@pytest.fixture
def phone(browser: Browser, service: Service) -> Iterator[Visitor]:
    visitor = visitor_of(browser, service, PHONE)
    yield visitor
    visitor.leave()


@pytest.fixture
def stranger(browser: Browser, service: Service) -> Iterator[Visitor]:
    """Somebody else's phone."""
    visitor = visitor_of(browser, service, PHONE)
    yield visitor
    visitor.leave()


@pytest.fixture
def desk(browser: Browser, service: Service) -> Iterator[Visitor]:
    visitor = visitor_of(browser, service, DESK)
    yield visitor
    visitor.leave()
