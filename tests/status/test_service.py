"""Lists cost little: indexes find what is marked, and a signed list is kept."""

import secrets
from typing import Any

import pytest
from sqlalchemy import event, text

from tests.status.make_status import RECALLED, change, indexes_of_lot
from tests.verification.make_house import House
from traceability.core.json_text import json_text
from traceability.signing.envelope import sign_credential
from traceability.signing.keys import KeyRole
from traceability.signing.keystore import KeyStore
from traceability.status import service
from traceability.status.bitstring import SIZE
from traceability.status.lists import (
    MAX_TOKEN,
    ListId,
    Purpose,
    StatusList,
    payload_of,
)
from traceability.status.queries import marked
from traceability.status.service import StatusLists
from traceability.transparency.service import TransparencyLog

REVOKED = ListId(Purpose.REVOCATION, 0)
BY_SUBJECT = {
    "sqlite": "sqlite_autoindex_signed_record_",
    "postgresql": "uq_signed_record_subject",
}


def token(house: House, wanted: ListId = REVOKED) -> str:
    published = house.use.get(TransparencyLog).published()
    with house.use.database.reading() as session:
        return house.use.get(StatusLists).token(session, wanted, published=published)


@pytest.mark.parametrize("purpose", Purpose)
def test_what_a_list_marks_is_found_by_indexes(house: House, purpose: Purpose) -> None:
    change(house, RECALLED)
    engine = house.use.database.engine
    sent: list[tuple[str, Any]] = []
    event.listen(
        engine,
        "before_cursor_execute",
        lambda _c, _u, statement, parameters, *_: sent.append((statement, parameters)),
    )
    with house.use.database.reading() as session:
        marked(session, ListId(purpose, 0), house.use.identity.url)
        [(statement, parameters)] = sent
        explain = "EXPLAIN QUERY PLAN "
        if engine.dialect.name == "postgresql":
            session.execute(text("SET LOCAL enable_seqscan = off"))
            explain = "EXPLAIN "
        plan = session.connection().exec_driver_sql(explain + statement, parameters)
        said = "\n".join(str(row) for row in plan)
    names = ["ix_batch_stopped", BY_SUBJECT[engine.dialect.name]]
    if purpose is Purpose.REVOCATION:
        papers = ("certificate", "ip_right", "recognition")
        names += [f"ix_{paper}_withdrawn" for paper in papers]
        names.append("ix_trace_event_wrong")
    assert not [name for name in names if name not in said], said
    assert "log_index" not in said.replace("log_index + 0", "")


def test_a_list_is_signed_once_while_nothing_changed(
    light_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed = []

    def counting(payload: bytes, **how: Any) -> str:
        signed.append(payload)
        return sign_credential(payload, **how)

    monkeypatch.setattr(service, "sign_credential", counting)
    assert len({token(light_house) for _ in range(3)}) == 1
    change(light_house, RECALLED)
    token(light_house)
    assert len(signed) == 2


def test_only_so_many_lists_are_kept(
    light_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MOST_KEPT", 1)
    first = token(light_house)
    token(light_house, ListId(Purpose.SUSPENSION, 0))
    assert token(light_house) == first


def test_the_fullest_list_is_within_the_limit(light_house: House) -> None:
    signer = light_house.use.get(KeyStore).signer(KeyRole.STATUS)
    noise = StatusList(
        id=ListId(Purpose.SUSPENSION, 10**11),
        origin=f"https://{'x' * 200}.example",
        issuer=f"did:web:{'x' * 200}.example",
        valid_from=light_house.use.clock.now(),
        valid_until=light_house.use.clock.now(),
        bits=secrets.token_bytes(SIZE // 8),
    )
    payload = json_text(payload_of(noise)).encode()
    assert len(sign_credential(payload, signer=signer)) < MAX_TOKEN


def test_the_second_list_starts_where_the_first_ends(light_house: House) -> None:
    change(light_house, RECALLED)
    url = light_house.use.identity.url
    with light_house.use.database.reading() as session:
        first = marked(session, REVOKED, url)
        assert {index for index, _ in first} == indexes_of_lot(light_house)
        assert not marked(session, ListId(Purpose.REVOCATION, 1), url)
