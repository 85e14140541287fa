"""The columns of a file of lots, by the words people put above them. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from traceability.batches.importing.errors import ImportColumnError
from traceability.core.text import without_marks

MAX_INPUTS = 20


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its field, its headers, and what stands in the template."""

    field: str
    vi: str
    en: str
    others: tuple[str, ...] = ()
    required: bool = False
    example: str = ""
    hint_vi: str = ""


COLUMNS = (
    Column(
        "product",
        "Sản phẩm",
        "Product",
        ("gtin", "mã sản phẩm", "product code", "mã gtin"),
        required=True,
        example="9520001001017",
        hint_vi="Mã GTIN hoặc mã nội bộ của sản phẩm đã có trong danh mục",
    ),
    Column(
        "lot_number",
        "Số lô",
        "Lot number",
        ("lot", "mã lô"),
        example="261122-01",
        hint_vi="Tối đa 20 ký tự 0-9, A-Z và -. Để trống: hệ thống tự đặt",
    ),
    Column(
        "production_date",
        "Ngày sản xuất",
        "Production date",
        ("ngày thu hoạch", "ngày thu hoạch hoặc sản xuất", "harvest date"),
        required=True,
        example="20/11/2026",
        hint_vi="Ngày thu hoạch hoặc sản xuất: dd/mm/yyyy hoặc 2026-11-20",
    ),
    Column(
        "packaging_date",
        "Ngày đóng gói",
        "Packaging date",
        ("packing date",),
        example="21/11/2026",
    ),
    Column(
        "best_before",
        "Dùng tốt nhất trước",
        "Best before",
        ("dùng tốt nhất trước ngày",),
    ),
    Column(
        "expiry",
        "Hạn sử dụng",
        "Expiry",
        ("hạn dùng", "hsd", "expiry date"),
        example="20/11/2027",
    ),
    Column(
        "quantity",
        "Số lượng",
        "Quantity",
        ("khối lượng", "sản lượng"),
        required=True,
        example="1250.5",
        hint_vi="Số viết liền, dấu chấm cho phần lẻ: 1250.5 (không viết 1.250,5)",
    ),
    Column(
        "unit",
        "Đơn vị",
        "Unit",
        ("đơn vị tính", "đvt"),
        required=True,
        example="kg",
        hint_vi="kg, g, tạ (100 kg), tấn, lít, ml, đơn vị",
    ),
    Column(
        "site",
        "Nơi sản xuất",
        "Site",
        ("vùng trồng", "cơ sở", "địa điểm"),
        hint_vi="Tên hoặc mã GLN của vùng trồng, cơ sở. Để trống nếu chỉ có một nơi",
    ),
    Column("variety", "Giống", "Variety"),
    Column(
        "stage",
        "Công đoạn",
        "Stage",
        hint_vi="thu hoạch, giết mổ, sơ chế, xay xát, chế biến, ủ chượp, đóng gói",
    ),
)
INPUT_COLUMNS = (
    Column(
        "source",
        "Lô đầu vào",
        "Input lot",
        hint_vi="Số lô của mình, hoặc đường dẫn trên tem của lô đã cấp",
    ),
    Column(
        "outside",
        "Nguồn ngoài",
        "Outside source",
        hint_vi="Thứ mua ngoài, không có lô ở đây. Điền một trong hai",
    ),
    Column("outside_lot", "Số lô nguồn ngoài", "Outside lot"),
    Column(
        "supplier",
        "Nhà cung cấp",
        "Supplier",
        hint_vi="Chỉ lưu kín, không công khai",
    ),
    Column("amount", "Lượng đầu vào", "Input quantity"),
    Column("unit", "Đơn vị đầu vào", "Input unit"),
)
NOTES = {"ghi chu", "note", "notes"}
_NUMBERED = re.compile(r"(.*?) ?([0-9]{1,2})", re.ASCII)


def _folded(header: str) -> str:
    return re.sub(r"[^0-9a-z]+", " ", without_marks(header)).strip()


def _names(column: Column) -> set[str]:
    return {_folded(name) for name in (column.vi, column.en, *column.others)}


_PLAIN = {name: one.field for one in COLUMNS for name in _names(one)}
_OF_INPUTS = {name: one.field for one in INPUT_COLUMNS for name in _names(one)}


def field_of(header: str) -> str | None:
    """Return a header's field: ``quantity``, ``inputs-1-source``, or nothing.

    Accents, capitals and signs are overlooked; a column of notes is an empty text.
    """
    name = _folded(header)
    if name in NOTES:
        return ""
    if name in _PLAIN:
        return _PLAIN[name]
    numbered = _NUMBERED.fullmatch(name)
    if numbered and numbered[1] in _OF_INPUTS and 1 <= int(numbered[2]) <= MAX_INPUTS:
        return f"inputs-{int(numbered[2])}-{_OF_INPUTS[numbered[1]]}"
    return None


def recognised(headers: Sequence[str]) -> int:
    """Return how many headers are known."""
    return sum(bool(field_of(header)) for header in headers)


def places_of(headers: Sequence[str]) -> dict[str, int]:
    """Return in which column each field stands.

    Raises ``ImportColumnError`` naming what is missing, doubled or unknown.
    """
    places: dict[str, int] = {}
    for place, header in enumerate(headers):
        if not header.strip():
            continue
        field = field_of(header)
        if field is None:
            raise ImportColumnError(
                "The column “%(name)s” is not known.", name=header.strip()[:60]
            )
        if field in places:
            raise ImportColumnError(
                "The columns “%(name)s” and “%(other)s” mean the same.",
                name=headers[places[field]].strip()[:60],
                other=header.strip()[:60],
            )
        if field:
            places[field] = place
    missing = [one for one in COLUMNS if one.required and one.field not in places]
    if missing:
        raise ImportColumnError(
            "Columns are missing: %(names)s.",
            names=", ".join(f"{one.vi} ({one.en})" for one in missing),
        )
    return places
