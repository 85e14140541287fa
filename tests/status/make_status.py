"""Read status lists with other people's tools, and change what they tell."""

import base64
import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jwt
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.verification.make_house import House
from traceability.batches.drafts import Notice
from traceability.batches.models import Batch
from traceability.batches.service import hold_batch, recall_batch, release_batch
from traceability.events.models import TraceEvent
from traceability.records.models import SignedRecord
from traceability.records.notary import notary_of

Change = Callable[..., SignedRecord]
HELD: Change = hold_batch
RECALLED: Change = recall_batch
RELEASED: Change = release_batch


@dataclass
class Reader:
    """Fetches lists and the keys they are signed with; believes PyJWT and gzip."""

    client: FlaskClient

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.client.get(path, base_url="https://tx.example", headers=headers)

    def payload(self, purpose: str, number: int = 0) -> dict[str, Any]:
        token = self.get(f"/status/{purpose}/{number}").get_data(as_text=True)
        keys = jwt.PyJWKSet.from_dict(
            json.loads(self.get("/.well-known/jwks.json").data)
        )
        key = keys[jwt.get_unverified_header(token)["kid"]]
        found: dict[str, Any] = jwt.decode(token, key, algorithms=["EdDSA", "ES256"])
        return found

    def marked(self, purpose: str, number: int = 0) -> set[int]:
        """The positions whose bits are set."""
        text = self.payload(purpose, number)["credentialSubject"]["encodedList"]
        return positions_in(text)


def positions_in(encoded: str) -> set[int]:
    assert encoded[0] == "u"
    padded = encoded[1:] + "=" * (-len(encoded[1:]) % 4)
    data = gzip.decompress(base64.urlsafe_b64decode(padded))
    assert len(data) * 8 == 131_072
    text = "".join(f"{byte:08b}" for byte in data)
    return {index for index, bit in enumerate(text) if bit == "1"}


def change(house: House, how: Change, batch: Batch | None = None) -> SignedRecord:
    """Hold, recall or release a lot in its officer's name."""
    with house.use.database.transaction() as session:
        return how(
            session,
            session.get_one(Batch, (batch or house.batch).id),
            Notice(reason_vi="Lý do mẫu"),
            actor=house.officer,
            notary=notary_of(house.use),
        )


def indexes(house: House, subject: str, record_type: str) -> set[int]:
    """Where the records about a subject stand in the log."""
    query = select(SignedRecord.log_index).where(
        SignedRecord.subject == subject, SignedRecord.type == record_type
    )
    with house.use.database.reading() as session:
        return set(session.scalars(query))


def indexes_of_lot(house: House) -> set[int]:
    return indexes(house, house.batch.digital_link, "BatchRecord")


def indexes_of_wrong_events(house: House) -> set[int]:
    """Where the records of events stand that were declared wrong."""
    query = select(TraceEvent.event_id).where(TraceEvent.error_reason.is_not(None))
    with house.use.database.reading() as session:
        wrong = session.scalars(query).all()
    return {index for one in wrong for index in indexes(house, one, "TraceEventRecord")}
