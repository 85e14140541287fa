"""Somebody with a browser: opens, fills in, presses, and looks at each page anew."""

from pathlib import Path

from playwright.sync_api import Locator, Page, Response

from tests.browsers import enter
from tests.journeys.faults import faults_of
from tests.journeys.make_service import Service


class Visitor:
    """Every page that is opened is held to the basics of accessibility."""

    def __init__(self, page: Page, service: Service) -> None:
        self.page = page
        self.service = service

    def open(self, address: str) -> Response:
        """Follow an address to its page."""
        response = self.page.goto(address)
        assert response is not None
        self.look()
        return response

    def open_anew(self, address: str) -> None:
        """Follow an address past what the browser keeps of it for some seconds."""
        self.page.goto(address)
        self.page.reload()
        self.look()

    def press(self, name: str) -> None:
        """Press the button, or follow the link that looks like one, of this name."""
        button = self.page.get_by_role("button", name=name, exact=True)
        link = self.page.get_by_role("link", name=name, exact=True)
        button.or_(link).first.click()
        self.page.wait_for_load_state()
        self.look()

    def follow(self, name: str) -> None:
        """Follow the first link that says this."""
        self.page.get_by_role("link", name=name).first.click()
        self.page.wait_for_load_state()
        self.look()

    def fill(self, **fields: str) -> None:
        """Type into fields by their name in the form."""
        for name, text in fields.items():
            self.field(name).fill(text)

    def choose(self, name: str, text: str) -> None:
        """Choose from a list what it shows."""
        self.field(name).select_option(label=text)

    def mark(self, text: str) -> None:
        """Tick the box or the circle that says this."""
        self.page.get_by_label(text).first.check()

    def upload(self, name: str, file: Path) -> None:
        self.field(name).set_input_files(file)

    def field(self, name: str) -> Locator:
        return self.page.locator(f'[name="{name}"]:not([type="hidden"])').first

    def typed(self, name: str) -> str:
        """Return what stands in a field."""
        return self.field(name).input_value()

    def beside(self, name: str) -> str:
        """Return the refusal beside a field, in the words the page uses."""
        described = self.field(name).get_attribute("aria-describedby") or ""
        errors = [one for one in described.split() if "-error" in one]
        return " ".join(self.page.inner_text(f'[id="{one}"]') for one in errors)

    def reads(self, text: str) -> bool:
        """Return whether the page shows a text."""
        return text in self.text

    @property
    def text(self) -> str:
        """Return all that can be read on the page, its white space folded."""
        return " ".join(self.page.inner_text("body").split())

    @property
    def verdict(self) -> str:
        return self.page.inner_text("#verdict, #verdict-1").strip()

    def sign_in(self, login: str, password: str = "") -> None:
        self.open("/sign-in")
        self.fill(login=login, password=password or self.service.password(login))
        self.press("Đăng nhập")
        assert self.reads("Đăng xuất")

    def enter(self, login: str) -> None:
        """Be signed in from now on, where signing in is not what is looked at."""
        enter(self.page.context, login, self.service.password(login))

    def look(self) -> None:
        """Hold the page shown to the basics of accessibility."""
        found = faults_of(self.page)
        assert not found, f"{self.page.url}: {found}"

    def leave(self) -> None:
        self.page.context.close()
