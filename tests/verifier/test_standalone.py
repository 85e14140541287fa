"""The verifier as one file: opened from a disk, with the network off."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.forgeries.case import flip
from tests.verification.make_bundles import bundled, rebuilt
from tests.verification.make_verification import NOW, build_world

WORLD = build_world("https://tx.example")
TRUST_LIST = WORLD.signed_trust_list()
BUNDLE = bundled(WORLD, status=WORLD.status_lists())


@dataclass
class Stick:
    """The page with its troubles, and files to drop on it."""

    page: Page
    folder: Path
    troubles: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def give(self, **files: bytes | str) -> None:
        """Choose files, named by their endings: ``bundle_zip`` is bundle.zip."""
        paths = []
        for name, content in files.items():
            path = self.folder / name.replace("_", ".")
            data = content.encode() if isinstance(content, str) else content
            path.write_bytes(data)
            paths.append(path)
        self.page.set_input_files("#files", paths)

    def verdict(self, tone: str) -> str:
        self.page.wait_for_selector(f".verdict.{tone}")
        return self.page.inner_text("#verdict")

    def results(self) -> dict[int, str]:
        rows = self.page.query_selector_all(".findings li")
        kinds = [
            (row.query_selector("svg") or row).get_attribute("class") for row in rows
        ]
        return {n: str(one).split()[-1] for n, one in enumerate(kinds, start=1)}

    def refusal(self) -> str:
        self.page.wait_for_selector("#refusal:not([hidden])")
        return self.page.inner_text("#refusal")


@pytest.fixture
def stick(browser: Browser, verifier_file: Path, tmp_path: Path) -> Iterator[Stick]:
    context = browser.new_context(offline=True, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.clock.set_fixed_time(NOW)
    made = Stick(page, tmp_path)
    page.on("console", lambda message: made.troubles.append(message.text))
    page.on("pageerror", lambda error: made.troubles.append(str(error)))
    page.on("request", lambda request: made.requests.append(request.url))
    page.goto(verifier_file.as_uri())
    made.requests.clear()
    yield made
    assert not made.troubles
    assert all(one.startswith(("data:", "blob:", "file:")) for one in made.requests)
    context.close()


def test_a_good_bundle_under_a_trusted_list_is_green(stick: Stick) -> None:
    stick.give(list_jws=TRUST_LIST, bundle_zip=BUNDLE)
    assert stick.verdict("good") == "Thông tin lô đã được xác thực"
    assert "Tính đến 22/11/2026 08:45" in stick.page.inner_text(".verdict")
    assert stick.results()[5] == "pass"
    assert "Trà mẫu" in stick.page.inner_text("#result")
    assert WORLD.root.kid.partition("#")[2] in stick.page.inner_text("#trust")


def test_a_stranger_s_bundle_is_never_green_by_itself(stick: Stick) -> None:
    stick.give(bundle_zip=BUNDLE)
    stick.verdict("open")
    assert "vân tay" in stick.page.inner_text(".hint")
    stick.page.click("#adopt")
    stick.verdict("good")


def without_evidence(files: dict[str, str]) -> None:
    del files["evidence.json"]


def with_more_stars(files: dict[str, str]) -> None:
    files["evidence.json"] = files["evidence.json"].replace('"stars":4', '"stars":5')


def with_a_broken_list(files: dict[str, str]) -> None:
    files["trust-list.jws"] = f"{TRUST_LIST[:-6]}AAAAAA"


def test_a_bundle_with_a_part_cut_out_is_refused(stick: Stick) -> None:
    stick.give(list_jws=TRUST_LIST)
    stick.give(bundle_zip=rebuilt(BUNDLE, without_evidence))
    assert "bundle-malformed" in stick.refusal()


def test_a_bundle_that_claims_more_than_was_signed_fails(stick: Stick) -> None:
    stick.give(list_jws=TRUST_LIST)
    stick.give(bundle_zip=rebuilt(BUNDLE, with_more_stars))
    assert stick.verdict("stop") == "Không xác thực được"
    assert stick.results()[9] == "fail"


def test_the_list_that_is_kept_decides_not_the_one_inside(stick: Stick) -> None:
    stick.give(list_jws=TRUST_LIST)
    stick.give(bundle_zip=rebuilt(BUNDLE, with_a_broken_list))
    stick.verdict("good")


def test_a_flipped_bit_in_a_record_fails(stick: Stick) -> None:
    world = build_world("https://tx.example")
    head, _, signature = world.records["batch"].token.rpartition(".")
    token = f"{head}.{flip(signature)}"
    stick.give(list_jws=world.signed_trust_list(), record_jws=token)
    stick.verdict("stop")
    assert stick.results()[5] == "fail"


def test_a_recall_is_told_first(stick: Stick) -> None:
    world = build_world("https://tx.example")
    world.publish_status("recall", "recalled")
    stick.give(list_jws=world.signed_trust_list(), bundle_zip=bundled(world))
    assert stick.verdict("stop") == "LÔ HÀNG ĐANG THU HỒI"
    assert "Lý do mẫu" in stick.page.inner_text("#result")


def test_a_sealed_link_is_checked_without_anything_else(stick: Stick) -> None:
    link = WORLD.link(serial=WORLD.serial())
    stick.give(list_jws=TRUST_LIST)
    stick.page.fill("#link", f"{link.qr_text()}?s={WORLD.seal(link)}")
    stick.page.click("button[type=submit]")
    stick.verdict("good")
    assert stick.results()[3] == "pass"
    stick.page.fill("#link", f"{link.qr_text()}?s={WORLD.seal(WORLD.link())}")
    stick.page.click("button[type=submit]")
    stick.verdict("stop")


def test_the_page_remembers_and_forgets(stick: Stick) -> None:
    stick.give(list_jws=TRUST_LIST, bundle_zip=BUNDLE)
    stick.verdict("good")
    with stick.page.expect_download() as saved:
        stick.page.click("#export")
    kept = saved.value.path().read_text(encoding="utf-8")
    assert WORLD.log.checkpoint() in json_text(kept)
    stick.page.reload()
    assert "https://tx.example" in stick.page.inner_text("#trust")
    stick.page.click("#forget")
    assert "https://tx.example" not in stick.page.inner_text("#trust")
    stick.give(memory_json=kept)
    stick.page.wait_for_selector("#told:not([hidden])")
    assert "https://tx.example" in stick.page.inner_text("#trust")


def json_text(text: str) -> str:
    return text.replace("\\n", "\n")


def test_an_older_list_than_the_kept_one_is_refused(stick: Stick) -> None:
    stick.give(list_jws=TRUST_LIST)
    stick.page.wait_for_selector("#told:not([hidden])")
    stick.give(list_jws=WORLD.signed_trust_list(version=2))
    assert "trust-list-older" in stick.refusal()


def test_what_is_no_file_of_ours_is_refused_with_words(stick: Stick) -> None:
    stick.give(notes_txt="nothing of the kind")
    assert re.search(r"\(token-malformed\)", stick.refusal())
    stick.give(bomb_zip=b"PK\x03\x04" + bytes(100))
    assert re.search(r"\(bundle-malformed\)", stick.refusal())


def test_the_page_speaks_english_too(stick: Stick) -> None:
    stick.give(list_jws=TRUST_LIST, bundle_zip=BUNDLE)
    stick.verdict("good")
    stick.page.click("#language")
    assert stick.page.inner_text("h1") == "Check a label, a record or a bundle"
    stick.page.wait_for_function(
        "document.getElementById('verdict').innerText.startsWith('The information')"
    )


def test_nothing_is_wider_than_a_phone_and_targets_are_large(stick: Stick) -> None:
    stick.give(list_jws=TRUST_LIST, bundle_zip=BUNDLE)
    stick.verdict("good")
    wide = stick.page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 390
    heights = stick.page.eval_on_selector_all(
        "button, input", "all => all.map((one) => one.getBoundingClientRect().height)"
    )
    assert min(heights) >= 44
