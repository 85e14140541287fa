"""Read the codes in a photo, a scan or a PDF sheet: measured before decoding."""

import io
import json
import os
import subprocess
import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence
from threading import BoundedSemaphore
from typing import Any

import zxingcpp
from PIL import Image

from traceability.catalog.photos import PhotoTooLargeError, PhotoUnsupportedError
from traceability.core.errors import DomainError, InvalidError, UnavailableError
from traceability.labels.raster import PdfUnreadableError, Size, pdf_pages

MAX_BYTES = 20 * 1024 * 1024
MAX_PIXELS = 50_000_000
MAX_PAGES = 40
MAX_CODES = 200
WAIT_SECONDS = 3.0
READERS = BoundedSemaphore(2)
READ_SECONDS = 8
START_SECONDS = 4  # on a busy machine, until a process begins to read
READ_MEMORY = 1024 * 1024 * 1024  # bytes of address space
_DPI = 200
_MAX_SIDE_POINTS = 3_400  # A0
_FORMATS = ("JPEG", "PNG", "WEBP")
_QR = zxingcpp.barcode_formats_from_str("QRCode")


class PhotoBusyError(UnavailableError):
    """As many photos are being read as may be read at once."""

    code = "photo-busy"


class NoCodeError(InvalidError):
    """There is no QR code that can be read."""

    code = "no-code-found"


class PhotoTooHardError(InvalidError):
    """Reading the picture takes more time or memory than anybody is given."""

    code = "photo-too-hard"


REFUSALS: Mapping[str, type[DomainError]] = {
    one.code: one for one in (PhotoTooLargeError, PhotoUnsupportedError, NoCodeError)
}


def codes_in(data: bytes, *, sheets: bool = True) -> list[str]:
    """Return the texts of the QR codes of a picture or PDF, each once, in order.

    ``sheets`` lets PDF in; servers leave it out, for its pages cost seconds. Raises
    ``PhotoTooLargeError`` before anything is decoded, ``PhotoUnsupportedError`` and
    ``NoCodeError``.
    """
    if len(data) > MAX_BYTES:
        raise PhotoTooLargeError("The file is larger than 20 MB.", field="photo")
    is_sheet = sheets and data.startswith(b"%PDF-")
    pages = _sheets(data) if is_sheet else iter([_picture(data)])
    found: dict[str, None] = {}
    for page in pages:
        for code in zxingcpp.read_barcodes(page, formats=_QR):
            found.setdefault(code.text)
            if len(found) >= MAX_CODES:
                return list(found)
    if not found:
        raise NoCodeError(
            "No QR code can be read here. Hold the camera closer, in good light.",
            field="photo",
        )
    return list(found)


def codes_in_turn(data: bytes) -> list[str]:
    """Return the codes of a stranger's picture, read in a process of its own.

    A small file can be drawn so that looking for its codes takes a minute and all the
    memory there is: two at a time, each with an end to its time and its memory. Raises
    what ``codes_in`` does, ``PhotoBusyError`` after some seconds of waiting, and
    ``PhotoTooHardError`` where the end comes first.
    """
    if len(data) > MAX_BYTES:
        raise PhotoTooLargeError("The file is larger than 20 MB.", field="photo")
    if not READERS.acquire(timeout=WAIT_SECONDS):
        raise PhotoBusyError(
            "What you sent was not stored. Try again in a few minutes.", field="photo"
        )
    try:
        return _told(_read_apart(data))
    finally:
        READERS.release()


def _read_apart(data: bytes) -> dict[str, Any]:
    """Return what the other process says; it is gone when this returns."""
    command = [sys.executable, "-P", "-m", "traceability.verification.photo_process"]
    limits = [str(READ_SECONDS), str(READ_MEMORY)]
    try:
        done = subprocess.run(  # noqa: S603 (our own module, nothing of the stranger's)
            [*command, *limits],
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=READ_SECONDS + START_SECONDS,
            check=True,
            env={"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
        told: dict[str, Any] = json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError):
        raise PhotoTooHardError(
            "This photo takes too long to read. Send only the part with the code.",
            field="photo",
        ) from None
    return told


def _told(said: dict[str, Any]) -> list[str]:
    refusal = said.get("refusal")
    if refusal is None:
        return [str(code) for code in said["codes"]]
    raise REFUSALS[refusal["code"]](refusal["message"], field="photo")


def is_picture(data: bytes) -> bool:
    """Return whether the bytes begin as a picture or a PDF does."""
    riff = data.startswith(b"RIFF") and data[8:12] == b"WEBP"
    return riff or data.startswith((b"%PDF-", b"\x89PNG\r\n", b"\xff\xd8\xff"))


def _picture(data: bytes) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(data), formats=_FORMATS)
    except Image.DecompressionBombError:
        raise _too_many_pixels() from None
    except (OSError, ValueError, SyntaxError):
        raise _unsupported() from None
    if picture.width * picture.height > MAX_PIXELS:
        raise _too_many_pixels()
    try:
        return picture.convert("L")
    except (OSError, ValueError, SyntaxError, EOFError):
        raise _unsupported() from None


def _sheets(data: bytes) -> Iterator[Image.Image]:
    try:
        yield from pdf_pages(data, _DPI, accept=_accept)
    except PdfUnreadableError:
        raise _unsupported() from None


def _accept(sizes: Sequence[Size]) -> None:
    if len(sizes) > MAX_PAGES:
        raise PhotoTooLargeError("The file has too many pages.", field="photo")
    if any(max(size) > _MAX_SIDE_POINTS for size in sizes):
        raise _too_many_pixels()


def _too_many_pixels() -> PhotoTooLargeError:
    return PhotoTooLargeError(
        "The photo has too many pixels to be opened; send a smaller one.",
        field="photo",
    )


def _unsupported() -> PhotoUnsupportedError:
    return PhotoUnsupportedError(
        "This is no JPEG, PNG or WebP photo that can be read.", field="photo"
    )
