"""Products over the API: list, add, read, change, photos, what they lack."""

from typing import Any

from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from traceability.catalog import queries, service
from traceability.catalog.gaps.queries import legal_checks
from traceability.catalog.models import Product
from traceability.catalog.photos import web_photo
from traceability.catalog.pictures import service as pictures
from traceability.catalog.pictures.queries import picture_of, pictures_of
from traceability.catalog.products.schemas import (
    ApiMissingFields,
    ApiPhoto,
    ApiPhotoFile,
    ApiPhotoWords,
    ApiProduct,
    ApiProductChanges,
    ApiProductShown,
    missing_shown,
    photo_shown,
    product_draft,
    product_shown,
)
from traceability.core.permissions import Role, Scope
from traceability.web.auth import actor
from traceability.web.context import services
from traceability.web.openapi import PREFIX, ApiBlueprint
from traceability.web.paging import PageQuery, page_of, page_schema, window_of
from traceability.web.repeating import once
from traceability.web.submitting import own_organisation

blueprint = ApiBlueprint(
    "products_api",
    __name__,
    url_prefix=f"{PREFIX}/products",
    description="Products, their photos, and what the law still asks of them",
)


@blueprint.post("")
@blueprint.permitted(Role.PRODUCER, scope=Scope.CATALOGUE_WRITE)
@blueprint.arguments(ApiProduct)
@blueprint.response(201, ApiProductShown)
def register(data: dict[str, Any]) -> Any:
    """Add a product."""

    def write(session: Session) -> Any:
        product = service.register_product(
            session,
            product_draft(data),
            owner=own_organisation(),
            actor=actor(),
            clock=services().clock,
        )
        return _shown(session, product)

    return once(write)


@blueprint.get("")
@blueprint.permitted(Role.PRODUCER, Role.OFFICER, scope=Scope.CATALOGUE_READ)
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, page_schema(ApiProductShown))
def listing(data: dict[str, Any]) -> Any:
    """List own products (officers: everybody's), the newest first."""
    window = window_of(data)
    owner = None if actor().has(Role.OFFICER) else own_organisation()
    with services().database.reading() as session:
        rows = queries.products_in(session, owner, window)
        return page_of(
            rows,
            window,
            key=lambda row: row.id,
            show=lambda row: _shown(session, row),
        )


@blueprint.get("/<public_id>")
@blueprint.permitted(Role.PRODUCER, Role.OFFICER, scope=Scope.CATALOGUE_READ)
@blueprint.response(200, ApiProductShown)
def show(public_id: str) -> Any:
    """Read one product."""
    with services().database.reading() as session:
        return _shown(session, _visible(session, public_id))


@blueprint.patch("/<public_id>")
@blueprint.permitted(Role.PRODUCER, scope=Scope.CATALOGUE_WRITE)
@blueprint.arguments(ApiProductChanges)
@blueprint.response(200, ApiProductShown)
def change(data: dict[str, Any], public_id: str) -> Any:
    """Change a product; state "retired" allows no new lots of it."""

    def write(session: Session) -> Any:
        product = _own(session, public_id)
        draft = product_draft(data, product)
        service.update_product(
            session, product, draft, actor=actor(), clock=services().clock
        )
        return _shown(session, product)

    return once(write)


@blueprint.get("/<public_id>/missing-fields")
@blueprint.permitted(Role.PRODUCER, Role.OFFICER, scope=Scope.CATALOGUE_READ)
@blueprint.response(200, ApiMissingFields)
def missing_fields(public_id: str) -> Any:
    """Say what trace page, passport and label want of a product, and what lacks."""
    use = services()
    with use.database.reading() as session:
        product = _visible(session, public_id)
        return missing_shown(legal_checks(session, product, use.clock.today()))


@blueprint.post("/<public_id>/photos")
@blueprint.permitted(Role.PRODUCER, scope=Scope.CATALOGUE_WRITE)
@blueprint.arguments(ApiPhotoFile, location="files")
@blueprint.arguments(ApiPhotoWords, location="form")
@blueprint.response(201, ApiPhoto)
def add_photo(
    files: dict[str, FileStorage], words: dict[str, str], public_id: str
) -> Any:
    """Put a photo behind those a product has; the first is its cover."""

    def write(session: Session) -> Any:
        photo = web_photo(files["photo"].read())
        use = services()
        picture = pictures.add_photo(
            session,
            _own(session, public_id),
            photo,
            words["alt"],
            actor=actor(),
            clock=use.clock,
        )
        return photo_shown(picture, use.identity)

    return once(write)


@blueprint.patch("/<public_id>/photos/<digest>")
@blueprint.permitted(Role.PRODUCER, scope=Scope.CATALOGUE_WRITE)
@blueprint.arguments(ApiPhotoWords)
@blueprint.response(200, ApiPhoto)
def describe_photo(data: dict[str, str], public_id: str, digest: str) -> Any:
    """Say what a photo shows."""

    def write(session: Session) -> Any:
        use, product = services(), _own(session, public_id)
        pictures.describe_photo(
            session, product, digest, data["alt"], actor=actor(), clock=use.clock
        )
        return photo_shown(picture_of(session, product, digest), use.identity)

    return once(write)


@blueprint.post("/<public_id>/photos/<digest>/up")
@blueprint.permitted(Role.PRODUCER, scope=Scope.CATALOGUE_WRITE)
@blueprint.response(200, ApiProductShown)
def move_photo(public_id: str, digest: str) -> Any:
    """Show a photo one place earlier."""

    def write(session: Session) -> Any:
        product = _own(session, public_id)
        pictures.move_photo_up(
            session, product, digest, actor=actor(), clock=services().clock
        )
        return _shown(session, product)

    return once(write)


@blueprint.delete("/<public_id>/photos/<digest>")
@blueprint.permitted(Role.PRODUCER, scope=Scope.CATALOGUE_WRITE)
@blueprint.response(200, ApiProductShown)
def remove_photo(public_id: str, digest: str) -> Any:
    """Take a photo off a product; answered is the product without it."""

    def write(session: Session) -> Any:
        product = _own(session, public_id)
        pictures.remove_photo(
            session, product, digest, actor=actor(), clock=services().clock
        )
        return _shown(session, product)

    return once(write)


def _own(session: Session, public_id: str) -> Product:
    return queries.own_product(session, own_organisation(), public_id)


def _visible(session: Session, public_id: str) -> Product:
    if actor().has(Role.OFFICER):
        return queries.product_by_public_id(session, public_id)
    return _own(session, public_id)


def _shown(session: Session, product: Product) -> dict[str, Any]:
    return product_shown(product, pictures_of(session, product), services().identity)
