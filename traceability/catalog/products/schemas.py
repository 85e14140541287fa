"""What travels over the API about products, their photos and what they lack."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_smorest.fields import Upload
from marshmallow import Schema, fields, validate

from traceability.catalog.drafts import (
    LONG,
    MAX_SHELF_LIFE_DAYS,
    SHORT,
    ProductDraft,
    ProductState,
)
from traceability.catalog.errors import ProductKeyMissingError
from traceability.catalog.legal_fields import (
    Document,
    DocumentCheck,
    FieldCheck,
    FieldState,
)
from traceability.catalog.models import Product, ProductPicture
from traceability.catalog.records import product_link
from traceability.catalog.shop_links import MAX_LENGTH, MAX_LINKS, checked_links
from traceability.core.errors import DomainError
from traceability.core.identity import Identity
from traceability.core.quantity import UNITS, Quantity
from traceability.gs1.keys import Gtin, InternalCode
from traceability.web.fields import CleanText, PlainDecimalField

_SHORT_TEXTS = (
    *("name_en", "pack_text", "brand", "origin"),
    *("responsible_name", "responsible_address"),
)
_LONG_TEXTS = (
    *("story_vi", "story_en", "ingredients", "usage", "storage"),
    *("warnings", "standards"),
)
_COPIED = (
    *("name_vi", "ocop_set", *_SHORT_TEXTS, *_LONG_TEXTS),
    *("alcohol_percent", "shelf_life_days", "is_intermediate"),
)
_UNIT = {"description": "UN/ECE Recommendation 20, with net_amount."}


def _long() -> CleanText:
    return CleanText(max_length=LONG, multiline=True)


class ApiProductChanges(Schema):
    """What changes of a product: only what is sent; its key never changes."""

    name_vi = CleanText(max_length=SHORT)
    name_en = CleanText(max_length=SHORT)
    brand = CleanText(max_length=SHORT)
    ocop_set = CleanText(max_length=32)
    net_amount = PlainDecimalField(allow_none=True)
    net_unit = fields.String(
        allow_none=True, validate=validate.OneOf([*UNITS]), metadata=_UNIT
    )
    pack_text = CleanText(max_length=SHORT)
    story_vi = _long()
    story_en = _long()
    ingredients = _long()
    usage = _long()
    storage = _long()
    warnings = _long()
    standards = _long()
    origin = CleanText(max_length=SHORT)
    responsible_name = CleanText(max_length=SHORT)
    responsible_address = CleanText(max_length=SHORT)
    alcohol_percent = PlainDecimalField(allow_none=True)
    shop_links = fields.List(
        fields.String(validate=validate.Length(max=MAX_LENGTH)),
        validate=validate.Length(max=MAX_LINKS),
        metadata={"description": "https addresses; replaced whole."},
    )
    shelf_life_days = fields.Integer(
        strict=True,
        allow_none=True,
        validate=validate.Range(1, MAX_SHELF_LIFE_DAYS),
    )
    is_intermediate = fields.Boolean()
    state = fields.Enum(ProductState, by_value=True)


class ApiProduct(ApiProductChanges):
    """A product to add; it has a GTIN or a code of its own."""

    gtin = CleanText(max_length=14, allow_none=True)
    internal_code = CleanText(max_length=20, allow_none=True)
    name_vi = CleanText(max_length=SHORT, required=True)


class ApiPhoto(Schema):
    """One photo; the first of a product is its cover."""

    digest = fields.String(required=True)
    url = fields.String(required=True)
    alt = fields.String(required=True)


class ApiProductShown(Schema):
    """A product as it is answered."""

    id = fields.String(required=True)
    digital_link = fields.String(required=True)
    gtin = fields.String(required=True, allow_none=True)
    internal_code = fields.String(required=True, allow_none=True)
    name_vi = fields.String(required=True)
    name_en = fields.String(required=True)
    brand = fields.String(required=True)
    ocop_set = fields.String(required=True)
    net_amount = fields.String(required=True, allow_none=True)
    net_unit = fields.String(required=True, allow_none=True)
    pack_text = fields.String(required=True)
    story_vi = fields.String(required=True)
    story_en = fields.String(required=True)
    ingredients = fields.String(required=True)
    usage = fields.String(required=True)
    storage = fields.String(required=True)
    warnings = fields.String(required=True)
    standards = fields.String(required=True)
    origin = fields.String(required=True)
    responsible_name = fields.String(required=True)
    responsible_address = fields.String(required=True)
    alcohol_percent = fields.String(required=True, allow_none=True)
    shop_links = fields.List(fields.String(), required=True)
    shelf_life_days = fields.Integer(required=True, allow_none=True)
    is_intermediate = fields.Boolean(required=True)
    state = fields.String(required=True, validate=validate.OneOf([*ProductState]))
    photos = fields.List(fields.Nested(ApiPhoto), required=True)


class ApiPhotoFile(Schema):
    """A JPEG, PNG or WebP picture of at most 8 MB; EXIF is removed."""

    photo = Upload(required=True)


class ApiPhotoWords(Schema):
    """What a photo shows, for people who cannot see it."""

    alt = CleanText(max_length=SHORT, load_default="")


class ApiLegalField(Schema):
    """One thing a law wants said of a product."""

    id = fields.String(required=True)
    name_vi = fields.String(required=True)
    name_en = fields.String(required=True)
    law_vi = fields.String(required=True)
    law_en = fields.String(required=True)
    confirmed = fields.Boolean(
        required=True,
        metadata={"description": "Whether the wording was read in the law itself."},
    )
    state = fields.String(required=True, validate=validate.OneOf([*FieldState]))
    wanting = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "What of the catalogue has to be filled in."},
    )


class ApiLegalDocument(Schema):
    """What one document wants, and what of it is missing."""

    document = fields.String(required=True, validate=validate.OneOf([*Document]))
    missing = fields.List(fields.Nested(ApiLegalField), required=True)
    fields_ = fields.List(
        fields.Nested(ApiLegalField), required=True, data_key="fields"
    )


class ApiMissingFields(Schema):
    """What trace page, passport and label want of a product."""

    documents = fields.List(fields.Nested(ApiLegalDocument), required=True)


def product_shown(
    product: Product, pictures: Sequence[ProductPicture], identity: Identity
) -> dict[str, Any]:
    """Return a product as it is answered."""
    values = {name: getattr(product, name) for name in _COPIED}
    return values | {
        "id": product.public_id,
        "digital_link": product_link(product.key, identity),
        "gtin": product.gtin,
        "internal_code": product.internal_code,
        "net_amount": _plain(product.net_amount),
        "net_unit": product.net_unit,
        "alcohol_percent": _plain(product.alcohol_percent),
        "shop_links": list(product.shop_links),
        "state": product.state,
        "photos": [photo_shown(one, identity) for one in pictures],
    }


def photo_shown(picture: ProductPicture, identity: Identity) -> dict[str, Any]:
    """Return a photo as it is answered."""
    return {
        "digest": picture.digest,
        "url": identity.url(f"/photos/{picture.digest}.webp"),
        "alt": picture.alt,
    }


def product_draft(
    data: Mapping[str, Any], product: Product | None = None
) -> ProductDraft:
    """Return the product that was sent, over what is known of it already."""
    values = {**(_known(product) if product else {}), **data}
    gtin, code = values.pop("gtin", None), values.pop("internal_code", None)
    links = values.pop("shop_links", [])
    amount, unit = values.pop("net_amount", None), values.pop("net_unit", None)
    return ProductDraft(
        **values,
        key=product.key if product else _key(gtin, code),
        net=None if amount is None else _net(amount, unit),
        shops=tuple(_links(links)),
    )


def _known(product: Product) -> dict[str, Any]:
    copied = (*_COPIED, "net_amount", "net_unit", "shop_links")
    values = {name: getattr(product, name) for name in copied}
    return values | {"state": ProductState(product.state)}


def _key(gtin: str | None, code: str | None) -> Gtin | InternalCode:
    if bool(gtin) == bool(code):
        raise ProductKeyMissingError(
            "Give either a GTIN or a code of your own.", field="gtin"
        )
    try:
        return Gtin.parse(gtin) if gtin else InternalCode.parse(code or "")
    except DomainError as error:
        error.field = "gtin" if gtin else "internal_code"
        raise


def _net(amount: Any, unit: str | None) -> Quantity:
    try:
        return Quantity(amount, unit or "")
    except DomainError as error:
        error.field = "net_unit" if unit is None else "net_amount"
        raise


def _links(texts: list[str]) -> Any:
    try:
        return checked_links(texts)
    except DomainError as error:
        error.field = "shop_links"
        raise


def missing_shown(documents: Sequence[DocumentCheck]) -> dict[str, Any]:
    """Return what the documents want as it is answered."""
    shown = []
    for one in documents:
        listed = [_field_shown(check) for check in one.checks]
        lacking = [field for field in listed if field["state"] == FieldState.MISSING]
        shown.append(
            {"document": one.document.value, "missing": lacking, "fields_": listed}
        )
    return {"documents": shown}


def _field_shown(check: FieldCheck) -> dict[str, Any]:
    field = check.field
    return {
        "id": field.code,
        "name_vi": field.name.vi,
        "name_en": field.name.en,
        "law_vi": field.law.vi,
        "law_en": field.law.en,
        "confirmed": field.confirmed,
        "state": check.state.value,
        "wanting": list(check.wanting),
    }


def _plain(value: Any) -> str | None:
    return None if value is None else format(value, "f")
