"""What the officer's forms hold, and what travels over the API."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from marshmallow import Schema, fields, validate

from traceability.core.identity import Identity
from traceability.ocop.drafts import RecognitionDraft
from traceability.ocop.queries import Listed
from traceability.ocop.rating import StandingState, standing
from traceability.ocop.rules import (
    CERTIFIED_STARS,
    VERSIONS,
    Authority,
    WithdrawalReason,
)
from traceability.web.fields import (
    AmountField,
    CleanText,
    DayField,
    PlainDecimalField,
)

DOCUMENTS = list(dict.fromkeys(version.document for version in VERSIONS))


class RecognitionSchema(Schema):
    """A recognition's form."""

    stars = fields.Integer(required=True)
    points = AmountField(required=True)
    recognised_by = fields.Enum(Authority, by_value=True, required=True)
    decision_no = CleanText(required=True)
    decided_by = CleanText(required=True)
    certificate_no = CleanText(required=True)
    issued = DayField(required=True)
    scope = CleanText(load_default="")
    rules = fields.String(load_default="", validate=validate.OneOf(["", *DOCUMENTS]))


class WithdrawalSchema(Schema):
    """A withdrawal's form."""

    withdrawn_on = DayField(required=True)
    reason = fields.Enum(WithdrawalReason, by_value=True, required=True)


def recognition_draft(data: Mapping[str, Any], product_id: int) -> RecognitionDraft:
    """Return the recognition a loaded form describes."""
    return RecognitionDraft(product_id=product_id, **data)


class ApiRecognition(Schema):
    """A recognition as decision and certificate word it; ``product`` is its id."""

    product = CleanText(required=True, max_length=26)
    stars = fields.Integer(
        required=True, strict=True, validate=validate.OneOf(CERTIFIED_STARS)
    )
    points = PlainDecimalField(required=True)
    recognised_by = fields.Enum(Authority, by_value=True, required=True)
    decision_no = CleanText(required=True)
    decided_by = CleanText(required=True)
    certificate_no = CleanText(required=True)
    issued = DayField(required=True)
    scope = CleanText(load_default="")
    rules = fields.String(load_default="", validate=validate.OneOf(["", *DOCUMENTS]))


class ApiRecognitionChanges(ApiRecognition):
    """What is put straight about a recognition: only what is sent."""


class ApiRecognitionWithdrawal(Schema):
    """From which day a recognition is withdrawn, and for which of the six reasons."""

    withdrawn_on = DayField(required=True)
    reason = fields.Enum(WithdrawalReason, by_value=True, required=True)


class ApiRecognitionShown(Schema):
    """A recognition; ``state`` is what it is worth today."""

    id = fields.String(required=True)
    product = fields.String(required=True)
    product_name = fields.String(required=True)
    producer = fields.String(required=True)
    stars = fields.Integer(required=True)
    points = fields.String(required=True)
    recognised_by = fields.String(required=True, validate=validate.OneOf([*Authority]))
    decision_no = fields.String(required=True)
    decided_by = fields.String(required=True)
    certificate_no = fields.String(required=True)
    issued = fields.String(required=True)
    expires = fields.String(required=True)
    scope = fields.String(required=True)
    rules = fields.String(required=True)
    withdrawn_on = fields.String(required=True, allow_none=True)
    withdrawal_reason = fields.String(required=True, allow_none=True)
    state = fields.String(required=True, validate=validate.OneOf([*StandingState]))
    subject = fields.String(
        required=True, metadata={"description": "What its signed records are about."}
    )


def merged(one: Listed, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return a recognition's values as its body would hold them, with what changes."""
    plain = ("stars", "points", "decision_no", "decided_by", "certificate_no")
    return {
        **{
            name: getattr(one.recognition, name) for name in (*plain, "issued", "scope")
        },
        "product": one.product.public_id,
        "recognised_by": Authority(one.recognition.recognised_by),
        "rules": one.recognition.rules,
        **changes,
    }


def recognition_shown(one: Listed, today: date, identity: Identity) -> dict[str, Any]:
    """Return a recognition as it is answered, plain JSON."""
    found = one.recognition
    plain = ("stars", "scope", "rules", "recognised_by", "withdrawal_reason")
    papers = ("decision_no", "decided_by", "certificate_no")
    return {
        **{name: getattr(found, name) for name in (*plain, *papers)},
        "id": found.public_id,
        "product": one.product.public_id,
        "product_name": one.product.name_vi,
        "producer": one.producer.public_id,
        "points": format(found.points, "f"),
        "issued": found.issued.isoformat(),
        "expires": found.expires.isoformat(),
        "withdrawn_on": found.withdrawn_on and found.withdrawn_on.isoformat(),
        "state": standing([found.facts], today).state.value,
        "subject": identity.url(found.path),
    }
