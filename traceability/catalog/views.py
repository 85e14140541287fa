"""A producer's pages: products and sites; and the photos for everybody."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, request, url_for
from sqlalchemy.orm import Session

from traceability.catalog import queries, service, wording
from traceability.catalog.communes import Commune, commune, find, read
from traceability.catalog.models import Product, Site
from traceability.catalog.papers import views as papers
from traceability.catalog.photos import WebPhoto, web_photo
from traceability.catalog.product_sets import product_set, product_sets
from traceability.catalog.schemas import (
    ProductSchema,
    SiteSchema,
    product_draft,
    site_draft,
)
from traceability.catalog.units import views as units
from traceability.core.permissions import Role
from traceability.core.quantity import UNITS
from traceability.web.auth import actor, require
from traceability.web.context import services
from traceability.web.forms import Form
from traceability.web.i18n import gettext as _, language
from traceability.web.publishing import published
from traceability.web.rendering import render
from traceability.web.submitting import (
    STORED,
    gone_on,
    own_organisation,
    submitted,
)

blueprint = Blueprint("catalog", __name__)
papers.add_to(blueprint)
units.add_to(blueprint)
YEAR_SECONDS = 365 * 24 * 3600
Answer = Response | Any


@blueprint.get("/photos/<digest>.webp")
def photo(digest: str) -> Response:
    """Serve a product photo; its address is its digest, so it never changes."""
    with services().database.reading() as session:
        found = queries.photo(session, digest)
    return published(found.webp, "image/webp", max_age=YEAR_SECONDS, immutable=True)


@blueprint.get("/products")
@require(Role.PRODUCER)
def products() -> Response:
    """List the producer's products."""
    with services().database.reading() as session:
        found = queries.products_of(session, own_organisation())
    return render("catalog/products.html", products=found)


@blueprint.route("/products/new", methods=["GET", "POST"])
@require(Role.PRODUCER)
def new_product() -> Answer:
    """Register a product."""
    form = Form(ProductSchema(), {"net_unit": "KGM"})

    def write(session: Session) -> None:
        picture = _picture()
        use, who = services(), actor()
        product = service.register_product(
            session,
            product_draft(form.data),
            owner=own_organisation(),
            actor=who,
            clock=use.clock,
        )
        if picture:
            service.set_photo(session, product, picture, actor=who, clock=use.clock)

    status = submitted(form, write)
    if status == STORED:
        return gone_on(_("The product is registered."), url_for("catalog.products"))
    return _product_page(form, None, status)


@blueprint.route("/products/<public_id>/edit", methods=["GET", "POST"])
@require(Role.PRODUCER)
def edit_product(public_id: str) -> Answer:
    """Change what a product's page says."""
    with services().database.reading() as session:
        product = queries.own_product(session, own_organisation(), public_id)
    form = Form(ProductSchema(), _product_values(product))

    def write(session: Session) -> None:
        picture = _picture()
        use, who = services(), actor()
        mine = queries.own_product(session, own_organisation(), public_id)
        draft = product_draft(form.data | {"gtin": product.key, "internal_code": None})
        service.update_product(session, mine, draft, actor=who, clock=use.clock)
        if picture:
            service.set_photo(session, mine, picture, actor=who, clock=use.clock)

    status = submitted(form, write)
    if status == STORED:
        return gone_on(_("The product is changed."), url_for("catalog.products"))
    return _product_page(form, product, status)


def _picture() -> WebPhoto | None:
    sent_file = request.files.get("photo")
    data = sent_file.read() if sent_file else b""
    return web_photo(data) if data else None


def _product_values(product: Product) -> dict[str, Any]:
    names = ProductSchema().fields.keys() - {"photo", "is_retired"}
    values = {name: getattr(product, name) for name in names}
    return values | {"is_retired": product.state == "retired"}


def _product_page(form: Form, product: Product | None, status: int) -> Response:
    spoken = language()
    sets = [(one.code, one.name.in_language(spoken)) for one in product_sets()]
    return render(
        "catalog/product.html",
        status,
        form=form,
        product=product,
        sets=sets,
        units=[
            (unit.code, unit.en if spoken == "en" else unit.vi)
            for unit in UNITS.values()
        ],
    )


@blueprint.app_template_filter("product_set_name")
def product_set_name(code: str) -> str:
    """Return an OCOP product set's name in the language spoken."""
    return product_set(code).name.in_language(language()) if code else ""


@blueprint.app_template_filter("commune_name")
def commune_name(code: str) -> str:
    """Return a commune with its province, as an address gives it."""
    return commune(code).full_name if code else ""


@blueprint.get("/sites")
@require(Role.PRODUCER)
def sites() -> Response:
    """List the producer's places."""
    with services().database.reading() as session:
        found = queries.sites_of(session, own_organisation())
    return render("catalog/sites.html", sites=found, kinds=wording.SITE_KINDS)


@blueprint.route("/sites/new", methods=["GET", "POST"])
@require(Role.PRODUCER)
def new_site() -> Answer:
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

    return _site_answer(form, write, None)


@blueprint.route("/sites/<public_id>/edit", methods=["GET", "POST"])
@require(Role.PRODUCER)
def edit_site(public_id: str) -> Answer:
    """Change a place."""
    with services().database.reading() as session:
        site = queries.own_site(session, own_organisation(), public_id)
    names = ("kind", "name", "gln", "old_address", "area_code", "is_public")
    values = {name: getattr(site, name) for name in names}
    form = Form(SiteSchema(), values | {"commune": site.commune.label})

    def write(session: Session) -> None:
        mine = queries.own_site(session, own_organisation(), public_id)
        draft = site_draft(form.data, _chosen_commune(form.data).code)
        service.update_site(session, mine, draft, actor=actor(), clock=services().clock)

    return _site_answer(form, write, site)


def _chosen_commune(data: dict[str, Any]) -> Commune:
    if data["commune_choice"]:
        return commune(data["commune_choice"], field="commune")
    return read(data["commune"], field="commune")


def _site_answer(
    form: Form, write: Callable[[Session], object], site: Site | None
) -> Answer:
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
