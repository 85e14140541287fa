"""PDF pages become pictures, whoever asks at the same time."""

from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest
from reportlab.pdfgen.canvas import Canvas

from traceability.labels.raster import PdfUnreadableError, pdf_pages


def sheets(pages: int) -> bytes:
    stream = BytesIO()
    canvas = Canvas(stream, pagesize=(72, 144))
    for number in range(pages):
        canvas.rect(0, 0, 36, 36 * (number + 1), stroke=0, fill=1)
        canvas.showPage()
    canvas.save()
    return stream.getvalue()


def test_pages_come_in_order_and_at_the_asked_resolution() -> None:
    pages = list(pdf_pages(sheets(3), 100))
    assert [page.size for page in pages] == [(100, 200)] * 3
    black = [page.histogram()[0] for page in pages]
    assert black == sorted(black)


def test_sizes_are_seen_before_anything_is_drawn() -> None:
    seen: list[int] = []

    def refuse(sizes: object) -> None:
        seen.append(len(list(sizes)))  # type: ignore[call-overload]  # a sequence
        raise OverflowError

    with pytest.raises(OverflowError):
        next(pdf_pages(sheets(2), 100, accept=refuse))
    assert seen == [2]


@pytest.mark.parametrize("data", [b"", b"%PDF-1.4", b"%PDF-1.7\n%%EOF", b"\x00" * 99])
def test_what_is_no_pdf_is_refused_in_our_words(data: bytes) -> None:
    with pytest.raises(PdfUnreadableError):
        list(pdf_pages(data, 100))


def test_many_threads_render_at_once_without_a_crash() -> None:
    document = sheets(4)
    with ThreadPoolExecutor(8) as pool:
        counts = pool.map(lambda _: len(list(pdf_pages(document, 150))), range(24))
        assert set(counts) == {4}
