"""What the officer's forms hold."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, validate

from traceability.ocop.drafts import RecognitionDraft
from traceability.ocop.rules import VERSIONS, Authority, WithdrawalReason
from traceability.web.fields import AmountField, CleanText, DayField

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
