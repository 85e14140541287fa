"""Wire shapes of signed records over the API."""

from collections.abc import Sequence
from typing import Any

from marshmallow import Schema, fields

from traceability.core.identity import Identity
from traceability.records.confirmed.queries import Confirmed
from traceability.records.credential import instant_text
from traceability.records.models import SignedRecord
from traceability.signing.envelope import read_unverified
from traceability.web.fields import CleanText
from traceability.web.paging import PageQuery

MAX_SUBJECT = 400


class ApiRecord(Schema):
    """Where a signed record is, and what its bytes hash to."""

    id = fields.String(required=True)
    url = fields.String(required=True)
    version = fields.Integer(required=True)
    sha256 = fields.String(required=True)
    log_index = fields.Integer(required=True)
    issued_at = fields.String(required=True)


class ApiRecordShown(ApiRecord):
    """A signed record: what it is about, and its place in the log."""

    type = fields.String(required=True)
    subject = fields.String(required=True)
    kid = fields.String(required=True)


class ApiConfirmed(Schema):
    """That a party confirmed this very version with a key of its own."""

    party = fields.String(required=True)
    name = fields.String(required=True)
    record = fields.String(
        required=True, metadata={"description": "Address of the signed confirmation."}
    )
    issued_at = fields.String(required=True)


class ApiRecordWhole(ApiRecordShown):
    """A signed record with its content, and the compact JWS that proves it."""

    confirmations = fields.List(fields.Nested(ApiConfirmed), required=True)

    payload = fields.Dict(
        keys=fields.String(),
        required=True,
        metadata={"description": "The credential, decoded from the JWS."},
    )
    jws = fields.String(
        required=True,
        metadata={"description": "What was signed, verbatim (application/vc+jwt)."},
    )


class ApiRecordQuery(PageQuery):
    """Which records to list: all versions of what is known about a subject."""

    subject = CleanText(required=True, max_length=MAX_SUBJECT)


class ApiHead(Schema):
    """The newest head of the log, as it was signed and published."""

    origin = fields.String(required=True)
    tree_size = fields.Integer(required=True)
    root_hash = fields.String(required=True, metadata={"description": "Base64."})
    checkpoint = fields.String(
        required=True, metadata={"description": "The signed note (C2SP), verbatim."}
    )
    vkey = fields.String(
        required=True, metadata={"description": "What verifies the checkpoint."}
    )


def record_link(record: SignedRecord, identity: Identity) -> dict[str, Any]:
    """Return where a record is, plain JSON."""
    return {
        "id": record.public_id,
        "url": identity.url(f"/records/{record.public_id}"),
        "version": record.version,
        "sha256": record.digest,
        "log_index": record.log_index,
        "issued_at": instant_text(record.issued_at),
    }


def record_shown(record: SignedRecord, identity: Identity) -> dict[str, Any]:
    """Return what a record is about, plain JSON."""
    return {
        **record_link(record, identity),
        "type": record.type,
        "subject": record.subject,
        "kid": record.kid,
    }


def record_whole(
    record: SignedRecord, identity: Identity, confirmed: Sequence[Confirmed]
) -> dict[str, Any]:
    """Return a record with its content and who confirms it, plain JSON."""
    return {
        **record_shown(record, identity),
        "confirmations": [
            {
                "party": one.party,
                "name": one.name,
                "record": identity.url(one.path),
                "issued_at": instant_text(one.issued_at),
            }
            for one in confirmed
        ],
        "payload": read_unverified(record.token).payload,
        "jws": record.token,
    }
