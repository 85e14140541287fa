"""The pages of parties as a browser without script sees them, and what all may read."""

import json
import re

import pytest
from flask import Flask

from tests.conftest import FixedClock
from tests.parties.make_parties import (
    confirm,
    jwk_text,
    new_signer,
    signed,
    stars_record,
    with_key,
)
from tests.verification.make_house import House
from tests.web.make_web import Browser, make_app
from traceability.accounts.logins import Login
from traceability.accounts.service import PersonDraft, create_person
from traceability.core.permissions import SYSTEM, Actor, Role
from traceability.gs1.digital_link import DigitalLink
from traceability.parties import queries
from traceability.parties.service import LIFE
from traceability.records.confirmation import CONFIRMATION, confirmation_subject
from traceability.records.credential import RecordDraft, Voucher
from traceability.records.notary import notary_of
from traceability.records.service import publish_record
from traceability.signing.keys import LocalSigner, jwk_of
from traceability.signing.keystore import KeyStore
from traceability.signing.parties import party_url

PASSWORD = "lua-nep-cai-hoa-vang"
OFFICER_LINE = "Cán bộ Sở mẫu nhập, hệ thống ký"
CONFIRMED = "Đã được Sở mẫu xác nhận"


@pytest.fixture
def app(light_house: House) -> Flask:
    return make_app(light_house.use)


def signed_in(app: Flask, house: House, role: Role, actor: Actor) -> Browser:
    login = f"{role.value}@example.com"
    draft = PersonDraft(
        organisation_id=actor.organisation_id or 0,
        login=Login.parse(login),
        name="Người thử",
        password=PASSWORD,
        roles=frozenset({role}),
    )
    with house.use.database.transaction() as session:
        create_person(session, draft, actor=SYSTEM, clock=house.use.clock)
    browser = Browser(app)
    browser.sign_in(login, PASSWORD)
    return browser


@pytest.fixture
def officer(app: Flask, light_house: House) -> Browser:
    return signed_in(app, light_house, Role.OFFICER, light_house.officer)


@pytest.fixture
def administrator(app: Flask, light_house: House) -> Browser:
    return signed_in(app, light_house, Role.ADMINISTRATOR, light_house.officer)


def asked_on(page: str) -> str:
    found = re.search(r'data-sign="([^"]+)"', page)
    assert found
    return found[1]


def prepared(browser: Browser, house: House) -> str:
    browser.get("/confirmations")
    sent = {"record": stars_record(house).public_id}
    path: str = browser.post("/confirmations", sent).headers["Location"]
    browser.get(path)
    return path


def test_a_key_and_a_confirmation_by_hand(
    light_house: House, officer: Browser, administrator: Browser
) -> None:
    signer = new_signer()
    officer.get("/organisation/keys")
    place = officer.post("/organisation/keys", {"jwk": jwk_text(signer)})
    path = place.headers["Location"]
    officer.get(path)
    text = officer.get(f"{path}/to-sign").get_data(as_text=True).strip()
    officer.get(path)
    assert text == asked_on(officer.page)
    officer.post(path, {"signature": signed(signer, text)})
    administrator.get("/admin/party-keys")
    [admit] = re.findall(r'action="([^"]+/admit)"', administrator.page)
    administrator.post(admit)
    assert "có giá trị" in officer.get("/organisation/keys").get_data(as_text=True)
    path = prepared(officer, light_house)
    text = officer.get(f"{path}/to-sign").get_data(as_text=True).strip()
    officer.get(path)
    officer.post(path, {"signature": f"{text}.{signed(signer, text)}"})
    assert "Đã xác nhận." in officer.get("/confirmations").get_data(as_text=True)


def test_what_waits_is_named_by_product_and_decision(
    light_house: House, officer: Browser
) -> None:
    with_key(light_house.use, light_house.officer)
    officer.get("/confirmations")
    found = re.search(r"<a [^>]*>Công nhận OCOP: ([^<]+)</a>", officer.page)
    assert found
    assert found[1] == light_house.batch.product.name_vi
    assert "quyết định" in officer.page
    prepared(officer, light_house)
    assert "<dt>Cấp công nhận</dt>" in officer.page
    assert "recognisedBy" not in officer.page


def test_a_list_that_ends_early_says_so(
    light_house: House, officer: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = "Đây là 1 mục mới nhất. Các mục cũ hơn sẽ hiện ra"
    officer.get("/confirmations")
    assert said not in officer.page
    monkeypatch.setattr(queries, "MOST", 1)
    officer.get("/confirmations")
    assert said in officer.page


def test_a_private_key_is_refused_with_words_and_never_shown_back(
    officer: Browser,
) -> None:
    secret = "c2VjcmV0" + "A" * 35
    jwk = {**jwk_of(new_signer().private), "d": secret}
    officer.get("/organisation/keys")
    answer = officer.post("/organisation/keys", {"jwk": json.dumps(jwk)})
    assert answer.status_code == 422
    assert "coi như đã lộ" in officer.page
    assert secret not in officer.page


def test_who_asked_finds_no_button_to_admit(
    app: Flask, light_house: House, administrator: Browser
) -> None:
    with_key(light_house.use, light_house.officer)
    administrator.get("/admin/party-keys")
    assert "/admit" not in administrator.page
    answer = administrator.post("/admin/party-keys/" + "0" * 26 + "/admit")
    assert answer.status_code == 404


def test_what_came_too_late_or_changed_meanwhile_is_said(
    light_house: House, officer: Browser, clock: FixedClock
) -> None:
    signer = with_key(light_house.use, light_house.officer)
    path = prepared(officer, light_house)
    text = asked_on(officer.page)
    wrong = officer.post(path, {"signature": "A" * 86})
    assert wrong.status_code == 422
    assert "Chữ ký không khớp" in officer.page
    clock.instant += LIFE
    late = officer.post(path, {"signature": signed(signer, text)})
    assert late.status_code == 410
    assert "chuẩn bị lại" in officer.page
    clock.instant -= LIFE
    confirm(light_house.use, light_house.officer, stars_record(light_house), signer)
    assert officer.get(path).status_code == 404


def test_taking_back_needs_a_reason(light_house: House, officer: Browser) -> None:
    signer, stars = (
        with_key(light_house.use, light_house.officer),
        stars_record(light_house),
    )
    confirm(light_house.use, light_house.officer, stars, signer)
    officer.get("/confirmations")
    officer.post("/confirmations", {"record": stars.public_id, "reason": " "})
    said = officer.get("/confirmations").get_data(as_text=True)
    assert "vì sao rút lại" in said


def public_page(app: Flask, house: House) -> str:
    path = DigitalLink.parse(house.serials[1].link).path()
    browser = Browser(app)
    answer = browser.get(f"/p{path}?lang=vi")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def on_record_page(app: Flask, house: House) -> str:
    path = f"/records/{stars_record(house).public_id}?lang=vi"
    return Browser(app).get(path, Accept="text/html").get_data(as_text=True)


def test_pages_say_confirmed_only_while_a_party_s_key_says_so(
    app: Flask, light_house: House, clock: FixedClock
) -> None:
    use, officer, stars = (
        light_house.use,
        light_house.officer,
        stars_record(light_house),
    )

    def said() -> tuple[bool, bool]:
        pages = public_page(app, light_house), on_record_page(app, light_house)
        assert all(OFFICER_LINE in page for page in pages)
        return CONFIRMED in pages[0], CONFIRMED in pages[1]

    assert said() == (False, False)
    signer: LocalSigner = with_key(use, officer)
    assert said() == (False, False)
    word = confirm(use, officer, stars, signer)
    assert said() == (True, True)
    assert f"/records/{word.public_id}" in public_page(app, light_house)
    clock.instant += LIFE
    use.get(KeyStore).revoke(signer.public.kid, word.log_index, clock)
    assert said() == (False, False)
    confirm(use, officer, stars, with_key(use, officer))
    assert said() == (True, True)


def test_the_api_tells_who_confirms(app: Flask, light_house: House) -> None:
    stars = stars_record(light_house)
    browser, path = Browser(app), f"/api/v1/records/{stars.public_id}"
    assert browser.get(path).get_json()["confirmations"] == []
    signer = with_key(light_house.use, light_house.officer)
    word = confirm(light_house.use, light_house.officer, stars, signer)
    [told] = browser.get(path).get_json()["confirmations"]
    origin = light_house.use.identity.origin
    assert told["name"] == "Sở mẫu"
    assert told["record"] == f"{origin}/records/{word.public_id}"
    link = light_house.serials[1].link
    evidence = browser.get(f"/api/v1/evidence?link={link}").get_json()
    assert [one["token"] for one in evidence["confirmations"]] == [word.token]
    [shown] = evidence["shown"]["confirmations"]
    assert shown == {
        "record_sha256": stars.digest,
        "party": told["party"],
        "name": "Sở mẫu",
    }


def test_a_party_s_did_document_lies_where_its_identifier_says(
    app: Flask, light_house: House
) -> None:
    signer = with_key(light_house.use, light_house.officer)
    public_id = signer.public.party.rpartition(":")[2]
    answer = Browser(app).get(f"/organisations/{public_id}/did.json")
    document = json.loads(answer.get_data())
    assert answer.content_type == "application/did+json"
    assert document["id"] == signer.public.party
    [method] = document["verificationMethod"]
    assert method["publicKeyJwk"]["x"] == signer.public.jwk["x"]
    assert Browser(app).get("/organisations/nobody/did.json").status_code == 404


def test_a_confirmation_has_a_page_of_its_own(app: Flask, light_house: House) -> None:
    signer = with_key(light_house.use, light_house.officer)
    word = confirm(
        light_house.use, light_house.officer, stars_record(light_house), signer
    )
    path = f"/records/{word.public_id}?lang=vi"
    page = Browser(app).get(path, Accept="text/html").get_data(as_text=True)
    assert CONFIRMED in page
    assert OFFICER_LINE not in page


def test_a_confirmation_that_the_service_made_up_is_called_refused(
    app: Flask, light_house: House
) -> None:
    """Its own key may sign it and log it: its own page does not take it either."""
    use, stars = light_house.use, stars_record(light_house)
    signer = with_key(use, light_house.officer)
    url = use.identity.url(f"/records/{stars.public_id}")
    public_id = signer.public.party.rpartition(":")[2]
    draft = RecordDraft(
        type=CONFIRMATION,
        subject=confirmation_subject(url, public_id),
        claims={"recordSha256": stars.digest},
        vouched_by=Voucher(
            id=party_url(use.identity, public_id), name="Sở mẫu", basis="confirmed"
        ),
    )
    with use.database.transaction() as session:
        made_up = publish_record(session, draft, notary=notary_of(use))
    path = f"/records/{made_up.public_id}?lang=en"
    page = Browser(app).get(path, Accept="text/html").get_data(as_text=True)
    assert "The signature does not count" in page
    assert CONFIRMED not in on_record_page(app, light_house)
