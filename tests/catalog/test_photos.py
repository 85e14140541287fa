import io
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from PIL import ExifTags, Image

from tests.catalog.make_catalog import huge_png
from traceability.catalog.photos import (
    MAX_FILE_BYTES,
    MAX_SIDE,
    MAX_WEBP_BYTES,
    PhotoTooLargeError,
    PhotoUnsupportedError,
    web_photo,
)


def picture(
    kind: str = "JPEG", size: tuple[int, int] = (1200, 900), **options: object
) -> bytes:
    stream = io.BytesIO()
    image = Image.effect_noise(size, 80).convert("RGB")
    image.save(stream, kind, **options)
    return stream.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_becomes_a_small_webp(kind: str) -> None:
    found = web_photo(picture(kind))
    image = Image.open(io.BytesIO(found.webp))
    assert image.format == "WEBP"
    assert max(image.size) <= MAX_SIDE
    assert (found.width, found.height) == image.size
    assert len(found.webp) <= MAX_WEBP_BYTES
    assert len(found.digest) == 64


def test_a_small_picture_is_not_blown_up() -> None:
    found = web_photo(picture("PNG", (40, 30)))
    assert (found.width, found.height) == (40, 30)


def test_position_and_camera_are_left_behind_and_the_picture_stands_upright() -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Camera"
    exif[ExifTags.Base.Orientation] = 6
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitudeRef] = "N"
    stream = io.BytesIO()
    Image.new("RGB", (600, 400), "green").save(stream, "JPEG", exif=exif)
    found = web_photo(stream.getvalue())
    assert (found.width, found.height) == (400, 600)
    assert b"Camera" not in found.webp
    assert b"EXIF" not in found.webp
    assert not Image.open(io.BytesIO(found.webp)).getexif()


def test_what_is_clear_becomes_white_paper() -> None:
    stream = io.BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(stream, "PNG")
    image = Image.open(io.BytesIO(web_photo(stream.getvalue()).webp))
    pixel = image.convert("RGB").getpixel((10, 10))
    assert isinstance(pixel, tuple)
    assert min(pixel) > 250


@pytest.mark.parametrize("size", [(30_000, 30_000), (8_000, 8_000), (2_000_000_000, 1)])
def test_a_picture_of_too_many_pixels_is_refused_before_decoding(
    size: tuple[int, int],
) -> None:
    with pytest.raises(PhotoTooLargeError) as caught:
        web_photo(huge_png(*size))
    assert (caught.value.status, caught.value.field) == (413, "photo")


def test_a_file_of_too_many_bytes_is_refused() -> None:
    with pytest.raises(PhotoTooLargeError):
        web_photo(b"\0" * (MAX_FILE_BYTES + 1))


def gif() -> bytes:
    return picture("GIF", (10, 10))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"%PDF-1.7\n1 0 obj<<>>endobj",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<html>",
        gif(),
        picture()[:400],
        picture("PNG")[:400],
        picture("WEBP")[:400],
        huge_png(100, 100),
    ],
    ids=["empty", "pdf", "svg", "html", "gif", "jpeg", "png", "webp", "short"],
)
def test_everything_else_is_refused(data: bytes) -> None:
    with pytest.raises(PhotoUnsupportedError) as caught:
        web_photo(data)
    assert caught.value.status == 415


SMALL = [picture(kind, (64, 48)) for kind in ("JPEG", "PNG", "WEBP")]


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.sampled_from(SMALL), st.data())
def test_a_damaged_file_is_read_or_refused_never_more(
    data: bytes, chosen: st.DataObject
) -> None:
    damaged = bytearray(data)
    for _ in range(chosen.draw(st.integers(1, 6))):
        position = chosen.draw(st.integers(0, len(damaged) - 1))
        damaged[position] = chosen.draw(st.integers(0, 255))
    with suppress(PhotoUnsupportedError, PhotoTooLargeError):
        assert len(web_photo(bytes(damaged)).webp) <= MAX_WEBP_BYTES
