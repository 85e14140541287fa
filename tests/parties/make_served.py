"""A house served on a loopback port, and people who sign in to it in a browser."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page

from tests.browsers import enter
from tests.conftest import FixedClock
from tests.journeys.make_service import HOST, database_of, free_port
from tests.verification.make_house import House, build_house
from tests.web.make_web import make_app, make_services, running
from traceability.accounts.logins import Login
from traceability.accounts.service import PersonDraft, create_person
from traceability.cli.serving import server_of
from traceability.core.permissions import SYSTEM, Role
from traceability.db.base import Base
from traceability.db.migrations import stamp

PASSWORD = "lua-nep-cai-hoa-vang"
OFFICER, ADMINISTRATOR = "officer@example.com", "admin@example.com"
_ROLES = {OFFICER: Role.OFFICER, ADMINISTRATOR: Role.ADMINISTRATOR}


@dataclass(frozen=True)
class Served:
    """A house and the address it answers at."""

    house: House

    @property
    def origin(self) -> str:
        return self.house.use.identity.origin

    @property
    def label(self) -> str:
        """A sealed label, as its code says it, with the origin in small letters."""
        text = self.house.sealed[0].qr_text
        return self.origin + text[len(self.origin) :]


@contextmanager
def serving_house(home: Path) -> Iterator[Served]:
    home.mkdir(parents=True)
    port, database = free_port(), database_of(home)
    Base.metadata.create_all(database.engine)
    stamp(database)
    origin = f"http://{HOST}:{port}"
    use = make_services(home, database, FixedClock(), base_url=origin)
    house = build_house(use)
    for login, role in _ROLES.items():
        draft = PersonDraft(
            organisation_id=house.officer.organisation_id or 0,
            login=Login.parse(login),
            name=f"Người {role.value}",
            password=PASSWORD,
            roles=frozenset({role}),
        )
        with database.transaction() as session:
            create_person(session, draft, actor=SYSTEM, clock=use.clock)
    server: Any = server_of(make_app(use), use.settings, host=HOST, port=port)
    with running(server):
        yield Served(house)
    database.dispose()


def sign_in(context: BrowserContext, login: str) -> Page:
    page = context.new_page()
    enter(context, login, PASSWORD)
    return page


def press(page: Page, words: str) -> None:
    page.get_by_role("button", name=words).first.click()


def make_key(page: Page, passphrase: str, folder: Path) -> Path:
    """Make a key in the browser, keep the copy, send the public half and prove it."""
    page.goto("/organisation/keys")
    page.fill("[data-passphrase]", passphrase)
    with page.expect_download() as copy:
        press(page, "Tạo khóa")
    path = folder / "copy.json"
    copy.value.save_as(path)
    page.locator("[data-status]", has_text="Đã tạo").wait_for()
    press(page, "Gửi nửa công khai")
    press(page, "Ký bằng khóa trong trình duyệt này")
    page.wait_for_url("**/organisation/keys")
    return path


def admit(context: BrowserContext) -> None:
    page = sign_in(context, ADMINISTRATOR)
    page.goto("/admin/party-keys")
    press(page, "Chấp nhận")
    page.wait_for_url("**/admin/party-keys")


def confirm_stars(page: Page) -> None:
    page.goto("/confirmations")
    row = page.locator("li", has_text="Công nhận OCOP")
    row.get_by_role("button", name="Xem và xác nhận").click()
    press(page, "Ký bằng khóa trong trình duyệt này")
    page.wait_for_url("**/confirmations")
