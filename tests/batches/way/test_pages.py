"""A clerk is told before issuing, gives a reason, and buyers read it."""

from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import select

from tests.batches.make_batches import Producer
from tests.batches.test_views import Clerk, entered, form_of, make_clerk, stored
from tests.batches.way.test_queries import spray
from traceability.accounts.models import Person
from traceability.batches.models import Batch
from traceability.catalog.models import Product
from traceability.core.permissions import Actor, Role
from traceability.records.notary import notary_of
from traceability.web.context import Services

REASON = "Phun ở thửa khác của trang trại"


@pytest.fixture
def clerk(use: Services, app: Flask) -> Clerk:
    return make_clerk(use, app)


def sprayed(use: Services, day: int) -> None:
    """Write down a pesticide with 7 days of withdrawal at the clerk's place."""
    with use.database.transaction() as session:
        person = session.scalars(select(Person)).one()
        batch = session.scalars(select(Batch)).one()
        actor = Actor(
            kind="person",
            id=person.id,
            name=person.name,
            organisation_id=person.organisation_id,
            roles=frozenset({Role.PRODUCER}),
        )
        producer = Producer(actor, batch.product_id, batch.site_id)
        spray(session, producer, notary_of(use), day)


def test_an_exception_is_asked_for_signed_and_shown(
    use: Services, clerk: Clerk, app: Flask
) -> None:
    address = f"/batches/{entered(use, clerk)}"
    sprayed(use, 16)
    clerk.get(address)
    for words in ("Chưa đủ ngày cách ly", "16/11/2026", "còn thiếu 3 ngày"):
        assert words in clerk.page
    assert clerk.post(f"{address}/issue", {}).status_code == 409
    assert "Còn thiếu 3 ngày" in clerk.page
    clerk.get(f"{address}/edit")
    changed = form_of(clerk, override_withdrawal="vội")
    assert clerk.post(f"{address}/edit", changed).status_code == 422
    assert "Lý do cần ít nhất 10 ký tự." in clerk.page
    changed["override_withdrawal"] = REASON
    assert clerk.post(f"{address}/edit", changed).status_code == 303
    clerk.get(address)
    assert "còn thiếu" not in clerk.page
    assert clerk.post(f"{address}/issue", {}).status_code == 303
    clerk.get(address)
    assert f"<dd>{REASON}</dd>" in clerk.page
    public = urlsplit(stored(use)[0].digital_link).path
    page = app.test_client().get(public, follow_redirects=True)
    told = f"Chủ thể ghi nhận ngoại lệ (ngày cách ly trước thu hoạch): {REASON}"
    assert told in page.get_data(as_text=True)


def test_what_the_chain_has_more_is_said_on_the_draft(
    use: Services, clerk: Clerk
) -> None:
    with use.database.transaction() as session:
        session.scalars(select(Product)).one().ocop_set = "rice-grain"
    address = f"/batches/{entered(use, clerk)}"
    clerk.get(address)
    assert "Vẫn cấp lô được" in clerk.page
    assert "Xuống giống, gieo trồng" in clerk.page
    assert clerk.post(f"{address}/issue", {}).status_code == 303
