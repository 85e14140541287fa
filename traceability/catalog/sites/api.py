"""Places over the API, for programs with a key."""

from typing import Any

from sqlalchemy.orm import Session

from traceability.catalog import queries, service
from traceability.catalog.sites.schemas import (
    ApiSite,
    ApiSiteChanges,
    ApiSiteShown,
    site_draft,
    site_shown,
)
from traceability.core.permissions import Role, Scope
from traceability.web.auth import actor
from traceability.web.context import services
from traceability.web.openapi import PREFIX, ApiBlueprint
from traceability.web.paging import PageQuery, page_of, page_schema, window_of
from traceability.web.repeating import once
from traceability.web.submitting import own_organisation

blueprint = ApiBlueprint(
    "sites_api",
    __name__,
    url_prefix=f"{PREFIX}/sites",
    description="Places where things are grown, made, kept or sold",
)


@blueprint.post("")
@blueprint.permitted(Role.PRODUCER, scope=Scope.CATALOGUE_WRITE)
@blueprint.arguments(ApiSite)
@blueprint.response(201, ApiSiteShown)
def register(data: dict[str, Any]) -> Any:
    """Add a place."""

    def write(session: Session) -> Any:
        site = service.register_site(
            session,
            site_draft(data),
            owner=own_organisation(),
            actor=actor(),
            clock=services().clock,
        )
        return site_shown(site)

    return once(write)


@blueprint.get("")
@blueprint.permitted(Role.PRODUCER, scope=Scope.CATALOGUE_READ)
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, page_schema(ApiSiteShown))
def listing(data: dict[str, Any]) -> Any:
    """List own places, the newest first."""
    window = window_of(data)
    with services().database.reading() as session:
        rows = queries.sites_in(session, own_organisation(), window)
        return page_of(rows, window, key=lambda row: row.id, show=site_shown)


@blueprint.get("/<public_id>")
@blueprint.permitted(Role.PRODUCER, scope=Scope.CATALOGUE_READ)
@blueprint.response(200, ApiSiteShown)
def show(public_id: str) -> Any:
    """Read one place."""
    with services().database.reading() as session:
        return site_shown(queries.own_site(session, own_organisation(), public_id))


@blueprint.patch("/<public_id>")
@blueprint.permitted(Role.PRODUCER, scope=Scope.CATALOGUE_WRITE)
@blueprint.arguments(ApiSiteChanges)
@blueprint.response(200, ApiSiteShown)
def change(data: dict[str, Any], public_id: str) -> Any:
    """Change a place; state "retired" offers it for new lots no more."""

    def write(session: Session) -> Any:
        site = queries.own_site(session, own_organisation(), public_id)
        draft = site_draft(data, site)
        service.update_site(session, site, draft, actor=actor(), clock=services().clock)
        return site_shown(site)

    return once(write)
