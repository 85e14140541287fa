"""What a stranger's phone pays for the public page: bytes, cookies, requests."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

import pytest
from playwright.sync_api import Browser, Page, Response

from tests.journeys.make_service import Service
from traceability.catalog.photos import MAX_WEBP_BYTES

pytestmark = [pytest.mark.browser, pytest.mark.slow]

BUDGET = 80 * 1024
LOTS = ["BT-261114-1", "TS-260813-1", "GC-260705-1"]


@dataclass
class FirstView:
    """What came over the wire until the page stood."""

    page: Page
    answers: list[Response] = field(default_factory=list)

    def note(self, answer: Response) -> None:
        self.answers.append(answer)

    @property
    def transferred(self) -> int:
        """Return the bytes of all answers, heads and compressed bodies."""
        sizes = [one.request.sizes() for one in self.answers]
        return sum(
            one["responseHeadersSize"] + one["responseBodySize"] for one in sizes
        )


@pytest.fixture
def first_view(browser: Browser, service: Service) -> Iterator[FirstView]:
    context = browser.new_context(
        java_script_enabled=False,
        locale="vi-VN",
        viewport={"width": 390, "height": 844},
    )
    view = FirstView(context.new_page())
    view.page.on("response", view.note)
    yield view
    context.close()


def see(view: FirstView, address: str) -> None:
    view.page.goto(address, wait_until="networkidle")


@pytest.mark.parametrize("lot", LOTS)
def test_the_first_view_of_a_label_costs_little(
    service: Service, first_view: FirstView, lot: str
) -> None:
    see(first_view, service.opened(service.labels(lot)[0]))
    kinds = {one.request.resource_type for one in first_view.answers}
    assert {"document", "stylesheet", "image"} <= kinds
    assert "script" not in kinds
    assert all(one.ok or one.status == 307 for one in first_view.answers)
    assert first_view.transferred <= BUDGET, first_view.transferred


def test_it_sets_no_cookie_and_asks_nobody_else(
    service: Service, first_view: FirstView
) -> None:
    see(first_view, service.opened(service.labels(LOTS[0])[0]))
    assert first_view.page.context.cookies() == []
    for one in first_view.answers:
        assert "set-cookie" not in one.headers
        assert one.url.startswith(f"{service.origin}/")


def test_the_heaviest_photo_that_is_let_in_fits_too(
    service: Service, first_view: FirstView
) -> None:
    see(first_view, service.opened(service.labels(LOTS[0])[0]))
    photo = sum(
        one.request.sizes()["responseBodySize"]
        for one in first_view.answers
        if one.url.endswith(".webp")
    )
    assert first_view.transferred - photo + MAX_WEBP_BYTES <= BUDGET


def test_the_scan_itself_is_never_cached(
    service: Service, first_view: FirstView
) -> None:
    see(first_view, service.opened(service.labels(LOTS[0])[0]))
    scan, page = first_view.answers[0], first_view.answers[1]
    assert (scan.status, scan.headers["cache-control"]) == (307, "no-store")
    assert "max-age=" in page.headers["cache-control"]
    assert page.headers["etag"]


class _Unled(HTTPRedirectHandler):
    def redirect_request(self, *_: object, **__: object) -> None:
        return None


def ask(address: str, **headers: str) -> tuple[int, Message, bytes]:
    """Return status, headers and body of one request, redirects not followed."""
    request = Request(address, headers=headers)  # noqa: S310 (our own loopback)
    try:
        with build_opener(_Unled).open(request, timeout=20) as answer:
            return answer.status, answer.headers, answer.read()
    except HTTPError as refusal:
        with refusal:
            return refusal.code, refusal.headers, refusal.read()


def test_a_second_view_is_not_sent_again(service: Service) -> None:
    page = service.lot("TC-260919-1").replace("/01/", "/p/01/")
    status, head, body = ask(page)
    assert status == 200
    assert b"TC-260919-1" in body
    again, same, nothing = ask(page, **{"If-None-Match": head["ETag"]})
    assert (again, nothing) == (304, b"")
    assert same["ETag"] == head["ETag"]


def test_another_language_is_another_page(service: Service) -> None:
    page = service.lot("TC-260919-1").replace("/01/", "/p/01/")
    _status, vietnamese, _body = ask(page)
    status, english, _body = ask(
        f"{page}?lang=en", **{"If-None-Match": vietnamese["ETag"]}
    )
    assert status == 200
    assert english["ETag"] != vietnamese["ETag"]
