"""A page is kept, and never shown when anything it rests on has changed."""

import gzip
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from tests.batches.make_batches import make_draft
from tests.conftest import FixedClock
from tests.lookup.make_lookup import Answer, Street
from tests.lookup.test_page import NOTICE, batch_of, changed
from tests.verification.make_house import void_first
from traceability.accounts.models import Organisation
from traceability.batches.service import correct_batch
from traceability.batches.status.service import (
    hold_batch,
    recall_batch,
    release_batch,
)
from traceability.catalog.models import Product
from traceability.db.database import Database
from traceability.db.stamps import Stamps
from traceability.gs1.digital_link import DigitalLink
from traceability.lookup.stored import PageStore, StoredPage
from traceability.ocop.models import Recognition
from traceability.ocop.rules import WithdrawalReason
from traceability.ocop.service import withdraw
from traceability.records.notary import notary_of
from traceability.scans.service import Sighting, store
from traceability.signing.keys import KeyRole
from traceability.signing.keystore import KeyStore

GREEN = "Thông tin lô đã được xác thực"


def page(street: Street, path: str = "", **headers: str) -> Answer:
    return street.ask(f"/p{path or street.label}", **headers)


def warm(street: Street) -> None:
    for path in (street.label, street.lot, street.product):
        assert page(street, path).body == page(street, path).body
    assert GREEN in page(street).text


@contextmanager
def statements(street: Street) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    engine = street.use.database.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_a_kept_page_reads_nothing(street: Street) -> None:
    warm(street)
    with statements(street) as seen:
        assert GREEN in page(street).text
    assert seen == []


def test_what_lots_share_is_not_read_again_for_another_label(street: Street) -> None:
    warm(street)
    other = DigitalLink.parse(street.house.serials[2].link).path()
    with statements(street) as seen:
        assert GREEN in page(street, other).text
    assert not [one for one in seen if "signed_record" in one]


def test_a_hold_its_end_and_a_recall_show_at_once(street: Street) -> None:
    house, notary = street.house, notary_of(street.house.use)
    warm(street)
    for change, said in (
        (hold_batch, "Lô hàng tạm ngừng lưu thông"),
        (release_batch, GREEN),
        (recall_batch, "LÔ HÀNG ĐANG THU HỒI"),
    ):
        with house.use.database.transaction() as session:
            batch = batch_of(session, house)
            change(session, batch, NOTICE, actor=house.officer, notary=notary)
        for path in (street.label, street.lot):
            assert said in page(street, path).text


def test_a_correction_shows_at_once(street: Street) -> None:
    warm(street)
    known = page(street).headers["etag"]
    assert page(street, If_None_Match=known).status == 304
    house, notary = street.house, notary_of(street.house.use)
    draft = make_draft(
        house.producer, lot_number=house.batch.lot_number, variety="Giống đã sửa"
    )
    with house.use.database.transaction() as session:
        batch = batch_of(session, house)
        actor = house.producer.actor
        correct_batch(session, batch, draft, "Ghi nhầm", actor=actor, notary=notary)
    for path in (street.label, street.lot):
        assert "Giống đã sửa" in page(street, path, If_None_Match=known).text
        assert "Giống đã sửa" in page(street, path).text


def test_withdrawn_stars_are_outlines_at_once(street: Street) -> None:
    warm(street)
    house = street.house
    changed(
        street,
        lambda session: withdraw(
            session,
            session.get_one(Recognition, house.recognition.id),
            on=house.use.clock.today(),
            reason=WithdrawalReason.LAW_BROKEN,
            actor=house.officer,
            notary=notary_of(house.use),
        ),
    )
    for path in (street.label, street.product):
        assert 'class="full"' not in page(street, path).html


def test_a_void_label_is_gone_at_once(street: Street) -> None:
    first = DigitalLink.parse(street.house.serials[0].link).path()
    assert GREEN in page(street, first).text
    void_first(street.house)
    assert page(street, first).status == 410
    assert GREEN in page(street).text


def rename(session: Session, street: Street) -> None:
    product = session.get_one(Product, street.house.producer.product_id)
    product.story_vi = "Chuyện mới"


def hide(session: Session, street: Street) -> None:
    owner = session.get_one(Organisation, street.house.batch.organisation_id)
    owner.phone = "0900 111 222"


@pytest.mark.parametrize(
    ("change", "said"), [(rename, "Chuyện mới"), (hide, "0900 111 222")]
)
def test_what_nobody_signed_shows_at_once_too(
    light_street: Street, change: Callable[[Session, Street], None], said: str
) -> None:
    warm(light_street)
    changed(light_street, lambda session: change(session, light_street))
    for path in (light_street.label, light_street.lot, light_street.product):
        assert said in page(light_street, path).text


def test_an_altered_row_of_the_log_or_a_record_is_noticed(light_street: Street) -> None:
    warm(light_street)

    def alter(session: Session) -> None:
        names = text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in session.execute(names).all():
            session.execute(text(f'DROP TRIGGER "{name}"'))
        session.execute(
            text("UPDATE signed_record SET token = 'x' || token WHERE subject = :lot"),
            {"lot": light_street.house.batch.digital_link},
        )

    changed(light_street, alter)
    assert "Không xác thực được" in page(light_street).text


def test_a_day_that_ends_ends_the_page(light_street: Street, clock: FixedClock) -> None:
    warm(light_street)
    clock.instant += timedelta(days=364)
    assert "Đã quá hạn sử dụng" in page(light_street).text
    assert page(light_street).text == page(light_street).text


def test_signs_of_copying_show_at_once(street: Street) -> None:
    warm(street)
    link, hour = f"https://tx.example{street.label}", street.house.use.clock.now()
    group = [Sighting(link, hour, "live", f"{n:016x}") for n in range(6)]
    changed(street, lambda session: store(session, group))
    assert "nhiều máy khác nhau" in page(street).text


def test_each_scan_is_counted_on_a_kept_page(street: Street) -> None:
    warm(street)
    for times in (1, 2):
        street.ask(street.label)
        assert f"được quét {times} lần" in page(street).text
    street.counter.flush()
    assert "được quét 2 lần" in page(street).text


def test_a_disowned_key_ends_the_page(light_street: Street, clock: FixedClock) -> None:
    warm(light_street)
    store_ = light_street.use.get(KeyStore)
    store_.revoke(store_.signer(KeyRole.RECORD).kid, 0, clock)
    assert "Không xác thực được" in page(light_street).text


def test_keys_that_cannot_be_read_end_the_page(light_street: Street) -> None:
    warm(light_street)
    (light_street.use.settings.keys / "trust-list.jws").write_text("x")
    assert GREEN not in page(light_street).text
    assert "Hệ thống hiện không đọc được" in page(light_street).text


def test_another_process_writes_and_the_page_shows_it(street: Street) -> None:
    warm(street)
    script = (
        "import sys; from sqlalchemy import text;"
        "from traceability.db.database import Database;"
        "database = Database(sys.argv[1]);\n"
        "with database.transaction() as session:\n"
        "    session.execute(text(sys.argv[2]))\n"
        "database.dispose()"
    )
    url = street.use.database.engine.url.render_as_string(hide_password=False)
    change = "UPDATE organisation SET phone = '0911 222 333'"
    subprocess.run([sys.executable, "-c", script, url, change], check=True)  # noqa: S603
    assert "0911 222 333" in page(street).text


def test_a_stamp_stands_still_until_somebody_commits(database: Database) -> None:
    stamps = Stamps(database)
    begin = stamps.now()
    assert begin is not None
    with database.reading() as session:
        session.execute(text("SELECT count(*) FROM batch"))
    assert stamps.now() == begin
    with database.transaction() as session:
        session.execute(text("DELETE FROM batch"))
        session.execute(text("INSERT INTO scan_day VALUES ('x', '2026-11-22', 1)"))
        assert stamps.now() == begin
    assert stamps.now() != begin
    again = stamps.now()
    stamps.close()
    assert stamps.now() not in {begin, again}


def test_without_an_answer_there_is_no_stamp(database: Database) -> None:
    stamps = Stamps(database)
    stamps._question = "no question"  # noqa: SLF001 (what a lost server amounts to)
    assert stamps.now() is None


def test_the_page_comes_packed_to_who_can_read_it(still_street: Street) -> None:
    plain = page(still_street, Accept_Encoding="identity")
    packed = page(still_street, Accept_Encoding="gzip, br")
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert gzip.decompress(packed.body) == plain.body
    assert packed.headers["etag"] != plain.headers["etag"]
    for one in (plain, packed):
        assert one.headers["vary"] == "Accept-Encoding, Accept-Language"
        assert one.headers["content-security-policy"]
    refused = page(still_street, Accept_Encoding="gzip;q=0")
    assert "content-encoding" not in refused.headers
    known = page(
        still_street, Accept_Encoding="gzip", If_None_Match=packed.headers["etag"]
    )
    assert (known.status, known.body) == (304, b"")
    assert known.headers["cache-control"] == "public, max-age=0, must-revalidate"


def test_languages_are_kept_apart(still_street: Street) -> None:
    for _ in range(2):
        for language, said in (("vi", GREEN), ("en", "is verified")):
            assert said in page(still_street, Accept_Language=language).text


def test_the_store_is_bounded_and_forgets_the_oldest() -> None:
    pages = PageStore(most_bytes=2_000)
    small = StoredPage(b"x" * 400, "vi")
    for key in "abc":
        pages.put(key, 1, small)
        pages.put(key, 1, small)
    assert pages.get("a", 1) is None
    assert pages.get("b", 1) == pages.get("c", 1) == small
    assert pages.get("c", 2) is None
