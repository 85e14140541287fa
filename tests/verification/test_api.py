"""The API: the verdict for programs, and the evidence to reach it without us."""

from urllib.parse import quote

import pytest

from tests.verification.make_house import House
from tests.web.make_web import Browser, make_app
from traceability.signing.keystore import KeyStore
from traceability.verification.wire import read_document


@pytest.fixture
def browser(light_house: House) -> Browser:
    return Browser(make_app(light_house.use))


def test_the_verdict_has_the_agreed_shape(browser: Browser, light_house: House) -> None:
    link = quote(light_house.serials[0].qr_text)
    response = browser.get(f"/api/v1/verify?link={link}")
    answer = response.get_json()
    assert response.status_code == 200
    assert set(answer) == {"verdict", "checks"}
    assert answer["verdict"] == "verified"
    assert [one["number"] for one in answer["checks"]] == list(range(1, 12))
    assert all(
        set(one) == {"number", "name", "result", "detail"} for one in answer["checks"]
    )
    assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_the_evidence_can_be_read_back(browser: Browser, light_house: House) -> None:
    link = quote(light_house.serials[0].qr_text)
    response = browser.get(f"/api/v1/evidence?link={link}&since=2")
    told = read_document(response.get_json())
    assert len(told.records) == 2
    assert told.checkpoint.startswith("tx.example/log\n")
    assert told.consistency


def test_the_evidence_carries_the_lists_that_speak_of_the_lot(
    browser: Browser, light_house: House
) -> None:
    link = quote(light_house.serials[0].qr_text)
    told = browser.get(f"/api/v1/evidence?link={link}").get_json()["status"]
    served = [
        browser.get(f"/status/{purpose}/0").get_data(as_text=True)
        for purpose in ("revocation", "suspension")
    ]
    assert told == served


def test_without_a_status_key_the_evidence_carries_no_lists(
    browser: Browser, light_house: House
) -> None:
    folder = light_house.use.get(KeyStore).folder
    [path] = (folder / "private").glob("status-*.pem")
    path.unlink()
    (folder / "trust-list.jws").touch()  # as a restart: the folder is looked at anew
    link = quote(light_house.serials[0].qr_text)
    assert browser.get(f"/api/v1/evidence?link={link}").get_json()["status"] == []
    assert browser.get(f"/api/v1/verify?link={link}").get_json()["verdict"]


def test_household_names_and_addresses_do_not_leave_with_the_evidence(
    browser: Browser, light_house: House
) -> None:
    link = quote(light_house.serials[0].qr_text)
    body = browser.get(f"/api/v1/evidence?link={link}").get_data(as_text=True)
    assert "visitor" not in body
    assert "salt" not in body


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 422),
        ("link=", 422),
        ("link=x&other=1", 422),
        ("link=x&link=y", 422),
        (f"link={'a' * 2001}", 422),
    ],
)
@pytest.mark.parametrize("path", ["verify", "evidence"])
def test_a_query_that_cannot_be_meant_is_a_problem(
    browser: Browser, path: str, query: str, status: int
) -> None:
    response = browser.get(f"/api/v1/{path}?{query}")
    assert response.status_code == status
    assert response.mimetype == "application/problem+json"


@pytest.mark.parametrize("since", ["-1", "x", "1e9", "99999999999999999999"])
def test_a_size_that_is_none_is_a_problem(browser: Browser, since: str) -> None:
    response = browser.get(f"/api/v1/evidence?link=x&since={since}")
    assert response.status_code == 422


@pytest.mark.parametrize(
    "link", ["x", "https://evil.example/01/09520001001017", "%ED%A0%80"]
)
def test_a_false_link_is_an_answer_not_an_error(browser: Browser, link: str) -> None:
    answer = browser.get(f"/api/v1/verify?link={link}").get_json()
    assert answer["verdict"] == "failed"
    assert browser.get(f"/api/v1/evidence?link={link}").status_code == 200


def test_both_stand_in_the_openapi_document(browser: Browser) -> None:
    paths = browser.get("/api/v1/openapi.json").get_json()["paths"]
    assert {"/api/v1/verify", "/api/v1/evidence"} <= set(paths)
