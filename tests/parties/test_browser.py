"""A key made in Chromium signs there, and never leaves it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.parties.make_served import (
    OFFICER,
    Served,
    admit,
    confirm_stars,
    make_key,
    press,
    serving_house,
    sign_in,
)
from traceability.signing.keystore import KeyStore

pytestmark = [pytest.mark.browser, pytest.mark.slow]

COPY = "mười bốn ký tự trở lên"
CONFIRMED = "Đã được Sở mẫu xác nhận"
WITHOUT_ED25519 = """
const subtle = globalThis.crypto?.subtle;  // an empty page has none
const make = subtle?.generateKey.bind(subtle);
if (subtle) subtle.generateKey = (kind, ...rest) => kind.name === "Ed25519"
  ? Promise.reject(new DOMException("", "NotSupportedError"))
  : make(kind, ...rest);
"""
TAKEN_OUT = """
async () => {
  const open = indexedDB.open("party-keys");
  await new Promise((done) => { open.onsuccess = done; });
  const all = open.result.transaction("keys").objectStore("keys").getAll();
  await new Promise((done) => { all.onsuccess = done; });
  const ways = ["pkcs8", "jwk", "raw"];
  const tries = ways.map((way) => crypto.subtle.exportKey(way, all.result[0].key));
  return (await Promise.allSettled(tries)).map((one) => one.status);
}
"""


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with serving_house(tmp_path / "home") as served:
        yield served


@pytest.fixture
def browser(chromium_browser: Browser) -> Browser:
    return chromium_browser


def fresh(browser: Browser, served: Served, *, scripts: bool = True) -> BrowserContext:
    context = browser.new_context(
        base_url=served.origin,
        locale="vi-VN",
        accept_downloads=True,
        java_script_enabled=scripts,
    )
    context.set_default_timeout(60_000)
    return context


@pytest.mark.parametrize("alg", ["EdDSA", "ES256"])
def test_a_key_made_in_the_browser_confirms_from_there(
    browser: Browser, served: Served, tmp_path: Path, alg: str
) -> None:
    context = fresh(browser, served)
    if alg == "ES256":
        context.add_init_script(WITHOUT_ED25519)
    faults: list[str] = []
    sent: list[str] = []
    context.on("weberror", lambda one: faults.append(str(one.error)))
    context.on("request", lambda one: sent.append(one.post_data or ""))
    page = sign_in(context, OFFICER)
    copy = make_key(page, COPY, tmp_path)
    assert "chờ người quản trị" in page.inner_text("main")
    assert page.evaluate(TAKEN_OUT) == ["rejected"] * 3
    admit(fresh(browser, served))
    confirm_stars(page)
    assert "Đã xác nhận." in page.inner_text("main")
    page.goto(served.label)
    shown = page.inner_text("main")
    assert CONFIRMED in shown
    assert "Cán bộ Sở mẫu nhập, hệ thống ký" in shown
    keys = served.house.use.get(KeyStore).trust_list.keys
    assert [one.alg for one in keys if "organisations" in one.party] == [alg]
    assert faults == []
    secret = json.loads(copy.read_text())["sealed"]
    assert not any(secret in one or '"d"' in one for one in sent)
    context.close()


def test_a_copy_opens_elsewhere_and_takes_the_word_back(
    browser: Browser, served: Served, tmp_path: Path
) -> None:
    context = fresh(browser, served)
    page = sign_in(context, OFFICER)
    copy = make_key(page, COPY, tmp_path)
    admit(fresh(browser, served))
    confirm_stars(page)
    context.close()
    elsewhere = sign_in(fresh(browser, served), OFFICER)
    elsewhere.goto("/organisation/keys")
    elsewhere.click("summary:has-text('Đưa bản sao')")
    elsewhere.set_input_files("[data-copy]", copy)
    for passphrase, said in (("sai mật khẩu rồi đó", "Không mở được"), (COPY, "đã ở")):
        elsewhere.fill("[data-copy-passphrase]", passphrase)
        press(elsewhere, "Đưa vào")
        elsewhere.locator("[data-restored]", has_text=said).wait_for()
    elsewhere.goto("/confirmations")
    elsewhere.click("summary:has-text('Rút lại')")
    elsewhere.fill("input[name=reason]", "Nhầm sản phẩm")
    press(elsewhere, "Xem và rút lại")
    assert "Nhầm sản phẩm" in elsewhere.inner_text("main")
    press(elsewhere, "Ký bằng khóa trong trình duyệt này")
    elsewhere.wait_for_url("**/confirmations")
    elsewhere.goto(served.label)
    assert CONFIRMED not in elsewhere.inner_text("main")


def test_other_browsers_and_those_without_script_say_what_to_do(
    browser: Browser, served: Served, tmp_path: Path
) -> None:
    page = sign_in(fresh(browser, served), OFFICER)
    make_key(page, COPY, tmp_path)
    admit(fresh(browser, served))
    other = sign_in(fresh(browser, served), OFFICER)
    plain = sign_in(fresh(browser, served, scripts=False), OFFICER)
    for one, hint in ((other, True), (plain, False)):
        one.goto("/confirmations")
        press(one, "Xem và xác nhận")
        if hint:  # once the browser has looked for a key of its own
            one.wait_for_selector("[data-not-here]", state="visible")
        else:
            assert not one.is_visible("[data-not-here]")
        assert not one.is_visible("[data-sign-here]")
        assert "traceability sign confirm" in one.inner_text("main")
    plain.goto("/organisation/keys")
    assert "traceability sign keygen" in plain.inner_text("main")
    assert not plain.is_visible("[data-make-key]")
