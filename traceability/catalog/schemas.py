"""What the catalogue's forms hold, and the drafts they become."""

from collections.abc import Callable, Mapping
from typing import Any

from marshmallow import Schema, fields, validate

from traceability.catalog.certificates import CertificateKind
from traceability.catalog.drafts import (
    LONG,
    MAX_SHELF_LIFE_DAYS,
    SHORT,
    ProducerDraft,
    ProductDraft,
    ProductState,
    SiteDraft,
    SiteKind,
    SiteState,
)
from traceability.catalog.errors import ProductKeyMissingError
from traceability.catalog.ip_rights import IpState, ip_kinds
from traceability.catalog.places import Point
from traceability.catalog.product_sets import product_sets
from traceability.catalog.shop_links import ShopLink, checked_links
from traceability.core.errors import DomainError
from traceability.core.quantity import UNITS, Quantity, QuantityError
from traceability.gs1.keys import Gln, Gtin, InternalCode
from traceability.web.fields import AmountField, CleanText, DayField, refused


def parsed(parse: Callable[[str], object]) -> fields.Function:
    """Return a field read by a domain parser; its refusal stands beside the input."""

    def read(value: Any) -> object:
        try:
            return parse(str(value).strip())
        except DomainError as error:
            raise refused(error) from None

    return fields.Function(deserialize=read, load_default=None)


def _text(*, required: bool = False, most: int = SHORT) -> CleanText:
    if required:
        return CleanText(required=True, max_length=most)
    return CleanText(load_default="", max_length=most)


def _story() -> CleanText:
    return CleanText(load_default="", max_length=LONG, multiline=True)


class ShopSchema(Schema):
    """One shop that sells a product."""

    url = parsed(ShopLink.parse)


class ProductSchema(Schema):
    """A product's form."""

    gtin = parsed(Gtin.parse)
    internal_code = parsed(InternalCode.parse)
    name_vi = _text(required=True)
    name_en = _text()
    ocop_set = fields.String(
        load_default="", validate=validate.OneOf([one.code for one in product_sets()])
    )
    net_amount = AmountField(load_default=None)
    net_unit = fields.String(load_default="KGM", validate=validate.OneOf(list(UNITS)))
    pack_text = _text()
    story_vi = _story()
    story_en = _story()
    ingredients = _story()
    usage = _story()
    storage = _story()
    warnings = _story()
    brand = _text()
    standards = _story()
    origin = _text()
    responsible_name = _text()
    responsible_address = _text()
    alcohol_percent = AmountField(load_default=None)
    shops = fields.List(fields.Nested(ShopSchema), load_default=list)
    shelf_life_days = fields.Integer(
        load_default=None, validate=validate.Range(1, MAX_SHELF_LIFE_DAYS)
    )
    is_intermediate = fields.Boolean(load_default=False)
    is_retired = fields.Boolean(load_default=False)
    photo = fields.Raw(load_default=None)


class SiteSchema(Schema):
    """A site's form; the commune is typed, or chosen from what was found."""

    kind = fields.Enum(SiteKind, by_value=True, required=True)
    name = _text(required=True)
    commune = _text()
    commune_choice = fields.String(load_default="")
    gln = parsed(Gln.parse)
    old_address = _text()
    area_code = _text()
    area_hectares = AmountField(load_default=None)
    point = parsed(Point.parse)
    is_public = fields.Boolean(load_default=False)
    is_retired = fields.Boolean(load_default=False)


class ProducerSchema(Schema):
    """What labels say of a producer."""

    tax_code = _text(most=14)
    gln = parsed(Gln.parse)
    address = _text()


class PhotoSchema(Schema):
    """A photo and what it shows."""

    photo = fields.Raw(load_default=None)
    alt = _text()


class AltSchema(Schema):
    """What a photo shows, in words."""

    alt = _text()


class CertificateSchema(Schema):
    """A certificate's form; products and sites are public ids."""

    kind = fields.Enum(CertificateKind, by_value=True, required=True)
    number = _text(required=True)
    body = _text(required=True)
    products = fields.List(fields.String(), load_default=list)
    sites = fields.List(fields.String(), load_default=list)
    scope = _story()
    issued = DayField(required=True)
    expires = DayField(load_default=None)
    file = fields.Raw(load_default=None)


class ScanSchema(Schema):
    """A scan to attach."""

    file = fields.Raw(load_default=None)


class WithdrawalSchema(Schema):
    """The withdrawal of a certificate or a right."""

    on = DayField(required=True)
    reason = _text(required=True)


class IpRightSchema(Schema):
    """A right's form; the product is a public id."""

    kind = fields.String(
        required=True, validate=validate.OneOf([one.code for one in ip_kinds()])
    )
    sign = _text(required=True)
    state = fields.Enum(IpState, by_value=True, required=True)
    product = fields.String(required=True)
    register_no = _text()
    owner = _text()
    managing_body = _text()
    decision = _text()
    goods = _text()
    right_to_use = _text()
    right_to_use_date = DayField(load_default=None)
    valid_to = DayField(load_default=None)


def product_draft(data: Mapping[str, Any]) -> ProductDraft:
    """Return the product a loaded form describes.

    Raises ``ProductKeyMissingError`` unless GTIN or internal code is given, not both.
    """
    gtin, code = data["gtin"], data["internal_code"]
    if (gtin is None) == (code is None):
        raise ProductKeyMissingError(
            "Give either a GTIN or a code of your own.", field="gtin"
        )
    copied = (
        *("name_vi", "name_en", "ocop_set", "pack_text", "story_vi", "story_en"),
        *("ingredients", "usage", "storage", "warnings", "brand", "standards"),
        *("origin", "responsible_name", "responsible_address", "alcohol_percent"),
        *("shelf_life_days", "is_intermediate"),
    )
    shops = [row["url"].url for row in data["shops"] if row["url"]]
    return ProductDraft(
        key=gtin or code,
        net=_net(data),
        shops=tuple(checked_links(shops)),
        state=ProductState.RETIRED if data["is_retired"] else ProductState.ACTIVE,
        **{name: data[name] for name in copied},
    )


def _net(data: Mapping[str, Any]) -> Quantity | None:
    if data["net_amount"] is None:
        return None
    try:
        return Quantity(data["net_amount"], data["net_unit"])
    except QuantityError as error:
        error.field = "net_amount"
        raise


def site_draft(data: Mapping[str, Any], commune_code: str) -> SiteDraft:
    """Return the site a loaded form describes."""
    copied = (
        *("kind", "name", "gln", "old_address", "area_code", "area_hectares"),
        *("point", "is_public"),
    )
    return SiteDraft(
        commune_code=commune_code,
        state=SiteState.RETIRED if data["is_retired"] else SiteState.ACTIVE,
        **{name: data[name] for name in copied},
    )


def producer_draft(data: Mapping[str, Any]) -> ProducerDraft:
    """Return what a loaded form says of a producer."""
    return ProducerDraft(**data)
