"""The proof of a record: it convinces with the record's bytes and the log's key."""

import json
from types import SimpleNamespace
from typing import Any

import pytest
from flask.testing import FlaskClient
from sigstore._internal.merkle import verify_merkle_inclusion
from sigstore.errors import VerificationError

from traceability.records.credential import RecordDraft, Voucher, digest_of
from traceability.records.models import SignedRecord
from traceability.records.notary import notary_of
from traceability.records.service import publish_record
from traceability.transparency.note import parse_vkey
from traceability.transparency.tlog_proof import (
    TlogProof,
    parse_proof,
    verify_proof,
)
from traceability.web.context import Services


def publish(use: Services, lot: str) -> SignedRecord:
    draft = RecordDraft(
        type="BatchRecord",
        subject=f"https://tx.example/01/09521234500018/10/{lot}",
        claims={"lotNumber": lot},
        vouched_by=Voucher(
            id="https://tx.example/organisations/1", name="", basis="service"
        ),
    )
    with use.database.transaction() as session:
        return publish_record(session, draft, notary=notary_of(use))


def text_of(client: FlaskClient, path: str) -> str:
    answer = client.get(path, base_url="https://tx.example")
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/plain")
    return answer.get_data(as_text=True)


def proof_of(client: FlaskClient, record: SignedRecord) -> TlogProof:
    return parse_proof(text_of(client, f"/records/{record.public_id}/proof"))


def test_each_record_is_proven_by_its_own_leaf(
    client: FlaskClient, use: Services
) -> None:
    records = [publish(use, f"L{number}") for number in range(5)]
    key = parse_vkey(text_of(client, "/log/vkey"))
    for record in records:
        proof = proof_of(client, record)
        leaf = proof.extra
        assert leaf is not None
        assert json.loads(leaf)["sha256"] == digest_of(record.token)
        told = verify_proof(proof, leaf, [key], "tx.example/log")
        assert told.size == 5
        assert proof.index == record.log_index


def test_sigstore_accepts_the_proof_and_refuses_another_record_under_it(
    client: FlaskClient, use: Services
) -> None:
    first, second = publish(use, "L1"), publish(use, "L2")
    key = parse_vkey(text_of(client, "/log/vkey"))
    one, other = proof_of(client, first), proof_of(client, second)
    assert one.extra is not None
    assert other.extra is not None
    told = verify_proof(one, one.extra, [key], "tx.example/log")

    def entry(leaf: bytes) -> Any:
        inclusion = SimpleNamespace(
            log_index=one.index,
            tree_size=told.size,
            hashes=list(one.hashes),
            root_hash=told.root,
        )
        return SimpleNamespace(
            _inner=SimpleNamespace(inclusion_proof=inclusion, canonicalized_body=leaf)
        )

    verify_merkle_inclusion(entry(one.extra))
    with pytest.raises(VerificationError):
        verify_merkle_inclusion(entry(other.extra))


def test_an_unknown_record_has_no_proof(client: FlaskClient) -> None:
    answer = client.get("/records/nothing/proof", base_url="https://tx.example")
    assert answer.status_code == 404
