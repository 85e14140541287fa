"""The phone's queue: findings come in once, hours late, with photos, or are refused."""

import io
import json
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select

from tests.accounts.make_accounts import PASSWORD, make_person
from tests.catalog.make_catalog import huge_png
from tests.inspection.make_inspection import (
    Inspector,
    finding,
    make_inspector,
    make_photo,
    stored,
)
from tests.verification.make_house import House
from tests.web.make_web import Browser
from traceability.core.permissions import Role
from traceability.inspection.queries import photo_content, photos_of, signed_visit
from traceability.records.models import SignedRecord
from traceability.signing.envelope import read_unverified


def test_nobody_is_signed_in_at_first(light_app: Flask) -> None:
    answer = Browser(light_app).get("/inspector/session")
    assert answer.headers["Cache-Control"] == "no-store"
    told = answer.get_json()
    assert told.pop("csrf")
    assert told == {"signed_in": False, "name": ""}


def test_the_session_names_the_inspector(light_inspector: Inspector) -> None:
    told = light_inspector.session()
    assert told["signed_in"] is True
    assert told["name"] == "Người dùng mẫu"


def test_a_finding_is_signed_logged_and_kept(
    house: House, inspector: Inspector
) -> None:
    photo = make_photo()
    answer = inspector.send(finding(house.batch.digital_link), photo)
    assert answer.status_code == 201, answer.get_data(as_text=True)
    told = answer.get_json()
    assert told["url"] == f"https://tx.example/inspections/{told['id']}"
    [row] = stored(house.use)
    assert row.batch_id == house.batch.id
    with house.use.database.reading() as session:
        record = session.get_one(SignedRecord, row.record_id)
        visit = signed_visit(session, row, personal=True)
        [kept] = photos_of(session, row)
        content = photo_content(session, kept).content
    assert record.subject == told["url"]
    payload = read_unverified(record.token).payload
    assert payload["vouchedBy"]["basis"] == "entered-by-officer"
    claims = payload["credentialSubject"]
    assert claims["seenAt"] == "2026-11-22T02:30:00Z"
    assert claims["enteredAt"] == "2026-11-22T03:00:00Z"
    assert claims["offline"] is True
    assert claims["fileSha256"] == [sha256(content).hexdigest()]
    assert visit.draft.seen.trust_list_age_s == 3600
    assert visit.draft.seen.checks[0]["code"] == "seal-genuine"
    assert not Image.open(io.BytesIO(content)).getexif()


def test_what_was_found_stays_between_those_concerned(
    house: House, inspector: Inspector
) -> None:
    """The log and the record are public; the visit is not, until it is published."""
    sent = finding(house.batch.digital_link, result="non_conformant")
    inspector.send(sent)
    [row] = stored(house.use)
    with house.use.database.reading() as session:
        token = session.get_one(SignedRecord, row.record_id).token
    said = json.dumps(read_unverified(token).payload, ensure_ascii=False)
    for private in ("non_conformant", house.batch.digital_link, "Quầy", "Bao bì"):
        assert private not in said
    assert "Người dùng mẫu" not in said


def test_a_finding_sent_twice_is_stored_once(
    house: House, inspector: Inspector
) -> None:
    body, key = finding(house.batch.digital_link), str(uuid4())
    first = inspector.send(body, make_photo(), key=key)
    again = inspector.send(body, make_photo(), key=key)
    assert again.status_code == first.status_code == 201
    assert again.get_json() == first.get_json()
    assert len(stored(house.use)) == 1


def test_a_queue_that_lost_its_key_still_sends_each_finding_once(
    house: House, inspector: Inspector
) -> None:
    body = finding(house.batch.digital_link)
    first, again = inspector.send(body), inspector.send(body)
    assert again.get_json() == first.get_json()
    assert len(stored(house.use)) == 1


def test_one_key_stands_for_one_finding(house: House, inspector: Inspector) -> None:
    key = str(uuid4())
    inspector.send(finding(house.batch.digital_link), key=key)
    other = inspector.send(finding(house.batch.digital_link, notes="Khác"), key=key)
    assert (other.status_code, other.get_json()["code"]) == (422, "key-reuse")
    assert len(stored(house.use)) == 1


def test_a_finding_may_be_hours_old(light_inspector: Inspector) -> None:
    body = finding("https://tx.example/01/09520001001017/10/X-1")
    body["seen_at"] = "2026-11-21T22:00:00+07:00"
    assert light_inspector.send(body).status_code == 201
    [row] = stored(light_inspector.use)
    assert row.seen_at == datetime(2026, 11, 21, 15, 0, tzinfo=UTC)
    assert row.entered_at == light_inspector.use.clock.now()
    assert row.batch_id is None


def test_a_phone_that_is_five_minutes_fast_is_believed(
    light_inspector: Inspector,
) -> None:
    link = "https://tx.example/01/09520001001017/10/X-1"
    near = finding(link, seen_at="2026-11-22T10:05:00+07:00")
    far = finding(link, seen_at="2026-11-22T10:05:01+07:00")
    assert light_inspector.send(near).status_code == 201
    refused = light_inspector.send(far)
    assert (refused.status_code, refused.get_json()["code"]) == (422, "inspection-time")
    assert refused.get_json()["field"] == "seen_at"


def test_a_code_of_somebody_else_can_be_a_finding(light_inspector: Inspector) -> None:
    for link in ("https://elsewhere.example/01/09520001001017/10/A", "chữ trên tem"):
        assert light_inspector.send(finding(link)).status_code == 201
    assert [row.batch_id for row in stored(light_inspector.use)] == [None, None]


def refusal(answer: Any) -> tuple[int, str, str | None]:
    assert answer.mimetype == "application/problem+json", answer.get_data(as_text=True)
    body = answer.get_json()
    return body["status"], body["code"], body.get("field")


LINK = "https://tx.example/01/09520001001017/10/X-1"


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"client_id": "7"}, "invalid", "client_id"),
        ({"result": "fine"}, "invalid", "result"),
        ({"seen_at": "2026-11-22T10:00:00"}, "invalid", "seen_at"),
        ({"seen_at": 5}, "invalid", "seen_at"),
        ({"seen_at": "1999-12-31T00:00:00Z"}, "inspection-time", "seen_at"),
        ({"notes": "a" * 10_001}, "invalid", "notes"),
        ({"notes": "a\u200bb"}, "invalid", "notes"),
        ({"notes": "a\u0007b"}, "invalid", "notes"),
        ({"notes": "a\u202eb"}, "invalid", "notes"),
        ({"measures": 7}, "invalid", "measures"),
        ({"place": {"text": "x", "commune_code": "99999"}}, "commune-unknown", None),
        ({"place": {"text": "", "commune_code": None}}, "inspection-text", "place"),
        ({"offline": "yes"}, "invalid", "offline"),
        ({"checks": [{"number": 12, "name": "x", "result": "pass"}]}, "invalid", None),
        ({"checks": [{"number": 1, "name": "x", "result": "?"}]}, "invalid", None),
        ({"trust_list_age_s": -1}, "invalid", "trust_list_age_s"),
        ({"surprise": 1}, "invalid", "surprise"),
    ],
)
def test_a_finding_that_cannot_be_meant_is_refused(
    light_inspector: Inspector, change: dict[str, Any], code: str, field: str | None
) -> None:
    status, told, where = refusal(light_inspector.send(finding(LINK, **change)))
    assert (status, told) == (422, code)
    assert field is None or where == field
    assert stored(light_inspector.use) == []


def test_ten_thousand_characters_of_notes_are_kept(light_inspector: Inspector) -> None:
    assert light_inspector.send(finding(LINK, notes="đ" * 10_000)).status_code == 201


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "json-malformed"),
        ("{", "json-malformed"),
        ('{"link": "a", "link": "b"}', "json-duplicate-key"),
        ('{"trust_list_age_s": NaN}', "json-number"),
        ("[" * 100_000, "json-depth"),
        ('{"notes": "\\ud800"}', "json-text"),
    ],
)
def test_a_finding_that_is_no_json_is_refused(
    light_inspector: Inspector, text: str, code: str
) -> None:
    assert refusal(light_inspector.send(text))[:2] == (400, code)


@pytest.mark.parametrize(
    ("photo", "status", "code"),
    [
        (b"%PDF-1.4\n%%EOF\n", 415, "photo-unsupported"),
        (b"<svg onload='x'/>", 415, "photo-unsupported"),
        (b"GIF89a", 415, "photo-unsupported"),
        (make_photo()[:200], 415, "photo-unsupported"),
        (huge_png(30_000, 30_000), 413, "photo-too-large"),
    ],
)
def test_a_file_that_is_no_bearable_photo_is_refused(
    light_inspector: Inspector, photo: bytes, status: int, code: str
) -> None:
    answer = light_inspector.send(finding(LINK), make_photo(), photo)
    assert refusal(answer) == (status, code, "photos")
    assert stored(light_inspector.use) == []


def test_seven_photos_are_too_many(light_inspector: Inspector) -> None:
    answer = light_inspector.send(finding(LINK), *[make_photo()] * 7)
    assert refusal(answer)[:2] == (422, "inspection-photos-too-many")


def test_more_than_the_body_may_hold_is_refused(light_inspector: Inspector) -> None:
    answer = light_inspector.send(finding(LINK), b"x" * 8 * 1024 * 1024)
    answer.request.environ["wsgi.input"].close()  # the test client's own file
    assert refusal(answer)[:2] == (413, "too-large")


def test_whoever_is_not_signed_in_is_told_so(light_app: Flask) -> None:
    stranger = Inspector(light_app)
    assert refusal(stranger.send(finding(LINK)))[:2] == (401, "unauthorized")


def test_a_producer_sends_no_findings(light_house: House, light_app: Flask) -> None:
    make_person(light_house.use, Role.PRODUCER, "chu-the@example.com")
    producer = Inspector(light_app)
    producer.sign_in("chu-the@example.com", PASSWORD)
    assert refusal(producer.send(finding(LINK)))[:2] == (403, "forbidden")


def test_a_finding_without_its_token_is_refused(light_inspector: Inspector) -> None:
    answer = light_inspector.send(finding(LINK), token="")
    assert refusal(answer)[:2] == (400, "form-expired")


def test_two_inspectors_of_one_authority_do_not_share_a_key(
    light_house: House, light_app: Flask, light_inspector: Inspector
) -> None:
    """Both act for the authority: one key stands for one finding there."""
    other = make_inspector(
        light_house.use, light_app, "hai@example.com", light_inspector.authority
    )
    key = str(uuid4())
    light_inspector.send(finding(LINK), key=key)
    assert refusal(other.send(finding(LINK), key=key))[:2] == (422, "key-reuse")


def test_the_record_counts_and_stands_in_the_log(
    house: House, inspector: Inspector
) -> None:
    inspector.send(finding(house.batch.digital_link))
    [row] = stored(house.use)
    with house.use.database.reading() as session:
        record = session.scalars(
            select(SignedRecord).where(SignedRecord.id == row.record_id)
        ).one()
    shown = inspector.get(f"/records/{record.public_id}", Accept="text/html")
    assert shown.status_code == 200
    assert "Cán bộ" in inspector.page
    assert inspector.get(f"/records/{record.public_id}/proof").status_code == 200
