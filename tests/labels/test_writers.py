"""What all writers share: parts in any order, cut anywhere, read back, refused."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO, RawIOBase

import pytest

from tests.labels.make_labels import lot_labels, sealed_labels, serial_labels
from tests.labels.make_sheets import (
    DRAWN,
    FORMATS,
    SHEET,
    document,
    layout_of,
    writer_of,
)
from traceability.labels.errors import ReadBackError, SymbolMismatchError
from traceability.labels.label import Label
from traceability.labels.stock import A4_65, ROLL_100X50

every_format = pytest.mark.parametrize("name", FORMATS)
every_drawing = pytest.mark.parametrize("name", DRAWN)


@every_drawing
@pytest.mark.parametrize("make", [serial_labels, sealed_labels, lot_labels])
def test_every_symbol_reads(name: str, make: Callable[[int], list[Label]]) -> None:
    labels = make(7)
    writer = writer_of(name, layout_of(labels))
    assert writer.read_back(document(writer, labels), 0, labels).symbols == 7


@every_format
def test_parts_cut_anywhere_give_the_same_bytes(name: str) -> None:
    labels = serial_labels(20)
    whole = document(writer_of(name, layout_of(labels)), labels)
    for cuts in ([6, 18], [1, 5, 7], [13]):
        other = writer_of(name, layout_of(labels))  # as another process has it
        assert document(other, labels, cuts=cuts) == whole


@every_format
def test_parts_are_made_in_any_order(name: str) -> None:
    labels = sealed_labels(6)
    writer = writer_of(name, layout_of(labels))
    later = writer.part(3, labels[3:])
    earlier = writer.part(0, labels[:3])
    assert writer.part(3, labels[3:]) == later
    sink = BytesIO()
    writer.assemble([earlier, later], sink)
    assert sink.getvalue() == document(writer, labels)


@every_format
def test_parts_from_anywhere_on_are_a_document(name: str) -> None:
    labels = serial_labels(16)
    writer = writer_of(name, layout_of(labels))
    for first in (6, 9):
        own = labels[first:]
        writer.read_back(document(writer, own, first=first, cuts=[5]), first, own)


@every_format
def test_a_missing_part_is_seen(name: str) -> None:
    labels = serial_labels(6)
    writer = writer_of(name, layout_of(labels))
    for parts in ((0, 4), (2, 0)):
        made = [writer.part(first, labels[first : first + 2]) for first in parts]
        with pytest.raises(ValueError, match="a part begins"):
            writer.assemble(made, BytesIO())


@every_format
def test_part_labels_are_whole_pages(name: str) -> None:
    labels = serial_labels(1)
    for stock in (SHEET, A4_65):
        count = writer_of(name, layout_of(labels, stock)).part_labels
        sheets = name in {"pdf", "svg", "png", "zpl", "tspl"}
        assert count >= 400
        assert count % stock.per_page == 0 or not sheets


@every_drawing
def test_a_part_of_huge_labels_stays_small(name: str) -> None:
    huge = replace(
        ROLL_100X50,
        page_width=300.0,
        page_height=300.0,
        label_width=300.0,
        label_height=300.0,
        pitch_x=300.0,
        pitch_y=300.0,
    )
    writer = writer_of(name, layout_of(serial_labels(1), huge))
    assert 1 <= writer.part_labels <= 80


@every_drawing
def test_one_wrong_symbol_is_refused(name: str) -> None:
    labels = serial_labels(4)
    writer = writer_of(name, layout_of(labels))
    wrong = [*labels[:2], labels[3], labels[2]]
    with pytest.raises(ReadBackError) as refusal:
        writer.read_back(document(writer, wrong), 0, labels)
    assert refusal.value.code == "read-back-failed"


@every_drawing
def test_a_missing_symbol_or_page_is_refused(name: str) -> None:
    labels = serial_labels(7)
    writer = writer_of(name, layout_of(labels))
    for made, meant in ((5, 7), (6, 7), (7, 6)):
        with pytest.raises(ReadBackError):
            writer.read_back(document(writer, labels[:made]), 0, labels[:meant])


@every_drawing
def test_another_seal_is_refused(name: str) -> None:
    labels = sealed_labels(2)
    writer = writer_of(name, layout_of(labels))
    other = [labels[0], replace(labels[1], seal=labels[0].seal)]
    with pytest.raises(ReadBackError):
        writer.read_back(document(writer, other), 0, labels)


@every_drawing
def test_symbols_of_another_size_are_not_drawn(name: str) -> None:
    labels = sealed_labels(1)
    writer = writer_of(name, layout_of(labels))
    with pytest.raises(SymbolMismatchError):
        writer.part(0, [replace(labels[0], seal="")])


@every_drawing
def test_what_is_no_document_is_refused(name: str) -> None:
    labels = serial_labels(1)
    writer = writer_of(name, layout_of(labels))
    good = document(writer, labels)
    for broken in (b"", b"nothing", good[: len(good) // 2]):
        with pytest.raises(ReadBackError):
            writer.read_back(broken, 0, labels)


class Counting(RawIOBase):
    """A sink that keeps nothing, and cannot seek."""

    def __init__(self) -> None:
        self.length = 0
        self.largest = 0

    def write(self, data: object) -> int:
        length = len(memoryview(data).cast("B"))  # type: ignore[arg-type]
        self.length += length
        self.largest = max(self.largest, length)
        return length


@every_format
def test_a_document_is_written_while_its_parts_come(name: str) -> None:
    labels = serial_labels(12)
    writer = writer_of(name, layout_of(labels))
    sink = Counting()
    held: list[int] = []

    def parts() -> Iterator[bytes]:
        for first in range(0, 12, 6):
            held.append(sink.length)
            yield writer.part(first, labels[first : first + 6])

    writer.assemble(parts(), sink)  # type: ignore[arg-type]  # nothing but write
    assert sink.length == len(document(writer, labels))
    assert sink.largest < sink.length
    assert held[0] <= held[1] < sink.length


@pytest.mark.parametrize(("name", "suffix"), [("svg", "svg"), ("png", "png")])
def test_one_page_is_a_file_and_several_are_a_zip(name: str, suffix: str) -> None:
    labels = serial_labels(2)
    layout = layout_of(labels)
    single, several = writer_of(name, layout, 1), writer_of(name, layout, 2)
    assert (single.suffix, several.suffix) == (suffix, f"{suffix}.zip")
    assert single.media_type.startswith("image/")
    assert several.media_type == "application/zip"
    assert document(several, labels).startswith(b"PK\3\4")
    assert single.read_back(document(single, labels), 0, labels).symbols == 2


@pytest.mark.parametrize("dpi", [203, 600])
@every_drawing
def test_drawings_read_at_other_resolutions(name: str, dpi: int) -> None:
    labels = serial_labels(2)
    writer = writer_of(name, layout_of(labels, dpi=dpi))
    read = writer.read_back(document(writer, labels), 0, labels)
    assert (read.symbols, read.dpi) == (2, 200 if name == "pdf" else dpi)
