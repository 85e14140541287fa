"""What of the catalogue a buyer meets on the page of a product."""

from decimal import Decimal

from tests.catalog.make_catalog import (
    make_actor,
    make_organisation,
    make_product,
)
from tests.web.make_web import Browser, make_app
from traceability.catalog.photos import WebPhoto
from traceability.catalog.pictures.service import add_photo, remove_photo
from traceability.catalog.shop_links import ShopLink
from traceability.web.context import Services

SCRIPT = "<script>alert(1)</script>{{7*7}}"
PHOTOS = [WebPhoto(f"webp {number}".encode(), 8, 6) for number in range(2)]


def test_buyers_see_goods_shops_and_photos_and_nothing_runs(
    light_use: Services,
) -> None:
    with light_use.database.transaction() as session:
        owner = make_organisation(session, light_use.clock)
        product = make_product(
            session,
            owner,
            light_use.clock,
            brand=SCRIPT,
            warnings=f"Có lạc {SCRIPT}",
            origin="Thái Nguyên",
            alcohol_percent=Decimal("12.5"),
            responsible_name="Công ty mẫu",
            shops=(ShopLink("https://www.shop.example/che?a=1&b=2"),),
        )
        for photo in PHOTOS:
            add_photo(
                session,
                product,
                photo,
                f'"{SCRIPT}',
                actor=make_actor(owner),
                clock=light_use.clock,
            )
    buyer = Browser(make_app(light_use))
    path = f"/p/01/{product.gtin}"
    assert buyer.get(path).status_code == 200
    assert "<script>alert" not in buyer.page
    assert 'alt=""' not in buyer.page
    for said in ("Có lạc", "Thái Nguyên", "12,5 %", "Công ty mẫu", "&lt;script&gt;"):
        assert said in buyer.page
    assert (
        '<a href="https://www.shop.example/che?a=1&amp;b=2"'
        ' rel="nofollow noopener noreferrer external">shop.example</a>'
    ) in buyer.page
    assert buyer.page.count(".webp") == 2
    with light_use.database.transaction() as session:
        mine = session.merge(product)
        remove_photo(
            session,
            mine,
            PHOTOS[0].digest,
            actor=make_actor(owner),
            clock=light_use.clock,
        )
    buyer.get(path)
    assert PHOTOS[0].digest not in buyer.page
    assert PHOTOS[1].digest in buyer.page


def test_a_bare_product_shows_no_empty_box(light_use: Services) -> None:
    with light_use.database.transaction() as session:
        owner = make_organisation(session, light_use.clock)
        product = make_product(session, owner, light_use.clock)
    buyer = Browser(make_app(light_use))
    buyer.get(f"/p/01/{product.gtin}")
    assert "Về sản phẩm" not in buyer.page
