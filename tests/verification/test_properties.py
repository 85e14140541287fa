"""Whatever is handed over, a check answers: a finding or a code, never an accident."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from tests.verification.make_verification import (
    NOW,
    SmallLog,
    build_world,
    honest_evidence,
)
from traceability.core.errors import DomainError
from traceability.records.credential import leaf_of
from traceability.signing.envelope import read_unverified
from traceability.status.lists import Purpose
from traceability.verification.evidence import (
    Evidence,
    LabelFacts,
    LabelState,
    Shown,
    read_link,
)
from traceability.verification.findings import NAMES, TITLES, Result
from traceability.verification.opened import LoggedRecord, home_of
from traceability.verification.photo import codes_in, is_picture
from traceability.verification.report import CHECKS, report_of
from traceability.verification.tree import recall_tree
from traceability.verification.trust import trust_of
from traceability.verification.typed import link_of, serial_of
from traceability.verification.wire import (
    EvidenceMalformedError,
    Told,
    document_of,
    read_document,
)

OFTEN = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
WORLD = build_world()
HONEST = honest_evidence(WORLD)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


def answers(evidence: Evidence) -> None:
    report = report_of(evidence)
    assert [one.number for one in report.findings] == list(range(1, 12))
    assert all(one.code and one.detail for one in report.findings)
    assert report.exit_code in {0, 1, 2}
    json.dumps(report.as_json())


def mutated(text: str, place: int, character: str) -> str:
    place %= len(text) or 1
    return text[:place] + character + text[place + 1 :]


@OFTEN
@given(st.text())
def test_any_link(text: str) -> None:
    answers(replace(HONEST, asked=read_link(text)))


@OFTEN
@given(st.integers(min_value=0), st.characters())
def test_any_link_with_one_other_character(place: int, character: str) -> None:
    assert HONEST.asked is not None
    answers(
        replace(HONEST, asked=read_link(mutated(HONEST.asked.text, place, character)))
    )


@OFTEN
@given(st.text() | st.text("0123456789", min_size=190, max_size=210))
def test_any_seal(digits: str) -> None:
    link = WORLD.link(serial=WORLD.serial()).qr_text()
    answers(replace(HONEST, asked=read_link(f"{link}?s={digits}")))


@OFTEN
@given(st.integers(min_value=0), st.characters())
def test_any_token_with_one_other_character(place: int, character: str) -> None:
    record = HONEST.records[0]
    forged = replace(record, token=mutated(record.token, place, character))
    answers(replace(HONEST, records=[forged, *HONEST.records[1:]]))


@OFTEN
@given(st.text())
def test_any_token(token: str) -> None:
    record = replace(HONEST.records[0], token=token)
    answers(replace(HONEST, records=[record]))
    home_of(record)


@OFTEN
@given(JSON, JSON)
def test_any_payload_that_is_signed(claims: Any, voucher: Any) -> None:
    payload = read_unverified(HONEST.records[0].token).payload
    payload |= {"vouchedBy": voucher, "credentialSubject": claims}
    answers(with_signed(payload))


CLAIMS = [
    *("product", "producer", "lotNumber", "productionDate", "expiry", "quantity"),
    *("site", "inputs", "massBalanceOverride", "recognition", "variety"),
]


@OFTEN
@given(st.sampled_from(CLAIMS), JSON)
def test_any_claim_that_is_signed(name: str, value: Any) -> None:
    payload = read_unverified(HONEST.records[0].token).payload
    payload["credentialSubject"][name] = value
    answers(with_signed(payload))


@OFTEN
@given(st.sampled_from(["stars", "points", "issued", "product", "withdrawnOn"]), JSON)
def test_any_recognition_that_is_signed(name: str, value: Any) -> None:
    payload = read_unverified(HONEST.recognitions[0].token).payload
    payload["credentialSubject"][name] = value
    answers(logged(payload, "recognitions"))


@OFTEN
@given(st.sampled_from(["firstIndex", "count", "kind", "lot"]), JSON)
def test_any_label_run_that_is_signed(name: str, value: Any) -> None:
    payload = read_unverified(HONEST.records[1].token).payload
    payload["credentialSubject"][name] = value
    answers(logged(payload, "records"))


def with_signed(payload: dict[str, Any]) -> Evidence:
    try:
        token = WORLD.sign(payload)
    except (TypeError, ValueError, UnicodeEncodeError):
        token = ""  # what no JSON can hold is signed by nobody
    record = replace(HONEST.records[0], token=token)
    return replace(HONEST, records=[record, HONEST.records[1]])


def logged(payload: dict[str, Any], kind: str) -> Evidence:
    """Return evidence in which a strange payload is truly signed and logged."""
    try:
        token = WORLD.sign(payload)
        leaf = leaf_of_token(token, payload)
    except (TypeError, ValueError, UnicodeEncodeError):
        return HONEST
    log = SmallLog(WORLD.log_key, WORLD.log.origin, [*WORLD.log.leaves, leaf])
    index, size = len(log.leaves) - 1, len(log.leaves)
    strange = LoggedRecord(
        token=token, leaf=leaf, log_index=index, proof=log.inclusion(index, size)
    )
    kept: dict[str, Any] = {
        name: [
            replace(one, proof=log.inclusion(one.log_index or 0, size))
            for one in getattr(HONEST, name)
        ]
        for name in ("records", "recognitions", "inputs")
    }
    kept[kind] = [*kept[kind][:-1], strange]
    return replace(
        HONEST,
        **kept,
        checkpoint=log.checkpoint(),
        later_leaves=log.leaves[WORLD.index("batch") + 1 :],
    )


def leaf_of_token(token: str, payload: dict[str, Any]) -> bytes:
    return leaf_of(
        token,
        record_type=payload["type"][1],
        subject=payload["credentialSubject"]["id"],
        issued_at=NOW,
    )


@OFTEN
@given(st.text())
def test_any_checkpoint(note: str) -> None:
    answers(replace(HONEST, checkpoint=note, seen_checkpoint=note))
    recall_tree(note)


@OFTEN
@given(st.integers(min_value=0), st.characters())
def test_any_checkpoint_with_one_other_character(place: int, character: str) -> None:
    note = mutated(HONEST.checkpoint, place, character)
    answers(replace(HONEST, checkpoint=note))
    answers(replace(HONEST, seen_checkpoint=note))


@OFTEN
@given(st.lists(st.binary(max_size=40)), st.integers(), st.binary())
def test_any_proof(proof: list[bytes], index: int, leaf: bytes) -> None:
    record = replace(HONEST.records[0], proof=proof, log_index=index, leaf=leaf)
    answers(
        replace(
            HONEST, records=[record], consistency=proof, later_leaves=[*proof, leaf]
        )
    )


@OFTEN
@given(st.text())
def test_any_trust_list(token: str) -> None:
    trust = trust_of(token, WORLD.root.public, now=NOW)
    answers(replace(HONEST, trust=trust))


def told_by(document: dict[str, Any]) -> Told | None:
    try:
        return read_document(document)
    except EvidenceMalformedError:
        return None


@OFTEN
@given(JSON)
def test_any_evidence_document(value: Any) -> None:
    document = value if isinstance(value, dict) else {"records": value}
    for candidate in (document, document_of(HONEST) | document):
        told_by(candidate)


@OFTEN
@given(st.sampled_from(sorted(document_of(HONEST))), JSON)
def test_any_evidence_document_with_one_other_member(name: str, value: Any) -> None:
    told = told_by({**document_of(HONEST), name: value})
    if told is None:
        return
    answers(
        replace(
            HONEST,
            label=told.label,
            records=told.records,
            checkpoint=told.checkpoint,
            shown=told.shown,
            scans=told.scans,
        )
    )


@OFTEN
@given(st.binary() | st.binary().map(b"%PDF-1.7\n".__add__))
def test_any_file_as_a_photo(data: bytes) -> None:
    is_picture(data)
    with pytest.raises(DomainError):
        codes_in(data)


@OFTEN
@given(st.text())
def test_any_typed_text(text: str) -> None:
    answers(replace(HONEST, asked=read_link(link_of(text, "https://tx.example"))))
    serial_of(text)


def test_nothing_at_all_is_an_answer_too() -> None:
    empty = Evidence(mode=HONEST.mode, now=NOW, trust=HONEST.trust)
    report = report_of(empty)
    assert {one.result for one in report.findings} == {Result.NOT_CHECKED}
    assert report.exit_code == 2
    for state in LabelState:
        answers(replace(empty, label=LabelFacts(state=state), shown=Shown()))


def test_names_and_titles_are_permanent() -> None:
    assert list(NAMES) == list(TITLES) == list(range(1, 12))
    assert len(CHECKS) == 11
    assert list(NAMES.values()) == [
        *("link", "host", "seal", "serial", "signature", "log", "consistency"),
        *("currency", "claims", "genealogy", "scans"),
    ]


def test_a_document_reads_back_as_it_was_written() -> None:
    told = read_document(json.loads(json.dumps(document_of(HONEST))))
    assert list(told.records) == list(HONEST.records)
    assert (told.label, told.shown, told.scans) == (
        HONEST.label,
        HONEST.shown,
        HONEST.scans,
    )


@OFTEN
@given(
    st.lists(st.text() | st.just(WORLD.status_lists()[0]), max_size=4), st.booleans()
)
def test_any_status_lists_get_an_answer(tokens: list[str], online: bool) -> None:  # noqa: FBT001 (drawn)
    told, seen = (tokens, ()) if online else ((), tokens)
    answers(replace(HONEST, status=told, seen_status=seen))


@OFTEN
@given(JSON)
def test_any_words_under_the_status_key_get_an_answer(value: Any) -> None:
    payload = value if isinstance(value, dict) else {"credentialSubject": value}
    token = WORLD.sign(payload, WORLD.status_key)
    answers(replace(HONEST, status=(token, *WORLD.status_lists())))


@OFTEN
@given(
    st.sampled_from(["id", "type", "issuer", "validFrom", "validUntil"]),
    st.sampled_from(["id", "type", "statusPurpose", "encodedList", "ttl"]),
    JSON,
)
def test_any_value_in_a_status_list_gets_an_answer(
    outer: str, inner: str, value: Any
) -> None:
    for words in ({"payload": {outer: value}}, {"subject": {inner: value}}):
        token = WORLD.status_list(Purpose.REVOCATION, **words)
        answers(replace(HONEST, status=(token, WORLD.status_lists()[1])))
