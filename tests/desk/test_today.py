"""The desk names what waits for each role, and nothing that is somebody else's."""

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from tests.accounts.make_accounts import PASSWORD, make_person
from tests.batches.make_batches import (
    GTINS,
    Producer,
    make_batch,
    make_product,
    make_site,
)
from tests.conftest import FixedClock
from tests.web.make_web import Browser, make_app, make_services
from traceability.batches.drafts import Notice
from traceability.batches.models import Batch
from traceability.batches.service import recall_batch
from traceability.catalog.models import Certificate
from traceability.core.ids import new_id
from traceability.core.permissions import Actor, Role
from traceability.core.ports import Notary
from traceability.db.database import Database
from traceability.lookup.models import ProblemReport
from traceability.records.notary import notary_of
from traceability.web.context import Services


class Desk:
    """A producer with one finished product, and browsers that sign in."""

    def __init__(self, use: Services) -> None:
        self.use = use
        self.app: Flask = make_app(use)
        person = make_person(use, Role.PRODUCER, "chu-the@example.com")
        with use.database.transaction() as session:
            owner = person.organisation_id
            product = make_product(session, use.clock, owner, gtin=GTINS[0])
            site = make_site(session, use.clock, owner)
            actor = Actor(kind="person", id=1, name="Mẫu", organisation_id=owner)
            self.producer = Producer(actor, product.id, site.id)

    @property
    def notary(self) -> Notary:
        return notary_of(self.use)

    def batch(self, *, issued: bool) -> str:
        with self.use.database.transaction() as session:
            made = make_batch(session, self.producer, self.notary, issued=issued)
            return made.lot_number

    def report(self, text: str) -> None:
        with self.use.database.transaction() as session:
            session.add(
                ProblemReport(
                    public_id=new_id(),
                    link="https://tx.example/01/" + GTINS[0],
                    about="x",
                    organisation_id=self.producer.actor.organisation_id,
                    product_name=text,
                    kind="other",
                    text=text,
                    contact="",
                    created_at=self.use.clock.now(),
                )
            )

    def today(self, login: str = "chu-the@example.com") -> str:
        browser = Browser(self.app)
        browser.sign_in(login, PASSWORD)
        assert browser.get("/today").status_code == 200
        return browser.page


@pytest.fixture
def desk(tmp_path: Path, database: Database, clock: FixedClock) -> Desk:
    return Desk(make_services(tmp_path / "home", database, clock))


def test_an_empty_desk_says_so_and_leads_on(desk: Desk) -> None:
    page = desk.today()
    assert "Không có việc nào đang chờ." in page
    assert 'href="/batches/new"' in page
    assert 'href="/diary/new">Ghi nhật ký</a>' in page
    make_person(desk.use, Role.OFFICER, "can-bo@example.com")
    assert 'href="/diary/new"' not in desk.today("can-bo@example.com")


def test_drafts_and_lots_without_labels_wait_for_their_producer(desk: Desk) -> None:
    draft, issued = desk.batch(issued=False), desk.batch(issued=True)
    page = desk.today()
    assert "1 lô chờ xem lại và cấp" in page
    assert "1 lô chưa in tem" in page
    assert draft in page
    assert issued in page
    make_person(desk.use, Role.PRODUCER, "nguoi-khac@example.com")
    assert "Không có việc nào đang chờ." in desk.today("nguoi-khac@example.com")


def test_a_report_comes_before_everything_else(desk: Desk) -> None:
    desk.batch(issued=False)
    desk.report("Trà mẫu <b>hỏng</b>")
    page = desk.today()
    assert page.index("1 phản ánh cần đọc") < page.index("1 lô chờ xem lại và cấp")
    assert "Trà mẫu &lt;b&gt;hỏng&lt;/b&gt;" in page


def test_a_fresh_recall_stands_on_the_officers_desk(
    desk: Desk, clock: FixedClock
) -> None:
    number = desk.batch(issued=True)
    with desk.use.database.transaction() as session:
        batch = session.scalars(select(Batch)).one()
        notice = Notice(reason_vi="Thử thu hồi", advice_vi="Không dùng", contact="0")
        recall_batch(
            session, batch, notice, actor=desk.producer.actor, notary=desk.notary
        )
    make_person(desk.use, Role.OFFICER, "can-bo@example.com")
    page = desk.today("can-bo@example.com")
    assert "1 lô đang thu hồi" in page
    assert number in page


def test_a_paper_that_ends_is_named_with_its_day(desk: Desk) -> None:
    with desk.use.database.transaction() as session:
        for number, kind, days in (
            ("CN-01", "vietgap", 12),
            ("CN-02", "food_safety", 200),
        ):
            session.add(
                Certificate(
                    public_id=new_id(),
                    organisation_id=desk.producer.actor.organisation_id,
                    kind=kind,
                    number=number,
                    body="Tổ chức mẫu",
                    issued=desk.use.clock.today() - timedelta(days=300),
                    expires=desk.use.clock.today() + timedelta(days=days),
                )
            )
    page = desk.today()
    assert "1 giấy tờ vừa hoặc sắp hết hạn" in page
    assert "CN-01" in page
    assert "CN-02" not in page


def test_strangers_are_led_to_sign_in(desk: Desk) -> None:
    answer = Browser(desk.app).get("/today")
    assert answer.status_code == 303
    assert "/sign-in" in answer.location
