"""The page of a product's photos: add, describe, move up, remove."""

from collections.abc import Callable

from flask import Blueprint, request, url_for
from sqlalchemy.orm import Session
from werkzeug import Response

from traceability.catalog import queries
from traceability.catalog.models import Product
from traceability.catalog.photos import (
    PhotoUnsupportedError,
    WebPhoto,
    web_photo,
)
from traceability.catalog.pictures import service
from traceability.catalog.pictures.queries import picture_of, pictures_of
from traceability.catalog.schemas import AltSchema, PhotoSchema
from traceability.core.permissions import Role
from traceability.web.auth import actor, require
from traceability.web.context import services
from traceability.web.forms import Form
from traceability.web.i18n import gettext as _
from traceability.web.rendering import render
from traceability.web.submitting import STORED, gone_on, own_organisation, submitted


@require(Role.PRODUCER)
def product_photos(public_id: str) -> Response:
    """Show a product's photos, and add one."""
    form = Form(PhotoSchema())

    def write(session: Session) -> None:
        picture = sent_photo()
        if picture is None:
            raise PhotoUnsupportedError("Choose a photo first.", field="photo")
        service.add_photo(
            session,
            _own(session, public_id),
            picture,
            form.data["alt"],
            actor=actor(),
            clock=services().clock,
        )

    status = submitted(form, write)
    if status == STORED:
        return _back(public_id, _("The photo is added."))
    with services().database.reading() as session:
        product = _own(session, public_id)
        pictures = pictures_of(session, product)
    return render(
        "catalog/photos.html",
        status,
        form=form,
        product=product,
        pictures=pictures,
        full=len(pictures) >= service.MAX_PHOTOS,
        most=service.MAX_PHOTOS,
    )


@require(Role.PRODUCER)
def describe_photo(public_id: str, digest: str) -> Response:
    """Say in words what a photo shows."""
    with services().database.reading() as session:
        product = _own(session, public_id)
        picture = picture_of(session, product, digest)
    form = Form(AltSchema(), {"alt": picture.alt})

    def write(session: Session) -> None:
        mine = _own(session, public_id)
        service.describe_photo(
            session,
            mine,
            digest,
            form.data["alt"],
            actor=actor(),
            clock=services().clock,
        )

    status = submitted(form, write)
    if status == STORED:
        return _back(public_id, _("The description is saved."))
    return render(
        "catalog/photo_description.html",
        status,
        form=form,
        product=product,
        picture=picture,
    )


@require(Role.PRODUCER)
def move_photo(public_id: str, digest: str) -> Response:
    """Show a photo one place earlier."""
    return _changed(
        public_id, digest, service.move_photo_up, _("The order is changed.")
    )


@require(Role.PRODUCER)
def remove_photo(public_id: str, digest: str) -> Response:
    """Take a photo off the product."""
    return _changed(public_id, digest, service.remove_photo, _("The photo is removed."))


def _changed(
    public_id: str, digest: str, change: Callable[..., None], message: str
) -> Response:
    with services().database.transaction() as session:
        product = _own(session, public_id)
        change(session, product, digest, actor=actor(), clock=services().clock)
    return _back(public_id, message)


def sent_photo() -> WebPhoto | None:
    """Return the photo a form was sent with, made ready to be served."""
    sent_file = request.files.get("photo")
    data = sent_file.read() if sent_file else b""
    return web_photo(data) if data else None


def _own(session: Session, public_id: str) -> Product:
    return queries.own_product(session, own_organisation(), public_id)


def _back(public_id: str, message: str) -> Response:
    return gone_on(message, url_for("catalog.product_photos", public_id=public_id))


def add_to(blueprint: Blueprint) -> None:
    """Give these pages their addresses."""
    both, post = ["GET", "POST"], ["POST"]
    start = "/products/<public_id>/photos"
    for path, view, methods in (
        ("", product_photos, both),
        ("/<digest>", describe_photo, both),
        ("/<digest>/up", move_photo, post),
        ("/<digest>/remove", remove_photo, post),
    ):
        blueprint.add_url_rule(f"{start}{path}", view_func=view, methods=methods)
