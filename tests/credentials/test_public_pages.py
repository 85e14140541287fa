"""Pages of places, recognitions and records: in words, and no more than is public."""

from collections.abc import Sequence

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.catalog.make_catalog import make_organisation
from tests.credentials.make_credentials import HOME
from tests.ocop.test_service import a_draft, setting
from tests.web.make_web import make_app
from traceability.accounts.models import Organisation
from traceability.catalog.models import Site
from traceability.ocop.models import Recognition
from traceability.ocop.rules import WithdrawalReason
from traceability.ocop.service import recognise, withdraw
from traceability.records.models import SignedRecord
from traceability.records.notary import notary_of
from traceability.web.context import Services

HTML = "text/html"


@pytest.fixture
def client(sampled: Services) -> FlaskClient:
    return make_app(sampled).test_client()


def page(client: FlaskClient, path: str, language: str = "en") -> str:
    answer = client.get(
        f"{path}?lang={language}", base_url=HOME, headers={"Accept": HTML}
    )
    assert answer.status_code == 200
    assert answer.content_type == "text/html; charset=utf-8"
    assert "Set-Cookie" not in answer.headers
    return str(answer.get_data(as_text=True))


def record_of(use: Services, type_: str, end: str = "") -> SignedRecord:
    return records_of(use, type_, end)[0]


def records_of(use: Services, type_: str, end: str) -> Sequence[SignedRecord]:
    query = select(SignedRecord).where(
        SignedRecord.type == type_, SignedRecord.subject.endswith(end)
    )
    with use.database.reading() as session:
        found = session.scalars(query.order_by(SignedRecord.log_index)).all()
        session.expunge_all()
    return found


def test_a_lot_s_record_reads_as_words_before_anything_raw(
    client: FlaskClient, sampled: Services
) -> None:
    record = record_of(sampled, "BatchRecord", "/BT-261114-1")
    text = page(client, f"/records/{record.public_id}", "vi")
    assert "<h1>Thông tin lô sản xuất</h1>" in text
    for said in ("Gạo Bao Thai Định Hóa", "14/11/2026", "Đóng gói", "2.000 kg"):
        assert said in text
        assert text.index(said) < text.index("<pre>")
    assert f'href="/credentials/{record.public_id}"' in text
    assert f'href="/records/{record.public_id}/proof"' in text
    assert 'href="/p/01/09520001001017/10/BT-261114-1"' in text
    assert "/organisations/" not in text[: text.index("<pre>")]  # has no page


def test_a_step_s_record_says_what_was_done_and_how_much_is_sealed(
    client: FlaskClient, sampled: Services
) -> None:
    record = record_of(sampled, "TraceEventRecord")
    text = page(client, f"/records/{record.public_id}")
    assert "Planting" in text
    assert "1 private value is only sealed here" in text
    assert f'href="/credentials/{record.public_id}"' in text


@pytest.mark.parametrize("type_", ["LabelRunRecord", "BatchStatusRecord"])
def test_records_without_a_derived_credential_offer_none(
    client: FlaskClient, sampled: Services, type_: str
) -> None:
    record = record_of(sampled, type_)
    assert 'href="/credentials/' not in page(client, f"/records/{record.public_id}")


def test_a_public_place_shows_its_name_a_household_s_plot_its_commune(
    client: FlaskClient, sampled: Services
) -> None:
    with sampled.database.reading() as session:
        sites = session.scalars(select(Site)).all()
        owners = {one.id: one.name_vi for one in session.scalars(select(Organisation))}
        session.expunge_all()
    assert {one.is_public for one in sites} == {True, False}
    for site in sites:
        text = page(client, f"/sites/{site.public_id}")
        assert site.commune.full_name in text
        assert f'href="/credentials/sites/{site.public_id}"' in text
        assert (site.name in text) == site.is_public
        assert site.is_public or str(site.gln_digits) not in text
        assert site.is_public or owners[site.organisation_id] not in text


def test_a_place_leads_on_to_the_facility_record_of_its_newest_step(
    client: FlaskClient, sampled: Services
) -> None:
    with sampled.database.reading() as session:
        site = session.scalars(select(Site).where(Site.is_public.is_(False))).first()
        assert site is not None
        commune, public_id = site.commune.full_name, site.public_id
    answer = client.get(f"/credentials/sites/{public_id}", base_url=HOME)
    assert answer.status_code == 307
    where = answer.headers["Location"]
    assert where.endswith("/facility")
    told = client.get(where, base_url=HOME, headers={"Accept": "application/json"})
    subject = told.get_json()["credentialSubject"]
    assert subject["name"] == commune
    assert subject["id"] == f"{HOME}/sites/{public_id}"


def test_a_place_nothing_happened_at_has_no_facility_record(use: Services) -> None:
    with use.database.transaction() as session:
        owner = make_organisation(session, use.clock)
        site = Site(
            public_id="0" * 26,
            organisation_id=owner.id,
            kind="shop",
            name="Quán mẫu",
            commune_code="05587",
            created_at=use.clock.now(),
        )
        session.add(site)
    answer = (
        make_app(use)
        .test_client()
        .get(
            f"/credentials/sites/{'0' * 26}",
            base_url="https://tx.example",
            headers={"Accept": "application/json"},
        )
    )
    assert answer.status_code == 404
    assert answer.get_json()["code"] == "credential-not-found"


def test_versions_before_and_after_are_linked_and_the_newest_is_named(
    client: FlaskClient, sampled: Services
) -> None:
    with sampled.database.reading() as session:
        gone = session.scalars(
            select(Recognition).where(Recognition.withdrawn_on.is_not(None))
        ).first()
        assert gone is not None
        public_id = gone.public_id
    first, last = records_of(sampled, "RecognitionRecord", public_id)
    old = page(client, f"/records/{first.public_id}")
    assert "There is a newer version of this record." in old
    assert f'href="/records/{last.public_id}"' in old
    new = page(client, f"/records/{last.public_id}")
    assert "There is a newer version" not in new
    assert f'href="/records/{first.public_id}"' in new
    assert "Withdrawn on" in new


def test_a_recognition_s_page_says_what_its_record_says_today(
    client: FlaskClient, sampled: Services
) -> None:
    with sampled.database.reading() as session:
        known = session.scalars(select(Recognition)).all()
        session.expunge_all()
    for one in known:
        text = page(client, f"/recognitions/{one.public_id}")
        assert one.decision_no in text
        assert one.certificate_no in text
        assert f"OCOP {one.stars} stars" in text
        versions = records_of(sampled, "RecognitionRecord", one.public_id)
        for record in versions:
            assert f'href="/records/{record.public_id}"' in text
        assert f'href="/credentials/{versions[-1].public_id}"' in text
        state = "Expired" if one.expires < sampled.clock.today() else "Valid"
        state = "Withdrawn" if one.withdrawn_on else state
        assert f"<h2>{state}</h2>" in text


def test_a_withdrawn_recognition_shows_since_when_and_why(use: Services) -> None:
    officer, _producer, product_id = setting(use.database, use.clock)
    notary = notary_of(use)
    with use.database.transaction() as session:
        made = recognise(session, a_draft(product_id), actor=officer, notary=notary)
        record = withdraw(
            session,
            made,
            on=use.clock.today(),
            reason=WithdrawalReason.PRODUCTION_STOPPED,
            actor=officer,
            notary=notary,
        )
        path, last = made.path, record.public_id
    answer = (
        make_app(use)
        .test_client()
        .get(f"{path}?lang=en", base_url="https://tx.example")
    )
    text = answer.get_data(as_text=True)
    assert "<h2>Withdrawn</h2>" in text
    assert "Production stopped" in text
    assert f'href="/records/{last}"' in text
    assert "version 2" in text


def test_what_is_not_there_is_not_found(client: FlaskClient) -> None:
    for path in ("/sites/nothing", "/recognitions/nothing"):
        assert client.get(path, base_url=HOME).status_code == 404
