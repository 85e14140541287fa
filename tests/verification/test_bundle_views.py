"""Bundles over HTTP: to take, to send for checking, and with chosen private values."""

import io
import json
import re
from html import unescape
from urllib.parse import urlencode

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.accounts.make_accounts import PASSWORD, make_person
from tests.batches.make_batches import Producer, kilos, make_batch, make_product
from tests.verification.make_bundles import check, files_in, house_bundle, rebuilt
from tests.verification.make_house import House, recall
from tests.verification.make_machine import Machine
from tests.web.make_web import Browser, make_app
from traceability.accounts.models import AuditEntry, Person
from traceability.batches.drafts import InputDraft
from traceability.batches.models import Batch
from traceability.core.permissions import Role
from traceability.records.notary import notary_of
from traceability.verification.bundle import archive
from traceability.verification.bundle.contents import read_bundle
from traceability.verification.findings import Result
from traceability.verification.verdict import Verdict

SUPPLIER = "Đại lý kín tiếng (mẫu)"


@pytest.fixture
def browser(light_house: House) -> Browser:
    return Browser(make_app(light_house.use))


def words(browser: Browser) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", browser.page)).split())


def address(house: House) -> str:
    return house.batch.digital_link.removeprefix("https://tx.example")


def send(browser: Browser, data: bytes) -> TestResponse:
    response = browser.client.post(
        "/verify",
        data={"bundle": (io.BytesIO(data), "bundle.zip")},
        base_url=browser.origin,
        headers={"Accept": "text/html"},
    )
    browser.page = response.get_data(as_text=True)
    return response


def test_anybody_takes_a_bundle_that_verifies(house: House) -> None:
    browser = Browser(make_app(house.use))
    response = browser.get(f"/bundles{address(house)}.zip")
    assert response.status_code == 200
    assert response.mimetype == "application/zip"
    named = 'attachment; filename="goi-chung-cu-09520001001017-CHE-1.zip"'
    assert response.headers["Content-Disposition"] == named
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    trust = files_in(response.data)["trust-list.jws"]
    report = check(response.data, trust, clock=house.use.clock)
    assert report.verdict is Verdict.VERIFIED


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/01/09520001001017/10/NONE.zip", 404),
        ("/01/09520001001017.zip", 404),
        ("/01/09520001001017/10/CHE-1", 404),
        ("/01/09520001001018/10/CHE-1.zip", 400),
        ("/01/09520001001017/10/%ZZ.zip", 400),
        ("/01/09520001001017/10/..%2f..%2fx.zip", 400),
        ("/.zip", 400),
    ],
)
def test_an_address_that_names_no_lot_is_refused(
    browser: Browser, path: str, status: int
) -> None:
    response = browser.get(f"/bundles{path}", Accept="application/json")
    assert response.status_code in {status, 404}


def test_a_slash_in_a_foreign_lot_survives(machine: Machine) -> None:
    link = machine.house.batch.digital_link.replace("CHE-1", "A%2FB.zip")
    with machine.house.use.database.transaction() as session:
        batch = session.get_one(Batch, machine.house.batch.id)
        batch.lot_number, batch.digital_link = "A/B.zip", link
    path = link.removeprefix(machine.origin)
    assert read_bundle(machine.get(f"/bundles{path}.zip")).link == link


def test_pages_and_link_sets_lead_to_the_bundle(
    browser: Browser, light_house: House
) -> None:
    zipped = f"/bundles{address(light_house)}.zip"
    browser.get(f"/p{address(light_house)}")
    assert f'href="{zipped}"' in browser.page
    label = f"{address(light_house)}/21/{light_house.serials[0].serial}"
    browser.get(f"/p{label}")
    assert f'href="/bundles{label}.zip"' in browser.page
    browser.get(f"/verify?link={light_house.batch.digital_link}")
    assert f'href="{zipped}"' in browser.page
    told = browser.get(f"{address(light_house)}?linkType=linkset").get_json()
    services = told["linkset"][0]["https://ref.gs1.org/voc/verificationService"]
    assert f"https://tx.example{zipped}" in [one["href"] for one in services]


def test_a_sealed_labels_bundle_carries_its_seal(
    browser: Browser, light_house: House
) -> None:
    """Else the bundle of a sound label would say that its seal is missing."""
    text = light_house.sealed[0].qr_text
    label, _, seal = text.partition("?s=")
    path = "/" + label.split("/", 3)[3]
    address = f"/bundles{path}.zip?s={seal}"
    browser.get(f"/p{path}?s={seal}")
    assert f'href="{address}"' in browser.page
    browser.get(f"/verify?{urlencode({'link': text})}")
    assert f'href="{address}"' in browser.page
    data = browser.get(address).data
    trust_list = browser.get("/.well-known/trust-list.jws").get_data(as_text=True)
    report = check(data, trust_list, clock=light_house.use.clock)
    assert report.verdict is Verdict.VERIFIED
    assert (report.findings[2].number, report.findings[2].result) == (3, Result.PASS)
    bare = browser.get(f"/bundles{path}.zip").data
    assert check(bare, trust_list).verdict is Verdict.ATTENTION


@pytest.mark.parametrize("seal", ["1%0A2", "x", "1" * 401])
def test_what_is_no_seal_goes_into_no_bundle(
    browser: Browser, light_house: House, seal: str
) -> None:
    response = browser.get(f"/bundles{address(light_house)}.zip?s={seal}")
    assert response.status_code == 400


def test_a_bundle_that_is_sent_shows_its_checks(
    browser: Browser, light_house: House
) -> None:
    browser.get("/verify")
    assert 'name="bundle"' in browser.page
    assert send(browser, house_bundle(light_house)).status_code == 200
    shown = words(browser)
    assert "Thông tin lô đã được xác thực" in shown
    assert shown.count(": đạt") == 8  # 7 as well: the service knows its own log
    assert "Gói chứng cứ" in shown


def test_a_bundle_that_was_altered_shows_which_check_fails(
    browser: Browser, light_house: House
) -> None:
    def lie(files: dict[str, str]) -> None:
        files["disclosures.json"] = json.dumps(
            {"disclosures": [{"record": "r", "name": "n", "salt": "", "value": "x"}]}
        )

    assert send(browser, rebuilt(house_bundle(light_house), lie)).status_code == 200
    assert "Không xác thực được" in words(browser)
    assert "không khớp với cam kết" in words(browser)


@pytest.mark.parametrize(
    ("data", "status", "said"),
    [
        (b"", 422, "Đây không phải gói chứng cứ"),
        (b"PK\x03\x04 no", 422, "Đây không phải gói chứng cứ"),
        (b"\x89PNG\r\n\x1a\n", 422, "Đây không phải gói chứng cứ"),
    ],
)
def test_what_is_no_bundle_is_refused_beside_the_field(
    browser: Browser, data: bytes, status: int, said: str
) -> None:
    assert send(browser, data).status_code == status
    assert said in words(browser)
    assert 'id="bundle-error"' in browser.page
    assert 'id="photo-error"' not in browser.page


def test_a_bundle_over_the_limit_is_refused(
    browser: Browser, light_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "MAX_BYTES", 10)
    monkeypatch.setattr(archive, "MAX_TOTAL", 10)
    assert send(browser, b"PK" * 10).status_code == 413
    response = browser.get(f"/bundles{address(light_house)}.zip")
    assert response.status_code == 413


# Private values.


def secretive(house: House) -> Batch:
    """A lot made of what a supplier sold, whose name only its producer sees."""
    use, producer = house.use, house.producer
    bought = InputDraft(
        outside="Lá chè", supplier=SUPPLIER, outside_lot="X-1", quantity=kilos(105)
    )
    with use.database.transaction() as session:
        return make_batch(
            session,
            producer,
            notary_of(use),
            issued=True,
            lot_number="CHE-KIN",
            inputs=(bought,),
        )


def clerk(house: House, browser: Browser) -> None:
    """Sign in as somebody of the house's producer."""
    login = "thu-ky@example.com"
    person = make_person(house.use, Role.PRODUCER, login)
    owner = house.producer.actor.organisation_id
    assert owner is not None
    with house.use.database.transaction() as session:
        session.get_one(Person, person.id).organisation_id = owner
    browser.sign_in(login, PASSWORD)


def disclosed_in(data: bytes) -> list[object]:
    told = json.loads(files_in(data)["disclosures.json"])
    return [one["value"] for one in told["disclosures"]]


def test_a_producer_chooses_what_to_disclose(
    browser: Browser, light_house: House
) -> None:
    batch = secretive(light_house)
    clerk(light_house, browser)
    browser.get(f"/batches/{batch.public_id}")
    assert f'href="/batches/{batch.public_id}/bundle"' in browser.page
    browser.get(f"/batches/{batch.public_id}/bundle")
    assert SUPPLIER in words(browser)
    [value] = set(re.findall(r'name="value" value="([^"]+)"', browser.page))
    path = f"/batches/{batch.public_id}/bundle"
    silent = browser.post(path)
    assert disclosed_in(silent.data) == []
    chosen = browser.post(path, {"value": value})
    assert chosen.mimetype == "application/zip"
    assert chosen.headers["Cache-Control"] == "no-store"
    assert disclosed_in(chosen.data) == [SUPPLIER]
    trust = files_in(chosen.data)["trust-list.jws"]
    report = check(chosen.data, trust, clock=light_house.use.clock)
    assert report.verdict is Verdict.VERIFIED
    with light_house.use.database.reading() as session:
        acts = session.scalars(select(AuditEntry.action)).all()
    assert acts.count("values-disclosed") == 1


def test_the_public_bundle_tells_nothing_private(
    browser: Browser, light_house: House
) -> None:
    batch = secretive(light_house)
    path = batch.digital_link.removeprefix("https://tx.example")
    data = browser.get(f"/bundles{path}.zip").data
    assert disclosed_in(data) == []
    for name, text in files_in(data).items():
        assert SUPPLIER not in text, name
        assert SUPPLIER not in json.dumps(text), name


def test_others_are_not_offered_the_values(
    browser: Browser, light_house: House
) -> None:
    batch = secretive(light_house)
    assert browser.get(f"/batches/{batch.public_id}/bundle").status_code == 303
    make_person(light_house.use, Role.OFFICER, "can-bo@example.com")
    browser.sign_in("can-bo@example.com", PASSWORD)
    assert browser.get(f"/batches/{batch.public_id}/bundle").status_code == 200
    assert SUPPLIER not in words(browser)
    key = "inputs-0-supplier"
    answer = browser.post(f"/batches/{batch.public_id}/bundle", {"value": key})
    assert disclosed_in(answer.data) == []


def test_a_draft_has_no_bundle(browser: Browser, light_house: House) -> None:
    use, producer = light_house.use, light_house.producer
    owner = producer.actor.organisation_id
    assert owner is not None
    with use.database.transaction() as session:
        product = make_product(session, use.clock, owner, internal_code="NHAP")
        draft = make_batch(
            session,
            Producer(producer.actor, product.id, producer.site_id),
            notary_of(use),
            lot_number="NHAP-1",
        )
    clerk(light_house, browser)
    path = f"/batches/{draft.public_id}/bundle"
    browser.get(path)
    assert "Hãy phát hành lô trước" in words(browser)
    assert browser.post(path).status_code == 404


# The command beside a running service.


def test_the_command_asks_what_became_of_the_lot(machine: Machine) -> None:
    home = machine.settings.home if machine.settings else None
    assert home is not None
    home.mkdir(exist_ok=True)
    file = home / "bundle.zip"
    file.write_bytes(machine.get(f"/bundles{path_of(machine)}.zip"))
    assert machine.verify(str(file), "--offline") == 2  # whom to trust is not known
    code, answer = machine.verify_json(str(file))
    assert (code, answer["verdict"]) == (0, "verified")
    assert "names itself" in answer["checks"][1]["detail"]  # trust on first use, aloud
    assert answer["checks"][6]["result"] == "pass"  # the log continues the bundle's
    assert machine.verify(str(file), "--offline") == 0  # now it is
    recall(machine.house)
    code, answer = machine.verify_json(str(file))
    assert (code, answer["verdict"]) == (1, "recalled")
    code, answer = machine.verify_json(str(file), "--offline")
    assert (code, answer["verdict"]) == (0, "verified")  # as of then, and it says so
    assert "as of" in answer["checks"][7]["detail"]


def path_of(machine: Machine) -> str:
    return machine.house.batch.digital_link.removeprefix(machine.origin)
