"""Status lists as anybody's tools fetch and read them, on both engines."""

from datetime import timedelta

import jsonschema
import pytest
from jwcrypto import jwk, jws
from sqlalchemy import select

from tests.batches.make_batches import make_draft
from tests.catalog.make_catalog import ip_right_draft
from tests.conftest import FixedClock
from tests.status.make_status import (
    HELD,
    RECALLED,
    RELEASED,
    Reader,
    change,
    indexes,
    indexes_of_lot,
    indexes_of_wrong_events,
)
from tests.verification.make_house import House
from tests.web.make_web import make_app
from traceability.batches.known.queries import lot_book
from traceability.batches.models import Batch
from traceability.batches.service import correct_batch
from traceability.catalog.models import Certificate, Product
from traceability.catalog.papers.service import (
    Withdrawal,
    register_ip_right,
    withdraw_certificate,
    withdraw_ip_right,
)
from traceability.events.correcting.service import ErrorDraft, declare_error
from traceability.events.entry.service import Desk
from traceability.events.models import TraceEvent
from traceability.events.vocabulary import ErrorReason
from traceability.ocop.models import Recognition
from traceability.ocop.rules import WithdrawalReason
from traceability.ocop.service import withdraw
from traceability.records.notary import notary_of
from traceability.services import with_signing
from traceability.signing.keys import ES256, KeyRole
from traceability.signing.keystore import KeyStore

LISTS = ("/status/suspension/0", "/status/revocation/0")
HTML = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"
TEXT, URL = {"type": "string"}, {"type": "string", "format": "uri"}
# W3C Bitstring Status List v1.0, 2.2, and what VCDM 2.0 asks of every credential.
LIST_SCHEMA = {
    "type": "object",
    "required": ["@context", "id", "type", "issuer", "credentialSubject"],
    "properties": {
        "@context": {
            "type": "array",
            "prefixItems": [{"const": "https://www.w3.org/ns/credentials/v2"}],
        },
        "id": URL,
        "type": {
            "type": "array",
            "allOf": [
                {"contains": {"const": "VerifiableCredential"}},
                {"contains": {"const": "BitstringStatusListCredential"}},
            ],
        },
        "issuer": URL,
        "validFrom": {"type": "string", "format": "date-time"},
        "validUntil": {"type": "string", "format": "date-time"},
        "credentialSubject": {
            "type": "object",
            "required": ["type", "statusPurpose", "encodedList"],
            "properties": {
                "id": URL,
                "type": {"const": "BitstringStatusList"},
                "statusPurpose": {"enum": ["revocation", "suspension"]},
                "encodedList": {"type": "string", "pattern": "^u[A-Za-z0-9_-]+$"},
                "ttl": {"type": "integer", "minimum": 1},
            },
        },
    },
}


def test_a_hold_marks_the_lot_until_it_is_released(
    house: House, reader: Reader
) -> None:
    assert reader.marked("suspension") == set()
    change(house, HELD)
    assert reader.marked("suspension") == indexes_of_lot(house)
    assert reader.marked("revocation") == set()
    change(house, RELEASED)
    assert reader.marked("suspension") == set()


def test_a_recall_marks_every_version_of_the_lots_record(
    house: House, reader: Reader
) -> None:
    notary, actor = notary_of(house.use), house.producer.actor
    draft = make_draft(
        house.producer, lot_number=house.batch.lot_number, variety="Giống đã sửa"
    )
    with house.use.database.transaction() as session:
        batch = session.get_one(Batch, house.batch.id)
        correct_batch(session, batch, draft, "Ghi nhầm", actor=actor, notary=notary)
    change(house, HELD)
    change(house, RECALLED)
    assert len(indexes_of_lot(house)) == 2
    wrong = indexes_of_wrong_events(house)  # what told of its birth was put right too
    assert len(wrong) == 2
    assert reader.marked("revocation") == indexes_of_lot(house) | wrong
    assert reader.marked("suspension") == set()


def test_withdrawn_stars_certificates_and_rights_are_marked(
    house: House, reader: Reader
) -> None:
    notary, today = notary_of(house.use), house.use.clock.today()
    url, actor = house.use.identity.url, house.producer.actor
    owner, gone = actor.organisation_id, Withdrawal(on=today, reason="Trả lại")
    assert owner is not None
    with house.use.database.transaction() as session:
        recognition = session.get_one(Recognition, house.recognition.id)
        why = WithdrawalReason.LAW_BROKEN
        withdraw(
            session,
            recognition,
            on=today,
            reason=why,
            actor=house.officer,
            notary=notary,
        )
        certificate = session.scalars(select(Certificate)).one()
        withdraw_certificate(session, certificate, gone, actor=actor, notary=notary)
        product = session.get_one(Product, house.producer.product_id)
        right = register_ip_right(
            session, ip_right_draft(product), owner=owner, actor=actor, notary=notary
        )
        withdraw_ip_right(session, right, gone, actor=actor, notary=notary)
        subjects = {
            "RecognitionRecord": url(recognition.path),
            "CertificateRecord": url(f"/certificates/{certificate.public_id}"),
            "IpRightRecord": url(f"/ip-rights/{right.public_id}"),
        }
    about = [indexes(house, subject, kind) for kind, subject in subjects.items()]
    assert [len(one) for one in about] == [2, 2, 2]  # as given, and as withdrawn
    assert reader.marked("revocation") == set().union(*about)
    assert reader.marked("suspension") == set()


def test_an_event_declared_wrong_is_marked(house: House, reader: Reader) -> None:
    """A credential that was derived from it before is kept, and revoked by this."""
    with house.use.database.transaction() as session:
        event = session.scalars(
            select(TraceEvent).where(TraceEvent.born_lot == house.batch.digital_link)
        ).one()
        notary, lots = notary_of(house.use), lot_book()
        desk = Desk(actor=house.producer.actor, notary=notary, lots=lots)
        draft = ErrorDraft(reason=ErrorReason.DID_NOT_OCCUR)
        declare_error(session, event, draft, desk=desk)
    about = indexes_of_wrong_events(house)
    assert len(about) == 2  # as told, and as declared wrong
    assert reader.marked("revocation") == about
    assert reader.marked("suspension") == set()


@pytest.mark.parametrize("path", LISTS)
def test_a_list_has_the_shape_w3c_asks_for(light_reader: Reader, path: str) -> None:
    _, _, purpose, _ = path.split("/")
    payload = light_reader.payload(purpose)
    jsonschema.validate(payload, LIST_SCHEMA, format_checker=jsonschema.FormatChecker())
    assert payload["id"] == f"https://tx.example{path}"
    assert payload["issuer"] == "did:web:tx.example"
    subject = payload["credentialSubject"]
    assert (subject["statusPurpose"], subject["ttl"]) == (purpose, 3_600_000)
    assert payload["validFrom"] == "2026-11-22T03:00:00Z"
    assert payload["validUntil"] == "2026-11-29T03:00:00Z"


@pytest.mark.parametrize("alg", ["EdDSA", ES256])
def test_jwcrypto_verifies_a_list_under_the_status_key(
    light_house: House, light_reader: Reader, clock: FixedClock, alg: str
) -> None:
    store = light_house.use.get(KeyStore)
    store.rotate(KeyRole.STATUS, clock, alg=alg)
    token = light_reader.get(LISTS[0]).get_data(as_text=True)
    found = jws.JWS()
    found.deserialize(token)
    found.verify(jwk.JWK(**store.signer(KeyRole.STATUS).public.jwk))
    assert found.jose_header["typ"] == "vc+jwt"
    assert found.jose_header["alg"] == alg


def test_a_list_is_the_same_while_nothing_changed_within_the_hour(
    house: House, reader: Reader, clock: FixedClock
) -> None:
    first = reader.get(LISTS[0])
    assert first.headers["Cache-Control"] == "public, max-age=60"
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    clock.instant += timedelta(minutes=59)
    known = first.headers["ETag"]
    assert reader.get(LISTS[0], If_None_Match=known).status_code == 304
    clock.instant += timedelta(minutes=1)
    later = reader.get(LISTS[0], If_None_Match=known)
    assert later.status_code == 200
    assert reader.payload("suspension")["validFrom"] == "2026-11-22T04:00:00Z"


def test_a_change_shows_at_the_next_fetch_and_dates_the_list(
    house: House, reader: Reader, clock: FixedClock
) -> None:
    instants = []
    for how in (HELD, RELEASED, RECALLED):
        clock.instant += timedelta(minutes=7)
        change(house, how)
        instants.append(reader.payload("suspension")["validFrom"][14:16])
    assert instants == ["07", "14", "21"]


def test_processes_beside_each_other_sign_the_same_list(
    house: House, reader: Reader, clock: FixedClock
) -> None:
    change(house, HELD)
    clock.instant += timedelta(minutes=20)
    one = reader.get(LISTS[0]).get_data()
    clock.instant += timedelta(minutes=20)
    other = Reader(
        make_app(with_signing(house.use, house.use.get(KeyStore))).test_client()
    )
    assert other.get(LISTS[0]).get_data() == one


@pytest.mark.parametrize(
    "number", ["1", "999999999999", "00", "-1", "a", "٠", "9" * 40]
)
def test_a_list_beyond_the_log_or_under_another_name_is_not_there(
    light_reader: Reader, number: str
) -> None:
    answer = light_reader.get(f"/status/suspension/{number}")
    assert answer.status_code == 404
    assert light_reader.get("/status/refresh/0").status_code == 404


def test_people_get_a_page(light_house: House, light_reader: Reader) -> None:
    change(light_house, HELD)
    answer = light_reader.get(LISTS[0], Accept=HTML)
    page = answer.get_data(as_text=True)
    assert answer.content_type.startswith("text/html")
    assert "Danh sách trạng thái" in page
    assert "22/11/2026 10:00" in page
    assert "Accept" in answer.headers["Vary"]
    assert light_reader.get(LISTS[0], Accept="*/*").content_type == "application/vc+jwt"


def test_a_database_behind_what_was_published_signs_no_list(
    light_house: House, light_reader: Reader
) -> None:
    assert light_reader.get(LISTS[1]).status_code == 200
    with light_house.use.database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE log_head SET tree_size = tree_size - 1")
    answer = light_reader.get(LISTS[1])
    assert answer.status_code == 503
    assert "log-behind" in answer.get_data(as_text=True)


def test_without_its_key_a_service_gives_out_no_list(
    light_house: House, light_reader: Reader
) -> None:
    folder = light_house.use.get(KeyStore).folder
    [path] = (folder / "private").glob("status-*.pem")
    path.unlink()
    (folder / "trust-list.jws").touch()  # as a restart: the folder is looked at anew
    assert light_reader.get(LISTS[0]).status_code == 503
