"""Blank stamps at the resolver: bound ones lead to their lot, others say so."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

import pytest

from tests.conftest import FixedClock
from tests.houses import Built
from tests.labels.make_stamps import Stamps
from tests.lookup.make_lookup import Answer, Street, open_street
from traceability.db.database import Database
from traceability.gs1.digital_link import DigitalLink
from traceability.labels.label import Label
from traceability.labels.room import label_keys_of
from traceability.records.notary import notary_of
from traceability.scans.queries import history
from traceability.verification.printed.queries import links_of_serial
from traceability.verification.room import sources_of
from traceability.verification.service import evidence_for_others

BOUND, VOID, UNBOUND, VOID_UNBOUND = 2, 5, 60, 65


@dataclass(frozen=True)
class Counter:
    """A street with a run of stamps: 0–49 bound to its lot, 5 and 65 void."""

    street: Street
    labels: list[Label]

    def path(self, place: int) -> str:
        return DigitalLink.parse(self.labels[place].link).path()

    def ask(self, place: int, prefix: str = "/p", **headers: str) -> Answer:
        return self.street.ask(prefix + self.path(place), **headers)


@pytest.fixture(scope="module")
def counter(
    tmp_path_factory: pytest.TempPathFactory, sqlite_house: Built
) -> Iterator[Counter]:
    folder = tmp_path_factory.mktemp("stamps")
    rows = shutil.copyfile(sqlite_house.rows, folder / "test.sqlite3")
    database = Database(f"sqlite:///{rows}")
    house = sqlite_house.copied(folder / "home", database, FixedClock())
    with open_street(house) as street:
        use = house.use
        stamps = Stamps(database, house.producer, notary_of(use), label_keys_of(use))
        run = stamps.printed()
        stamps.bound(house.batch, run, 0, 49)
        for place in (VOID, VOID_UNBOUND):
            stamps.void(run, place, place)
        yield Counter(street, stamps.labels(run))
    database.dispose()


def test_a_bound_stamp_leads_to_the_page_of_its_lot(counter: Counter) -> None:
    answer = counter.ask(BOUND, "")
    assert answer.status == 307
    assert answer.headers["location"] == f"/p{counter.path(BOUND)}"
    page = counter.ask(BOUND)
    assert page.status == 200
    assert "Thông tin lô đã được xác thực" in page.text
    assert "Số lô CHE-1" in page.text
    assert "Tem gắn vào lô này ngày 22/11/2026" in page.text
    assert "Trong đó tem trắng gắn vào sau: 50." in page.text
    assert "verdict good" in page.html


def test_every_stamp_of_a_lot_has_its_own_words(counter: Counter) -> None:
    first, other = (counter.ask(place) for place in (BOUND, BOUND + 1))
    assert counter.path(BOUND) in first.html
    assert counter.path(BOUND) not in other.html
    again = counter.ask(BOUND)
    assert again.body == first.body
    lots_own = counter.street.ask(f"/p{counter.street.label}")
    assert "Tem gắn vào lô này" not in lots_own.text


def test_scans_of_a_bound_stamp_are_counted(counter: Counter) -> None:
    place = BOUND + 7
    for _ in range(2):
        assert counter.ask(place, "").status == 307
    counter.street.counter.flush()
    link = f"https://tx.example{counter.path(place)}"
    with counter.street.use.database.reading() as session:
        assert history(session, link, single=True).count == 2


def test_an_unbound_stamp_says_so_and_is_never_green(counter: Counter) -> None:
    assert counter.ask(UNBOUND, "").status == 307
    page = counter.ask(UNBOUND)
    assert page.status == 200
    assert "Tem này chưa được gắn với lô nào" in page.text
    assert "verdict note" in page.html
    assert "verdict good" not in page.html
    assert "CHE-1" not in page.text
    assert "OCOP 4 sao" not in page.text
    to_bind = urlencode({"stamp": f"https://tx.example{counter.path(UNBOUND)}"})
    assert f"/stamps?{to_bind}" in page.html
    english = counter.ask(UNBOUND, Accept_Language="en")
    assert "This stamp is not bound to any lot yet" in english.text


@pytest.mark.parametrize("place", [VOID, VOID_UNBOUND])
def test_a_void_stamp_says_so(counter: Counter, place: int) -> None:
    answer = counter.ask(place, "")
    assert answer.status == 410
    assert "Tem này đã bị hủy" in answer.text
    assert "Tem rách" in answer.text


def test_a_guess_was_never_issued(counter: Counter) -> None:
    path = counter.path(BOUND)
    guess = path[:-1] + ("0" if path[-1] != "0" else "1")
    answer = counter.street.ask(guess)
    assert answer.status == 404
    assert "Không tìm thấy mã này" in answer.text


def test_a_lots_own_serial_without_its_lot_is_not_found(counter: Counter) -> None:
    lot, serial = counter.street.label.split("/21/")
    answer = counter.street.ask(f"{lot.split('/10/')[0]}/21/{serial}")
    assert answer.status == 404


def test_a_stamp_with_its_lot_written_in_is_the_lots(counter: Counter) -> None:
    serial = counter.labels[BOUND].serial
    page = counter.street.ask(f"/p{counter.street.lot}/21/{serial}")
    assert "Thông tin lô đã được xác thực" in page.text
    unbound = counter.labels[UNBOUND].serial
    page = counter.street.ask(f"/p{counter.street.lot}/21/{unbound}")
    assert "Tem này chưa được gắn với lô nào" in page.text


def test_the_linkset_of_a_stamp_goes_from_it_over_its_lot_to_the_product(
    counter: Counter,
) -> None:
    def anchors(place: int) -> list[str]:
        answer = counter.ask(place, "", Accept="application/linkset+json")
        return [one["anchor"] for one in json.loads(answer.body)["linkset"]]

    origin = "https://tx.example"
    product = origin + counter.street.product
    lot = counter.street.house.batch.digital_link
    assert anchors(BOUND) == [origin + counter.path(BOUND), lot, product]
    assert anchors(UNBOUND) == [product]


def test_outsiders_get_the_binding_and_no_other_ones(counter: Counter) -> None:
    use = counter.street.use
    with use.database.reading() as session:
        evidence = evidence_for_others(
            session, counter.labels[BOUND].link, sources=sources_of(use)
        )
    types = [one.credential.type for one in evidence.opened if one.credential]
    assert types.count("LabelBindingRecord") == 1
    assert evidence.subject == counter.street.house.batch.digital_link
    assert all(one.sound for one in evidence.opened)


def test_a_typed_serial_leads_to_its_stamp(counter: Counter) -> None:
    use = counter.street.use
    for place in (BOUND, UNBOUND):
        label = counter.labels[place]
        with use.database.reading() as session:
            found = links_of_serial(session, label.serial, sources=sources_of(use))
        assert found == [str(DigitalLink.parse(label.link))]


def test_the_bundle_of_a_stamp_is_that_of_its_lot_and_label(counter: Counter) -> None:
    answer = counter.street.ask(f"/bundles{counter.path(BOUND)}.zip")
    assert answer.status == 200
    assert answer.body.startswith(b"PK")
    assert counter.street.ask(f"/bundles{counter.path(UNBOUND)}.zip").status == 404


def test_binding_changes_the_page_at_once(counter: Counter) -> None:
    """A page that was kept is not given again once its stamp is bound."""
    place = 90
    assert "chưa được gắn" in counter.ask(place).text
    stamps = Stamps(
        counter.street.use.database,
        counter.street.house.producer,
        notary_of(counter.street.use),
        label_keys_of(counter.street.use),
    )
    with stamps.database.reading() as session:
        run = stamps.state(counter.labels[place].serial).run
        assert run is not None
        session.expunge_all()
    stamps.bound(counter.street.house.another_lot(), run, 88, 92)
    assert "Số lô CHE-2" in counter.ask(place).text
