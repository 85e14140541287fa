"""Layouts: whole dots, quiet zones, and text that never clips or overlaps."""

from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings, strategies as st

from tests.labels.make_labels import (
    FACTS,
    LONG_FACTS,
    lot_labels,
    sealed_labels,
    serial_labels,
)
from traceability.labels.content import INVITATION, LabelFacts, human_text
from traceability.labels.errors import LabelTooSmallError
from traceability.labels.geometry import fit_symbol
from traceability.labels.label import Label
from traceability.labels.layout import LabelLayout, lay_out
from traceability.labels.stock import A4_24, A4_65, STOCKS, Stock
from traceability.labels.typeface import width_of
from traceability.labels.typeset import HINT_SIZE, MIN_SIZE, TextLine

SAMPLES = {
    "serial": serial_labels(1)[0],
    "sealed": sealed_labels(1)[0],
    "lot": lot_labels(1)[0],
}
WIDEST = Label(link=SAMPLES["serial"].link, serial="M" * 13)

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


def _check(layout: LabelLayout, lines: list[TextLine]) -> None:
    """Assert what no label may break: everything inside, nothing over another."""
    stock, fit, box = layout.stock, layout.fit, layout.text_box
    quiet = 4 * fit.dots
    side = fit.modules * fit.dots
    assert layout.symbol_left - quiet >= 0
    assert layout.symbol_top - quiet >= 0
    assert layout.symbol_top + side + quiet <= layout.label_size[1]
    symbol_right = (layout.symbol_left + side + quiet) / layout.point
    assert box.left >= symbol_right - 1e-6
    assert box.left + box.width <= stock.label_width * 72 / 25.4
    assert box.top + box.height <= stock.label_height * 72 / 25.4
    for line in lines:
        assert line.size >= HINT_SIZE - 1e-9
        assert width_of(line.text, line.size, bold=line.bold) <= box.width
        assert line.top >= -1e-6
        assert line.bottom <= box.height + 1e-6
    ordered = sorted(lines, key=lambda line: line.baseline)
    for one, other in pairwise(ordered):
        assert one.bottom <= other.top + 1e-6


@settings(max_examples=60, deadline=None)
@given(all_facts, st.sampled_from(list(STOCKS.values())), st.sampled_from([*SAMPLES]))
def test_text_is_never_clipped_and_never_overlaps(
    facts: LabelFacts, stock: Stock, kind: str
) -> None:
    layout = lay_out(stock, facts, SAMPLES[kind])
    sample = replace(WIDEST, seal="") if kind != "lot" else SAMPLES["lot"]
    _check(layout, [*layout.static_lines, *layout.serial_lines(sample)])
    shown = "".join(line.text for line in layout.static_lines).replace(" ", "")
    assert facts.lot_number in shown
    if facts.production_date:
        assert "NSX:22/11/2026" in shown


@pytest.mark.parametrize("stock", STOCKS.values(), ids=str)
@pytest.mark.parametrize("kind", SAMPLES)
def test_a_plain_label_says_everything(stock: Stock, kind: str) -> None:
    layout = lay_out(stock, FACTS, SAMPLES[kind])
    shown = " ".join(line.text for line in layout.static_lines)
    for text in (
        FACTS.product_name,
        "OCOP 4 sao · Túi 5 kg",
        "Lô: BT-2026-001",
        "NSX: 22/11/2026",
        "HSD: 19/08/2027",
        "Hợp tác xã",
        INVITATION,
    ):
        assert text in shown
    assert all(
        line.size >= MIN_SIZE for line in layout.static_lines if line.text != INVITATION
    )


def test_a_lot_label_has_no_serial_and_the_others_have_one() -> None:
    lines = {
        kind: lay_out(A4_24, FACTS, sample).serial_lines(sample)
        for kind, sample in SAMPLES.items()
    }
    assert lines["lot"] == []
    assert lines["serial"][0].text == f"Mã: {SAMPLES['serial'].readable}"
    narrow = lay_out(A4_65, FACTS, SAMPLES["sealed"])
    assert narrow.serial_lines(SAMPLES["sealed"])[0].text == SAMPLES["sealed"].readable


def test_a_long_name_ends_in_an_ellipsis_behind_a_word() -> None:
    layout = lay_out(A4_65, LONG_FACTS, SAMPLES["sealed"])
    shown = [line.text for line in layout.static_lines]
    [cut] = [text for text in shown[:2] if text.endswith("…")]
    assert cut[:-1].split()[-1] in LONG_FACTS.product_name.replace(",", "").split()
    assert "".join(shown).count("CHE-2026-0001-ABCDEF") == 1


def test_stars_are_named_only_where_they_are_given() -> None:
    layout = lay_out(A4_24, replace(FACTS, stars=None), SAMPLES["serial"])
    assert not any("OCOP" in line.text for line in layout.static_lines)
    assert human_text(FACTS).startswith("Gạo Bao Thai Định Hóa · OCOP 4 sao · Túi 5 kg")


@pytest.mark.parametrize(
    ("stock", "kind", "dots", "profile"),
    [
        (A4_65, "serial", 5, "retail"),
        (A4_65, "sealed", 4, "phone"),
        (A4_24, "serial", 8, "retail"),
        (A4_24, "sealed", 6, "retail"),
    ],
)
def test_modules_are_whole_dots_of_a_named_profile(
    stock: Stock, kind: str, dots: int, profile: str
) -> None:
    fit = lay_out(stock, FACTS, SAMPLES[kind]).fit
    assert (fit.dots, fit.profile) == (dots, profile)
    assert 0.33 <= fit.x_dimension <= 0.99


def test_a_label_too_small_says_what_would_fit() -> None:
    with pytest.raises(LabelTooSmallError) as refusal:
        lay_out(A4_65, FACTS, SAMPLES["sealed"], dpi=203)
    assert refusal.value.params["fitting"] == "a4-65 (serial), a4-24"
    roll = replace(
        A4_65, id="roll", label_width=30.0, label_height=15.0, columns=1, rows=1
    )
    with pytest.raises(LabelTooSmallError, match="a4-65, a4-24"):
        fit_symbol(roll, 49)


def test_text_that_cannot_fit_is_refused() -> None:
    flat = replace(A4_65, label_width=40.0, label_height=15.0, rows=1)
    assert lay_out(flat, replace(FACTS, expiry=None), SAMPLES["serial"]).lines
    narrow = replace(flat, label_width=30.0)
    with pytest.raises(LabelTooSmallError, match="text"):
        lay_out(narrow, LONG_FACTS, SAMPLES["serial"])
