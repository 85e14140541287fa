"""Designs: what always stays, what the usual one is, and what is never cut short."""

from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings, strategies as st

from tests.labels.make_labels import (
    FACTS,
    TOO_SMALL,
    lot_labels,
    sealed_labels,
    serial_labels,
)
from traceability.labels.content import (
    CertificateFact,
    LabelFacts,
    human_text,
    paragraphs_of,
)
from traceability.labels.design import (
    ALWAYS,
    DEFAULT_DESIGN,
    Design,
    DesignPurpose,
    LabelField,
)
from traceability.labels.designs.schemas import lines_of, moved
from traceability.labels.errors import DesignFieldsError, LabelTooSmallError
from traceability.labels.label import Label
from traceability.labels.layout import lay_out
from traceability.labels.stock import A4_24, A4_65, STOCKS, Stock
from traceability.labels.typeface import width_of
from traceability.labels.typeset import HINT_SIZE

SAMPLES = [serial_labels(1)[0], sealed_labels(1)[0], lot_labels(1)[0]]
ROOMY = {
    kind: [stock for stock in STOCKS.values() if (stock.id, kind) not in TOO_SMALL]
    for kind in ("serial", "sealed", "lot")
}
PRINTABLE = [
    (stock, sample)
    for (kind, stocks), sample in zip(ROOMY.items(), SAMPLES, strict=True)
    for stock in stocks
]
EVERYTHING = Design(fields=tuple(LabelField), purpose=DesignPurpose.LABEL)
FULL = replace(
    FACTS,
    brand="Bao Thai Định Hóa",
    address="Xóm mẫu, xã Định Hóa, tỉnh Thái Nguyên",
    origin="Việt Nam",
    ingredients="Gạo Bao Thai 100%",
    ethanol="29,5 % vol",
    usage="Vo sạch, nấu với 1,1 phần nước",
    storage="Nơi khô ráo, thoáng mát",
    warnings="Không dùng khi có mùi mốc",
    certificates=(
        CertificateFact(public_id="c" * 26, kind="vietgap", number="VG-01"),
        CertificateFact(public_id="d" * 26, kind="other", number="K-7"),
    ),
)
GOLDEN = [
    ("Gạo Bao Thai Định Hóa", 5.0, 4.9),
    ("OCOP 4 sao · Túi 5 kg", 5.0, 12.13),
    ("Lô: BT-2026-001", 5.0, 19.361),
    ("NSX: 22/11/2026", 5.0, 26.591),
    ("HSD: 19/08/2027", 5.0, 33.822),
    ("Hợp tác xã nông sản…", 5.0, 41.052),
    ("MMM MMM MMMM MMM", 5.0, 48.283),
    ("Quét để kiểm tra nguồn gốc", 4.5, 55.023),
]
# The widest and the highest letters, both forms of composition, ends of lines, marks
# that no composed letter has, and words that no line can hold.
TEXTS = (
    *("brand", "responsible_name", "address", "origin", "ingredients"),
    *("ethanol", "usage", "storage", "warnings"),
)
words = st.one_of(
    st.text("aAạẤấỵgđĐƯửêỄWM5-/,.%", min_size=1, max_size=14),
    st.sampled_from(["W" * 60, "e\u0302\u0301", "x\u0302", "Ỗ\nỴ", "100%", "–"]),
)
texts = st.just("") | st.lists(words, min_size=1, max_size=30).map(" ".join)
days = st.none() | st.just(date(2026, 11, 22))
papers = st.lists(
    st.builds(
        CertificateFact,
        public_id=st.just("c" * 26),
        kind=st.sampled_from(["vietgap", "organic", "other"]),
        number=st.text("0123456789ABCW-/", min_size=1, max_size=40),
    ),
    max_size=6,
).map(tuple)
all_facts = st.builds(
    LabelFacts,
    product_name=st.lists(words, min_size=1, max_size=20).map(" ".join),
    lot_number=st.text("0123456789ABCMWXZ-", min_size=1, max_size=20),
    production_date=days,
    expiry=days,
    net_content=texts,
    producer_name=texts,
    stars=st.none() | st.integers(3, 5),
    certificates=papers,
    **dict.fromkeys(TEXTS, texts),
)
designs = st.builds(
    lambda order, chosen: Design(
        fields=tuple(one for one in order if one in chosen or one in ALWAYS)
    ),
    st.permutations(list(LabelField)),
    st.sets(st.sampled_from(list(LabelField))),
)


@settings(max_examples=50)
@given(all_facts, designs, st.sampled_from(PRINTABLE))
def test_whatever_a_design_shows_nothing_clips_and_nothing_overlaps(
    facts: LabelFacts, design: Design, printed: tuple[Stock, Label]
) -> None:
    stock, sample = printed
    layout = lay_out(stock, facts, sample, design=design)
    box = layout.text_box
    lines = [*layout.static_lines, *layout.serial_lines(sample)]
    for line in lines:
        assert line.size >= HINT_SIZE - 1e-9
        assert width_of(line.text, line.size, bold=line.bold) <= box.width
        assert line.top >= -1e-6
        assert line.bottom <= box.height + 1e-6
    for one, other in pairwise(sorted(lines, key=lambda line: line.baseline)):
        assert one.bottom <= other.top + 1e-6
    assert layout.left_out <= set(design.fields)
    assert not layout.left_out & {LabelField.PRODUCT, LabelField.LOT, LabelField.EXPIRY}


@settings(max_examples=25)
@given(all_facts, st.sampled_from(ROOMY["serial"]))
def test_what_stands_on_a_stamp_beside_its_heading_stands_there_whole(
    facts: LabelFacts, stock: Stock
) -> None:
    stamp = replace(EVERYTHING, purpose=DesignPurpose.STAMP)
    layout = lay_out(stock, facts, SAMPLES[0], design=stamp)
    shown = "".join(line.text for line in layout.static_lines).replace(" ", "")
    for one in paragraphs_of(facts, EVERYTHING):
        text = one.text.replace(" ", "").replace("\N{NO-BREAK SPACE}", "")
        if not set(one.fields) & layout.unfit:
            assert text in shown
    headings = {LabelField.PRODUCT, LabelField.STARS, LabelField.NET_CONTENT}
    assert layout.shortened <= {*headings, LabelField.PRODUCER}


@settings(max_examples=15)
@given(all_facts, st.sampled_from(list(STOCKS.values())))
def test_on_the_pack_s_label_nothing_ends_in_an_ellipsis(
    facts: LabelFacts, stock: Stock
) -> None:
    try:
        layout = lay_out(stock, facts, SAMPLES[0], design=EVERYTHING)
    except LabelTooSmallError as refusal:
        assert refusal.field == "stock"  # noqa: PT017 (either of two answers is right)
        return
    assert layout.shortened == set()
    shown = "".join(line.text for line in layout.static_lines)
    assert "…" not in shown


def test_a_long_text_takes_no_other_s_place() -> None:
    talkative = replace(FULL, ingredients="Nếp cái hoa vàng, men lá rừng, " * 60)
    silent = replace(FULL, ingredients="")
    layout = lay_out(A4_24, talkative, SAMPLES[0], design=EVERYTHING)
    other = lay_out(A4_24, silent, SAMPLES[0], design=EVERYTHING)
    assert layout.left_out == other.left_out | {LabelField.INGREDIENTS}
    assert layout.lines == other.lines


def test_a_large_label_says_everything_in_the_design_s_order() -> None:
    large = replace(
        A4_24,
        label_width=100.0,
        label_height=50.0,
        columns=1,
        rows=5,
        pitch_x=100.0,
        pitch_y=50.0,
    )
    layout = lay_out(large, FULL, SAMPLES[1], design=EVERYTHING)
    shown = " ".join(line.text for line in layout.lines)
    told = [
        *("Gạo Bao Thai", "Nhãn hiệu: Bao Thai", "OCOP 4 sao · Túi 5 kg"),
        *("VietGAP VG-01 · K-7", "Lô: BT-2026-001", "NSX: 22/11/2026"),
        *("HSD: 19/08/2027", "Độ cồn: 29,5 % vol", "Thành phần: Gạo"),
        *("HDSD: Vo sạch", "Bảo quản: Nơi khô", "Cảnh báo: Không", "Hợp tác xã"),
        *("Địa chỉ: Xóm mẫu", "Xuất xứ: Việt Nam", "Mã: MMM", "Quét để"),
    ]
    places = [shown.index(text) for text in told]
    assert places == sorted(places)
    assert layout.unfit == set()


def test_another_responsible_party_is_named_with_its_address() -> None:
    facts = replace(FULL, responsible_name="Công ty mẫu")
    texts = [one.text for one in paragraphs_of(facts, EVERYTHING)]
    assert f"Chịu trách nhiệm: Công ty mẫu, {FULL.address}" in texts


def test_stars_and_net_content_share_a_line_only_as_neighbours() -> None:
    apart = Design.of(["stars", "product", "net-content", "lot", "serial"])
    texts = [
        one.text.replace("\N{NO-BREAK SPACE}", " ")
        for one in paragraphs_of(FACTS, apart)
    ]
    assert texts == ["OCOP 4 sao", FACTS.product_name, "Túi 5 kg", "Lô: BT-2026-001"]
    assert human_text(FACTS, apart).startswith("OCOP 4 sao · Gạo")


def test_the_usual_design_says_what_labels_always_said() -> None:
    assert human_text(FULL) == (
        "Gạo Bao Thai Định Hóa · OCOP 4 sao · Túi 5 kg · Lô: BT-2026-001"
        " · NSX: 22/11/2026 · HSD: 19/08/2027 · Hợp tác xã nông sản Định Hóa (mẫu)"
    )
    # As the first labels of this service were set: a run printed again is the same.
    lines = lay_out(A4_65, FACTS, SAMPLES[1]).lines
    assert [(line.text, line.size, round(line.baseline, 3)) for line in lines] == GOLDEN


@pytest.mark.parametrize(
    "fields",
    [["product", "lot"], ["product", "lot", "serial", "lot"], [*ALWAYS, "price"]],
)
def test_a_design_that_is_none_is_refused(fields: list[str]) -> None:
    with pytest.raises(DesignFieldsError):
        Design.of(fields)


def test_a_design_is_kept_and_read_back() -> None:
    design = replace(EVERYTHING, id="d" * 26)
    assert Design.from_json(design.to_json()) == design
    assert DEFAULT_DESIGN.purpose is DesignPurpose.STAMP


def test_lines_move_and_new_ones_come_where_they_belong() -> None:
    usual = [one.value for one in DEFAULT_DESIGN.fields]
    known = [one.value for one in LabelField]
    assert lines_of(usual) == lines_of([]) == known
    turned = lines_of(["lot", "product", "no-such"])
    assert turned.index("lot") < turned.index("product")
    assert sorted(turned) == sorted(known)
    assert moved(known, "up:brand")[:2] == ["brand", "product"]
    assert moved(known, "down:invitation") == moved(known, "up:nothing") == known
