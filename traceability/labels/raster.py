"""PDF pages as pictures; PDFium knows no threads, so one lock stands before it."""

from collections.abc import Callable, Iterator, Sequence
from threading import Lock

import pypdfium2
from PIL import Image

from traceability.labels.geometry import POINTS_PER_INCH

Size = tuple[float, float]  # width and height in points
_PDFIUM = Lock()


class PdfUnreadableError(ValueError):
    """PDFium cannot read the document."""


def accept_any(_sizes: Sequence[Size]) -> None:
    """Accept pages of any number and size."""


def pdf_pages(
    document: bytes, dpi: int, *, accept: Callable[[Sequence[Size]], None] = accept_any
) -> Iterator[Image.Image]:
    """Render page after page in grey; ``accept`` sees all sizes before the first.

    Raises ``PdfUnreadableError`` and whatever ``accept`` raises.
    """
    with _PDFIUM:
        sheets = _opened(document)
    try:
        with _PDFIUM:
            sizes = [sheets.get_page_size(number) for number in range(len(sheets))]
        accept(sizes)
        for number in range(len(sizes)):
            with _PDFIUM:
                image = _rendered(sheets, number, dpi / POINTS_PER_INCH)
            yield image
    finally:
        with _PDFIUM:
            sheets.close()


def _opened(document: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(document)
    except pypdfium2.PdfiumError as error:
        raise PdfUnreadableError(str(error)) from error


def _rendered(sheets: pypdfium2.PdfDocument, number: int, scale: float) -> Image.Image:
    """Return one page; everything of PDFium's is closed under the caller's lock."""
    try:
        page = sheets[number]
        try:
            bitmap = page.render(scale=scale, grayscale=True)
            try:
                image: Image.Image = bitmap.to_pil().copy()
                return image
            finally:
                bitmap.close()
        finally:
            page.close()
    except pypdfium2.PdfiumError as error:
        raise PdfUnreadableError(str(error)) from error
