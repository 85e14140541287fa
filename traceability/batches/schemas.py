"""What the forms of batches hold, what travels over the API, and their drafts."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from traceability.batches.drafts import BatchDraft, InputDraft, Notice
from traceability.batches.errors import DayInvalidError
from traceability.batches.models import Batch, BatchState
from traceability.core.identity import Identity
from traceability.core.quantity import UNITS, Quantity, QuantityError
from traceability.events.vocabulary import Stage
from traceability.records.credential import instant_text
from traceability.records.models import SignedRecord
from traceability.web.fields import (
    AmountField,
    CleanText,
    DayField,
    PlainDecimalField,
)
from traceability.web.i18n import gettext as _
from traceability.web.paging import PageQuery

LONG = 1000
_DAYS = ("production_date", "packaging_date", "best_before", "expiry")
_unit = validate.OneOf(list(UNITS))


def _positive(amount: Decimal) -> None:
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
    quantity = AmountField(required=True, validate=_positive)
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
    quantity = AmountField(required=True, validate=_positive)
    unit = fields.String(required=True, validate=_unit)
    variety = _text()
    stage = fields.Enum(Stage, by_value=True, load_default=None)
    inputs = fields.List(fields.Nested(InputSchema), load_default=[])
    override_reason = _text(500)


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


class RuledDay(DayField):
    """A day of the API: a refusal carries the rule's code ``day-invalid``."""

    def _deserialize(
        self,
        value: Any,
        attr: str | None,
        data: Mapping[str, Any] | None,
        **kwargs: Any,
    ) -> Any:
        try:
            return super()._deserialize(value, attr, data, **kwargs)
        except ValidationError:
            raise DayInvalidError(
                "There is no such day. Write it as 2026-11-22.", field=attr
            ) from None


class RuledAmount(PlainDecimalField):
    """An amount of the API: a refusal carries the rule's code ``quantity-invalid``."""

    def _deserialize(
        self,
        value: Any,
        attr: str | None,
        data: Mapping[str, Any] | None,
        **kwargs: Any,
    ) -> Any:
        try:
            amount = super()._deserialize(value, attr, data, **kwargs)
            _positive(amount)
        except ValidationError as refused:
            raise QuantityError(str(refused.messages[0]), field=attr) from None
        return amount


class ApiInput(Schema):
    """An input over the API; ``source`` is a lot's link, its id, or an own number."""

    source = _text(400)
    outside = _text(300)
    outside_lot = _text(20)
    supplier = _text()
    quantity = RuledAmount(required=True)
    unit = fields.String(required=True)


class ApiBatch(Schema):
    """A batch to register; ``product`` is its id, GTIN or own code."""

    product = _text(40, required=True)
    site = _text(40, required=True)
    lot_number = _text(40)
    production_date = RuledDay(required=True)
    packaging_date = RuledDay(load_default=None, allow_none=True)
    best_before = RuledDay(load_default=None, allow_none=True)
    expiry = RuledDay(load_default=None, allow_none=True)
    quantity = RuledAmount(required=True)
    unit = fields.String(required=True)
    variety = _text()
    stage = fields.Enum(Stage, by_value=True, load_default=None)
    inputs = fields.List(fields.Nested(ApiInput), load_default=[])
    override_reason = _text(500)


class ApiRecord(Schema):
    """The signed record that holds for a batch now."""

    id = fields.String(required=True)
    url = fields.String(required=True)
    version = fields.Integer(required=True)
    sha256 = fields.String(required=True)
    log_index = fields.Integer(required=True)
    issued_at = fields.String(required=True)


class ApiBatchShown(Schema):
    """A batch as it is answered; days are ISO, amounts are strings."""

    id = fields.String(required=True)
    digital_link = fields.String(required=True)
    lot_number = fields.String(required=True)
    status = fields.String(required=True, validate=validate.OneOf([*BatchState]))
    product = fields.String(required=True)
    gtin = fields.String(allow_none=True)
    internal_code = fields.String(allow_none=True)
    site = fields.String(required=True)
    production_date = fields.String(required=True)
    packaging_date = fields.String(allow_none=True)
    best_before = fields.String(allow_none=True)
    expiry = fields.String(allow_none=True)
    quantity = fields.String(required=True)
    unit = fields.String(required=True)
    variety = fields.String(required=True)
    stage = fields.String(required=True)
    record = fields.Nested(ApiRecord, allow_none=True)


class ApiBatchQuery(PageQuery):
    """Which batches to list."""

    q = _text()
    status = fields.Enum(BatchState, by_value=True, load_default=None)


def shown(batch: Batch, record: SignedRecord | None, identity: Identity) -> Any:
    """Return a batch as it is answered, plain JSON."""
    return {
        "id": batch.public_id,
        "digital_link": batch.digital_link,
        "lot_number": batch.lot_number,
        "status": batch.state,
        "product": batch.product.public_id,
        "gtin": batch.product.gtin,
        "internal_code": batch.product.internal_code,
        "site": batch.site.public_id,
        **{name: _iso(getattr(batch, name)) for name in _DAYS},
        "quantity": batch.quantity.plain(),
        "unit": batch.unit,
        "variety": batch.variety,
        "stage": batch.stage,
        "record": _record(record, identity) if record else None,
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _record(record: SignedRecord, identity: Identity) -> Any:
    return {
        "id": record.public_id,
        "url": identity.url(f"/records/{record.public_id}"),
        "version": record.version,
        "sha256": record.digest,
        "log_index": record.log_index,
        "issued_at": instant_text(record.issued_at),
    }
