"""Symbols by tables: bit by bit those of ``qrcode``, whatever the labels are."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from qrcode import util

from tests.labels.make_labels import lot_labels, sealed_labels, serial_labels
from traceability.labels.errors import SymbolMismatchError
from traceability.labels.label import Label
from traceability.labels.qr import symbol_of
from traceability.labels.symbols import drawing
from traceability.labels.symbols.drawing import draw_symbols
from traceability.labels.symbols.oracle import MASKS, canvas
from traceability.labels.symbols.penalty import lost_points

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
hosts = st.sampled_from(
    ["TX.EXAMPLE", "A.VN", "TRUY-XUAT.THAI-NGUYEN.EXAMPLE", "127.0.0.1:8443"]
)
products = st.sampled_from(["01/09520001001017", "8010/RUONG-01", "01/08930000000002"])
lots = st.sampled_from(
    ["BT-2026-001", "1", "12345678901234567890", "%2FA_1", "lo%C3%A0-7", "ABCDEF" * 3]
)
serials = st.text(CROCKFORD, min_size=13, max_size=13)
seals = st.text("0123456789", min_size=200, max_size=200).filter(int)


def _same_as_qrcode(labels: list[Label]) -> bool:
    drawn = draw_symbols(labels).modules()
    meant = [[[*row] for row in symbol_of(one.link, one.seal).rows] for one in labels]
    return bool(np.array_equal(drawn, np.array(meant, bool)))


@settings(max_examples=25, deadline=None)
@given(hosts, products, lots, st.lists(serials, min_size=1, max_size=4))
def test_serial_symbols_are_those_of_qrcode(
    host: str, product: str, lot: str, own: list[str]
) -> None:
    link = f"HTTPS://{host}/{product}/10/{lot}/21/"
    assert _same_as_qrcode([Label(link=link + one, serial=one) for one in own])


@settings(max_examples=8, deadline=None)
@given(hosts, st.lists(st.tuples(serials, seals), min_size=1, max_size=3))
def test_sealed_symbols_are_those_of_qrcode(
    host: str, own: list[tuple[str, str]]
) -> None:
    link = f"HTTPS://{host}/01/09520001001017/10/BT-2026-001/21/"
    labels = [Label(link=link + one, serial=one, seal=seal) for one, seal in own]
    assert _same_as_qrcode(labels)


def test_symbols_of_a_lot_are_all_the_same() -> None:
    assert _same_as_qrcode(lot_labels(3))


def test_the_symbols_of_a_run_have_several_masks() -> None:
    modules = draw_symbols(serial_labels(400)).modules()
    masks = {tuple(one[8, :6]) for one in canvas(4).drawn.astype(bool)}  # format bits
    assert len(masks) == MASKS
    found = {tuple(one[8, :6]) for one in modules}
    assert len(found) > 3
    assert found <= masks


def test_packed_rows_and_columns_tell_the_same_modules() -> None:
    labels = sealed_labels(2)
    block = draw_symbols(labels)
    assert block.packed_rows()[1].tobytes() == labels[1].symbol().packed_rows()
    columns = block.packed_columns().reshape(2, block.size, -1)
    turned = np.unpackbits(columns, axis=2, count=block.size).swapaxes(1, 2)
    assert np.array_equal(turned.astype(bool), block.modules())


@pytest.mark.parametrize("size", [21, 33, 49, 61])
def test_lost_points_are_those_of_qrcode(size: int) -> None:
    fair = np.random.default_rng(size).integers(0, 2, (3, size, size)).astype(bool)
    plain = [[[dark] * size for _ in range(size)] for dark in (False, True)]
    finders = [[[(x // 2 + y) % 7 in {0, 2, 3, 4, 6} for x in range(size)]
                for y in range(size)]]  # fmt: skip
    modules = np.array([*fair, *plain, *finders])
    both = np.concatenate([modules, modules.swapaxes(1, 2)], axis=1)
    places = np.arange(size, dtype=np.uint64)
    lines = (both.astype(np.uint64) << places).sum(axis=2, dtype=np.uint64).T
    meant = [util.lost_point(one.tolist()) for one in modules]
    assert lost_points(lines.copy(), size).tolist() == meant


def test_links_of_more_than_version_11_are_refused() -> None:
    own = "0123456789ABC"
    fits = Label(link=f"HTTPS://{'A' * 341}/21/{own}", serial=own)
    assert symbol_of(fits.link).version == 11
    assert _same_as_qrcode([fits])
    with pytest.raises(SymbolMismatchError, match="too long"):
        draw_symbols([replace(fits, link=f"HTTPS://{'A' * 350}/21/{own}")])


def test_serials_of_other_letters_are_drawn_one_by_one() -> None:
    labels = [
        Label(link=f"HTTPS://TX.EXAMPLE/01/09520001001017/21/{own}", serial=own)
        for own in ("abcdefghjkmnp", "qrstvwxyz0123")
    ]
    assert _same_as_qrcode(labels)


def test_labels_that_differ_elsewhere_are_drawn_one_by_one() -> None:
    one, other = serial_labels(1)[0], serial_labels(1, lot="BT-2026-002")[0]
    assert _same_as_qrcode([one, other])


def test_symbols_of_two_sizes_are_refused() -> None:
    labels = [*serial_labels(1), *lot_labels(1)]
    with pytest.raises(SymbolMismatchError):
        draw_symbols(labels)
    with pytest.raises(SymbolMismatchError):
        draw_symbols(serial_labels(2), size=29)


def test_one_module_that_differs_from_qrcode_stops_the_part(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    labels = serial_labels(64)
    drawn = draw_symbols(labels)
    checked = drawing.checked(640, len(labels))
    assert {0, 63} < checked
    for place in checked:
        lines = drawn.lines.copy()
        lines[20, place] ^= np.uint64(1 << 12)
        wrong = replace(drawn, lines=lines)
        monkeypatch.setattr(drawing, "_drawn_by_tables", lambda _, one=wrong: one)
        with pytest.raises(SymbolMismatchError, match=f" {641 + place} ") as refused:
            draw_symbols(labels, 640)
        assert refused.value.code == "symbol-mismatch"
