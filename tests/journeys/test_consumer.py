"""A stranger in a shop: what the page says in every state, and telling a problem."""

import pytest

from tests.journeys.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow]

VERIFIED = {
    "vi": "Thông tin lô đã được xác thực",
    "en": "The information about this lot is verified",
}
WHOLE_LOT = {
    "vi": "Thông tin lô đã được xác thực (mã chung cho cả lô)",
    "en": "The information about this lot is verified (one code for the lot)",
}
NOT_FOUND = {"vi": "Không tìm thấy mã này", "en": "This code was not found"}
LANGUAGES = ["vi", "en"]


def scan(visitor: Visitor, link: str, language: str) -> int:
    joint = "&" if "?" in link else "?"
    return visitor.open(f"{link}{joint}lang={language}").status


def label_of(visitor: Visitor, lot: str, position: int = 0) -> str:
    return visitor.service.opened(visitor.service.labels(lot)[position])


@pytest.mark.parametrize("language", LANGUAGES)
class TestEveryStateHasItsWords:
    def test_a_label_of_a_sound_lot_is_verified(
        self, phone: Visitor, language: str
    ) -> None:
        scan(phone, label_of(phone, "BT-261114-1"), language)
        assert phone.verdict == VERIFIED[language]
        assert phone.page.locator(".stars.held").count() == 1
        assert phone.reads("SAMPLE-QD-01")
        assert phone.reads("20/12/2028")
        assert not phone.reads("hàng thật")

    def test_a_lots_own_code_says_that_it_is_shared(
        self, phone: Visitor, language: str
    ) -> None:
        scan(phone, phone.service.lot("BT-261114-1"), language)
        assert phone.verdict == WHOLE_LOT[language]

    def test_a_recalled_lot_says_so_on_top_with_what_to_do(
        self, phone: Visitor, language: str
    ) -> None:
        told = {
            "vi": ["LÔ HÀNG ĐANG THU HỒI", "Túi hở, có mốc", "trả lại nơi mua"],
            "en": ["THIS LOT IS BEING RECALLED", "Leaking bags, mould", "return it"],
        }[language]
        scan(phone, label_of(phone, "TS-260813-1"), language)
        assert phone.verdict == told[0]
        assert all(phone.reads(text) for text in told)
        top = phone.page.locator(".verdict").bounding_box()
        name = phone.page.locator("h1").bounding_box()
        assert top is not None
        assert name is not None
        assert top["y"] < name["y"]
        assert top["y"] < 200  # before any scrolling

    def test_an_expired_lot_says_since_when(
        self, phone: Visitor, language: str
    ) -> None:
        told = {
            "vi": "Đã quá hạn sử dụng từ 08/11/2026",
            "en": "Past its use-by date since 08/11/2026",
        }
        scan(phone, phone.service.lot("PR-260312-1"), language)
        assert phone.verdict == told[language]
        assert phone.reads("PR-260312-1")

    def test_a_void_label_says_why(self, phone: Visitor, language: str) -> None:
        told = {"vi": "Tem này đã bị hủy", "en": "This label was cancelled"}
        status = scan(phone, label_of(phone, "BT-261114-1", -1), language)
        assert (status, phone.verdict) == (410, told[language])
        assert phone.reads("Tem mẫu in hỏng")

    def test_an_unknown_serial_is_not_found(
        self, phone: Visitor, language: str
    ) -> None:
        link = phone.service.lot("BT-261114-1") + "/21/0000ZZZZZZZZZ"
        status = scan(phone, link, language)
        assert (status, phone.verdict) == (404, NOT_FOUND[language])
        assert phone.page.locator(".stars").count() == 0

    def test_an_unknown_lot_of_a_known_product_says_so(
        self, phone: Visitor, language: str
    ) -> None:
        told = {
            "vi": "Sản phẩm có đăng ký, lô này thì không",
            "en": "The product is registered, this lot is not",
        }
        product = phone.service.lot("BT-261114-1").partition("/10/")[0]
        scan(phone, f"{product}/10/NEVER-1", language)
        assert phone.verdict == told[language]
        assert phone.reads("NEVER-1")

    def test_stars_that_lapsed_since_are_outlines_and_words(
        self, phone: Visitor, language: str
    ) -> None:
        told = {
            "vi": "Có hiệu lực khi sản xuất lô này; đã hết hạn từ 21/06/2026",
            "en": "Held when this lot was made; expired since 21/06/2026",
        }
        scan(phone, label_of(phone, "TK-260610-1"), language)
        assert phone.verdict == VERIFIED[language]
        assert phone.reads(told[language])
        assert phone.page.locator(".stars .full").count() == 0

    def test_stars_that_were_withdrawn_are_outlines_and_words(
        self, phone: Visitor, language: str
    ) -> None:
        told = {
            "vi": "đã bị thu hồi từ 10/09/2026",
            "en": "withdrawn on 10/09/2026",
        }
        scan(phone, label_of(phone, "TC-260815-1"), language)
        assert phone.reads(told[language])
        assert phone.page.locator(".stars .full").count() == 0

    def test_a_code_that_is_no_link_is_explained(
        self, phone: Visitor, language: str
    ) -> None:
        told = {"vi": "Mã này không đọc được", "en": "This code cannot be read"}
        status = scan(phone, "/01/09520009999995/10/A", language)
        assert (status, phone.verdict) == (400, told[language])

    def test_a_product_without_a_lot_asks_for_the_code_on_a_pack(
        self, phone: Visitor, language: str
    ) -> None:
        told = {"vi": "Đây là trang sản phẩm", "en": "This is the product"}
        scan(phone, phone.service.lot("BT-261114-1").partition("/10/")[0], language)
        assert phone.reads(told[language])
        assert phone.page.locator(".verdict").count() == 0


def test_a_lot_that_an_officer_holds_says_by_whom(
    phone: Visitor, stranger: Visitor
) -> None:
    stranger.enter("officer@sample.example")
    stranger.open("/batches")
    stranger.fill(q="GC-260706-1")
    stranger.press("Tìm")
    stranger.follow("Lô GC-260706-1")
    stranger.follow("Tạm ngừng")
    stranger.fill(reason_vi="Chờ kết quả kiểm nghiệm.", contact="0200 000 000")
    stranger.press("Xem lại")
    stranger.press("Ký tạm ngừng")
    scan(phone, label_of(phone, "GC-260706-1"), "vi")
    assert phone.verdict == "Lô hàng tạm ngừng lưu thông"
    assert phone.reads("Chờ kết quả kiểm nghiệm.")
    assert phone.reads("22/11/2026")
    assert phone.reads("0200 000 000")


def test_a_problem_reaches_the_producer_and_the_officer(
    phone: Visitor, stranger: Visitor, desk: Visitor
) -> None:
    scan(phone, label_of(phone, "BT-261114-1", 5), "vi")
    phone.press("Gửi phản ánh")
    phone.press("Gửi")
    assert phone.beside("kind")
    phone.choose("kind", "Bao bì ghi khác với trang này")
    phone.fill(text="Bao bì ghi 10 kg.", contact="0912 000 000")
    phone.press("Gửi")
    assert phone.reads("Cảm ơn")
    for visitor, login in [
        (stranger, "producer@sample.example"),
        (desk, "officer@sample.example"),
    ]:
        visitor.enter(login)
        visitor.open("/reports")
        assert visitor.reads("Bao bì ghi 10 kg.")
        assert visitor.reads("0912 000 000")
    desk.press("Đánh dấu đã xử lý")
    stranger.open("/reports")
    assert not stranger.reads("Bao bì ghi 10 kg.")


def test_a_typed_number_leads_to_the_labels_page(phone: Visitor) -> None:
    label = phone.service.labels("BT-261114-1")[7]
    phone.open("/")
    phone.fill(code=str(label.link))
    phone.press("Tra cứu")
    assert phone.reads("BT-261114-1")


def test_the_whole_page_reads_on_a_desk(desk: Visitor) -> None:
    scan(desk, label_of(desk, "TS-260812-1"), "vi")
    assert desk.verdict == VERIFIED["vi"]
    for lot in ["TS-260813-1", "PR-260312-1"]:
        scan(desk, desk.service.lot(lot), "vi")
    desk.open("/?lang=vi")
    desk.open(desk.service.lot("TS-260812-1") + "?linkType=linkset&lang=vi")
