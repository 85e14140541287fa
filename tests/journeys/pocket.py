"""An inspector's phone: a browser with a camera that looks at a printed label."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Locator, Page

from tests.browsers import enter
from tests.conftest import FixedClock
from tests.journeys.faults import faults_of
from tests.journeys.make_service import Service
from traceability.labels.label import Label
from traceability.labels.writers.preview import render_picture

INSPECTOR = "inspector@sample.example"
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
NOW = FixedClock().instant
CAMERA = [
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
]
_CONTROLLED = """() => navigator.serviceWorker.ready.then(() =>
  navigator.serviceWorker.controller ?? new Promise((resolve) =>
    navigator.serviceWorker.addEventListener("controllerchange", resolve)))"""


def label_picture(service: Service, lot: str, label: Label) -> Image.Image:
    """A label as it is printed, twice as large."""
    drawn = render_picture(service.runs(lot)[-1].job.layout(), label)
    picture = Image.open(BytesIO(drawn)).convert("RGB")
    size = (picture.width * 2, picture.height * 2)
    return picture.resize(size, Image.Resampling.LANCZOS)


def film(picture: Image.Image, path: Path) -> Path:
    """What a camera sees that is held over a picture, for Chromium's camera."""
    seen = Image.new("RGB", (1280, 720), (90, 96, 92))
    picture.thumbnail((1100, 640))
    left, top = (1280 - picture.width) // 2, (720 - picture.height) // 2
    seen.paste(picture, (left, top))
    frame = BytesIO()
    seen.save(frame, "JPEG", quality=92)
    path.write_bytes(frame.getvalue() * 5)
    return path


@dataclass
class Pocket:
    """The page on a phone, and every address that was asked for meanwhile."""

    page: Page
    service: Service
    asked: list[str] = field(default_factory=list)
    mishaps: list[str] = field(default_factory=list)

    @property
    def context(self) -> BrowserContext:
        return self.page.context

    def watch(self) -> None:
        self.context.on("request", lambda request: self.asked.append(request.url))
        self.page.on("pageerror", lambda error: self.mishaps.append(str(error)))

    def open(self, screen: str = "scan", language: str = "vi") -> None:
        """Open the page and wait until the service worker keeps it."""
        self.page.goto(f"/inspector/?lang={language}#{screen}")
        self.page.locator("#app").wait_for()
        self.page.evaluate(_CONTROLLED)

    def go(self, screen: str) -> None:
        self.page.evaluate("(name) => { location.hash = name }", screen)
        self.page.locator(f"#{screen}").wait_for()

    def offline(self) -> None:
        self.context.set_offline(True)

    def online(self) -> None:
        self.context.set_offline(False)

    def check(self, text: str) -> None:
        """Type a link and wait for its verdict."""
        self.go("scan")
        self.page.fill("#text", text)
        self.page.click("#typed button")
        self.page.locator("#result").wait_for()

    def photograph(self, picture: Image.Image, path: Path) -> None:
        picture.save(path, quality=88)
        self.go("scan")
        self.page.set_input_files("#picture", path)
        self.page.locator("#result").wait_for()

    @property
    def verdict(self) -> str:
        return self.page.inner_text("#verdict")

    @property
    def tone(self) -> str:
        return str(self.page.get_attribute("#report .verdict", "class")).split()[-1]

    @property
    def told(self) -> str:
        return self.page.inner_text("#report")

    @property
    def ages(self) -> list[str]:
        return self.page.locator("#ages li").all_inner_texts()

    def results(self) -> dict[int, str]:
        """How each numbered check ended."""
        return {
            int(str(one.get_attribute("data-number"))): str(
                one.get_attribute("data-result")
            )
            for one in self.page.locator("#checks li").all()
        }

    def sign_in(self, login: str = INSPECTOR) -> None:
        self.page.goto("about:blank")  # what opens afterwards asks anew who it is
        enter(self.context, login, self.service.password(login))

    def begin(self, result: str = "conformant", place: str = "Chợ mẫu, sạp 12") -> None:
        """From a verdict, start a finding and fill in what it needs."""
        self.page.click("#record")
        self.page.locator("#finding").wait_for()
        self.page.check(f"[value={result}]")
        self.page.fill("#place", place)

    def save(self) -> None:
        self.page.click("#form > button")
        self.page.locator("#queue").wait_for()

    def item(self, state: str) -> Locator:
        return self.page.locator(f"#items li[data-state={state}]")

    def kept(self, store: str) -> Any:
        """Everything that lies in a store of the phone."""
        return self.page.evaluate(
            """(name) => new Promise((resolve, reject) => {
              const asked = indexedDB.open("inspector");
              asked.onerror = () => reject(asked.error);
              asked.onsuccess = () => {
                const read = asked.result.transaction(name).objectStore(name).getAll();
                read.onsuccess = () => { asked.result.close(); resolve(read.result); };
              };
            })""",
            store,
        )

    def look(self) -> None:
        """Hold the screen shown to the basics of accessibility."""
        found = faults_of(self.page)
        assert not found, f"{self.page.url}: {found}"

    def strangers(self) -> list[str]:
        """What was asked of anybody but the service."""
        own = urlsplit(self.service.origin).netloc
        local = {"data", "blob"}
        parts = [urlsplit(one) for one in self.asked]
        return [
            one.geturl()
            for one in parts
            if one.scheme not in local and one.netloc != own
        ]


@contextmanager
def pocket_of(
    browser: Browser, service: Service, size: dict[str, int] | None = None
) -> Iterator[Pocket]:
    """Hand over a fresh phone; in the end nothing may have gone wrong on it."""
    screen = size or PHONE
    context = browser.new_context(
        base_url=service.origin,
        locale="vi-VN",
        viewport={"width": screen["width"], "height": screen["height"]},
        permissions=["camera"],
    )
    context.set_default_timeout(60_000)
    context.clock.set_fixed_time(NOW)
    pocket = Pocket(context.new_page(), service)
    pocket.watch()
    try:
        yield pocket
        assert not pocket.mishaps
        assert not pocket.strangers()
    finally:
        context.close()
