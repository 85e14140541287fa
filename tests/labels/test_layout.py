"""Layouts: whole dots of a named profile, and what a label says."""

from dataclasses import replace

import pytest

from tests.labels.make_labels import (
    FACTS,
    LONG_FACTS,
    TOO_SMALL,
    lot_labels,
    sealed_labels,
    serial_labels,
)
from traceability.labels.content import INVITATION, human_text
from traceability.labels.errors import LabelTooSmallError
from traceability.labels.geometry import fit_symbol
from traceability.labels.layout import lay_out
from traceability.labels.setup import Setup
from traceability.labels.stock import A4_24, A4_65, STOCKS, Stock
from traceability.labels.typeset import MIN_SIZE

SAMPLES = {
    "serial": serial_labels(1)[0],
    "sealed": sealed_labels(1)[0],
    "lot": lot_labels(1)[0],
}

TERSE = {("roll-30x20", "lot")}  # room for lot and dates; the rest ends in an ellipsis


@pytest.mark.parametrize("stock", STOCKS.values(), ids=[*STOCKS])
@pytest.mark.parametrize("kind", SAMPLES)
def test_a_plain_label_says_everything(stock: Stock, kind: str) -> None:
    if (stock.id, kind) in TOO_SMALL:
        with pytest.raises(LabelTooSmallError):
            lay_out(stock, FACTS, SAMPLES[kind])
        return
    layout = lay_out(stock, FACTS, SAMPLES[kind])
    shown = " ".join(line.text for line in layout.static_lines)
    told = [FACTS.product_name, "OCOP 4 sao ·", "Lô: BT-2026-001"]
    told += ["NSX: 22/11/2026", "HSD: 19/08/2027", "Hợp tác xã"]
    if (stock.id, kind) not in TERSE:
        told += ["Túi 5 kg", INVITATION]
    for text in told:
        assert text in shown
    assert all(
        line.size >= MIN_SIZE
        for line in layout.static_lines
        if line.text.rstrip("…") not in INVITATION
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


def test_a_symbol_gives_way_to_text_as_far_as_phones_read_it() -> None:
    fits = {
        dpi: lay_out(
            STOCKS["roll-35x22"], FACTS, SAMPLES["serial"], setup=Setup(dpi=dpi)
        ).fit
        for dpi in (203, 300)
    }
    assert (fits[203].dots, round(fits[203].x_dimension, 3)) == (3, 0.375)
    assert (fits[300].dots, round(fits[300].x_dimension, 3)) == (4, 0.339)


def test_a_symbol_is_refused_where_no_module_of_whole_dots_fits() -> None:
    roll = replace(
        A4_65, id="roll", label_width=30.0, label_height=15.0, columns=1, rows=1
    )
    with pytest.raises(LabelTooSmallError, match="30 × 15 mm at 300 dpi"):
        fit_symbol(roll, 49)


def test_text_that_cannot_fit_is_refused() -> None:
    flat = replace(A4_65, label_width=40.0, label_height=15.0, rows=1)
    assert lay_out(flat, replace(FACTS, expiry=None), SAMPLES["serial"]).lines
    narrow = replace(flat, label_width=30.0)
    with pytest.raises(LabelTooSmallError, match="text"):
        lay_out(narrow, LONG_FACTS, SAMPLES["serial"])
