"""Whatever stock, printer and words: nothing overlaps, clips or enters quiet zones."""

from collections.abc import Iterator
from datetime import date
from itertools import combinations, pairwise

from hypothesis import given, settings, strategies as st

from tests.labels.make_labels import lot_labels, sealed_labels, serial_labels
from traceability.labels.content import LabelFacts
from traceability.labels.errors import LabelTooSmallError, SetupError
from traceability.labels.geometry import EDGE
from traceability.labels.label import Label
from traceability.labels.layout import LabelLayout, lay_out
from traceability.labels.setup import Setup
from traceability.labels.stock import STOCKS, Stock, StockKind
from traceability.labels.typeface import width_of
from traceability.labels.typeset import HINT_SIZE

SAMPLES = {
    "serial": serial_labels(1)[0],
    "sealed": sealed_labels(1)[0],
    "lot": lot_labels(1)[0],
}
WIDEST = Label(link=SAMPLES["serial"].link, serial="M" * 13)
Rectangle = tuple[float, float, float, float]  # left, top, right, bottom

words = st.text("aAạẤấyỵgđĐƯửêỄ5-/,.", min_size=1, max_size=12)
texts = st.lists(words, min_size=1, max_size=40).map(" ".join)
plain = st.text("0123456789ABCMWXZ-", min_size=1, max_size=20)
days = st.none() | st.just(date(2026, 11, 22))
all_facts = st.builds(
    LabelFacts,
    product_name=texts,
    lot_number=plain,
    production_date=days,
    best_before=days,
    expiry=days,
    net_content=st.just("") | texts,
    producer_name=st.just("") | texts,
    stars=st.none() | st.integers(3, 5),
)
tenths = st.integers(0, 40).map(lambda tenth: tenth / 10)


@st.composite
def own_stocks(draw: st.DrawFn) -> Stock:
    """A sheet or a roll as an organisation may measure it, to a tenth of a mm."""
    width, height = (draw(st.integers(200, 1200)) / 10 for _ in range(2))
    columns, rows = (draw(st.integers(1, 4)) for _ in range(2))
    gap_x, gap_y, left, top, right, bottom = (draw(tenths) for _ in range(6))
    pitch_x, pitch_y = width + gap_x, height + gap_y
    return Stock(
        id="own-12345678",
        name=STOCKS["a4-24"].name,
        kind=draw(st.sampled_from(StockKind)),
        page_width=left + (columns - 1) * pitch_x + width + right,
        page_height=top + (rows - 1) * pitch_y + height + bottom,
        label_width=width,
        label_height=height,
        columns=columns,
        rows=rows,
        left=left,
        top=top,
        pitch_x=pitch_x,
        pitch_y=pitch_y,
    )


@st.composite
def setups(draw: st.DrawFn, stock: Stock) -> Setup:
    """Settings of which most suit the stock and some do not."""
    beside, above = min(stock.left, stock.right), min(stock.top, stock.bottom)
    places = st.integers(0, max(stock.per_page - 2, 0))
    most = min(6, stock.per_page - 1)
    return Setup(
        dpi=draw(st.sampled_from(stock.kind.resolutions)),
        shift_x=draw(st.floats(-0.5, 0.5)) * beside,
        shift_y=draw(st.floats(-0.5, 0.5)) * above,
        scale_x=draw(st.just(1.0) | st.floats(0.97, 1.03)),
        scale_y=draw(st.just(1.0) | st.floats(0.97, 1.03)),
        skip=draw(st.frozensets(places, max_size=most)),
        cut_marks=True,
        bleed=draw(st.just(0.0) | st.floats(0, 5)),
    )


any_stock = st.sampled_from(list(STOCKS.values())) | own_stocks()


def _laid_out(
    stock: Stock, facts: LabelFacts, kind: str, setup: Setup
) -> LabelLayout | None:
    """The layout, or nothing where it is refused in words."""
    try:
        return lay_out(stock, facts, SAMPLES[kind], setup=setup)
    except (LabelTooSmallError, SetupError):
        return None


@settings(max_examples=120, deadline=None)
@given(all_facts, any_stock, st.sampled_from([*SAMPLES]), st.sampled_from([300, 600]))
def test_nothing_on_a_label_overlaps_or_clips(
    facts: LabelFacts, stock: Stock, kind: str, dpi: int
) -> None:
    layout = _laid_out(stock, facts, kind, Setup(dpi=dpi))
    if layout is None:
        return
    _check_label(layout, WIDEST if kind != "lot" else SAMPLES["lot"])
    shown = "".join(line.text for line in layout.static_lines).replace(" ", "")
    assert facts.lot_number in shown
    if facts.production_date:
        assert "NSX:22/11/2026" in shown


@settings(max_examples=150, deadline=None)
@given(st.data(), any_stock, st.sampled_from([*SAMPLES]))
def test_nothing_on_a_page_overlaps_or_leaves_it(
    data: st.DataObject, stock: Stock, kind: str
) -> None:
    setup = data.draw(setups(stock))
    facts = LabelFacts(product_name="Chè Ấp Ỗ Ỵ", lot_number="CHE-1")
    layout = _laid_out(stock, facts, kind, setup)
    if layout is None:
        return
    _check_label(layout, WIDEST if kind != "lot" else SAMPLES["lot"])
    _check_page(layout)


def test_the_examples_are_not_all_refused() -> None:
    """Without this, the properties above could hold of nothing."""
    facts = LabelFacts(product_name="Chè Ấp Ỗ Ỵ", lot_number="CHE-1")
    for stock in STOCKS.values():
        for dpi in stock.kind.resolutions:
            layout = _laid_out(stock, facts, "lot", Setup(dpi=dpi, cut_marks=True))
            assert layout is not None
            _check_label(layout, SAMPLES["lot"])
            _check_page(layout)


def _check_label(layout: LabelLayout, label: Label) -> None:
    quiet, box = _quiet_zone(layout), layout.text_box
    point, (width, height) = layout.point, layout.label_size
    assert 0.33 <= layout.fit.x_dimension <= 0.99
    assert isinstance(layout.fit.dots, int)
    assert quiet[0] >= 0
    assert quiet[1] >= 0
    assert quiet[2] <= box.left * point + 1e-6
    assert quiet[3] <= height
    assert (box.left + box.width) * point <= width
    assert 0 <= box.top * point <= (box.top + box.height) * point <= height
    lines = [*layout.static_lines, *layout.serial_lines(label)]
    for line in lines:
        assert line.size >= HINT_SIZE - 1e-9
        assert width_of(line.text, line.size, bold=line.bold) <= box.width
        assert line.top >= -1e-6
        assert line.bottom <= box.height + 1e-6
    for one, other in pairwise(sorted(lines, key=lambda line: line.baseline)):
        assert one.bottom <= other.top + 1e-6


def _quiet_zone(layout: LabelLayout) -> Rectangle:
    """The symbol with four white modules around it, in dots of its label."""
    fit = layout.fit
    left, top = layout.symbol_left - 4 * fit.dots, layout.symbol_top - 4 * fit.dots
    side = (fit.modules + 8) * fit.dots
    return left, top, left + side, top + side


def _check_page(layout: LabelLayout) -> None:
    labels = list(_labels(layout))
    page_width, page_height = layout.page_size
    for left, top, right, bottom in labels:
        assert 0 <= left < right <= page_width
        assert 0 <= top < bottom <= page_height
    for one, other in combinations(labels, 2):
        assert not _meet(one, other)
    inset = EDGE * layout.dpi / 25.4
    safe = [
        (left + inset, top + inset, right - inset, bottom - inset)
        for left, top, right, bottom in labels
    ]
    for line in layout.marks():
        mark = (line.left, line.top, line.left + line.width, line.top + line.height)
        assert 0 <= mark[0] < mark[2] <= page_width
        assert 0 <= mark[1] < mark[3] <= page_height
        assert not any(_meet(mark, one) for one in safe)


def _labels(layout: LabelLayout) -> Iterator[Rectangle]:
    """Every label of a whole page, as the second page has them."""
    width, height = layout.label_size
    first = layout.on_first_page
    for position in range(first, first + layout.stock.per_page):
        place = layout.place(position)
        assert place.page == 1
        yield place.left, place.top, place.left + width, place.top + height


def _meet(one: Rectangle, other: Rectangle) -> bool:
    beside = one[2] <= other[0] or other[2] <= one[0]
    return not beside and not (one[3] <= other[1] or other[3] <= one[1])
