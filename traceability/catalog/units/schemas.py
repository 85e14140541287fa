"""What travels over the API about administrative units."""

from typing import Any

from marshmallow import Schema, fields, validate

from traceability.catalog.communes import MAX_FOUND, Commune, Found
from traceability.catalog.provinces import FormerProvince, Province
from traceability.web.fields import CleanText, DayField

_ON = {"description": "The day the code is of; today where nothing is said."}


class DayQuery(Schema):
    """As of which day."""

    on = DayField(load_default=None, metadata=_ON)


class CommuneQuery(Schema):
    """Words of a commune's name, its province or the province of before July 2025."""

    q = CleanText(
        required=True,
        max_length=200,
        metadata={"description": "Diacritics do not matter: `dong van, ha giang`."},
    )
    limit = fields.Integer(load_default=MAX_FOUND, validate=validate.Range(1, 100))


class ApiUnit(Schema):
    """A unit as a code named it on a day; what followed it, if it is gone."""

    kind = fields.String(
        required=True, validate=validate.OneOf(["province", "commune"])
    )
    code = fields.String(required=True)
    name = fields.String(required=True, metadata={"description": "With its kind."})
    province_code = fields.String(allow_none=True, required=True)
    now_code = fields.String(
        required=True,
        metadata={"description": "Of the unit it is, or is part of, now."},
    )
    now_name = fields.String(required=True)


class ApiUnits(Schema):
    """Units in the order of their codes, or the best match first."""

    items = fields.List(fields.Nested(ApiUnit), required=True)


class ApiCommune(Schema):
    """A commune that was found, and by which former province if by one."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    full_name = fields.String(required=True)
    province_code = fields.String(required=True)
    formerly_code = fields.String(allow_none=True, required=True)
    formerly_name = fields.String(allow_none=True, required=True)


class ApiCommunes(Schema):
    """The communes whose names hold every word, the best match first."""

    items = fields.List(fields.Nested(ApiCommune), required=True)


def unit_shown(unit: Province | FormerProvince | Commune) -> dict[str, Any]:
    """Return a unit as it is answered."""
    now = unit.successor if isinstance(unit, FormerProvince) else unit
    commune = isinstance(unit, Commune)
    return {
        "kind": "commune" if commune else "province",
        "code": unit.code,
        "name": unit.name,
        "province_code": unit.province_code if isinstance(unit, Commune) else None,
        "now_code": now.code,
        "now_name": now.name,
    }


def commune_shown(found: Found) -> dict[str, Any]:
    """Return a commune of a search as it is answered."""
    one, old = found.commune, found.formerly
    return {
        "code": one.code,
        "name": one.name,
        "full_name": one.full_name,
        "province_code": one.province_code,
        "formerly_code": old.code if old else None,
        "formerly_name": old.lost_name if old else None,
    }
