"""Label designs over the API: their ids are what a run is started with."""

from typing import Any

from traceability.core.permissions import Role, Scope
from traceability.labels.designs import queries
from traceability.labels.designs.schemas import ApiDesign, design_shown
from traceability.web.context import services
from traceability.web.openapi import PREFIX, ApiBlueprint
from traceability.web.paging import PageQuery, page_of, page_schema, window_of
from traceability.web.submitting import own_organisation

blueprint = ApiBlueprint(
    "designs_api",
    __name__,
    url_prefix=f"{PREFIX}/label-designs",
    description="What labels say: the designs made on the pages",
)


@blueprint.get("")
@blueprint.permitted(Role.PRODUCER, scope=Scope.LABELS_READ)
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, page_schema(ApiDesign))
def listing(data: dict[str, Any]) -> Any:
    """List own designs, the newest first; those archived print no more."""
    window = window_of(data)
    with services().database.reading() as session:
        rows = queries.designs_in(session, own_organisation(), window)
    return page_of(rows, window, key=lambda row: row.id, show=design_shown)
