"""The installed page in a market without signal: scan, verdict, ages, nothing green."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    FilePayload,
    Page,
    Playwright,
    Route,
)
from sqlalchemy import select

from tests.browsers import BROWSER_ARGS
from tests.journeys.make_service import Service
from tests.journeys.pocket import (
    CAMERA,
    DESK,
    NOW,
    Pocket,
    film,
    label_picture,
    pocket_of,
)
from tests.transparency.make_witnesses import make_witnesses, policy_text
from tests.web.make_web import make_services
from traceability.batches.drafts import Notice
from traceability.batches.models import Batch
from traceability.batches.status.service import hold_batch
from traceability.core.permissions import SYSTEM
from traceability.inspection.pocket import views
from traceability.records.notary import notary_of

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LOT = "BT-261114-1"
RECALLED = "TS-260813-1"
HELD = "BT-261114-2"
SEEN = 2  # the label the camera looks at


@pytest.fixture(scope="module")
def browser(
    play: Playwright,
    chromium: str,
    service: Service,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Browser]:
    """A browser whose camera looks at a label of the sample service."""
    picture = label_picture(service, LOT, service.labels(LOT)[SEEN])
    seen = film(picture, tmp_path_factory.mktemp("film") / "label.mjpeg")
    args = [*BROWSER_ARGS, *CAMERA, f"--use-file-for-fake-video-capture={seen}"]
    opened = play.chromium.launch(executable_path=chromium, args=args)
    yield opened
    opened.close()


@pytest.fixture
def pocket(browser: Browser, service: Service) -> Iterator[Pocket]:
    with pocket_of(browser, service) as opened:
        opened.open()
        yield opened


def label(service: Service, position: int = SEEN, lot: str = LOT) -> str:
    return service.labels(lot)[position].qr_text


def test_browsers_offer_to_install_it(
    play: Playwright, chromium: str, service: Service, tmp_path: Path
) -> None:
    """In a browser of its own: a private window is never offered anything."""
    context = play.chromium.launch_persistent_context(
        tmp_path, executable_path=chromium, args=BROWSER_ARGS
    )
    page = context.new_page()
    page.goto(f"{service.origin}/inspector/?lang=en")
    page.locator("#app").wait_for()
    page.evaluate("() => navigator.serviceWorker.ready.then(() => null)")
    devtools = context.new_cdp_session(page)
    assert devtools.send("Page.getInstallabilityErrors") == {"installabilityErrors": []}
    manifest = devtools.send("Page.getAppManifest")
    assert manifest["errors"] == []
    assert manifest["url"] == f"{service.origin}/inspector/app.en.webmanifest"
    context.close()


def test_it_opens_without_a_network_after_one_visit(pocket: Pocket) -> None:
    state = pocket.page.evaluate(
        """() => navigator.serviceWorker.ready.then(
          (one) => [one.scope, one.active.state])"""
    )
    assert state == [f"{pocket.service.origin}/inspector/", "activated"]
    pocket.offline()
    pocket.page.reload()
    pocket.page.locator("#app").wait_for()
    pocket.page.locator("#network[data-online=false]").wait_for()
    assert pocket.page.inner_text("#network") == "Không có mạng"
    assert pocket.page.is_visible("#start")
    pocket.page.goto("/inspector/?lang=en")
    pocket.page.locator("#app").wait_for()
    assert pocket.page.inner_text("#start") == "Scan a label"


def test_a_new_version_waits_until_the_inspector_takes_it(
    pocket: Pocket, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the middle of a finding nothing is replaced under one's hands."""
    kept = "() => caches.keys()"
    [before] = pocket.page.evaluate(kept)
    monkeypatch.setattr(views, "version_of", lambda _contents: "f" * 16)
    pocket.page.evaluate(
        "() => navigator.serviceWorker.ready.then((one) => one.update().then(() => 0))"
    )
    pocket.page.locator("#newer").wait_for()
    assert before in pocket.page.evaluate(kept)
    with pocket.page.expect_navigation():
        pocket.page.click("#take-over")
    pocket.page.locator("#app").wait_for()
    assert pocket.page.evaluate(kept) == [f"inspector-{'f' * 16}"]
    assert pocket.page.is_hidden("#newer")


def test_the_camera_reads_a_label_and_the_phone_checks_it(pocket: Pocket) -> None:
    pocket.page.click("#start")
    pocket.page.locator("#result").wait_for()
    assert pocket.verdict == "Thông tin lô đã được xác thực"
    assert pocket.tone == "good"
    serial = pocket.service.labels(LOT)[SEEN].link.rpartition("/21/")[2]
    assert pocket.page.inner_text("#link").endswith(serial)
    results = pocket.results()
    assert list(results) == list(range(1, 12))
    assert results.pop(7) == "not-checked"  # nothing was seen of this log before
    assert set(results.values()) == {"pass"}
    assert any("zxing_reader.wasm" in one for one in pocket.asked)
    assert not any("/api/v1/verify" in one for one in pocket.asked)


def test_the_second_check_holds_the_log_to_the_first(pocket: Pocket) -> None:
    pocket.check(label(pocket.service))
    pocket.check(label(pocket.service, 3))
    assert set(pocket.results().values()) == {"pass"}


def test_without_a_network_camera_and_seal_still_work(pocket: Pocket) -> None:
    pocket.offline()
    pocket.page.click("#start")
    pocket.page.locator("#result").wait_for()
    assert pocket.verdict == "Dấu niêm trên tem đúng (kiểm tra không có mạng)"
    results = pocket.results()
    assert [results[number] for number in (1, 2, 3)] == ["pass"] * 3
    assert {results[number] for number in range(4, 8)} == {"not-checked"}


def test_a_photo_is_read_without_a_network(pocket: Pocket, tmp_path: Path) -> None:
    pocket.offline()
    service = pocket.service
    picture = label_picture(service, LOT, service.labels(LOT)[4])
    pocket.photograph(
        picture.rotate(7, expand=True, fillcolor="white"), tmp_path / "a.jpg"
    )
    assert pocket.verdict.startswith("Dấu niêm trên tem đúng")
    serial = service.labels(LOT)[4].link.rpartition("/21/")[2]
    assert pocket.page.inner_text("#link").endswith(serial)


def test_a_photo_without_a_code_says_what_to_do(pocket: Pocket, tmp_path: Path) -> None:
    (tmp_path / "no.png").write_bytes(b"no picture")
    pocket.page.set_input_files("#picture", tmp_path / "no.png")
    pocket.page.locator("#told").wait_for()
    assert "không phải ảnh" in pocket.page.inner_text("#told")


def test_a_changed_seal_is_refused_without_a_network(pocket: Pocket) -> None:
    text = label(pocket.service)
    changed = text[:-1] + ("0" if text[-1] != "0" else "1")
    pocket.offline()
    pocket.check(changed)
    assert pocket.verdict == "Không xác thực được"
    assert pocket.tone == "stop"
    assert pocket.results()[3] == "fail"
    assert "Mục 3" in pocket.told


def test_the_seal_of_another_label_is_refused_without_a_network(
    pocket: Pocket,
) -> None:
    link = label(pocket.service, 5).partition("?")[0]
    seal = label(pocket.service, 6).partition("?")[2]
    pocket.offline()
    pocket.check(f"{link}?{seal}")
    assert (pocket.tone, pocket.results()[3]) == ("stop", "fail")


def test_nothing_is_green_without_a_network_and_a_seal(pocket: Pocket) -> None:
    pocket.offline()
    pocket.check(label(pocket.service).partition("?")[0])
    assert pocket.tone == "open"
    assert "chưa chứng tỏ được gì" in pocket.told


def test_another_host_is_not_trusted(pocket: Pocket) -> None:
    pocket.check(label(pocket.service).replace("127.0.0.1", "127.0.0.2"))
    assert (pocket.tone, pocket.results()[2]) == ("stop", "fail")


def test_the_ages_grow_before_the_inspector_s_eyes(pocket: Pocket) -> None:
    pocket.page.locator("#ages li", has_text="vừa xong").first.wait_for()
    pocket.offline()
    pocket.context.clock.set_fixed_time(NOW + timedelta(hours=3))
    pocket.check(label(pocket.service))
    assert pocket.ages[0] == "Danh sách khóa: 3 giờ trước"
    pocket.context.clock.set_fixed_time(NOW + timedelta(days=4))
    pocket.go("scan")
    pocket.page.locator("#ages li", has_text="4 ngày trước").first.wait_for()


def test_an_expired_list_of_keys_says_so_and_nothing_is_green(pocket: Pocket) -> None:
    pocket.offline()
    pocket.context.clock.set_fixed_time(NOW + timedelta(days=4000))
    pocket.check(label(pocket.service))
    assert pocket.tone == "stop"
    assert pocket.results()[2] == "fail"
    assert "quá hạn" in pocket.told or "hết hạn" in pocket.told


def test_the_root_is_pinned_and_a_false_list_refused(
    pocket: Pocket, tmp_path: Path
) -> None:
    """A service that took over the address cannot introduce itself anew."""
    pocket.page.locator("#ages li", has_text="vừa xong").first.wait_for()
    pocket.go("phone")
    pinned = pocket.page.locator("#root:not(:empty)").inner_text()
    assert len(pinned) == 43
    use = pocket.service.use
    thief = make_services(
        tmp_path / "thief", use.database, use.clock, base_url=pocket.service.origin
    )
    token = (thief.settings.keys / "trust-list.jws").read_text()

    def lie(route: Route) -> None:
        route.fulfill(body=token, content_type="application/jose")

    pocket.context.route("**/.well-known/trust-list.jws", lie)
    pocket.page.click("#renew")
    pocket.page.locator("#told").wait_for()
    assert "bị từ chối" in pocket.page.inner_text("#told")
    pocket.page.reload()
    pocket.page.locator("#root", has_text=pinned).wait_for()


def test_the_inspector_says_that_the_root_was_compared(pocket: Pocket) -> None:
    warning = pocket.page.locator("#ages a", has_text="Chưa đối chiếu khóa gốc")
    warning.click()
    pocket.page.locator("#phone").wait_for()
    pocket.page.check("#compared")
    warning.wait_for(state="detached")
    pocket.page.click("#renew")
    pocket.page.reload()
    pocket.page.locator("#ages li").first.wait_for()
    assert warning.count() == 0


def choose_policy(pocket: Pocket, text: str) -> None:
    told: FilePayload = {
        "name": "policy.txt",
        "mimeType": "text/plain",
        "buffer": text.encode(),
    }
    pocket.page.set_input_files("#policy-file", told)


def witnesses(pocket: Pocket) -> list[str]:
    return pocket.page.locator("#witnesses li").all_inner_texts()


def test_checks_ask_for_the_witnesses_of_a_policy_until_it_is_removed(
    pocket: Pocket,
) -> None:
    """These witnesses have never seen the log, so no head has their quorum."""
    state = pocket.page.locator("#policy")
    pocket.go("phone")
    state.filter(has_text="Chưa đặt").wait_for()
    choose_policy(pocket, policy_text(make_witnesses("uni", "press"), "any"))
    state.filter(has_text="Đã đặt").wait_for()
    assert witnesses(pocket) == ["uni", "press"]
    pocket.look()
    pocket.check(label(pocket.service))
    assert (pocket.tone, pocket.results()[7]) == ("note", "fail")
    pocket.page.reload()
    pocket.go("phone")
    state.filter(has_text="Đã đặt").wait_for()
    pocket.page.click("#policy-remove")
    state.filter(has_text="Chưa đặt").wait_for()
    assert witnesses(pocket) == []
    pocket.check(label(pocket.service))
    assert (pocket.tone, pocket.results()[7]) == ("good", "not-checked")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("quorum nobody\n", "Dòng 1 của chính sách"),
        ("# none\n", "thiếu dòng quorum"),
        ("#" * (64 * 1024 + 1), "quá lớn"),
    ],
    ids=["nobody", "no-quorum", "too-large"],
)
def test_a_malformed_policy_is_refused_and_the_one_before_kept(
    pocket: Pocket, text: str, words: str
) -> None:
    pocket.go("phone")
    choose_policy(pocket, policy_text(make_witnesses("uni"), "all"))
    pocket.page.locator("#witnesses li").wait_for()
    choose_policy(pocket, text)
    pocket.page.locator("#told", has_text=words).wait_for()
    assert witnesses(pocket) == ["uni"]
    pocket.page.once("dialog", lambda asked: asked.accept())
    pocket.page.click("#forget")
    pocket.page.locator("#told", has_text="Đã xóa hết").wait_for()
    assert not pocket.kept("memory")
    pocket.go("phone")
    pocket.page.locator("#policy", has_text="Chưa đặt").wait_for()


def test_a_recall_is_seen_without_a_network_from_the_list_at_hand(
    pocket: Pocket,
) -> None:
    """The phone never asked about this lot: seal and list alone tell."""
    pocket.page.locator("#ages li", has_text="thu hồi: vừa xong").wait_for()
    pocket.offline()
    pocket.context.clock.set_fixed_time(NOW + timedelta(hours=3))
    pocket.check(label(pocket.service, 0, RECALLED))
    assert pocket.verdict == "LÔ HÀNG ĐANG THU HỒI"
    assert pocket.tone == "stop"
    assert pocket.results()[8] == "fail"
    assert "Danh sách thu hồi: 3 giờ trước" in pocket.ages


def test_a_lot_that_no_list_marks_is_green_for_a_day_and_then_amber(
    pocket: Pocket,
) -> None:
    pocket.page.locator("#ages li", has_text="thu hồi: vừa xong").wait_for()
    pocket.offline()
    tones = {}
    for hours in (3, 30, 9 * 24):
        pocket.context.clock.set_fixed_time(NOW + timedelta(hours=hours))
        pocket.check(label(pocket.service))
        tones[hours] = (pocket.tone, pocket.results()[8])
    assert tones == {
        3: ("good", "pass"),
        30: ("note", "pass"),
        9 * 24: ("note", "not-checked"),
    }
    assert "QUÁ CŨ" in pocket.ages[1]
    assert "Chưa biết lô có bị thu hồi" in pocket.told


def test_a_hold_reaches_the_phone_with_the_next_list(pocket: Pocket) -> None:
    text = label(pocket.service, 0, HELD)
    pocket.check(text)
    assert pocket.tone == "good"
    hold(pocket.service, HELD)
    pocket.offline()
    pocket.check(text)
    assert pocket.tone == "good"  # by the list of before: its age says so
    pocket.online()
    pocket.page.locator("#network[data-online=true]").wait_for()
    pocket.check(text)
    assert pocket.verdict == "Lô hàng tạm ngừng lưu thông"
    assert "Chờ kết quả mẫu" in pocket.page.inner_text("#facts")
    pocket.offline()
    pocket.check(text)
    assert pocket.verdict == "Lô hàng tạm ngừng lưu thông"


def hold(service: Service, lot: str) -> None:
    with service.use.database.transaction() as session:
        link = Batch.digital_link == service.lot(lot)
        batch = session.scalars(select(Batch).where(link)).one()
        hold_batch(
            session,
            batch,
            Notice(reason_vi="Chờ kết quả mẫu"),
            actor=SYSTEM,
            notary=notary_of(service.use),
        )


NATIVE = """
globalThis.BarcodeDetector = class {
  static getSupportedFormats() { return Promise.resolve(["ean_13", "qr_code"]); }
  constructor({ formats }) { this.formats = formats; }
  detect() { return Promise.resolve([{ rawValue: "%s" }]); }
};
"""


BLIND = """
globalThis.BarcodeDetector = class {
  static getSupportedFormats() { return Promise.resolve(["qr_code"]); }
  detect() { return Promise.resolve([]); }
};
"""


def test_a_browser_that_reads_codes_itself_loads_no_scanner(
    browser: Browser, service: Service
) -> None:
    with pocket_of(browser, service) as pocket:
        pocket.page.add_init_script(NATIVE % label(service))
        loaded: list[str] = []
        pocket.page.on("request", lambda one: loaded.append(one.url))
        pocket.open()
        pocket.page.click("#start")
        pocket.page.locator("#result").wait_for()
        assert pocket.tone == "good"
        assert not [one for one in loaded if "zxing" in one]


def test_nothing_but_the_page_itself_is_in_the_browser_s_caches(
    pocket: Pocket,
) -> None:
    pocket.check(label(pocket.service))
    kept = pocket.page.evaluate(
        """async () => {
          const caches_ = await Promise.all((await caches.keys()).map((name) =>
            caches.open(name).then((one) => one.keys())));
          return caches_.flat().map((one) => new URL(one.url).pathname);
        }"""
    )
    page = ("/inspector/", "/static/")
    assert len(kept) > 40
    assert not [one for one in kept if not one.startswith(page)]
    assert not {"/inspector/session", "/inspector/links"} & set(kept)


LAMP = """
const track = MediaStreamTrack.prototype;
const capabilities = track.getCapabilities;
track.getCapabilities = function () {
  return { ...capabilities.call(this), torch: true };
};
globalThis.lit = [];
track.applyConstraints = async (one) => { globalThis.lit.push(one.advanced[0].torch); };
globalThis.shaken = [];
navigator.vibrate = (ms) => globalThis.shaken.push(ms);
"""


def test_the_lamp_is_offered_where_there_is_one_and_shaking_only_when_wished(
    browser: Browser, service: Service
) -> None:
    with pocket_of(browser, service) as pocket:
        pocket.page.add_init_script(LAMP + BLIND)
        pocket.open()
        assert pocket.page.is_hidden("#torch")
        pocket.page.click("#start")
        pocket.page.click("#torch")
        pocket.page.click("#torch")
        assert pocket.page.evaluate("() => globalThis.lit") == [True, False]
        pocket.page.click("#stop")
        assert pocket.page.is_hidden("#torch")
        pocket.check(label(service))
        assert pocket.page.evaluate("() => globalThis.shaken") == []
        pocket.go("phone")
        pocket.page.check("#vibrate")
        pocket.check(label(service))
        assert pocket.page.evaluate("() => globalThis.shaken") == [80]


def test_where_nothing_can_be_kept_it_says_what_to_use_instead(
    browser: Browser, service: Service
) -> None:
    with pocket_of(browser, service) as pocket:
        pocket.page.add_init_script(
            "IDBFactory.prototype.open = () => { throw new DOMException('no') };"
        )
        pocket.page.goto("/inspector/")
        pocket.page.locator("#instead").wait_for()
        assert pocket.page.is_hidden("#app")


def test_a_typed_serial_is_looked_up_only_with_a_network(pocket: Pocket) -> None:
    serial = pocket.service.labels(LOT)[SEEN].link.rpartition("/21/")[2]
    pocket.check(serial)
    assert pocket.page.inner_text("#link").endswith(serial)
    pocket.offline()
    pocket.go("scan")
    pocket.page.fill("#text", serial)
    pocket.page.click("#typed button")
    pocket.page.locator("#told").wait_for()
    assert "khi có mạng" in pocket.page.inner_text("#told") or "phải có mạng" in (
        pocket.page.inner_text("#told")
    )


@pytest.mark.parametrize("size", [None, DESK], ids=["390", "1280"])
def test_every_screen_keeps_to_the_basics(
    browser: Browser, service: Service, size: dict[str, int] | None
) -> None:
    with pocket_of(browser, service, size) as pocket:
        pocket.open()
        pocket.look()
        pocket.check(label(service))
        pocket.look()
        pocket.begin()
        pocket.look()
        pocket.save()
        pocket.look()
        pocket.go("phone")
        pocket.look()
        pocket.open(language="en")
        pocket.look()


def test_without_javascript_it_says_what_to_use_instead(
    browser: Browser, service: Service
) -> None:
    context = browser.new_context(base_url=service.origin, java_script_enabled=False)
    page: Page = context.new_page()
    page.goto("/inspector/")
    page.get_by_role("link", name="Kiểm tra tem").or_(
        page.get_by_role("link", name="Check a label")
    ).click()
    assert page.url.endswith("/verify")
    context.close()
