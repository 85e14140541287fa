"""What travels over the API about places."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from marshmallow import Schema, fields, validate

from traceability.catalog.drafts import SHORT, SiteDraft, SiteKind, SiteState
from traceability.catalog.models import Site
from traceability.catalog.places import Point, PointInvalidError, area_code_looks_odd
from traceability.gs1.keys import Gln
from traceability.web.fields import CleanText, PlainDecimalField

_DEGREES = {"description": "Decimal degrees, WGS 84, to six decimals."}
_PUBLIC = {"description": "Of a household's plot buyers see only the commune anyway."}


def _amount(**said: Any) -> PlainDecimalField:
    return PlainDecimalField(allow_none=True, **said)


def _degrees() -> fields.String:
    form = validate.Regexp(r"^-?[0-9]{1,3}(\.[0-9]{1,15})?$(?!\n)")
    return fields.String(allow_none=True, validate=form, metadata=_DEGREES)


class ApiSiteChanges(Schema):
    """What changes of a place: only what is sent."""

    kind = fields.Enum(SiteKind, by_value=True)
    name = CleanText(max_length=SHORT)
    commune_code = CleanText(max_length=5)
    gln = CleanText(max_length=13, allow_none=True)
    old_address = CleanText(max_length=SHORT)
    area_code = CleanText(max_length=SHORT)
    area_hectares = _amount()
    latitude = _degrees()
    longitude = _degrees()
    is_public = fields.Boolean(metadata=_PUBLIC)
    state = fields.Enum(SiteState, by_value=True)


class ApiSite(ApiSiteChanges):
    """A place to add."""

    kind = fields.Enum(SiteKind, by_value=True, required=True)
    name = CleanText(max_length=SHORT, required=True)
    commune_code = CleanText(max_length=5, required=True)


class ApiSiteShown(Schema):
    """A place as it is answered to its producer."""

    id = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf([*SiteKind]))
    name = fields.String(required=True)
    commune_code = fields.String(required=True)
    commune_name = fields.String(required=True)
    gln = fields.String(required=True, allow_none=True)
    old_address = fields.String(required=True)
    area_code = fields.String(required=True)
    area_code_unusual = fields.Boolean(required=True)
    area_hectares = fields.String(required=True, allow_none=True)
    latitude = fields.String(required=True, allow_none=True)
    longitude = fields.String(required=True, allow_none=True)
    is_public = fields.Boolean(required=True)
    state = fields.String(required=True, validate=validate.OneOf([*SiteState]))


def site_shown(site: Site) -> dict[str, Any]:
    """Return a place as it is answered."""
    return {
        "id": site.public_id,
        "kind": site.kind,
        "name": site.name,
        "commune_code": site.commune_code,
        "commune_name": site.commune.full_name,
        "gln": site.gln_digits,
        "old_address": site.old_address,
        "area_code": site.area_code,
        "area_code_unusual": area_code_looks_odd(site.area_code),
        "area_hectares": _plain(site.area_hectares),
        "latitude": _plain(site.latitude),
        "longitude": _plain(site.longitude),
        "is_public": site.is_public,
        "state": site.state,
    }


def site_draft(data: Mapping[str, Any], site: Site | None = None) -> SiteDraft:
    """Return the place that was sent, over what is known of it already."""
    values = {**(_known(site) if site else {}), **data}
    latitude, longitude = values.pop("latitude", None), values.pop("longitude", None)
    gln = values.pop("gln", None)
    if (latitude is None) != (longitude is None):
        raise PointInvalidError(
            "Latitude and longitude go together.",
            field="longitude" if longitude is None else "latitude",
        )
    return SiteDraft(
        **values,
        gln=Gln.parse(gln) if gln else None,
        point=_point(latitude, longitude),
    )


def _point(latitude: Any, longitude: Any) -> Point | None:
    if latitude is None or longitude is None:
        return None
    return Point(Decimal(latitude), Decimal(longitude))


def _known(site: Site) -> dict[str, Any]:
    copied = (
        *("name", "commune_code", "old_address", "area_code", "area_hectares"),
        *("latitude", "longitude", "is_public"),
    )
    values = {name: getattr(site, name) for name in copied}
    return values | {
        "kind": SiteKind(site.kind),
        "gln": site.gln_digits,
        "state": SiteState(site.state),
    }


def _plain(value: Any) -> str | None:
    return None if value is None else format(value, "f")
