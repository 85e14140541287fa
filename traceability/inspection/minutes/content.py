"""What the minutes of a visit say, block by block, in Vietnamese. Pure.

It is a form of the Vietnamese administration, so its words are not translated. What the
authority must add by hand (the decision it acts on, the end, the signatures) stands as
dots. No law is cited: the authority knows which one it acts on.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from traceability.core.clock import HANOI
from traceability.inspection.record import SignedVisit
from traceability.inspection.visit import Result

DOTS = "." * 40
STATE = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc")
TITLE = "BIÊN BẢN KIỂM TRA"
SUBTITLE = "Về truy xuất nguồn gốc và tem của lô hàng"
RESULTS = {
    Result.CONFORMANT: "Phù hợp: không phát hiện sai khác tại thời điểm kiểm tra.",
    Result.NON_CONFORMANT: "Không phù hợp: có sai khác như đã nêu ở mục II.",
}
SIGNERS = (
    "ĐẠI DIỆN BÊN ĐƯỢC KIỂM TRA",
    "NGƯỜI CHỨNG KIẾN (nếu có)",
    "NGƯỜI LẬP BIÊN BẢN",
)


class Kind(StrEnum):
    """How a block looks."""

    HEADING = "heading"
    TEXT = "text"
    ITEM = "item"  # a name and what it is
    LONG = "long"  # what was typed, lines kept
    TABLE = "table"
    SMALL = "small"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One part of the minutes, top to bottom."""

    kind: Kind
    text: str = ""
    name: str = ""
    rows: Sequence[tuple[str, ...]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Minutes:
    """What is filled in of a visit; texts are as they were signed.

    ``checks`` are number, title and result in words. ``producer`` is empty where it
    keeps its name; ``record`` is where the signed record lies.
    """

    authority: str
    number: str
    visit: SignedVisit
    product: str = ""
    lot_number: str = ""
    producer: str = ""
    quantity: str = ""
    made_on: str = ""
    checks: Sequence[tuple[str, str, str]] = ()
    labels: str = ""
    record: str = ""
    log_index: int = 0
    digest: str = ""

    @property
    def number_line(self) -> str:
        """Return the number as the head of the page gives it."""
        return f"Số: {self.number or '.' * 12}"

    def blocks(self) -> Iterator[Block]:
        """Yield everything between the head and the signatures."""
        yield Block(kind=Kind.TEXT, text=f"Căn cứ: {DOTS}{DOTS}")
        yield Block(kind=Kind.TEXT, text=self._opening())
        yield from self._people()
        yield from self._goods()
        yield from self._found()
        yield from self._after()

    def _opening(self) -> str:
        draft = self.visit.draft
        commune = draft.place.commune
        where = [draft.place.text, commune.full_name if commune else ""]
        place = ", ".join(one for one in where if one) or DOTS
        return f"Hôm nay, {moment(draft.seen_at)}, tại: {place}."

    def _people(self) -> Iterator[Block]:
        yield _heading("I. THÀNH PHẦN")
        yield Block(kind=Kind.ITEM, name="1. Cơ quan kiểm tra", text=self.authority)
        yield Block(
            kind=Kind.ITEM, name="Người kiểm tra", text=self.visit.inspector or DOTS
        )
        met = "; ".join(self.visit.draft.met.splitlines()) or DOTS
        yield Block(kind=Kind.ITEM, name="2. Bên được kiểm tra", text=met)

    def _goods(self) -> Iterator[Block]:
        yield _heading("II. NỘI DUNG KIỂM TRA")
        yield _bold("1. Hàng hóa được kiểm tra")
        facts = (
            ("Sản phẩm", self.product),
            ("Số lô", self.lot_number),
            ("Chủ thể sản xuất", self.producer),
            ("Ngày sản xuất, thu hoạch", self.made_on),
            ("Lượng hàng của cả lô", self.quantity),
            ("Mã đọc được trên tem", self.visit.draft.link.partition("?")[0]),
        )
        for name, text in facts:
            if text:
                yield Block(kind=Kind.ITEM, name=name, text=text)

    def _found(self) -> Iterator[Block]:
        draft, number = self.visit.draft, 2
        if self.checks:
            yield _bold(f"{number}. Kết quả từng bước kiểm tra mã và hồ sơ điện tử")
            yield Block(
                kind=Kind.TABLE,
                rows=(("Bước", "Nội dung kiểm tra", "Kết quả"), *self.checks),
            )
            number += 1
        parts = (
            ("Số tem đã in so với số đơn vị hàng", self.labels),
            ("Hiện trạng ghi nhận", draft.notes or DOTS),
            ("Lấy mẫu", draft.sampling),
            ("Ảnh chụp kèm theo", self._photos()),
        )
        for name, text in parts:
            if text:
                yield _bold(f"{number}. {name}")
                yield Block(kind=Kind.LONG, text=text)
                number += 1

    def _photos(self) -> str:
        found = [f"SHA-256 {digest}" for digest in self.visit.photos]
        return "\n".join([f"{len(found)} ảnh:", *found]) if found else ""

    def _after(self) -> Iterator[Block]:
        draft = self.visit.draft
        yield _heading("III. KẾT QUẢ KIỂM TRA")
        yield _bold(RESULTS[draft.result])
        yield _heading("IV. BIỆN PHÁP XỬ LÝ")
        yield Block(kind=Kind.LONG, text=draft.measures or DOTS)
        yield _heading("V. Ý KIẾN CỦA BÊN ĐƯỢC KIỂM TRA")
        yield Block(kind=Kind.LONG, text=draft.opinion or DOTS)
        yield Block(kind=Kind.TEXT, text=_END)
        yield Block(kind=Kind.SMALL, text=self._record())

    def _record(self) -> str:
        entered = self.visit.entered_at.astimezone(HANOI)
        said = (
            f"Bản ghi điện tử của lần kiểm tra: {self.record}, mục {self.log_index} "
            f"của nhật ký minh bạch, SHA-256 {self.digest}. Nhập vào hệ thống "
            f"{moment(entered)}; cán bộ {self.authority} nhập, hệ thống ký."
        )
        if self.visit.draft.offline:
            said += " Ghi trên điện thoại khi không có mạng."
        return said


_END = (
    "Việc kiểm tra kết thúc hồi ...... giờ ...... phút cùng ngày. Biên bản được lập "
    "thành ...... bản, mỗi bên giữ ...... bản, đã đọc cho những người có tên ở mục I "
    "cùng nghe và ký tên dưới đây."
)


def moment(instant: datetime) -> str:
    """Return an instant as documents say it: ``hồi 09 giờ 30 phút, ngày …``."""
    local = instant.astimezone(HANOI)
    return (
        f"hồi {local.hour:02} giờ {local.minute:02} phút, ngày {local.day:02} tháng "
        f"{local.month:02} năm {local.year}"
    )


def _heading(text: str) -> Block:
    return Block(kind=Kind.HEADING, text=text)


def _bold(text: str) -> Block:
    return Block(kind=Kind.TEXT, name=text)
