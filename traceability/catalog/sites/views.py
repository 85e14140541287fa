"""A producer's places: list, add, change, retire."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, request, url_for
from sqlalchemy.orm import Session
from werkzeug import Response

from traceability.catalog import queries, service, wording
from traceability.catalog.communes import Commune, commune, find, read
from traceability.catalog.models import Site
from traceability.catalog.places import area_code_looks_odd
from traceability.catalog.schemas import SiteSchema, site_draft
from traceability.core.permissions import Role
from traceability.web.auth import actor, require
from traceability.web.context import services
from traceability.web.forms import Form
from traceability.web.i18n import gettext as _
from traceability.web.rendering import render
from traceability.web.submitting import STORED, gone_on, own_organisation, submitted


@require(Role.PRODUCER)
def sites() -> Response:
    """List the producer's places."""
    with services().database.reading() as session:
        found = queries.sites_of(session, own_organisation())
    return render(
        "catalog/sites.html",
        sites=[one for one in found if one.state == "active"],
        retired=[one for one in found if one.state != "active"],
        kinds=wording.SITE_KINDS,
        code_looks_odd=area_code_looks_odd,
    )


@require(Role.PRODUCER)
def new_site() -> Response:
    """Register a place."""
    form = Form(SiteSchema(), {"is_public": True})

    def write(session: Session) -> None:
        draft = site_draft(form.data, _chosen_commune(form.data).code)
        service.register_site(
            session,
            draft,
            owner=own_organisation(),
            actor=actor(),
            clock=services().clock,
        )

    return _answer(form, write, None)


@require(Role.PRODUCER)
def edit_site(public_id: str) -> Response:
    """Change a place, or offer it for new lots no more."""
    with services().database.reading() as session:
        site = queries.own_site(session, own_organisation(), public_id)
    names = SiteSchema().fields.keys() - {"commune", "commune_choice", "is_retired"}
    values = {name: getattr(site, name) for name in names}
    values |= {"commune": site.commune.label, "is_retired": site.state == "retired"}
    form = Form(SiteSchema(), values)

    def write(session: Session) -> None:
        mine = queries.own_site(session, own_organisation(), public_id)
        draft = site_draft(form.data, _chosen_commune(form.data).code)
        service.update_site(session, mine, draft, actor=actor(), clock=services().clock)

    return _answer(form, write, site)


def _chosen_commune(data: dict[str, Any]) -> Commune:
    if data["commune_choice"]:
        return commune(data["commune_choice"], field="commune")
    return read(data["commune"], field="commune")


def _answer(
    form: Form, write: Callable[[Session], object], site: Site | None
) -> Response:
    """Store the site, or show its form with the communes that were looked for."""
    looking = "find" in request.form
    if looking:
        form, status = Form(SiteSchema(), request.form.to_dict()), 200
    else:
        status = submitted(form, write)
    if status == STORED:
        return gone_on(_("The place is saved."), url_for("catalog.sites"))
    found = find(form.value("commune")) if looking or form.failed else []
    return render(
        "catalog/site.html",
        status,
        form=form,
        site=site,
        found=found,
        looked=looking,
        kinds=wording.SITE_KINDS.items(),
    )


def add_to(blueprint: Blueprint) -> None:
    """Give these pages their addresses."""
    both = ["GET", "POST"]
    blueprint.add_url_rule("/sites", view_func=sites)
    for path, view in (
        ("/sites/new", new_site),
        ("/sites/<public_id>/edit", edit_site),
    ):
        blueprint.add_url_rule(path, view_func=view, methods=both)
