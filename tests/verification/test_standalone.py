"""The verifier's file as it is served, and what the log says of it."""

import base64
import hashlib
import re

import pytest

from tests.verification.make_house import House
from tests.web.make_web import Browser, make_app
from traceability.records.published_file_record import (
    PUBLISHED_FILE_RECORD,
    log_published_file,
    record_of_file,
)
from traceability.records.queries import latest_record
from traceability.verification.standalone.page import PATH, verifier_page

FILE = verifier_page().file


@pytest.fixture
def browser(light_house: House) -> Browser:
    return Browser(make_app(light_house.use))


def test_the_file_is_served_as_it_was_built(browser: Browser) -> None:
    response = browser.get(PATH)
    assert response.status_code == 200
    assert hashlib.sha256(response.get_data()).hexdigest() == FILE.digest
    assert response.headers["Content-Disposition"].startswith("inline;")
    saved = browser.get(f"{PATH}?download")
    assert (
        saved.headers["Content-Disposition"] == 'attachment; filename="verifier.html"'
    )
    again = browser.client.get(
        PATH,
        base_url=browser.origin,
        headers={"If-None-Match": response.headers["ETag"]},
    )
    assert again.status_code == 304


def test_the_policy_allows_its_own_script_and_nothing_else(browser: Browser) -> None:
    response = browser.get(PATH)
    page, policy = browser.page, response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    for tag in ("script", "style"):
        [text] = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    head = page.partition("<script>")[0]
    assert not re.findall(r'(?:src|href)="(?!data:)', head)


def test_it_is_built_the_same_each_time() -> None:
    first = verifier_page().digest
    verifier_page.cache_clear()
    assert verifier_page().digest == first


def test_the_log_holds_what_is_served_once(light_house: House) -> None:
    use = light_house.use
    assert record_of_file(use, FILE) == ""
    log_published_file(use, FILE)
    logged = record_of_file(use, FILE)
    log_published_file(use, FILE)
    assert record_of_file(use, FILE) == logged
    subject = use.identity.url(PATH)
    with use.database.reading() as session:
        record = latest_record(session, subject, PUBLISHED_FILE_RECORD)
        assert record is not None
        assert (record.version, record.public_id) == (1, logged)


def test_the_page_tells_the_digest_and_its_record(
    browser: Browser, light_house: House
) -> None:
    browser.get("/verify")
    assert FILE.digest in browser.page
    log_published_file(light_house.use, FILE)
    browser.get("/verify")
    assert f"/records/{record_of_file(light_house.use, FILE)}" in browser.page
