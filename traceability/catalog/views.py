"""A producer's products, what is still missing of each; photos for everybody."""

from typing import Any

from flask import Blueprint, Response, url_for
from sqlalchemy.orm import Session

from traceability.catalog import queries, service, wording
from traceability.catalog.communes import commune
from traceability.catalog.expiring import views as expiring
from traceability.catalog.gaps import queries as gaps
from traceability.catalog.legal_fields import FieldState
from traceability.catalog.models import Product
from traceability.catalog.papers import views as papers
from traceability.catalog.papers.scans import views as scans
from traceability.catalog.pictures import service as pictures, views as picture_pages
from traceability.catalog.pictures.queries import pictures_of
from traceability.catalog.producer import views as producer
from traceability.catalog.product_sets import product_set, product_sets
from traceability.catalog.schemas import ProductSchema, product_draft
from traceability.catalog.sites import views as sites
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
for pages in (sites, picture_pages, producer, papers, scans, expiring, units):
    pages.add_to(blueprint)
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


@blueprint.get("/products/<public_id>")
@require(Role.PRODUCER)
def product(public_id: str) -> Response:
    """Show a product as it stands, and what the law still asks of it."""
    today = services().clock.today()
    with services().database.reading() as session:
        found = queries.own_product(session, own_organisation(), public_id)
        documents = gaps.legal_checks(session, found, today)
        shown = pictures_of(session, found)
    return render(
        "catalog/product.html",
        product=found,
        pictures=shown,
        documents=documents,
        titles=wording.DOCUMENTS,
        states=FieldState,
        place_to_fill=lambda name: _place_to_fill(found, name),
        things=wording.HOLDINGS,
    )


_ELSEWHERE = {
    "photo": "catalog.product_photos",
    "producer_address": "catalog.producer",
    "producer_number": "catalog.producer",
    "certificates": "catalog.new_certificate",
    "site": "catalog.new_site",
}
_INPUTS = {
    "name": "name_vi",
    "producer_name": "responsible_name",
    "net_content": "net_amount",
    "alcohol": "alcohol_percent",
    "shelf_life": "shelf_life_days",
}


def _place_to_fill(found: Product, name: str) -> str:
    """Return where something that is missing is filled in."""
    if name == "gtin":
        return url_for("catalog.new_product")  # a product's key never changes
    endpoint = _ELSEWHERE.get(name)
    if endpoint == "catalog.product_photos":
        return url_for(endpoint, public_id=found.public_id)
    if endpoint:
        return url_for(endpoint)
    anchor = _INPUTS.get(name, name)
    return url_for("catalog.edit_product", public_id=found.public_id, _anchor=anchor)


@blueprint.route("/products/new", methods=["GET", "POST"])
@require(Role.PRODUCER)
def new_product() -> Answer:
    """Register a product."""
    form = Form(ProductSchema(), {"net_unit": "KGM"})
    stored: list[Product] = []

    def write(session: Session) -> None:
        picture = picture_pages.sent_photo()
        use, who = services(), actor()
        found = service.register_product(
            session,
            product_draft(form.data),
            owner=own_organisation(),
            actor=who,
            clock=use.clock,
        )
        if picture:
            pictures.add_photo(session, found, picture, actor=who, clock=use.clock)
        stored.append(found)

    status = submitted(form, write)
    if status == STORED:
        return _on_to(stored[-1].public_id, _("The product is registered."))
    return _product_form(form, None, status)


@blueprint.route("/products/<public_id>/edit", methods=["GET", "POST"])
@require(Role.PRODUCER)
def edit_product(public_id: str) -> Answer:
    """Change what a product's page says."""
    with services().database.reading() as session:
        found = queries.own_product(session, own_organisation(), public_id)
    form = Form(ProductSchema(), _product_values(found))

    def write(session: Session) -> None:
        mine = queries.own_product(session, own_organisation(), public_id)
        draft = product_draft(form.data | {"gtin": found.key, "internal_code": None})
        service.update_product(
            session, mine, draft, actor=actor(), clock=services().clock
        )

    status = submitted(form, write)
    if status == STORED:
        return _on_to(public_id, _("The product is changed."))
    return _product_form(form, found, status)


def _on_to(public_id: str, message: str) -> Answer:
    return gone_on(message, url_for("catalog.product", public_id=public_id))


def _product_values(found: Product) -> dict[str, Any]:
    names = ProductSchema().fields.keys() - {"photo", "is_retired", "shops"}
    values = {name: getattr(found, name) for name in names}
    shops = [{"url": link.url} for link in found.shops]
    return values | {"is_retired": found.state == "retired", "shops": shops}


def _product_form(form: Form, found: Product | None, status: int) -> Response:
    spoken = language()
    sets = [(one.code, one.name.in_language(spoken)) for one in product_sets()]
    return render(
        "catalog/product_form.html",
        status,
        form=form,
        product=found,
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
