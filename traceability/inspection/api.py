"""Visits over the API: an inspectorate's program lists, reads and records them."""

from typing import Any

from sqlalchemy.orm import Session

from traceability.core.permissions import Role, Scope
from traceability.inspection import queries
from traceability.inspection.queries import InspectionSearch, Listed, seen_by
from traceability.inspection.schemas import (
    ApiInspectionQuery,
    ApiInspectionShown,
    VisitSchema,
    finding_draft,
    inspection_shown,
)
from traceability.inspection.service import record_visit
from traceability.records.notary import notary_of
from traceability.web.auth import actor
from traceability.web.context import services
from traceability.web.openapi import PREFIX, ApiBlueprint
from traceability.web.paging import page_of, page_schema, window_of
from traceability.web.repeating import once

READERS = (Role.INSPECTOR, Role.OFFICER)

blueprint = ApiBlueprint(
    "inspection_api",
    __name__,
    url_prefix=f"{PREFIX}/inspections",
    description="Visits of inspectors, signed and logged; not public",
)


@blueprint.post("")
@blueprint.permitted(Role.INSPECTOR, scope=Scope.INSPECTIONS_WRITE)
@blueprint.arguments(VisitSchema)
@blueprint.response(201, ApiInspectionShown)
def record(data: dict[str, Any]) -> Any:
    """Record a visit, signed and logged; photos are sent from a browser or phone."""

    def write(session: Session) -> Any:
        found = record_visit(
            session,
            finding_draft(data),
            (),
            actor=actor(),
            notary=notary_of(services()),
        )
        return _shown(
            session, queries.inspection_of(session, found.public_id, actor=actor())
        )

    return once(write)


@blueprint.get("")
@blueprint.permitted(*READERS, scope=Scope.INSPECTIONS_READ)
@blueprint.arguments(ApiInspectionQuery, location="query")
@blueprint.response(200, page_schema(ApiInspectionShown))
def listing(data: dict[str, Any]) -> Any:
    """List own visits (officers: everybody's), the one entered last first."""
    window = window_of(data)
    search = InspectionSearch(
        organisation_id=seen_by(actor()), batch=data["lot"], result=data["result"]
    )
    with services().database.reading() as session:
        rows = [
            (one.inspection.id, _shown(session, one))
            for one in queries.visits_in(session, search, window)
        ]
    return page_of(rows, window, key=lambda one: one[0], show=lambda one: one[1])


@blueprint.get("/<public_id>")
@blueprint.permitted(*READERS, scope=Scope.INSPECTIONS_READ)
@blueprint.response(200, ApiInspectionShown)
def show(public_id: str) -> Any:
    """Read one visit."""
    with services().database.reading() as session:
        found = queries.inspection_of(session, public_id, actor=actor())
        return _shown(session, found)


def _shown(session: Session, one: Listed) -> Any:
    visit = queries.signed_visit(session, one.inspection, personal=False)
    return inspection_shown(one, visit, services().identity)
