"""Administrative units over the API, open to everybody: they are public facts."""

from datetime import date
from typing import Any

from traceability.catalog.communes import find, unit_on
from traceability.catalog.provinces import REFORM, former_provinces, provinces
from traceability.catalog.units.schemas import (
    ApiCommunes,
    ApiUnit,
    ApiUnits,
    CommuneQuery,
    DayQuery,
    commune_shown,
    unit_shown,
)
from traceability.web.context import services
from traceability.web.openapi import PREFIX, ApiBlueprint

blueprint = ApiBlueprint(
    "units_api",
    __name__,
    url_prefix=f"{PREFIX}/units",
    description="Provinces and communes, and what a code meant on a day",
)


@blueprint.get("/provinces")
@blueprint.arguments(DayQuery, location="query")
@blueprint.response(200, ApiUnits)
def listing(query: dict[str, Any]) -> Any:
    """List the provinces of a day: 34 since July 2025, 63 before."""
    listed = provinces() if _day(query) >= REFORM else former_provinces()
    return {"items": [unit_shown(one) for one in listed]}


@blueprint.get("/communes")
@blueprint.arguments(CommuneQuery, location="query")
@blueprint.response(200, ApiCommunes)
def search(query: dict[str, Any]) -> Any:
    """Find communes of today by words, with or without diacritics."""
    found = find(query["q"], limit=query["limit"])
    return {"items": [commune_shown(one) for one in found]}


@blueprint.get("/<code>")
@blueprint.arguments(DayQuery, location="query")
@blueprint.response(200, ApiUnit)
def unit(query: dict[str, Any], code: str) -> Any:
    """Say what a code named on a day: two digits a province, five a commune."""
    return unit_shown(unit_on(code, _day(query)))


def _day(query: dict[str, Any]) -> date:
    said: date | None = query["on"]
    return said or services().clock.today()
