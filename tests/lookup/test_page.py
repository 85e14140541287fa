"""The public page in every state, in both languages, whole and small."""

import io
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from secrets import token_bytes
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from tests.batches.make_batches import kilos, make_batch, taking
from tests.catalog.make_catalog import ip_right_draft
from tests.conftest import FixedClock
from tests.lookup.make_lookup import Answer, Street
from tests.verification.make_house import House, reprint_first, stars_draft, void_first
from traceability.accounts.models import Organisation
from traceability.batches.drafts import Notice
from traceability.batches.models import Batch
from traceability.batches.status.service import hold_batch, recall_batch, release_batch
from traceability.catalog.models import Product
from traceability.catalog.papers.service import register_ip_right
from traceability.catalog.photos import web_photo
from traceability.catalog.pictures.service import add_photo
from traceability.gs1.digital_link import DigitalLink
from traceability.lookup.showing import queries
from traceability.lookup.views import page as views
from traceability.ocop.models import Recognition
from traceability.ocop.rules import WithdrawalReason
from traceability.ocop.service import recognise, withdraw
from traceability.records.models import SignedRecord
from traceability.records.notary import notary_of
from traceability.scans.service import Sighting, store
from traceability.signing.errors import SignerDownError
from traceability.signing.keystore import KeyStore

NOTICE = Notice(
    reason_vi="Có mốc",
    reason_en="Mould",
    advice_vi="Không dùng; trả lại nơi mua",
    advice_en="Do not use; return it",
    contact="0900 000 000",
)


def page(street: Street, path: str, query: str = "", language: str = "vi") -> Answer:
    return street.ask(f"/p{path}{query}", Accept_Language=language)


def changed(street: Street, change: Callable[[Session], object]) -> None:
    with street.house.use.database.transaction() as session:
        change(session)


def batch_of(session: Session, house: House) -> Batch:
    return session.get_one(Batch, house.batch.id)


@pytest.mark.parametrize(
    ("language", "title", "signed"),
    [
        (
            "vi",
            "Thông tin lô đã được xác thực",
            "Chữ ký đúng, có trong nhật ký công khai từ 22/11/2026.",
        ),
        (
            "en",
            "The information about this lot is verified",
            "The signature is right; in the public log since 22/11/2026.",
        ),
    ],
)
def test_a_genuine_label_is_verified(
    still_street: Street, language: str, title: str, signed: str
) -> None:
    answer = page(still_street, still_street.label, language=language)
    assert answer.status == 200
    assert f"{title} {signed}" in answer.text
    assert f'<html lang="{language}">' in answer.html
    assert answer.headers["content-language"] == language


def test_scans_are_told_at_once_and_after_they_are_stored(street: Street) -> None:
    street.ask(street.label)
    told = "Mã này đã được quét 1 lần; lần đầu 22/11/2026."
    assert told in page(street, street.label).text
    street.counter.flush()
    assert told in page(street, street.label).text
    assert "scanned once, on 22/11/2026" in page(street, street.label, "?lang=en").text


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_scan_is_told_once_when_it_is_stored_while_the_page_is_made(
    street: Street, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    """Stored before the rows are read it is no longer waiting; after, not yet there."""
    made = queries.public_page

    def storing(*asked: Any) -> Any:
        if moment == "before":
            street.counter.flush()
        page = made(*asked)
        street.counter.flush()
        return page

    monkeypatch.setattr(views, "public_page", storing)
    street.ask(street.label)
    told = "Mã này đã được quét 1 lần; lần đầu 22/11/2026."
    assert told in page(street, street.label).text


def test_a_code_of_a_whole_lot_says_what_it_cannot_tell(still_street: Street) -> None:
    words = page(still_street, still_street.lot).text
    assert "Thông tin lô đã được xác thực (mã chung cho cả lô)" in words
    assert "Mã chung không phân biệt được tem sao chép." in words


def test_the_page_tells_in_the_order_a_buyer_asks(still_street: Street) -> None:
    words = page(still_street, still_street.label).text
    order = [
        "Chè mẫu",
        "Thông tin lô đã được xác thực",
        "OCOP 4 sao",
        "Ai làm, ở đâu",
        "Ngày tháng và số lô",
        "Đường đi của lô hàng",
        "Chứng nhận và nhãn hiệu",
        "Tự kiểm tra",
        "Gửi phản ánh",
    ]
    places = [words.index(one) for one in order]
    assert places == sorted(places)


def test_stars_come_with_decision_body_and_last_day(still_street: Street) -> None:
    answer = page(still_street, still_street.label)
    assert "OCOP 4 sao · Quyết định 12/QĐ-UBND, UBND tỉnh mẫu · đến" in answer.text
    assert answer.html.count('class="full"') == 4
    assert "nhập, hệ thống ký" in answer.text


def test_everything_it_rests_on_is_linked(still_street: Street) -> None:
    answer = page(still_street, still_street.label)
    check = answer.html.partition('id="check"')[2]
    targets = re.findall(r'href="(/[^"]+)"', check)
    kinds = {re.sub(r"[a-z0-9]{26}", "ID", one.partition("?")[0]) for one in targets}
    assert {"/records/ID", "/records/ID/proof", "/.well-known/trust-list.jws"} <= kinds
    assert {"/verify", "/credentials/ID"} <= kinds
    for target in targets:
        asks_to_sign_in = target.startswith("/inspection/open?")
        status = still_street.ask(target.replace("&amp;", "&")).status
        assert status == (303 if asks_to_sign_in else 200), target


def test_the_eleven_checks_are_listed(still_street: Street) -> None:
    answer = page(still_street, still_street.label)
    assert [f"<strong>{n}. " in answer.html for n in range(1, 12)] == [True] * 11


def test_it_needs_no_cookie_script_or_other_site(still_street: Street) -> None:
    answer = page(still_street, still_street.label)
    assert "set-cookie" not in answer.headers
    assert answer.headers["cache-control"] == "public, max-age=0, must-revalidate"
    assert "Accept-Language" in answer.headers["vary"]
    assert "<script" not in answer.html
    assert " style=" not in answer.html
    assert not re.findall(r'(?:src|href)="(?:https?:)?//(?!tx\.example)', answer.html)


def test_a_label_printed_once_more_says_so_and_no_other_does(
    light_street: Street,
) -> None:
    house = light_street.house
    again, other = (DigitalLink.parse(house.serials[one].link).path() for one in (1, 2))
    told = "Tem này được in lại ngày"
    reprint_first(house)  # the first two
    answer = page(light_street, again)
    why = "Bản in trước đó, mang cùng số, bị hỏng khi in và đã hủy. Chủ thể tự khai"
    assert f"{told} 22/11/2026 {why}" in answer.text
    [record] = re.findall(rf'{told}.*href="(/records/[^"]+)"', answer.html)
    assert "Kẹt giấy" in light_street.ask(record).html
    assert "Kẹt giấy" not in answer.html
    assert told not in page(light_street, other).text


def test_what_did_not_change_is_not_sent_again(still_street: Street) -> None:
    first = page(still_street, still_street.lot)
    again = still_street.ask(
        f"/p{still_street.lot}", If_None_Match=first.headers["etag"]
    )
    assert (again.status, again.body) == (304, b"")


@pytest.mark.parametrize(
    ("asked", "query", "language"),
    [
        ("", "", "vi"),
        ("fr", "", "vi"),
        ("vi,en;q=0.9", "", "vi"),
        ("en-US,en;q=0.9,vi;q=0.8", "", "en"),
        ("en", "?lang=vi", "vi"),
        ("vi", "?lang=en", "en"),
        ("vi", "?lang=xx", "vi"),
    ],
)
def test_the_language_is_asked_for_then_guessed(
    still_street: Street, asked: str, query: str, language: str
) -> None:
    answer = page(still_street, still_street.lot, query, asked)
    assert answer.headers["content-language"] == language


def test_the_other_language_keeps_the_seal(still_street: Street) -> None:
    sealed = DigitalLink.parse_with_query(still_street.house.sealed[0].qr_text)
    path, query = sealed[0].path(), f"?{sealed[1].raw}"
    answer = page(still_street, path, query)
    assert "Thông tin lô đã được xác thực" in answer.text
    assert f'href="{query}&amp;lang=en"' in answer.html


def test_a_dropped_seal_asks_for_attention(still_street: Street) -> None:
    path = DigitalLink.parse(still_street.house.sealed[0].link).path()
    words = page(still_street, path).text
    assert "Cần chú ý: mã này thiếu dấu niêm phong" in words
    assert "Thông tin lô đã được xác thực" not in words


def test_a_false_seal_cannot_be_verified(still_street: Street) -> None:
    path = DigitalLink.parse(still_street.house.sealed[0].link).path()
    answer = page(still_street, path, "?s=" + "0" * 200)
    assert "Không xác thực được Bước kiểm tra 3 trong 11 bước" in answer.text
    assert 'class="full"' not in answer.html


def test_a_code_seen_too_often_asks_for_attention(street: Street) -> None:
    link = f"https://tx.example{street.label}"
    hour = street.house.use.clock.now()
    changed(
        street,
        lambda session: store(
            session, [Sighting(link, hour, "live", f"{n:016x}") for n in range(6)]
        ),
    )
    answer = page(street, street.label)
    assert "Cần chú ý: mã này được quét bởi nhiều máy khác nhau" in answer.text
    assert "Có từ 6 máy khác nhau trở lên đã quét mã này trong vòng một giờ." in (
        answer.text
    )
    assert "Hãy đối chiếu bao bì" in answer.text
    assert answer.html.count(f'href="/report{street.label}?lang=vi"') == 2
    assert "nhiều máy khác nhau" not in page(street, street.lot).text


@pytest.mark.parametrize(
    ("days", "each", "said"),
    [(1, 12, "trong một ngày"), (6, 5, "trong vòng một tuần")],
)
def test_the_rule_that_was_broken_is_told(
    light_street: Street, days: int, each: int, said: str
) -> None:
    link = f"https://tx.example{light_street.label}"
    start = light_street.house.use.clock.now() - timedelta(days=20)
    group = [
        Sighting(link, start + timedelta(days=day, hours=n % 4), "live", f"{n:016x}")
        for day in range(days)
        for n in range(each)
    ]
    changed(light_street, lambda session: store(session, group))
    assert said in page(light_street, light_street.label).text


def test_a_right_to_a_sign_is_shown_with_its_voice(light_street: Street) -> None:
    house = light_street.house

    def declare(session: Session) -> None:
        product = session.get_one(Product, house.producer.product_id)
        owner = house.batch.organisation_id
        draft = ip_right_draft(product)
        notary, actor = notary_of(house.use), house.producer.actor
        register_ip_right(session, draft, owner=owner, actor=actor, notary=notary)

    changed(light_street, declare)
    for path in (light_street.lot, light_street.product):
        papers = page(light_street, path).html.partition('id="papers"')[2]
        assert "Dấu hiệu: " in papers
        assert "Chủ thể tự khai" in papers
        assert 'href="/records/' in papers


def test_a_recall_stands_above_everything(street: Street) -> None:
    notary, officer = notary_of(street.house.use), street.house.officer
    changed(
        street,
        lambda session: recall_batch(
            session,
            batch_of(session, street.house),
            NOTICE,
            actor=officer,
            notary=notary,
        ),
    )
    words = page(street, street.label).text
    assert "LÔ HÀNG ĐANG THU HỒI Lý do: Có mốc" in words
    assert "Không dùng; trả lại nơi mua Liên hệ: 0900 000 000" in words
    assert words.index("THU HỒI") < words.index("Chè mẫu")
    assert "Bản ghi về việc tạm ngừng hoặc thu hồi" in words
    english = page(street, street.label, "?lang=en").text
    assert "THIS LOT IS BEING RECALLED Reason: Mould" in english


def test_a_hold_is_told_with_day_and_party_and_ends(light_street: Street) -> None:
    house, notary = light_street.house, notary_of(light_street.house.use)
    changed(
        light_street,
        lambda session: hold_batch(
            session,
            batch_of(session, house),
            NOTICE,
            actor=house.officer,
            notary=notary,
        ),
    )
    words = page(light_street, light_street.lot).text
    assert "Lô hàng tạm ngừng lưu thông Lý do: Có mốc Từ ngày 22/11/2026, theo" in words
    changed(
        light_street,
        lambda session: release_batch(
            session,
            batch_of(session, house),
            NOTICE,
            actor=house.officer,
            notary=notary,
        ),
    )
    words = page(light_street, light_street.lot).text
    assert "Thông tin lô đã được xác thực" in words
    assert "Lô hàng tạm ngừng" not in words
    assert "Bản ghi về việc tạm ngừng" not in words


def test_past_its_use_by_date_the_record_stays_readable(
    light_street: Street, clock: FixedClock
) -> None:
    clock.instant += timedelta(days=364)
    words = page(light_street, light_street.label).text
    assert "Đã quá hạn sử dụng từ 21/11/2027" in words
    assert "CHE-1" in words
    assert "Thông tin lô đã được xác thực" not in words


def test_a_void_label_is_gone_and_says_why(street: Street) -> None:
    void_first(street.house)
    path = DigitalLink.parse(street.house.serials[0].link).path()
    for answer in (page(street, path), street.ask(path)):
        assert answer.status == 410
        assert answer.headers["cache-control"] == "no-store"
        assert "Tem này đã bị hủy Lý do: Tem in hỏng Từ ngày 22/11/2026." in answer.text
        assert "OCOP" not in answer.text


def test_a_serial_nobody_issued_is_not_found(still_street: Street) -> None:
    for serial in ("0000000000000", "S1", "x"):
        for prefix in ("", "/p"):
            answer = still_street.ask(f"{prefix}{still_street.lot}/21/{serial}")
            assert answer.status == 404
            assert "Không tìm thấy mã này Mã không do hệ thống này cấp." in answer.text
            assert "OCOP" not in answer.text
            assert "Gửi phản ánh" in answer.text


def test_a_serial_of_a_lot_nobody_registered_is_not_found(
    still_street: Street,
) -> None:
    answer = page(still_street, f"{still_street.product}/10/NONE/21/0000000000000")
    assert answer.status == 404


def test_an_unknown_lot_walks_up_to_its_product(still_street: Street) -> None:
    answer = page(still_street, f"{still_street.product}/10/NONE")
    assert answer.status == 200
    assert "Sản phẩm có đăng ký, lô này thì không" in answer.text
    assert "Không ai đăng ký lô NONE tại đây." in answer.text
    assert "OCOP 4 sao" in answer.text
    assert "Tự kiểm tra" not in answer.text


def test_a_draft_is_an_unknown_lot_to_strangers(light_street: Street) -> None:
    with light_street.house.use.database.transaction() as session:
        session.execute(
            text("UPDATE batch SET state = 'draft' WHERE lot_number = 'CHE-1'")
        )
    assert "lô này thì không" in page(light_street, light_street.lot).text


def test_a_product_page_asks_for_the_code_on_the_pack(still_street: Street) -> None:
    answer = page(still_street, still_street.product)
    assert answer.status == 200
    assert "Hãy quét mã trên bao bì để xem đúng lô hàng." in answer.text
    assert "đã được xác thực" not in answer.text


def behind_the_triggers(street: Street, statement: str, **values: object) -> None:
    """Change rows as somebody with the disk could."""

    def alter(session: Session) -> None:
        names = text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in session.execute(names).all():
            session.execute(text(f'DROP TRIGGER "{name}"'))
        session.execute(text(statement), values)

    changed(street, alter)


@pytest.mark.parametrize("cut", [-4, 8])
def test_an_altered_record_cannot_be_verified(light_street: Street, cut: int) -> None:
    with light_street.house.use.database.reading() as session:
        record = session.scalars(
            select(SignedRecord).where(
                SignedRecord.subject == light_street.house.batch.digital_link
            )
        ).one()
    forged = f"{record.token[:cut]}AAAA{record.token[cut:][4:]}"
    behind_the_triggers(
        light_street,
        "UPDATE signed_record SET token = :token WHERE id = :id",
        token=forged,
        id=record.id,
    )
    answer = page(light_street, light_street.label)
    assert answer.status == 200
    assert "Không xác thực được Bước kiểm tra 5 trong 11 bước" in answer.text
    assert 'class="full"' not in answer.html
    assert "Chứng nhận và nhãn hiệu" not in answer.text


def test_facts_are_those_that_were_signed_not_those_of_the_row(
    light_street: Street,
) -> None:
    before = page(light_street, light_street.lot).text
    behind_the_triggers(
        light_street,
        "UPDATE batch SET amount = '999999', production_date = '2020-01-01',"
        " variety = 'giả mạo' WHERE lot_number = 'CHE-1'",
    )
    after = page(light_street, light_street.lot).text
    assert "999999" not in after.replace(".", "")
    assert "giả mạo" not in after
    lot = before.partition("Số lô")[2].partition("Đường đi")[0]
    assert lot == after.partition("Số lô")[2].partition("Đường đi")[0]


def test_what_cannot_be_checked_now_is_never_green(
    light_street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_: object) -> None:
        raise SignerDownError("The keys cannot be used.")

    monkeypatch.setattr(KeyStore, "mac", down)
    answer = page(light_street, light_street.label)
    assert answer.status == 200
    assert "Chưa kiểm tra lại được (dữ liệu lúc 22/11/2026 10:00)" in answer.text
    assert 'class="verdict open' in answer.html


THREE_YEARS_AGO = date(2023, 11, 21)


def test_lapsed_stars_are_outlines_and_say_both(light_street: Street) -> None:
    house = light_street.house

    def begin_earlier(session: Session) -> None:
        session.execute(delete(Recognition))
        draft = stars_draft(house.producer.product_id)
        draft = replace(draft, issued=THREE_YEARS_AGO, rules="")
        recognise(session, draft, actor=house.officer, notary=notary_of(house.use))

    changed(light_street, begin_earlier)
    answer = page(light_street, light_street.lot)
    said = "Có hiệu lực khi sản xuất lô này; đã hết hạn từ 22/11/2026."
    assert said in answer.text
    assert answer.html.count('class="empty"') == 4
    assert 'class="full"' not in answer.html


def test_withdrawn_stars_are_outlines(light_street: Street) -> None:
    house = light_street.house

    def take_back(session: Session) -> None:
        withdraw(
            session,
            session.get_one(Recognition, house.recognition.id),
            on=date(2026, 11, 22),
            reason=WithdrawalReason.CRITERIA_NOT_MET,
            actor=house.officer,
            notary=notary_of(house.use),
        )

    changed(light_street, take_back)
    answer = page(light_street, light_street.lot)
    assert "đã bị thu hồi từ 22/11/2026" in answer.text
    assert 'class="full"' not in answer.html
    assert "Thông tin lô đã được xác thực" in answer.text


def test_a_private_household_is_never_named(light_street: Street) -> None:
    house = light_street.house

    def hide(session: Session) -> None:
        owner = session.get_one(Organisation, house.batch.organisation_id)
        owner.name_public, owner.phone = False, "0912345678"

    changed(light_street, hide)
    for path in (light_street.lot, light_street.product, light_street.label):
        answer = page(light_street, path)
        assert "HTX mẫu" not in answer.html
        assert "0912345678" not in answer.html
        assert "Hộ sản xuất (không công khai tên)" in answer.text


def test_what_a_producer_wrote_is_shown_and_never_run(light_street: Street) -> None:
    wrote = "<script>alert(1)</script>{{7*7}}"

    def write(session: Session) -> None:
        product = session.get_one(Product, house.producer.product_id)
        product.story_vi = product.ingredients = wrote

    house = light_street.house
    changed(light_street, write)
    answer = page(light_street, light_street.lot)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{7*7}}" in answer.html
    assert "<script>" not in answer.html


def noisy_picture() -> bytes:
    picture = Image.frombytes("RGB", (1000, 800), token_bytes(1000 * 800 * 3))
    stream = io.BytesIO()
    picture.save(stream, "PNG")
    return stream.getvalue()


def test_the_first_view_weighs_less_than_80_kilobytes(light_street: Street) -> None:
    house = light_street.house

    def with_photo(session: Session) -> None:
        product = session.get_one(Product, house.producer.product_id)
        product.story_vi = "Chuyện kể. " * 200
        photo = web_photo(noisy_picture())
        add_photo(
            session, product, photo, actor=house.producer.actor, clock=house.use.clock
        )

    changed(light_street, with_photo)
    answer = page(light_street, light_street.label)
    parts = re.findall(r'(?:src|href)="(/(?:static|photos)/[^"]+)"', answer.html)
    assert len(parts) == 3
    weights = [len(light_street.ask(part).body) for part in parts]
    assert all(weights)
    assert len(answer.body) + sum(weights) <= 80_000


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("vi", "Lô này làm từ lô BOT-1 (Chè mẫu), lô đó có ngoại lệ được ghi nhận"),
        ("en", "It is made from lot BOT-1"),
    ],
)
def test_an_exception_is_told_of_every_lot_made_from_its_lot(
    street: Street, language: str, said: str
) -> None:
    house, notary = street.house, notary_of(street.house.use)
    reason = "Thêm nước khi tráng"
    with house.use.database.transaction() as session:
        wet = make_batch(
            session,
            house.producer,
            notary,
            issued=True,
            lot_number="BOT-1",
            inputs=(taking(house.source, 50),),
            override_reason=reason,
        )
        made = [wet]
        for number in ("BANH-1", "HOP-1"):
            taken = make_batch(
                session,
                house.producer,
                notary,
                issued=True,
                lot_number=number,
                quantity=kilos(10),
                inputs=(taking(made[-1], 10),),
            )
            made.append(taken)
        own, *after = [DigitalLink.parse(one.digital_link).path() for one in made]
    told = page(street, own, language=language).text
    assert told.count(reason) == 1
    assert said not in told
    for path in after:
        told = page(street, path, language=language).text
        assert said in told
        assert told.count(reason) == 1
    assert reason not in page(street, street.lot, language=language).text
