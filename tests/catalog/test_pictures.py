"""The photos of a product: order, words, cover, and what is forgotten."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.catalog.make_catalog import make_actor, make_organisation, make_product
from traceability.accounts.models import AuditEntry
from traceability.catalog.errors import PhotoLimitError, PhotoNotFoundError
from traceability.catalog.models import Product, ProductPhoto
from traceability.catalog.photos import WebPhoto
from traceability.catalog.pictures.queries import pictures_of
from traceability.catalog.pictures.service import (
    MAX_PHOTOS,
    add_photo,
    describe_photo,
    move_photo_up,
    remove_photo,
)
from traceability.core.permissions import Actor
from traceability.core.ports import Clock
from traceability.core.text import HiddenCharacterError
from traceability.db.database import Database

PHOTOS = [WebPhoto(f"webp {number}".encode(), 8, 6) for number in range(MAX_PHOTOS + 1)]


def start(session: Session, clock: Clock) -> tuple[Product, Actor]:
    owner = make_organisation(session, clock)
    return make_product(session, owner, clock), make_actor(owner)


def order(session: Session, product: Product) -> list[int]:
    digests = [photo.digest for photo in PHOTOS]
    return [digests.index(one.digest) for one in pictures_of(session, product)]


def test_photos_keep_their_order_and_the_first_is_the_cover(
    database: Database, clock: Clock
) -> None:
    with database.transaction() as session:
        product, who = start(session, clock)
        for photo in PHOTOS[:3]:
            add_photo(session, product, photo, "Búp chè", actor=who, clock=clock)
        assert product.photo_digest == PHOTOS[0].digest
        move_photo_up(session, product, PHOTOS[2].digest, actor=who, clock=clock)
        assert order(session, product) == [0, 2, 1]
        move_photo_up(session, product, PHOTOS[2].digest, actor=who, clock=clock)
        move_photo_up(session, product, PHOTOS[2].digest, actor=who, clock=clock)
        assert order(session, product) == [2, 0, 1]
        assert product.photo_digest == PHOTOS[2].digest
        remove_photo(session, product, PHOTOS[2].digest, actor=who, clock=clock)
        assert order(session, product) == [0, 1]
        remove_photo(session, product, PHOTOS[0].digest, actor=who, clock=clock)
        remove_photo(session, product, PHOTOS[1].digest, actor=who, clock=clock)
        assert order(session, product) == []
        session.expire(product)
        assert not product.photo_digest
        actions = set(session.scalars(select(AuditEntry.action)))
        assert {"product-photo-set", "product-photo-removed"} <= actions


def test_a_removed_photo_is_forgotten_unless_another_product_shows_it(
    database: Database, clock: Clock
) -> None:
    with database.transaction() as session:
        owner = make_organisation(session, clock)
        who = make_actor(owner)
        one, two = (make_product(session, owner, clock, number) for number in (1, 2))
        photo = PHOTOS[0]
        for product in (one, two):
            add_photo(session, product, photo, actor=who, clock=clock)
        remove_photo(session, one, photo.digest, actor=who, clock=clock)
        assert session.get(ProductPhoto, photo.digest) is not None
        remove_photo(session, two, photo.digest, actor=who, clock=clock)
        session.expire_all()
        assert session.get(ProductPhoto, photo.digest) is None


def test_one_photo_stands_once_and_takes_the_newest_words(
    database: Database, clock: Clock
) -> None:
    with database.transaction() as session:
        product, who = start(session, clock)
        add_photo(session, product, PHOTOS[0], actor=who, clock=clock)
        add_photo(session, product, PHOTOS[0], "Lá  chè", actor=who, clock=clock)
        [picture] = pictures_of(session, product)
        assert picture.alt == "Lá chè"
        digest = picture.digest
        describe_photo(session, product, digest, "Đồi chè", actor=who, clock=clock)
        assert picture.alt == "Đồi chè"
        with pytest.raises(HiddenCharacterError):
            describe_photo(session, product, digest, "a\u202eb", actor=who, clock=clock)


def test_a_page_holds_so_many_photos_and_no_strange_ones(
    database: Database, clock: Clock
) -> None:
    with database.transaction() as session:
        product, who = start(session, clock)
        for photo in PHOTOS[:MAX_PHOTOS]:
            add_photo(session, product, photo, actor=who, clock=clock)
        with pytest.raises(PhotoLimitError):
            add_photo(session, product, PHOTOS[-1], actor=who, clock=clock)
        for change in (move_photo_up, remove_photo):
            with pytest.raises(PhotoNotFoundError):
                change(session, product, "0" * 64, actor=who, clock=clock)
