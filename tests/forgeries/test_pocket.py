"""The inspector's phone against the museum: in Chromium, it says what Python says."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route

from tests.conftest import FixedClock
from tests.forgeries.case import Case, tell
from tests.forgeries.museum import COLLECTION, Lie
from tests.forgeries.stub import Stub
from tests.forgeries.test_forgeries import HONEST
from tests.journeys.make_service import HOST, free_port
from tests.verification.make_verification import NOW, SmallLog, build_world
from tests.verifier.make_questions import answer_of, report_on
from tests.web.make_web import make_app, make_services, running
from traceability.cli.serving import server_of
from traceability.db.database import Database
from traceability.inspection.pocket.code import read_code
from traceability.inspection.pocket.views import STATIC
from traceability.signing.entries import instant_text
from traceability.transparency.tiles import WIDTH
from traceability.verification.remote import MAX_TILES

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ASKED = ("/api/v1/evidence", "/.well-known/trust-list.jws", "/log/", "/status/")
CHECK = """async ({ folder, memory, policy, text, now }) => {
  const store = await import(`${folder}/pocket/store.js`);
  const { keepPolicy } = await import(`${folder}/pocket/witnesses.js`);
  const { check } = await import(`${folder}/pocket/checking.js`);
  const kept = { version: 1, root: "", fetched_at: now, compared: false };
  await store.forgetEverything();
  if (memory.trust_list) {
    await store.remember("trust-list", { ...kept, token: memory.trust_list });
  }
  await store.remember("checkpoint", memory.checkpoint);
  if (policy) {
    const refused = await keepPolicy(new File([policy], "policy.txt"));
    if (refused) throw new Error(refused.message);
  }
  const list = { valid_from: now, valid_until: now };
  const status = memory.status.map((token, id) => ({ ...list, id, token }));
  await store.remember("status", status);
  const { verdict, offline, checks } = await check(text, new Date(now));
  const found = checks.map((one) => [
    one.number, one.name, one.result, one.code, one.detail]);
  const trust = await store.recall("trust-list");
  const head = await store.recall("checkpoint");
  return { verdict, offline, found, list: trust?.token ?? "", head: head ?? "" };
}"""


class Phone:
    """The page on a phone whose service serves whatever case it is told to."""

    def __init__(self, page: Page, origin: str) -> None:
        self.page, self.origin, self.stub = page, origin, Stub()

    def answer(self, route: Route) -> None:
        body = self.stub.answer(urlsplit(route.request.url).path)
        if body is None:
            route.fulfill(status=404, body="")
        else:
            route.fulfill(status=200, body=body)

    def check(self, case: Case) -> dict[str, Any]:
        self.stub.case = case
        memory = {
            "trust_list": case.memory.trust_list,
            "checkpoint": case.memory.checkpoint,
            "status": list(case.memory.status),
        }
        told = {
            "folder": read_code(STATIC).folder,
            "memory": memory,
            "policy": case.policy,
            "text": case.text,
            "now": instant_text(NOW),
        }
        found: dict[str, Any] = self.page.evaluate(CHECK, told)
        return found


@pytest.fixture(scope="module")
def phone(
    chromium_browser: Browser,
    tmp_path_factory: pytest.TempPathFactory,
    sqlite_template: Path,
) -> Iterator[Phone]:
    folder = tmp_path_factory.mktemp("phone")
    path = folder / "phone.sqlite3"
    path.write_bytes(sqlite_template.read_bytes())
    database = Database(f"sqlite:///{path}")
    port = free_port()
    origin = f"http://{HOST}:{port}"
    use = make_services(folder / "home", database, FixedClock(NOW), base_url=origin)
    server = server_of(make_app(use), use.settings, host=HOST, port=port)
    with running(server):
        page = chromium_browser.new_context(service_workers="block").new_page()
        opened = Phone(page, origin)
        page.route(lambda url: urlsplit(url).path.startswith(ASKED), opened.answer)
        page.goto(f"{origin}/inspector/")
        page.locator("#told", has_text="does not keep the page").wait_for()
        yield opened
        page.context.close()
    database.dispose()


def agrees(phone: Phone, case: Case) -> dict[str, Any]:
    """Hold the phone's verdict and findings to Python's; return what it told."""
    verdict, _exit_code, findings = answer_of(report_on(case, case.policy))
    told = phone.check(case)
    assert (told["verdict"], told["found"]) == (verdict, findings)
    assert told["offline"] is False
    return told


@pytest.mark.parametrize("name", HONEST)
def test_the_phone_believes_the_honest(phone: Phone, name: str) -> None:
    case = HONEST[name](phone.origin)
    told = agrees(phone, case)
    assert told["verdict"] == "verified"
    assert told["head"] == case.document["checkpoint"]


@pytest.mark.parametrize("lie", COLLECTION, ids=lambda lie: lie.name)
def test_the_phone_catches(phone: Phone, lie: Lie) -> None:
    case = lie.build(phone.origin)
    told = agrees(phone, case)
    assert told["verdict"] != "verified"
    found = {number: result for number, _name, result, _code, _detail in told["found"]}
    assert found[lie.number] == "fail"
    if found[7] == "fail":
        assert told["head"] == case.memory.checkpoint  # nothing of a fork is kept


@pytest.mark.parametrize("listed", [True, False])
def test_the_phone_believes_a_long_log_only_with_status_lists(
    phone: Phone, *, listed: bool
) -> None:
    world = build_world(phone.origin)
    filler = [b"x"] * (WIDTH * (MAX_TILES + 1))
    world.log = SmallLog(world.log_key, world.log.origin, [*world.log.leaves, *filler])
    lists = world.status_lists() if listed else ()
    told = agrees(phone, tell(world, status=lists))
    code = "current-as-told" if listed else "status-list-missing"
    assert told["found"][7][3] == code
