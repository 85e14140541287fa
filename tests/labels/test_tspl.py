"""TSPL: small, drawn dot by dot as the other formats, and nothing but what we mean."""

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO

import pytest
from PIL import Image

from tests.labels.make_labels import (
    FACTS,
    LONG_FACTS,
    TOO_SMALL,
    lot_labels,
    sealed_labels,
    serial_labels,
)
from tests.labels.make_sheets import SHEET, document, layout_of
from traceability.labels.errors import ReadBackError
from traceability.labels.label import Label
from traceability.labels.layout import LabelLayout, lay_out
from traceability.labels.setup import Setup
from traceability.labels.stock import ROLL_30X20, ROLL_50X30, STOCKS, Stock
from traceability.labels.writers.png import PngWriter
from traceability.labels.writers.tspl import TsplWriter
from traceability.labels.writers.tspl_reader import read_tspl

Make = Callable[[int], list[Label]]


def _head(document: bytes) -> bytes:
    """Return the four lines that tell the printer its stock."""
    return b"".join(document.splitlines(keepends=True)[:4])


def _pages(made: bytes, layout: LabelLayout) -> list[Image.Image]:
    return list(read_tspl(made, layout.page_size, _head(made)))


def _richest(stock: Stock) -> Make:
    """Return what carries most of the kinds that the stock has room for."""
    if (stock.id, "serial") in TOO_SMALL:
        return lot_labels
    return serial_labels if (stock.id, "sealed") in TOO_SMALL else sealed_labels


@pytest.mark.parametrize(
    ("stock", "dpi", "make"),
    [
        *[(stock, 300, _richest(stock)) for stock in STOCKS.values()],
        *[(ROLL_50X30, 203, make) for make in (serial_labels, sealed_labels)],
        (ROLL_30X20, 600, lot_labels),
        (SHEET, 203, serial_labels),
    ],
    ids=lambda given: getattr(given, "id", getattr(given, "__name__", given)),
)
def test_the_printer_draws_the_dots_of_the_picture(
    stock: Stock, dpi: int, make: Make
) -> None:
    labels = make(2)
    setup = Setup(dpi=dpi, cut_marks=True)
    layout = lay_out(stock, LONG_FACTS, labels[0], setup=setup)
    writer = TsplWriter(layout)
    made = document(writer, labels)
    assert writer.read_back(made, 0, labels).symbols == 2
    shown = labels[: layout.on_first_page]
    picture = Image.open(BytesIO(document(PngWriter(layout, 1), shown)))
    drawn, meant = _pages(made, layout)[0], picture.convert("L")
    assert (drawn.size, drawn.tobytes()) == (meant.size, meant.tobytes())


@pytest.mark.parametrize(
    ("make", "most"), [(serial_labels, 2_900), (sealed_labels, 3_500)]
)
def test_a_label_takes_little_more_than_its_symbol(make: Make, most: int) -> None:
    labels = make(3)
    layout = layout_of(labels, ROLL_50X30, dpi=203)
    writer = TsplWriter(layout)
    one, three = (len(document(writer, labels[:count])) for count in (1, 3))
    assert (three - one) / 2 < most


def test_what_labels_share_is_sent_once_and_forgotten_after() -> None:
    labels = serial_labels(4)
    made = document(TsplWriter(layout_of(labels, ROLL_50X30)), labels)
    counts = [made.count(name) for name in (b"DOWNLOAD ", b"PUTBMP ", b"KILL ")]
    assert counts == [1, 4, 1]
    other = lay_out(ROLL_50X30, LONG_FACTS, labels[0])
    named = made[made.index(b"PUTBMP ") :].split(b'"')[1]
    assert named not in document(TsplWriter(other), labels)


def test_nothing_is_sent_ahead_where_labels_share_nothing() -> None:
    labels = serial_labels(2)
    layout = layout_of(labels, ROLL_50X30)
    own = tuple(line for line in layout.lines if line.slot)
    writer = TsplWriter(replace(layout, lines=own))
    made = document(writer, labels)
    assert writer.read_back(made, 0, labels).symbols == 2
    assert not any(word in made for word in (b"DOWNLOAD", b"PUTBMP", b"KILL"))


def test_words_are_dots_and_never_commands() -> None:
    labels = serial_labels(2)
    name = 'Gạo"\r\nPRINT 9,9\r\nKILL "*"\r\n'
    facts = replace(FACTS, product_name=name, producer_name='"\nSELFTEST\n')
    layout = lay_out(ROLL_50X30, facts, labels[0])
    made = document(TsplWriter(layout), labels)
    assert len(_pages(made, layout)) == 2
    assert not any(word in made for word in (b"PRINT 9", b'"*"', b"SELFTEST"))


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        (b'DOWNLOAD "T', b'DOWNLOAD "U'),  # the picture recalled was never sent
        (b"PUTBMP ", b"PUTPCX "),
        (b"CLS\r\n", b"CLS\r\nSELFTEST\r\n"),
        (b"CLS\r\n", b'CLS\r\nTEXT 1,1,"3",0,1,1,"x"\r\n'),
        (b"PRINT 1,1", b"PRINT 1,2"),
        (b'DOWNLOAD "', b'DOWNLOAD F,"'),
        (b'DOWNLOAD "T', b'DOWNLOAD "../T'),
        (b"BM", b"PM"),  # no picture
        (b"\1\0\1\0", b"\1\0\4\0"),  # a picture of sixteen colours
        (b"KILL ", b"KILL F,"),
        (b'KILL "T', b'KILL "*'),
    ],
)
def test_any_other_command_is_refused(was: bytes, becomes: bytes) -> None:
    labels = serial_labels(1)
    layout = layout_of(labels, ROLL_50X30)
    made = document(TsplWriter(layout), labels)
    broken = made.replace(was, becomes, 1)
    assert broken != made
    with pytest.raises(ReadBackError):
        _pages(broken, layout)


def test_a_picture_that_stays_in_the_printer_is_refused() -> None:
    labels = serial_labels(1)
    layout = layout_of(labels, ROLL_50X30)
    made = document(TsplWriter(layout), labels)
    with pytest.raises(ReadBackError):
        _pages(made[: made.index(b"KILL ")], layout)
