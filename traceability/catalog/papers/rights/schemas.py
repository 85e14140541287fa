"""What travels over the API about rights to signs, designs and inventions."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from marshmallow import Schema, fields, validate

from traceability.catalog.drafts import SHORT, IpRightDraft
from traceability.catalog.ip_rights import (
    IpState,
    IpValidity,
    ip_kinds,
    number_looks_odd,
    shown,
    validity,
)
from traceability.catalog.models import IpRight, Product
from traceability.catalog.papers.schemas import iso
from traceability.core.identity import Identity
from traceability.web.fields import CleanText, DayField

_KINDS = [one.code for one in ip_kinds()]
_TEXTS = (
    *("sign", "register_no", "owner", "managing_body"),
    *("decision", "goods", "right_to_use"),
)
_TO_USE = {"description": "The document that lets the producer use a shared sign."}


class ApiIpRightChanges(Schema):
    """What is put right of a right: only what is sent; a new version is signed."""

    kind = fields.String(validate=validate.OneOf(_KINDS))
    sign = CleanText(max_length=SHORT)
    state = fields.Enum(IpState, by_value=True)
    product = CleanText(max_length=26)
    register_no = CleanText(max_length=SHORT)
    owner = CleanText(max_length=SHORT)
    managing_body = CleanText(max_length=SHORT)
    decision = CleanText(max_length=SHORT)
    goods = CleanText(max_length=SHORT)
    right_to_use = CleanText(max_length=SHORT, metadata=_TO_USE)
    right_to_use_date = DayField(allow_none=True)
    valid_to = DayField(allow_none=True)


class ApiIpRight(ApiIpRightChanges):
    """A right used for a product, as its producer declares it."""

    kind = fields.String(required=True, validate=validate.OneOf(_KINDS))
    sign = CleanText(max_length=SHORT, required=True)
    state = fields.Enum(IpState, by_value=True, required=True)
    product = CleanText(max_length=26, required=True)


class ApiIpRightShown(Schema):
    """A right as it is answered."""

    id = fields.String(required=True)
    url = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(_KINDS))
    sign = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf([*IpState]))
    product = fields.String(required=True)
    register_no = fields.String(required=True)
    register_no_unusual = fields.Boolean(required=True)
    owner = fields.String(required=True)
    managing_body = fields.String(required=True)
    decision = fields.String(required=True)
    goods = fields.String(required=True)
    right_to_use = fields.String(required=True)
    right_to_use_date = fields.String(required=True, allow_none=True)
    valid_to = fields.String(required=True, allow_none=True)
    validity = fields.String(required=True, validate=validate.OneOf([*IpValidity]))
    shown_to_buyers = fields.Boolean(required=True)
    withdrawn_on = fields.String(required=True, allow_none=True)
    withdrawal_reason = fields.String(required=True)


def ip_right_shown(
    right: IpRight, product: Product, *, identity: Identity, today: date
) -> dict[str, Any]:
    """Return a right as it is answered."""
    values = {name: getattr(right, name) for name in ("kind", "state", *_TEXTS)}
    return values | {
        "id": right.public_id,
        "url": identity.url(f"/ip-rights/{right.public_id}"),
        "product": product.public_id,
        "register_no_unusual": number_looks_odd(right.facts),
        "right_to_use_date": iso(right.right_to_use_date),
        "valid_to": iso(right.valid_to),
        "validity": validity(right.facts, today).value,
        "shown_to_buyers": shown(right.facts, today) is not None,
        "withdrawn_on": iso(right.withdrawn_on),
        "withdrawal_reason": right.withdrawal_reason,
    }


def ip_right_draft(
    data: Mapping[str, Any], product_id: int, right: IpRight | None = None
) -> IpRightDraft:
    """Return the right that was sent, over what is known of it already."""
    values = {**(_known(right) if right else {}), **data}
    values.pop("product", None)
    return IpRightDraft(**values, product_id=product_id)


def _known(right: IpRight) -> dict[str, Any]:
    copied = ("kind", *_TEXTS, "right_to_use_date", "valid_to")
    values = {name: getattr(right, name) for name in copied}
    return values | {"state": IpState(right.state)}
