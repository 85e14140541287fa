"""Wire shapes of batches over the API."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from traceability.batches.errors import DayInvalidError
from traceability.batches.models import Batch, BatchState
from traceability.batches.overrides import FIELDS, Rule
from traceability.batches.queries import InputRow, StatusRow
from traceability.batches.schemas import LONG, positive
from traceability.core.identity import Identity
from traceability.core.quantity import UNITS, QuantityError
from traceability.events.vocabulary import Stage
from traceability.records.models import SignedRecord
from traceability.records.schemas import ApiRecord, record_link
from traceability.web.fields import CleanText, DayField, PlainDecimalField
from traceability.web.paging import PageQuery

_UNIT = {"enum": [*UNITS]}  # said in the document; the rule itself refuses others
_DAYS = ("production_date", "packaging_date", "best_before", "expiry")


def _text(most: int = 200, *, required: bool = False) -> CleanText:
    if required:
        return CleanText(required=True, max_length=most)
    return CleanText(load_default="", max_length=most)


def _long(*, required: bool = False) -> CleanText:
    if required:
        return CleanText(required=True, max_length=LONG, multiline=True)
    return CleanText(load_default="", max_length=LONG, multiline=True)


def _reason(rule: Rule) -> CleanText:
    said = f"Why the rule `{rule}` is not kept: signed and shown to everybody."
    return CleanText(load_default="", max_length=500, metadata={"description": said})


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
            positive(amount)
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
    unit = fields.String(required=True, metadata=_UNIT)


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
    unit = fields.String(required=True, metadata=_UNIT)
    variety = _text()
    stage = fields.Enum(Stage, by_value=True, load_default=None)
    inputs = fields.List(fields.Nested(ApiInput), load_default=[])
    override_reason = _reason(Rule.MASS)
    override_order = _reason(Rule.ORDER)
    override_withdrawal = _reason(Rule.WITHDRAWAL)


class ApiOverride(Schema):
    """An exception from a rule, and the reason its producer answers for."""

    rule = fields.String(required=True, validate=validate.OneOf([*Rule]))
    reason = fields.String(required=True)


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
    overrides = fields.List(fields.Nested(ApiOverride), required=True)
    record = fields.Nested(ApiRecord, allow_none=True)


class ApiChanges(ApiBatch):
    """What changes of a draft: only what is sent; ``inputs`` are replaced whole."""


class ApiCorrection(ApiBatch):
    """What changes of an issued batch, and why; a new version is signed."""

    reason = CleanText(required=True, max_length=500)


class ApiNotice(Schema):
    """Why a lot is held, released or recalled, and what buyers should do."""

    reason_vi = _long(required=True)
    reason_en = _long()
    advice_vi = _long()
    advice_en = _long()
    contact = _text(300)


class ApiInputShown(Schema):
    """What went into a batch; ``supplier`` is private and told to its producer only."""

    source = fields.String(required=True, allow_none=True)
    outside = fields.String(required=True)
    outside_lot = fields.String(required=True)
    supplier = fields.String(required=True, allow_none=True)
    quantity = fields.String(required=True)
    unit = fields.String(required=True)


class ApiStatusShown(Schema):
    """A hold, a release or a recall, and the record that says so."""

    status = fields.String(
        required=True, validate=validate.OneOf(["held", "released", "recalled"])
    )
    reason_vi = fields.String(required=True)
    reason_en = fields.String(required=True)
    advice_vi = fields.String(required=True)
    advice_en = fields.String(required=True)
    contact = fields.String(required=True)
    by_officer = fields.Boolean(required=True)
    record = fields.Nested(ApiRecord, required=True)


class ApiBatchWhole(ApiBatchShown):
    """A batch with what went into it and what was said of it since."""

    inputs = fields.List(fields.Nested(ApiInputShown), required=True)
    history = fields.List(fields.Nested(ApiStatusShown), required=True)


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
        "overrides": [
            {"rule": rule.value, "reason": reason}
            for rule, reason in batch.overrides.items()
        ],
        "record": record_link(record, identity) if record else None,
    }


def whole(
    batch: Batch,
    record: SignedRecord | None,
    rows: Sequence[InputRow],
    history: Sequence[StatusRow],
    *,
    identity: Identity,
    own: bool,
) -> Any:
    """Return a batch with its inputs and history; ``own``: its producer asks."""
    return {
        **shown(batch, record, identity),
        "inputs": [_input_shown(row, own=own) for row in rows],
        "history": [_status_shown(row, identity) for row in history],
    }


def _input_shown(row: InputRow, *, own: bool) -> Any:
    return {
        "source": row.source.digital_link if row.source else None,
        "outside": row.input.outside,
        "outside_lot": row.input.outside_lot,
        "supplier": row.input.supplier if own else None,
        "quantity": row.input.quantity.plain(),
        "unit": row.input.unit,
    }


_SAID = ("status", "reason_vi", "reason_en", "advice_vi", "advice_en", "contact")


def _status_shown(row: StatusRow, identity: Identity) -> Any:
    return {
        **{name: getattr(row.change, name) for name in _SAID},
        "by_officer": row.change.by_officer,
        "record": record_link(row.record, identity),
    }


def merged(
    batch: Batch, rows: Sequence[InputRow], changes: Mapping[str, Any]
) -> dict[str, Any]:
    """Return a batch's values as its body would hold them, with what changes."""
    names = ("lot_number", *_DAYS, "unit", "variety", *FIELDS.values())
    return {
        **{name: getattr(batch, name) for name in names},
        "product": batch.product.public_id,
        "site": batch.site.public_id,
        "quantity": batch.amount,
        "stage": Stage(batch.stage),
        "inputs": [_line(row) for row in rows],
        **changes,
    }


def _line(row: InputRow) -> dict[str, Any]:
    names = ("outside", "outside_lot", "supplier", "unit")
    return {
        **{name: getattr(row.input, name) for name in names},
        "source": row.source.digital_link if row.source else "",
        "quantity": row.input.amount,
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
