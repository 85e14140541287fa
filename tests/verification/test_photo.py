"""Photos: measured before they are decoded, read whatever way they are held."""

import io
import struct
import zlib

import pypdfium2
import pytest
from PIL import Image

from tests.verification.make_photos import picture_of
from traceability.catalog.photos import PhotoTooLargeError, PhotoUnsupportedError
from traceability.verification import photo
from traceability.verification.photo import NoCodeError, codes_in


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_codes_are_read_once_each(kind: str) -> None:
    assert codes_in(picture_of("one", "one", kind=kind)) == ["one"]
    assert sorted(codes_in(picture_of("one", "two", kind=kind))) == ["one", "two"]


def test_a_photo_held_sideways_reads_too() -> None:
    turned = Image.open(io.BytesIO(picture_of("one"))).rotate(90, expand=True)
    stream = io.BytesIO()
    turned.save(stream, "PNG")
    assert codes_in(stream.getvalue()) == ["one"]


def sheets(pages: int, side: float = 200) -> bytes:
    document = pypdfium2.PdfDocument.new()
    for _ in range(pages):
        document.new_page(side, side)
    stream = io.BytesIO()
    document.save(stream)
    document.close()
    return stream.getvalue()


def test_a_sheet_without_codes_has_none() -> None:
    with pytest.raises(NoCodeError):
        codes_in(sheets(2))


def test_a_sheet_too_long_or_too_wide_is_not_rendered() -> None:
    for data in (sheets(41), sheets(1, 4_000)):
        with pytest.raises(PhotoTooLargeError):
            codes_in(data)


def test_a_server_takes_no_sheets() -> None:
    with pytest.raises(PhotoUnsupportedError):
        codes_in(sheets(1), sheets=False)


def bomb(side: int) -> bytes:
    """Return a PNG that says it is large; its pixels are not there."""
    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    body = zlib.compress(b"")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body)


def chunk(name: bytes, data: bytes) -> bytes:
    crc = zlib.crc32(name + data)
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", crc)


@pytest.mark.parametrize("side", [7_200, 30_000])
def test_a_picture_too_large_is_refused_before_decoding(side: int) -> None:
    with pytest.raises(PhotoTooLargeError):
        codes_in(bomb(side))


def test_a_picture_cut_short_is_refused() -> None:
    data = picture_of("one")
    with pytest.raises(PhotoUnsupportedError):
        codes_in(data[: len(data) // 2])


def test_a_file_too_large_is_refused_unread() -> None:
    with pytest.raises(PhotoTooLargeError):
        codes_in(b"\xff\xd8\xff" + bytes(photo.MAX_BYTES))


def test_nobody_waits_for_thousands_of_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photo, "MAX_CODES", 1)
    assert len(codes_in(picture_of("one", "two"))) == 1
