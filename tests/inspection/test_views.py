"""An inspector's pages: open, record, list, correct, publish, take along."""

import csv
import io
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select, update

from tests.accounts.make_accounts import PASSWORD, make_organisation, make_person
from tests.inspection.make_inspection import (
    MET,
    NOTES,
    Inspector,
    make_inspector,
    make_photo,
    stored,
)
from tests.labels.make_stamps import Stamps
from tests.verification.make_house import House
from tests.web.make_web import Browser
from traceability.accounts.kinds import OrganisationKind
from traceability.catalog.models import Product
from traceability.core.permissions import Role
from traceability.events.models import TraceEvent
from traceability.inspection.visit import Place, Result
from traceability.labels.counting.queries import labels_in_log
from traceability.labels.room import label_keys_of
from traceability.records.models import SignedRecord, StoredDisclosure
from traceability.records.notary import notary_of


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def form(link: str, **changes: Any) -> dict[str, Any]:
    return {
        "link": link,
        "result": "conformant",
        "day": "22/11/2026",
        "hour": "9:30",
        "place": "Quầy 12, chợ mẫu",
        "commune": "05587",
        "notes": NOTES,
        "met": MET,
        **changes,
    }


def visit(inspector: Inspector, link: str, **changes: Any) -> str:
    """Record a visit by its form; return where it stands."""
    inspector.get(f"/inspection/record?link={link}")
    answer = inspector.post("/inspection/record", form(link, **changes))
    assert answer.status_code == 303, words(inspector.page)
    return str(answer.headers["Location"])


def test_an_opened_label_shows_checks_chain_labels_scans_and_visits(
    house: House, inspector: Inspector
) -> None:
    label = house.serials[0]
    inspector.record(house.batch.digital_link)
    inspector.get(f"/inspection/open?link={label.link}")
    page = words(inspector.page)
    assert "Thông tin lô đã được xác thực" in page
    for number in range(1, 12):
        assert f"{number}. " in page
    assert "LA-1" in page  # one step back
    assert "Chưa ai ghi lô này đã đi đâu." in page
    assert "10 tem còn giá trị, từ 2 đợt in đã ký." in page
    assert "Mã này chưa được quét lần nào." in page
    assert "Chi cục mẫu" in page
    assert "09:30" in page


def test_the_source_lot_leads_forward_to_the_lot_made_of_it(
    light_house: House, light_inspector: Inspector
) -> None:
    light_inspector.get(f"/inspection/open?link={light_house.source.digital_link}")
    page = words(light_inspector.page)
    assert "CHE-1" in page
    assert "Không có lô đầu vào" in page


def test_a_code_of_nobody_is_opened_all_the_same(light_inspector: Inspector) -> None:
    answer = light_inspector.get("/inspection/open?link=https://a.example/chu+khac")
    assert answer.status_code == 200
    assert "Ghi lần kiểm tra" in light_inspector.page


def test_more_labels_than_packs_are_said_in_words(
    light_house: House, light_inspector: Inspector
) -> None:
    """100 kg in packs of 12.5 kg are eight packs; ten labels were signed for."""
    _net(light_house, "12.5", "KGM")
    light_inspector.get(f"/inspection/open?link={light_house.batch.digital_link}")
    assert "số tem nhiều hơn 2" in words(light_inspector.page)
    _net(light_house, "500", "GRM")
    light_inspector.get(f"/inspection/open?link={light_house.batch.digital_link}")
    assert "không có tem thừa" in words(light_inspector.page)


def _net(house: House, amount: str, unit: str) -> None:
    with house.use.database.transaction() as session:
        session.execute(
            update(Product)
            .where(Product.id == house.batch.product_id)
            .values(net_amount=Decimal(amount), net_unit=unit)
        )


def test_a_photo_without_a_code_says_what_to_do(light_inspector: Inspector) -> None:
    light_inspector.get("/inspection/open")
    sent = {"photo": (io.BytesIO(make_photo()), "a.jpg")}
    answer = light_inspector.post("/inspection/open", sent)
    assert answer.status_code == 422
    assert 'id="photo-error"' in light_inspector.page


def test_a_visit_is_recorded_with_what_the_checks_said(
    house: House, inspector: Inspector
) -> None:
    link = house.serials[1].link
    where = visit(
        inspector, str(link), photos=[(io.BytesIO(make_photo()), "IMG_1.JPG")]
    )
    inspector.get(where)
    page = words(inspector.page)
    assert "Phù hợp" in page
    assert NOTES in page
    assert MET in page
    assert "Người dùng mẫu" in page
    assert "Cán bộ Chi cục mẫu nhập, hệ thống ký" in page
    assert "Quầy 12, chợ mẫu" in page
    assert "3. Dấu niêm phong trong mã đúng" in page  # as it was at the visit
    assert "seal-none" not in page  # a code is for machines; only failures name it
    [photo] = re.findall(
        r'src="(/inspections/[^"]+/photos/[0-9a-f]{64})"', page + inspector.page
    )
    shown = inspector.get(photo)
    assert shown.mimetype == "image/jpeg"
    assert b"Exif" not in shown.data


def test_a_form_sent_twice_is_one_visit(
    light_house: House, light_inspector: Inspector
) -> None:
    link = light_house.batch.digital_link
    light_inspector.get(f"/inspection/record?link={link}")
    [client] = re.findall(r'name="client_id" value="([^"]+)"', light_inspector.page)
    page = light_inspector.page
    for _ in range(2):
        light_inspector.page = page
        answer = light_inspector.post(
            "/inspection/record", form(link, client_id=client)
        )
        assert answer.status_code == 303
    assert len(stored(light_house.use)) == 1


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"result": ""}, "result"),
        ({"day": "31/2/2026"}, "day"),
        ({"hour": "25:00"}, "hour"),
        ({"day": "23/11/2026"}, ""),
        ({"place": "", "commune": ""}, "place"),
        ({"commune": "không có xã này"}, "commune"),
        ({"notes": "a\u202eb"}, "notes"),
        ({"notes": "đ" * 10_001}, "notes"),
    ],
)
def test_a_form_that_cannot_be_meant_is_shown_again(
    light_house: House,
    light_inspector: Inspector,
    change: Mapping[str, str],
    told: str,
) -> None:
    link = light_house.batch.digital_link
    light_inspector.get(f"/inspection/record?link={link}")
    answer = light_inspector.post("/inspection/record", form(link, **change))
    assert answer.status_code == 422
    assert not told or f'id="{told}-error' in light_inspector.page
    assert "Quầy 12" in light_inspector.page or "place" in change
    assert stored(light_house.use) == []


def test_what_was_typed_is_shown_as_text(
    light_house: House, light_inspector: Inspector
) -> None:
    evil = "<script>alert(1)</script> {{7*7}}"
    where = visit(light_inspector, light_house.batch.digital_link, notes=evil)
    light_inspector.get(where)
    assert "&lt;script&gt;alert(1)" in light_inspector.page
    assert "{{7*7}}" in light_inspector.page


def test_a_correction_is_a_new_version_and_the_old_one_stays(
    house: House, inspector: Inspector
) -> None:
    where = visit(inspector, house.batch.digital_link)
    inspector.get(f"{where}/correct")
    assert NOTES in inspector.page
    changed = form("", result="non_conformant", notes="Hai gói rách.")
    assert inspector.post(f"{where}/correct", changed).status_code == 303
    inspector.get(where)
    page = words(inspector.page)
    assert "Không phù hợp" in page
    assert "Hai gói rách." in page
    assert "Phiên bản 1" in page
    assert "Phiên bản 2" in page
    assert "3. Dấu niêm phong trong mã đúng" in page  # what was said then is kept
    with house.use.database.reading() as session:
        versions = session.scalars(
            select(SignedRecord.version).where(SignedRecord.type == "InspectionRecord")
        ).all()
    assert sorted(versions) == [1, 2]


def test_names_of_people_met_are_erased_from_every_version(
    house: House, inspector: Inspector
) -> None:
    where = visit(inspector, house.batch.digital_link)
    inspector.get(f"{where}/correct")
    inspector.post(f"{where}/correct", form("", notes="Sửa."))
    inspector.get(f"{where}/erase")
    assert inspector.post(f"{where}/erase").status_code == 303
    inspector.get(where)
    assert MET not in inspector.page
    assert "Sửa." in inspector.page
    with house.use.database.reading() as session:
        names = session.scalars(select(StoredDisclosure.name)).all()
    assert "met" not in names
    assert names.count("inspector") == 2


def test_nothing_is_public_until_the_authority_says_so(
    house: House, inspector: Inspector, app: Flask
) -> None:
    where = visit(inspector, house.batch.digital_link, result="non_conformant")
    path = house.batch.digital_link.removeprefix("https://tx.example")
    stranger = Browser(app)
    stranger.get(f"/p{path}")
    assert "Cơ quan nhà nước kiểm tra" not in stranger.page
    assert house.report(house.batch.digital_link).finding(8).result.value == "pass"
    inspector.get(where)
    assert inspector.post(f"{where}/publish").status_code == 303
    stranger.get(f"/p{path}")
    told = words(stranger.page)
    assert "Cơ quan nhà nước kiểm tra" in told
    assert "không đạt" in told
    for private in (NOTES, MET, "Quầy 12", "Người dùng mẫu"):
        assert private not in told
    report = house.report(house.batch.digital_link)
    assert [report.finding(number).result.value for number in (8, 10)] == ["pass"] * 2


def test_a_public_visit_that_is_corrected_is_told_anew(
    house: House, inspector: Inspector
) -> None:
    where = visit(inspector, house.batch.digital_link)
    inspector.get(where)
    inspector.post(f"{where}/publish")
    inspector.get(f"{where}/correct")
    inspector.post(f"{where}/correct", form("", result="non_conformant"))
    with house.use.database.reading() as session:
        events = session.scalars(
            select(TraceEvent)
            .where(TraceEvent.stage == "inspect")
            .order_by(TraceEvent.id)
        ).all()
    assert [one.disposition for one in events] == ["conformant", "non_conformant"]
    assert [one.wrong for one in events] == [True, False]
    assert events[0].corrected_by == events[1].event_id


def test_a_visit_is_published_once_and_only_to_a_lot_of_ours(
    light_house: House, light_inspector: Inspector
) -> None:
    ours = visit(light_inspector, light_house.batch.digital_link)
    light_inspector.get(ours)
    light_inspector.post(f"{ours}/publish")
    light_inspector.get(ours)
    assert light_inspector.post(f"{ours}/publish").status_code == 409
    other = visit(light_inspector, "https://a.example/01/09520001001017/10/A")
    light_inspector.get(other)
    assert "/publish" not in light_inspector.page
    assert light_inspector.post(f"{other}/publish").status_code == 409


def test_the_desk_names_what_waits(
    light_house: House, light_inspector: Inspector
) -> None:
    light_inspector.get("/today")
    assert "chưa lập biên bản" not in light_inspector.page
    where = visit(
        light_inspector, light_house.batch.digital_link, result="non_conformant"
    )
    light_inspector.get("/today")
    page = words(light_inspector.page)
    assert "1 lần kiểm tra không phù hợp mà lô chưa bị tạm ngừng" in page
    assert "1 lần kiểm tra chưa lập biên bản" in page
    light_inspector.get(where)
    light_inspector.post(f"{where}/minutes", {"number": "12/BB-KT"})
    light_inspector.get(where)
    assert "số 12/BB-KT" in words(light_inspector.page)
    light_inspector.get("/today")
    assert "chưa lập biên bản" not in light_inspector.page


def test_an_officer_is_led_from_a_bad_visit_to_the_hold(
    light_house: House, light_app: Flask, light_inspector: Inspector
) -> None:
    where = visit(
        light_inspector, light_house.batch.digital_link, result="non_conformant"
    )
    light_inspector.get(where)
    assert "/hold" not in light_inspector.page
    officer = person(light_house, light_app, Role.OFFICER)
    officer.get("/today")
    assert "1 lần kiểm tra không phù hợp" in words(officer.page)
    officer.get(where)
    [hold] = re.findall(r'href="(/batches/[^"]+/hold)"', officer.page)
    assert officer.get(hold).status_code == 200
    assert MET not in officer.page


def person(
    house: House, app: Flask, role: Role, login: str = "khac@example.com"
) -> Browser:
    make_person(house.use, role, login)
    browser = Browser(app)
    browser.sign_in(login, PASSWORD)
    return browser


def test_another_authority_reads_no_names_photos_or_minutes(
    light_house: House, light_app: Flask, light_inspector: Inspector
) -> None:
    where = visit(light_inspector, light_house.batch.digital_link)
    authority = make_organisation(
        light_house.use, OrganisationKind.INSPECTORATE, "Thanh tra khác"
    )
    other = make_inspector(light_house.use, light_app, "khac@example.com", authority)
    for path in ("", "/minutes.pdf", "/evidence.zip", "/correct"):
        assert other.get(f"{where}{path}").status_code == 404
    other.get("/inspections")
    assert "Chưa ghi lần kiểm tra nào" in other.page
    other.get(f"/inspection/open?link={light_house.batch.digital_link}")
    assert "Chi cục mẫu" in other.page
    assert where not in other.page
    officer = person(light_house, light_app, Role.OFFICER, "ba@example.com")
    officer.get(where)
    page = words(officer.page)
    assert NOTES in page
    assert MET not in page
    assert "Người dùng mẫu" not in page.replace("Người dùng mẫu Đăng xuất", "")
    for path in ("/minutes.docx", "/evidence.zip"):
        assert officer.get(f"{where}{path}").status_code == 404


def test_producers_and_strangers_see_nothing(
    light_house: House, light_app: Flask, light_inspector: Inspector
) -> None:
    where = visit(light_inspector, light_house.batch.digital_link)
    producer = person(light_house, light_app, Role.PRODUCER)
    for path in ("/inspections", where, "/inspection/open", "/inspection/record"):
        assert producer.get(path).status_code == 403
        led = Browser(light_app).get(path)
        assert led.headers["Location"].startswith("/sign-in?next=/inspection")


def listed(inspector: Inspector, query: str) -> int:
    assert inspector.get(f"/inspections?{query}").status_code == 200
    return inspector.page.count('<li class="card')


def test_the_list_is_filtered_by_day_result_producer_and_commune(
    light_house: House, light_inspector: Inspector
) -> None:
    link = light_house.batch.digital_link
    visit(light_inspector, link)
    visit(light_inspector, link, result="non_conformant", day="20/11/2026", commune="")
    visit(light_inspector, "https://a.example/01/09520001001017/10/A")
    for query, found in (
        ("", 3),
        ("result=non_conformant", 1),
        ("from=21/11/2026", 2),
        ("to=2026-11-20", 1),
        ("producer=HTX", 2),
        ("producer=khong", 0),
        ("commune=05587", 2),
        ("commune=khong+co", 0),
        ("unheld=1", 1),
        ("minutes=1", 3),
        (f"lot={light_house.batch.public_id}", 2),
    ):
        assert listed(light_inspector, query) == found, query
    for query in ("result=x", "page=0", "page=-1", "from=hôm+nay", "to=31/2/2026"):
        assert light_inspector.get(f"/inspections?{query}").status_code == 404, query


def test_a_long_list_has_pages(light_house: House, light_inspector: Inspector) -> None:
    for _ in range(51):
        light_inspector.record(light_house.batch.digital_link)
    assert listed(light_inspector, "") == 50
    assert 'rel="next"' in light_inspector.page
    assert listed(light_inspector, "page=2") == 1


def test_the_list_is_taken_along_as_filtered_and_runs_nothing(
    light_house: House, light_inspector: Inspector
) -> None:
    with light_house.use.database.transaction() as session:
        session.execute(
            update(Product)
            .where(Product.id == light_house.batch.product_id)
            .values(name_vi="=cmd|'/C calc'!A0")
        )
    visit(light_inspector, light_house.batch.digital_link)
    visit(light_inspector, light_house.batch.digital_link, result="non_conformant")
    answer = light_inspector.get("/inspections/list.csv?result=non_conformant")
    lines = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert len(lines) == 2
    assert lines[0][0] == "Thời điểm kiểm tra"
    assert lines[1][3] == "'=cmd|'/C calc'!A0"
    book = load_workbook(io.BytesIO(light_inspector.get("/inspections/list.xlsx").data))
    rows = list(book.worksheets[0].iter_rows())
    assert len(rows) == 3
    assert rows[1][3].value == "'=cmd|'/C calc'!A0"
    assert "f" not in {cell.data_type for row in rows for cell in row}
    assert MET not in answer.data.decode()


def test_the_public_page_says_how_many_labels_were_printed(
    light_house: House, light_app: Flask
) -> None:
    stranger = Browser(light_app)
    path = light_house.batch.digital_link.removeprefix("https://tx.example")
    stranger.get(f"/p{path}")
    assert "Đã in 10 tem cho lô này (2 đợt)." in words(stranger.page)
    assert "/inspection/open?link=" in stranger.page
    assert "nhiều hơn" not in words(stranger.page)


def test_the_public_page_says_that_a_lot_has_more_labels_than_packs(
    light_house: House, light_app: Flask
) -> None:
    _net(light_house, "12.5", "KGM")
    stranger = Browser(light_app)
    path = light_house.batch.digital_link.removeprefix("https://tx.example")
    stranger.get(f"/p{path}")
    assert "số tem còn giá trị nhiều hơn 2." in words(stranger.page)


def test_the_log_alone_tells_how_many_labels_a_lot_has(light_house: House) -> None:
    with light_house.use.database.reading() as session:
        [counted] = labels_in_log(session, counts=lambda _: True)
    assert counted.lot == light_house.batch.digital_link
    assert (counted.tally.runs, counted.tally.printed) == (2, 10)


def test_a_visit_recorded_past_the_forms_reads_the_same(
    light_house: House, light_inspector: Inspector
) -> None:
    row = light_inspector.record(
        light_house.batch.digital_link,
        result=Result.NON_CONFORMANT,
        place=Place(text="", commune_code="05587"),
    )
    light_inspector.get(f"/inspections/{row.public_id}")
    assert "Xã Bình Yên, tỉnh Thái Nguyên" in light_inspector.page


def test_a_bound_stamp_opens_its_lot_and_a_visit_names_it(
    light_house: House, light_inspector: Inspector
) -> None:
    use = light_house.use
    stamps = Stamps(
        use.database, light_house.producer, notary_of(use), label_keys_of(use)
    )
    run = stamps.printed()
    stamps.bound(light_house.batch, run, 0, 9)
    bound, unbound = stamps.labels(run)[0], stamps.labels(run)[10]
    light_inspector.get(f"/inspection/open?link={bound.link}")
    assert "CHE-1" in light_inspector.page
    visit = f"{light_house.batch.digital_link}/21/{bound.serial}"
    assert f'/inspection/record?link={visit}"' in light_inspector.page
    light_inspector.get(f"/inspection/open?link={unbound.link}")
    assert "Tem này chưa được gắn với lô nào" in light_inspector.page
    assert "CHE-1" not in light_inspector.page
