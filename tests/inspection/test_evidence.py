"""The zip of a visit: everything in it checked without the service."""

import base64
import hashlib
import io
import json
from typing import Any
from zipfile import ZipFile

import pytest
from PIL import Image

from tests.inspection.make_inspection import MET, NOTES, Inspector, make_photo
from tests.inspection.test_views import form, visit
from tests.verification.make_house import House
from traceability.core.canonical import canonical_json
from traceability.signing.envelope import read_unverified, verify_credential
from traceability.signing.keys import KeyRole
from traceability.signing.keystore import KeyStore
from traceability.transparency.note import parse_vkey
from traceability.transparency.tlog_proof import parse_proof, verify_proof
from traceability.verification.bundle.contents import read_bundle
from traceability.verification.wire import read_document


def evidence_of(inspector: Inspector, where: str) -> dict[str, bytes]:
    answer = inspector.get(f"{where}/evidence.zip")
    assert answer.status_code == 200
    with ZipFile(io.BytesIO(answer.data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def claims_of(token: bytes) -> Any:
    return read_unverified(token.decode()).payload["credentialSubject"]


def only(files: dict[str, bytes], folder: str) -> str:
    [name] = [one for one in files if one.startswith(folder)]
    return name


@pytest.fixture
def files(house: House, inspector: Inspector) -> dict[str, bytes]:
    photo = (io.BytesIO(make_photo()), "IMG.jpg")
    where = visit(inspector, str(house.serials[0].link), photos=[photo])
    return evidence_of(inspector, where)


def test_of_a_sealed_label_the_bundle_carries_the_seal(
    house: House, inspector: Inspector
) -> None:
    text = house.sealed[0].qr_text
    inner = read_bundle(evidence_of(inspector, visit(inspector, text))["bundle.zip"])
    assert inner.link.partition("?s=")[2] == text.partition("?s=")[2]


def test_the_manifest_names_every_file(files: dict[str, bytes]) -> None:
    manifest = json.loads(files["manifest.json"])
    assert manifest["subject"].startswith("https://tx.example/inspections/")
    assert manifest["files"] == {
        name: hashlib.sha256(data).hexdigest()
        for name, data in files.items()
        if name != "manifest.json"
    }
    assert files["minutes.pdf"].startswith(b"%PDF")
    assert files["minutes.docx"].startswith(b"PK")


def test_the_record_counts_and_names_the_photos(
    house: House, files: dict[str, bytes]
) -> None:
    token = files[only(files, "records/")]
    envelope = read_unverified(token.decode())
    now = house.use.clock.now()
    ring = house.use.get(KeyStore).ring
    verify_credential(
        token.decode(), ring.valid(envelope.kid, KeyRole.RECORD, now, None)
    )
    photo = only(files, "photos/")
    digest = hashlib.sha256(files[photo]).hexdigest()
    assert claims_of(token)["fileSha256"] == [digest]
    assert photo == f"photos/{digest}.jpg"
    assert not Image.open(io.BytesIO(files[photo])).getexif()


def test_the_disclosures_open_every_commitment(files: dict[str, bytes]) -> None:
    record = only(files, "records/")
    commitments = claims_of(files[record])["commitments"]
    opened = json.loads(files["disclosures.json"])[record[8:-4]]
    assert {one["name"] for one in opened} == set(commitments)
    for one in opened:
        salt = base64.urlsafe_b64decode(one["salt"] + "==")
        digest = hashlib.sha256(salt + canonical_json(one["value"])).digest()
        text = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        assert commitments[one["name"]] == text
    told = {one["name"]: one["value"] for one in opened}
    assert (told["notes"], told["met"]) == (NOTES, MET)
    assert told["event"]["bizStep"] == "inspecting"
    assert told["event"]["disposition"] == "conformant"


def test_the_proof_leads_from_the_record_to_the_log_s_head(
    files: dict[str, bytes],
) -> None:
    record = only(files, "records/")
    proof = parse_proof(files[f"proofs/{record[8:-4]}.txt"].decode())
    leaf = json.loads(proof.extra or b"")
    assert leaf["sha256"] == hashlib.sha256(files[record]).hexdigest()
    assert leaf["type"] == "InspectionRecord"
    key = parse_vkey(files["log.vkey"].decode())
    head = verify_proof(proof, proof.extra or b"", [key], "tx.example/log")
    assert proof.index < head.size


def test_the_lot_s_own_evidence_is_among_it(files: dict[str, bytes]) -> None:
    assert read_document(json.loads(files["evidence.json"])).records
    inner = read_bundle(files["bundle.zip"])
    assert "/10/CHE-1/21/" in inner.link


def test_every_version_of_a_corrected_visit_is_evidence(
    light_house: House, light_inspector: Inspector
) -> None:
    where = visit(light_inspector, light_house.batch.digital_link)
    light_inspector.get(f"{where}/correct")
    light_inspector.post(f"{where}/correct", form("", notes="Đã sửa."))
    files = evidence_of(light_inspector, where)
    records = [name for name in files if name.startswith("records/")]
    assert len(records) == 2
    newest = read_unverified(files[records[1]].decode()).payload
    assert newest["supersedes"] == hashlib.sha256(files[records[0]]).hexdigest()


def test_a_code_of_nobody_has_evidence_too(light_inspector: Inspector) -> None:
    where = visit(light_inspector, "chữ trên tem")
    files = evidence_of(light_inspector, where)
    assert json.loads(files["evidence.json"])["records"] == []
    assert "bundle.zip" not in files
    [record] = [name for name in files if name.startswith("records/")]
    assert "lot" not in claims_of(files[record])
