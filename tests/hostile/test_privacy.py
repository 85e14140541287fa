"""What is private stays private, though it is signed for and can be proved."""

import base64
import hashlib
import json
from contextlib import suppress
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from sqlalchemy import delete, select

from tests.hostile.make_world import HOUSEHOLD, SUPPLIER, World
from tests.hostile.wire import Answer
from traceability.core.canonical import canonical_json
from traceability.records.models import SignedRecord, StoredDisclosure
from traceability.transparency.models import LogLeaf

NAMES = [HOUSEHOLD, SUPPLIER]


def lot_of(world: World, whose: str) -> str:
    holding = getattr(world, whose)
    return f"/01/{holding.product.gtin}/10/{holding.issued.lot_number}"


def claims_of(token: str) -> dict[str, Any]:
    payload = token.split(".")[1]
    text = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
    return dict(json.loads(text))


def readings(text: str) -> list[str]:
    """The text as it stands, with JSON's escapes undone, with JWS payloads opened."""
    found = [text]
    with suppress(ValueError):
        found.append(json.dumps(json.loads(text), ensure_ascii=False))
    words = text.replace('"', " ").split()
    tokens = [one for one in words if one.count(".") == 2 and one.startswith("ey")]
    return found + [json.dumps(claims_of(one), ensure_ascii=False) for one in tokens]


def assert_silent(answer: Answer, where: str) -> None:
    for reading in readings(answer.text):
        for name in NAMES:
            assert name not in reading, where
    for name in NAMES:
        assert name not in str(answer.headers), where


def public_addresses(world: World) -> list[str]:
    with world.use.database.reading() as session:
        records = session.scalars(select(SignedRecord.public_id)).all()
        leaves = len(session.scalars(select(LogLeaf.index)).all())
    found = [f"/records/{one}{tail}" for one in records for tail in ("", "/proof")]
    found += [f"/log/tile/entries/000.p/{leaves}", "/.well-known/trust-list.json"]
    for whose in ("household", "a", "b"):
        lot = lot_of(world, whose)
        link = f"https://tx.example{lot}"
        found += [f"/p{lot}", f"/p{lot}?lang=en", f"{lot}?linkType=linkset"]
        found += [f"/api/v1/verify?link={link}", f"/api/v1/evidence?link={link}"]
        found += [f"/verify?link={link}", f"/report{lot}", lot, f"{lot}/21/000", "/x"]
    return found


@pytest.mark.parametrize("accept", ["text/html", "application/json", "*/*"])
def test_private_names_are_nowhere_in_public(world: World, accept: str) -> None:
    for path in public_addresses(world):
        answer = world.stranger().get(path, Accept=accept)
        assert answer.status < 500, path
        assert_silent(answer, path)


def test_private_names_are_not_even_in_labels(world: World) -> None:
    a = world.people["producer-a"]
    for form in ("csv", "svg"):
        answer = a.get(f"/labels/{world.run.public_id}/sheet.{form}")
        assert answer.status == 200
        assert_silent(answer, form)


def test_no_signed_bytes_hold_a_private_value(world: World) -> None:
    with world.use.database.reading() as session:
        tokens = session.scalars(select(SignedRecord.token)).all()
        leaves = session.scalars(select(LogLeaf.data)).all()
    for token in tokens:
        said = json.dumps(claims_of(token), ensure_ascii=False)
        assert not [name for name in NAMES if name in said]
    for leaf in leaves:
        assert set(json.loads(leaf)) == {"issued_at", "sha256", "subject", "type", "v"}


def test_a_commitment_opens_with_its_salt_and_with_nothing_else(world: World) -> None:
    with world.use.database.reading() as session:
        rows = session.scalars(select(StoredDisclosure)).all()
        claims = {
            row.id: claims_of(session.get_one(SignedRecord, row.record_id).token)
            for row in rows
        }
    assert [name for name in NAMES if name not in [row.value for row in rows]] == []
    for row in rows:
        committed = claims[row.id]["credentialSubject"]["commitments"][row.name]
        assert committed == opened(row.salt, row.value)
        assert committed != opened(bytes(16), row.value)
        assert committed != opened(row.salt, [row.value, " "])
    assert len({row.salt for row in rows}) == len(rows)


def opened(salt: bytes, value: Any) -> str:
    digest = hashlib.sha256(salt + canonical_json(value)).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def test_erasing_a_value_leaves_its_record_verifiable(world: World) -> None:
    lot = lot_of(world, "b")
    address = f"/api/v1/verify?link=https://tx.example{lot}"
    before = world.stranger().get(address).json()
    with world.use.database.transaction() as session:
        session.execute(
            delete(StoredDisclosure).where(
                StoredDisclosure.record_id == world.b.issued.record_id
            )
        )
    assert world.stranger().get(address).json() == before
    assert world.stranger().get(f"/p{lot}").status == 200
    assert world.people["producer-b"].get(
        f"/batches/{world.b.issued.public_id}"
    ).status == (200)


def test_no_file_of_a_public_bundle_tells_private_names(world: World) -> None:
    for whose in ("household", "a", "b"):
        answer = world.stranger().get(f"/bundles{lot_of(world, whose)}.zip")
        assert answer.status == 200
        with ZipFile(BytesIO(answer.body)) as bundle:
            for one in bundle.namelist():
                text = bundle.read(one).decode()
                for reading in readings(text):
                    assert not [name for name in NAMES if name in reading], one


def test_an_officer_discloses_nothing_of_a_producer(world: World) -> None:
    officer = world.people["officer"]
    path = f"/batches/{world.a.issued.public_id}/bundle"
    assert_silent(officer.get(path), path)
    answer = officer.form(path, {"value": "inputs-0-supplier"})
    with ZipFile(BytesIO(answer.body)) as bundle:
        assert json.loads(bundle.read("disclosures.json")) == {"disclosures": []}
