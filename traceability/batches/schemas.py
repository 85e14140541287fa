"""What the forms of batches hold, and their drafts."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from traceability.batches.drafts import BatchDraft, InputDraft, Notice
from traceability.core.quantity import UNITS, Quantity
from traceability.events.vocabulary import Stage
from traceability.web.fields import (
    AmountField,
    CleanText,
    DayField,
)
from traceability.web.i18n import gettext as _

LONG = 1000
_unit = validate.OneOf(list(UNITS))


def positive(amount: Decimal) -> None:
    """Refuse an amount that is not above zero, as a field's validator does."""
    if amount <= 0:
        raise ValidationError(_("The quantity must be above zero."))


def _text(most: int = 200, *, required: bool = False) -> CleanText:
    if required:
        return CleanText(required=True, max_length=most)
    return CleanText(load_default="", max_length=most)


def _long(*, required: bool = False) -> CleanText:
    if required:
        return CleanText(required=True, max_length=LONG, multiline=True)
    return CleanText(load_default="", max_length=LONG, multiline=True)


class InputSchema(Schema):
    """One line of inputs: an own lot, somebody else's lot, or an outside source."""

    source = fields.String(load_default="")
    other = _text(400)
    outside = _text(300)
    outside_lot = _text(20)
    supplier = _text()
    quantity = AmountField(required=True, validate=positive)
    unit = fields.String(required=True, validate=_unit)


class BatchSchema(Schema):
    """A batch's form; product and site are public ids."""

    product = fields.String(required=True)
    site = fields.String(required=True)
    lot_number = _text(40)
    production_date = DayField(required=True)
    packaging_date = DayField(load_default=None)
    best_before = DayField(load_default=None)
    expiry = DayField(load_default=None)
    quantity = AmountField(required=True, validate=positive)
    unit = fields.String(required=True, validate=_unit)
    variety = _text()
    stage = fields.Enum(Stage, by_value=True, load_default=None)
    inputs = fields.List(fields.Nested(InputSchema), load_default=[])
    override_reason = _text(500)
    override_order = _text(500)
    override_withdrawal = _text(500)


class CorrectionSchema(BatchSchema):
    """A correction's form: the batch anew, and why."""

    reason = _text(500, required=True)


class NoticeSchema(Schema):
    """A hold's, recall's or release's form."""

    reason_vi = _long(required=True)
    reason_en = _long()
    advice_vi = _long()
    advice_en = _long()
    contact = _text(300)


def batch_draft(
    data: Mapping[str, Any], *, product_id: int, site_id: int
) -> BatchDraft:
    """Return the draft of a loaded form or API body."""
    return BatchDraft(
        product_id=product_id,
        site_id=site_id,
        lot_number=data["lot_number"],
        production_date=data["production_date"],
        packaging_date=data["packaging_date"],
        best_before=data["best_before"],
        expiry=data["expiry"],
        quantity=Quantity(data["quantity"], data["unit"]),
        variety=data["variety"],
        stage=data["stage"],
        inputs=tuple(_input(one) for one in data["inputs"]),
        override_reason=data["override_reason"],
        override_order=data["override_order"],
        override_withdrawal=data["override_withdrawal"],
    )


def _input(line: Mapping[str, Any]) -> InputDraft:
    return InputDraft(
        source=line["source"] or line.get("other", ""),
        outside=line["outside"],
        outside_lot=line["outside_lot"],
        supplier=line["supplier"],
        quantity=Quantity(line["quantity"], line["unit"]),
    )


def notice(data: Mapping[str, Any]) -> Notice:
    """Return the notice of a loaded form."""
    return Notice(**{name: data[name] for name in NoticeSchema().fields})
