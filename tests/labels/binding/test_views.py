"""A clerk prints blank stamps, scans the first and the last, looks, and binds them."""

import csv
from collections.abc import Mapping
from decimal import Decimal
from io import StringIO
from pathlib import Path
from urllib.parse import urlencode

import pytest
from sqlalchemy import select

from tests.accounts.make_accounts import make_organisation, make_signed_in
from tests.batches.make_batches import Producer, make_batch, make_product, make_site
from tests.conftest import FixedClock
from tests.web.make_web import Browser, make_services
from traceability.batches.models import Batch
from traceability.core.permissions import Actor
from traceability.db.database import Database
from traceability.labels.models import LabelBinding, LabelRun, LabelVoid
from traceability.labels.serials import grouped
from traceability.records.notary import notary_of
from traceability.web.context import Services

BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"


class Office:
    """A producer at its desk, with an issued lot and a run of twelve stamps."""

    def __init__(self, use: Services) -> None:
        self.use = use
        organisation = make_organisation(use)
        with use.database.transaction() as session:
            product = make_product(
                session, use.clock, organisation.id, gtin="09520001001017"
            )
            site = make_site(session, use.clock, organisation.id)
            actor = Actor(
                kind="person", id=1, name="Mẫu", organisation_id=organisation.id
            )
            producer = Producer(actor, product.id, site.id)
            self.batch = make_batch(session, producer, notary_of(use), issued=True)
            self.product = product.public_id
        self.browser = make_signed_in(use, organisation=organisation)
        self.run = self.printed()
        listing = self.browser.get(f"{self.run}/sheet.csv").get_data(as_text=True)
        rows = csv.DictReader(StringIO(listing.removeprefix(BOM)))
        self.links = [row["link"] for row in rows]

    @property
    def bind(self) -> str:
        return f"/batches/{self.batch.public_id}/stamps"

    def printed(self) -> str:
        path = f"/products/{self.product}/stamps"
        self.browser.get(path)
        response = self.browser.post(path, {"count": "12", "stock": "a4-24"})
        assert response.status_code == 303, self.browser.page
        return str(response.headers["Location"])

    def scan(self, link: str, end: str) -> str:
        self.browser.get(f"/stamps?{urlencode({'stamp': link})}")
        response = self.browser.post("/stamps", {"stamp": link, "end": end})
        if response.status_code == 303:
            self.browser.get(str(response.headers["Location"]))
        return self.browser.page

    def look(self, ends: Mapping[str, str]) -> None:
        self.browser.get(f"{self.bind}?{urlencode(ends)}")

    def kept(self) -> list[tuple[int, int]]:
        with self.use.database.reading() as session:
            found = session.execute(
                select(LabelBinding.from_index, LabelBinding.to_index)
            )
            return [(first, last) for first, last in found]

    def index(self, place: int) -> int:
        with self.use.database.reading() as session:
            first = session.scalars(select(LabelRun.first_index)).first()
        return (first or 0) + place


@pytest.fixture
def office(tmp_path: Path, sqlite_database: Database, clock: FixedClock) -> Office:
    return Office(make_services(tmp_path / "home", sqlite_database, clock))


def stranger_of(office: Office) -> Browser:
    other = make_organisation(office.use, name="HTX khác")
    login = "khac@example.com"
    return make_signed_in(office.use, login=login, organisation=other)


def test_the_form_promises_no_lot_on_a_stamp(office: Office) -> None:
    office.browser.get(f"/products/{office.product}/stamps")
    assert "Tem trắng chưa có lô" in office.browser.page
    assert "Mẫu thông thường ghi" not in office.browser.page
    office.browser.get(f"/batches/{office.batch.public_id}/labels")
    assert "Mẫu thông thường ghi" in office.browser.page


def test_stamps_are_listed_with_their_product(office: Office) -> None:
    page = office.browser.get(office.run).get_data(as_text=True)
    assert "12 tem trắng" in page
    assert "Chưa tem nào được gắn vào lô" in page
    assert office.run in office.browser.get("/labels").get_data(as_text=True)
    path = f"/products/{office.product}/stamps"
    assert office.run in office.browser.get(path).get_data(as_text=True)
    product = office.browser.get(f"/products/{office.product}").get_data(as_text=True)
    assert f'href="{path}"' in product


def test_what_was_scanned_is_kept_until_a_lot_is_chosen(office: Office) -> None:
    assert "hãy quét tem cuối" in office.scan(office.links[2], "first")
    page = office.scan(office.links[9], "last")
    assert f"Lô {office.batch.lot_number}" in page
    assert f"{office.bind}?first=" in page


def test_nothing_is_bound_before_it_was_looked_at(office: Office) -> None:
    ends = {"first": office.links[2], "last": office.links[9]}
    office.look(ends)
    assert "8 tem sẽ thành tem của lô" in office.browser.page
    for place in (2, 9):
        serial = grouped(office.links[place].rpartition("/")[2])
        assert f'<dd class="code">{serial}</dd>' in office.browser.page
        assert str(office.index(place)) in office.browser.page
    assert "không rút lại được" in office.browser.page
    assert office.kept() == []
    response = office.browser.post(office.bind, ends)
    assert response.status_code == 303
    office.browser.get(office.bind)
    assert f"Đã gắn 8 tem vào lô {office.batch.lot_number}." in office.browser.page
    assert office.kept() == [(office.index(2), office.index(9))]
    office.browser.get(office.run)
    assert "Chưa tem nào" not in office.browser.page
    assert office.batch.lot_number in office.browser.page


def test_refusals_stand_beside_what_was_typed(office: Office) -> None:
    office.browser.get(office.bind)
    office.browser.post(
        office.bind, {"first": office.links[0], "last": office.links[3]}
    )
    ends = {"first": office.links[3], "last": office.links[5]}
    office.look(ends)
    assert "đã được gắn vào lô" in office.browser.page
    assert office.links[3] in office.browser.page
    for last in ("0000000000000", "https://tx.example/01/09520001002014/21/0", "x"):
        response = office.browser.post(office.bind, {**ends, "last": last})
        assert response.status_code in {409, 400, 422}
        assert 'id="last-error"' in office.browser.page
    assert len(office.kept()) == 1


def test_a_lot_with_too_many_labels_says_so_before(office: Office) -> None:
    with office.use.database.transaction() as session:
        batch = session.get_one(Batch, office.batch.id)
        batch.unit, batch.amount = "H87", Decimal(5)
    ends = {"first": office.links[0], "last": office.links[11]}
    office.look(ends)
    assert "nhiều hơn số gói 7 tem" in office.browser.page


def test_a_stamp_that_is_none_is_not_kept(office: Office) -> None:
    guess = office.links[0][:-1] + ("0" if office.links[0][-1] != "0" else "1")
    assert "Đây không phải tem của sản phẩm này" in office.scan(guess, "first")
    assert "không" in office.scan("không phải đường dẫn", "first")
    assert "chưa quét" not in office.browser.get("/stamps").get_data(as_text=True)


def test_others_neither_scan_nor_bind(office: Office) -> None:
    stranger = stranger_of(office)
    assert stranger.get(office.bind).status_code == 404
    assert stranger.get(f"/products/{office.product}/stamps").status_code == 404
    stranger.get(f"/stamps?{urlencode({'stamp': office.links[0]})}")
    sent = {"stamp": office.links[0], "end": "first"}
    assert stranger.post("/stamps", sent).status_code == 404


def test_stamps_are_made_void_from_their_run(office: Office) -> None:
    office.browser.get(f"{office.run}/void")
    serial = office.links[4].rpartition("/")[2]
    void = {"first": serial, "reason": "Rách"}
    response = office.browser.post(f"{office.run}/void", void)
    assert response.status_code == 303
    with office.use.database.reading() as session:
        assert session.scalars(select(LabelVoid.from_index)).all() == [office.index(4)]
    ends = {"first": office.links[0], "last": office.links[9]}
    office.look(ends)
    assert "Trong đó có tem đã hủy" in office.browser.page
