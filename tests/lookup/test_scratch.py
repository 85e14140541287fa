"""A buyer scratches a label: what is told, what is counted, what is never written."""

import logging
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlencode

import pytest
from sqlalchemy import select

from tests.conftest import FixedClock
from tests.houses import Built
from tests.labels.make_scratch import hand_out
from tests.lookup.make_lookup import Answer, Street, open_street
from tests.verification.make_house import House, recall
from tests.web.make_web import make_app, make_services
from traceability.db.base import Base
from traceability.db.database import Database
from traceability.gs1.digital_link import DigitalLink
from traceability.labels.job import LabelKind, RunSpec
from traceability.labels.limits.service import set_activation
from traceability.labels.queries import RunRow
from traceability.labels.room import label_keys_of
from traceability.labels.service import VoidDraft, start_run, void_labels
from traceability.labels.stock import A4_24
from traceability.records.notary import notary_of
from traceability.scans.service import ScanCounter
from traceability.signing.keys import KeyRole
from traceability.signing.keystore import KeyStore

LABELS = 16


@dataclass
class Stall:
    """A street where labels with scratch codes are sold, each test another one."""

    street: Street
    clock: FixedClock
    row: RunRow
    codes: list[str]
    paths: list[str]
    sold: int = field(default=0)

    def buy(self) -> tuple[str, str]:
        """The path and the code of a label that nobody touched yet."""
        self.sold += 1
        return self.paths[self.sold - 1], self.codes[self.sold - 1]

    def type(self, path: str, code: str, lang: str = "vi") -> Answer:
        body = urlencode({"code": code})
        return self.street.ask(f"/scratch{path}?lang={lang}", "POST", body)


def scratch_run(house: House) -> tuple[RunRow, list[str]]:
    use = house.use
    with use.database.transaction() as session:
        run = start_run(
            session,
            house.batch,
            RunSpec(kind=LabelKind.SERIAL, count=LABELS, stock=A4_24, scratch=True),
            actor=house.producer.actor,
            notary=notary_of(use),
            keys=label_keys_of(use),
        )
    row = RunRow(run, house.batch)
    labels = row.job.labels(label_keys_of(use))
    return row, [DigitalLink.parse(one.link).path() for one in labels]


@pytest.fixture(scope="module")
def stall(
    tmp_path_factory: pytest.TempPathFactory, sqlite_house: Built
) -> Iterator[Stall]:
    folder = tmp_path_factory.mktemp("stall")
    rows = shutil.copyfile(sqlite_house.rows, folder / "test.sqlite3")
    database, clock = Database(f"sqlite:///{rows}"), FixedClock()
    house = sqlite_house.copied(folder / "home", database, clock)
    with open_street(house) as street:
        row, paths = scratch_run(house)
        codes = hand_out(house.use, row, house.producer.actor)
        yield Stall(street, clock, row, codes, paths)
    database.dispose()


def test_the_page_of_a_label_asks_for_its_code(stall: Stall) -> None:
    path, _code = stall.buy()
    page = stall.street.ask(f"/p{path}")
    assert "Cào lớp phủ và nhập 8 ký tự" in page.text
    assert f'action="/scratch{path}?lang=vi"' in page.html
    assert "/scratch" not in stall.street.ask(f"/p{stall.street.label}").html
    assert "/scratch" not in stall.street.ask(f"/p{stall.street.lot}").html


def test_the_first_right_code_says_that_it_is_the_first(stall: Stall) -> None:
    path, code = stall.buy()
    first = stall.type(path, f" {code[:4].lower()}-{code[4:]} ")
    assert first.status == 200
    told = "Mã đúng. Đây là lần đầu mã này được mở, 10 giờ ngày 22/11/2026."
    assert told in first.text
    assert "verdict good" in first.html
    assert "hàng thật" not in first.text.lower()


def test_a_photocopied_label_is_told_as_honestly(stall: Stall) -> None:
    path, code = stall.buy()
    stall.type(path, code)
    again = stall.type(path, code)
    assert again.status == 200
    told = "Mã đúng, nhưng đã được mở lần đầu lúc 10 giờ ngày 22/11/2026."
    assert told in again.text
    assert "tem có thể đã bị sao chép hoặc tái sử dụng" in again.text
    assert "verdict note" in again.html
    assert f"/report{path}" in again.html


def test_a_guesser_is_locked_out_and_told_where_help_is(stall: Stall) -> None:
    path, code = stall.buy()
    wrong = "0" * 8 if code != "0" * 8 else "1" * 8
    said = [stall.type(path, wrong) for _ in range(5)]
    assert [one.status for one in said] == [422] * 4 + [429]
    assert "Còn 4 lần thử" in said[0].text
    assert "Còn 1 lần thử" in said[3].text
    for locked in (said[4], stall.type(path, code)):
        assert "tem này tạm khóa" in locked.text
        assert "23/11/2026 10:00" in locked.text
        assert f"/report{path}" in locked.html
        assert 'name="code"' not in locked.html


def test_a_slip_of_the_finger_costs_no_try(stall: Stall) -> None:
    path, code = stall.buy()
    for _ in range(6):
        short = stall.type(path, code[:7])
        assert (short.status, "8 ký tự" in short.text) == (422, True)
    assert "Mã đúng" in stall.type(path, code).text


def test_no_code_is_written_anywhere(
    stall: Stall, caplog: pytest.LogCaptureFixture
) -> None:
    path, code = stall.buy()
    wrong = "ZZZZZZZZ"
    with caplog.at_level(logging.DEBUG):
        said = [
            stall.street.ask(f"/scratch{path}"),
            stall.type(path, wrong),
            stall.type(path, code),
            stall.type(path, code),
            stall.type(path, f"{code}U"),
        ]
    for answer in said:
        assert answer.headers["cache-control"] == "no-store"
        assert "set-cookie" not in answer.headers
        assert "location" not in answer.headers
        for typed in (code, wrong):
            assert typed not in answer.html
            assert typed not in str(answer.headers)
    assert code not in caplog.text
    assert wrong not in caplog.text
    with stall.street.use.database.reading() as session:
        for table in Base.metadata.sorted_tables:
            rows = str(session.execute(select(table)).all())
            assert code not in rows, table.name
            assert wrong not in rows, table.name


def test_a_code_in_an_address_is_not_read(stall: Stall) -> None:
    path, code = stall.buy()
    answer = stall.street.ask(f"/scratch{path}?code={code}", "POST", "")
    assert answer.status == 422
    assert "Mã đúng" not in answer.text
    assert "lần đầu mã này được mở" in stall.type(path, code).text


def test_english_is_spoken_too(stall: Stall) -> None:
    path, code = stall.buy()
    assert "opened for the first time now, at 10 o'clock on 22/11/2026" in (
        stall.type(path, code, "en").text
    )


def test_labels_without_a_code_have_no_form(stall: Stall) -> None:
    for path in (stall.street.label, stall.street.lot, stall.paths[0] + "X"):
        for answer in (
            stall.street.ask(f"/scratch{path}"),
            stall.type(path, "00000000"),
        ):
            assert answer.status == 404, path
            assert "không có mã cào" in answer.text
            assert answer.headers["cache-control"] == "no-store"


def test_a_void_label_opens_nothing(stall: Stall) -> None:
    path, code = stall.buy()
    first = stall.row.run.first_index
    assert first is not None
    index = first + stall.sold - 1
    house = stall.street.house
    with house.use.database.transaction() as session:
        void_labels(
            session,
            house.batch,
            VoidDraft(first=index, last=index, reason="Tem in hỏng"),
            actor=house.producer.actor,
            notary=notary_of(house.use),
        )
    refused = stall.type(path, code)
    assert refused.status == 404
    assert "Tem này đã hủy" in refused.text


def test_too_large_a_form_is_not_judged(stall: Stall) -> None:
    path, code = stall.buy()
    assert stall.type(path, code + " " * 5000).status == 422
    assert "Đây là lần đầu" in stall.type(path, code).text


def test_an_address_may_try_so_many_codes_a_minute(stall: Stall) -> None:
    use = stall.street.house.use
    limited = make_services(
        use.settings.home, use.database, stall.clock, rate_limit_scratch=2
    )
    app = make_app(limited)
    path, _code = stall.buy()
    client = app.test_client()
    here = {"base_url": "https://tx.example"}
    form = {"code": "00000000"}
    said = [client.post(f"/scratch{path}", data=form, **here) for _ in range(3)]
    assert [one.status_code for one in said] == [422, 422, 429]
    assert client.get(f"/scratch{path}", **here).status_code == 200
    app.extensions["traceability"].get(ScanCounter).stop()


def test_a_right_code_of_a_recalled_lot_is_never_green(
    light_street: Street,
) -> None:
    house = light_street.house
    row, paths = scratch_run(house)
    [code, *_] = hand_out(house.use, row, house.producer.actor)
    recall(house)
    body = urlencode({"code": code})
    answer = light_street.ask(f"/scratch{paths[0]}", "POST", body)
    assert "Lô này đã bị thu hồi" in answer.text
    assert "verdict note" in answer.html
    assert "verdict good" not in answer.html


def test_a_label_that_is_not_in_use_yet_is_never_green(light_street: Street) -> None:
    house = light_street.house
    with house.use.database.transaction() as session:
        set_activation(
            session, activates=True, actor=house.producer.actor, clock=house.use.clock
        )
    row, paths = scratch_run(house)
    [code, *_] = hand_out(house.use, row, house.producer.actor)
    answer = light_street.ask(f"/scratch{paths[0]}", "POST", urlencode({"code": code}))
    assert "tem này chưa được kích hoạt" in answer.text
    assert "Đây là lần đầu" in answer.text
    assert "verdict good" not in answer.html


def test_a_rotated_pepper_still_opens_what_was_handed_out_under_it(
    stall: Stall,
) -> None:
    house = stall.street.house
    store = house.use.get(KeyStore)
    before = store.mac(KeyRole.SCRATCH).key_id
    store.rotate(KeyRole.SCRATCH, stall.clock)
    assert store.mac(KeyRole.SCRATCH).key_id != before
    path, code = stall.buy()
    assert "Đây là lần đầu" in stall.type(path, code).text
    row, paths = scratch_run(house)
    [newer, *_] = hand_out(house.use, row, house.producer.actor)
    assert "Đây là lần đầu" in stall.type(paths[0], newer).text
