"""QR symbols: small versions, ECC M, read by a decoder that is not ours."""

import secrets

import pytest
import zxingcpp
from PIL import Image

from tests.labels.make_labels import LOT, ORIGIN, PRODUCT, sealed_labels, serial_labels
from traceability.labels.errors import SealLinkTooLongError
from traceability.labels.qr import Symbol, forget_symbols, symbol_of


def _read(symbol: Symbol, scale: int = 4) -> zxingcpp.Barcode:
    side = symbol.size
    image = Image.new("L", (side + 8, side + 8), 255)
    for y, row in enumerate(symbol.rows):
        for x, dark in enumerate(row):
            image.putpixel((x + 4, y + 4), 0 if dark else 255)
    large = image.resize(((side + 8) * scale,) * 2, Image.Resampling.NEAREST)
    [code] = zxingcpp.read_barcodes(large)
    return code


def test_a_serial_link_takes_version_four() -> None:
    [label] = serial_labels(1)
    symbol = label.symbol()
    assert (symbol.version, symbol.size) == (4, 33)
    code = _read(symbol)
    assert (code.text, code.ec_level) == (label.qr_text, "M")


def test_a_lot_link_is_smaller_still() -> None:
    symbol = symbol_of(f"{ORIGIN}/01/{PRODUCT[4:]}/10/{LOT}")
    assert symbol.version == 3


def test_a_sealed_link_takes_version_eight_at_most() -> None:
    [label] = sealed_labels(1)
    assert label.symbol().version == 8
    assert _read(label.symbol()).text == label.qr_text
    longest = "HTTPS://" + "A" * 83
    digits = "".join(secrets.choice("0123456789") for _ in range(200))
    symbol = symbol_of(longest, digits)
    assert (symbol.version, symbol.size) == (8, 49)
    assert _read(symbol).text == f"{longest}?s={digits}"
    with pytest.raises(SealLinkTooLongError):
        symbol_of(longest + "A", digits)


def test_a_foreign_lot_is_carried_too() -> None:
    link = f"{ORIGIN}/01/{PRODUCT[4:]}/10/lot%2Fa_1"
    assert _read(symbol_of(link)).text == link


def test_packed_rows_and_runs_tell_the_same_symbol() -> None:
    symbol = serial_labels(1)[0].symbol()
    packed = symbol.packed_rows()
    width = -(-symbol.size // 8)
    drawn = [[False] * symbol.size for _ in range(symbol.size)]
    for x, y, length in symbol.runs():
        drawn[y][x : x + length] = [True] * length
    assert tuple(map(bytes, drawn)) == symbol.rows
    for y, row in enumerate(symbol.rows):
        bits = int.from_bytes(packed[y * width : (y + 1) * width], "big")
        text = format(bits, f"0{width * 8}b")
        assert [bit == "1" for bit in text[: symbol.size]] == list(map(bool, row))
        assert "1" not in text[symbol.size :]


def test_symbols_are_kept_until_they_are_forgotten() -> None:
    [label] = serial_labels(1)
    assert label.symbol() is label.symbol()
    kept = label.symbol()
    forget_symbols()
    assert label.symbol() is not kept
    assert label.symbol() == kept
