"""A test page is printed, two lines are measured, and labels fall into place."""

from io import BytesIO

import pytest
import zxingcpp
from hypothesis import given, strategies as st
from PIL import Image

from traceability.labels.calibration import (
    CROSS,
    Measured,
    calibrate,
    rulers_of,
)
from traceability.labels.errors import SetupError, SetupOffPageError
from traceability.labels.raster import pdf_pages
from traceability.labels.setup import Setup
from traceability.labels.stock import A4_24, A4_40, A5_18, STOCKS, Stock, StockKind
from traceability.labels.testpage import render_test_page

SHEETS = [one for one in STOCKS.values() if one.kind is StockKind.SHEET]
QR = zxingcpp.barcode_formats_from_str("QRCode")


@given(
    st.floats(0.98, 1.02),
    st.floats(0.98, 1.02),
    st.floats(-1.5, 1.5),
    st.floats(-1.5, 1.5),
)
def test_what_corrects_a_printer_brings_labels_home(
    scale_x: float, scale_y: float, offset_x: float, offset_y: float
) -> None:
    """The printer here draws ``p`` at ``p × scale + offset``, as measured with care."""
    measured = Measured(
        across=150 * scale_x,
        down=200 * scale_y,
        left=CROSS * scale_x + offset_x,
        top=CROSS * scale_y + offset_y,
    )
    found = calibrate(A4_24, measured)
    setup = Setup(
        shift_x=found.shift_x,
        shift_y=found.shift_y,
        scale_x=found.scale_x,
        scale_y=found.scale_y,
    )
    for place in (0, A4_24.per_page - 1):
        slot = A4_24.slot(place)
        left, top = setup.moved(slot.left, slot.top)
        assert left * scale_x + offset_x == pytest.approx(slot.left, abs=0.02)
        assert top * scale_y + offset_y == pytest.approx(slot.top, abs=0.02)


def test_lines_that_measure_right_correct_nothing() -> None:
    found = calibrate(A4_24, Measured(across=150, down=200))
    assert (found.scale_x, found.scale_y) == (1, 1)
    assert (found.shift_x, found.shift_y) == (0, 0)


def test_a_printer_that_fits_to_the_page_is_told_so_beside_the_line() -> None:
    with pytest.raises(SetupError, match="fit to page") as refusal:
        calibrate(A4_24, Measured(across=145, down=200))
    assert refusal.value.field == "across"
    with pytest.raises(SetupError, match="200 mm") as refusal:
        calibrate(A4_24, Measured(across=150, down=20))
    assert refusal.value.field == "down"


def test_paper_that_lies_askew_is_told_so_beside_the_cross() -> None:
    with pytest.raises(SetupError, match="guides") as refusal:
        calibrate(A4_24, Measured(across=150, down=200, left=40))
    assert refusal.value.field == "left"
    with pytest.raises(SetupOffPageError) as refusal:
        calibrate(A4_40, Measured(across=150, down=200, top=21))
    assert refusal.value.field == "top"


@pytest.mark.parametrize("stock", SHEETS, ids=lambda stock: stock.id)
def test_a_school_ruler_measures_the_lines(stock: Stock) -> None:
    rulers = rulers_of(stock)
    assert 100 <= rulers.across <= 150
    assert 100 <= rulers.down <= 200
    if stock.page_width == 210:
        assert (rulers.across, rulers.down) == (150, 200)


def _dark(image: Image.Image, x: float, y: float, dpi: int) -> bool:
    """Whether there is ink within 0.3 mm of a point given in mm."""
    near = round(0.3 * dpi / 25.4)
    at = [round(one * dpi / 25.4) for one in (x, y)]
    box = (at[0] - near, at[1] - near, at[0] + near + 1, at[1] + near + 1)
    lightest = image.crop(box).getextrema()[0]
    return isinstance(lightest, int | float) and lightest < 200


@pytest.mark.parametrize("stock", [A4_24, A5_18], ids=lambda stock: stock.id)
def test_rulers_and_cross_stand_where_they_say(stock: Stock) -> None:
    [image] = pdf_pages(render_test_page(stock, Setup()), 200)
    rulers = rulers_of(stock)
    first = (stock.page_width - rulers.across) / 2
    for x in (first, first + rulers.across):
        assert _dark(image, x, 36 - 2.5, 200)  # the long marks at both ends
    assert not _dark(image, first + rulers.across + 1.5, 36, 200)
    for y in (45, 45 + rulers.down):
        assert _dark(image, 26 - 2.5, y, 200)
    assert _dark(image, CROSS, CROSS, 200)
    assert not _dark(image, CROSS + 3, CROSS + 3, 200)


@pytest.mark.parametrize("stock", STOCKS.values(), ids=[*STOCKS])
def test_a_test_page_has_a_code_that_reads(stock: Stock) -> None:
    dpi = stock.kind.resolutions[0]
    [image] = pdf_pages(render_test_page(stock, Setup(dpi=dpi)), 300)
    found = zxingcpp.read_barcodes(image, formats=QR)
    assert {one.text for one in found} == {f"TEM {dpi} DPI"}
    sheet = stock.kind is StockKind.SHEET
    assert len(found) >= (6 if sheet else 1)


def test_the_outlines_follow_the_calibration_and_the_rulers_do_not() -> None:
    plain, moved = (
        next(pdf_pages(render_test_page(A4_24, setup), 200))
        for setup in (Setup(), Setup(shift_x=2, shift_y=-2))
    )
    edge = (A4_24.left + 64, A4_24.top + 250)
    assert _dark(plain, *edge, 200)
    assert not _dark(moved, *edge, 200)
    assert _dark(moved, edge[0] + 2, edge[1] - 2, 200)
    assert _dark(moved, CROSS, CROSS, 200)


def test_the_same_test_page_has_the_same_bytes() -> None:
    document = render_test_page(A4_24, Setup())
    assert document == render_test_page(A4_24, Setup())
    assert BytesIO(document).read(5) == b"%PDF-"
