import io

import pytest
from hypothesis import given, strategies as st
from PIL import ExifTags, Image

from tests.catalog.make_catalog import huge_png, make_pdf
from traceability.catalog.paper_files import (
    MAX_FILE_BYTES,
    PART_BYTES,
    FileNameError,
    FileTooLargeError,
    FileUnsupportedError,
    PaperFile,
    paper_file,
    safe_name,
)
from traceability.catalog.photos import MAX_SCAN_SIDE, PhotoTooLargeError


def picture(kind: str, size: tuple[int, int] = (300, 200), **options: object) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", size, "olive").save(stream, kind, **options)
    return stream.getvalue()


def test_a_pdf_is_kept_byte_for_byte() -> None:
    found = paper_file(make_pdf(), "Giấy ATTP.pdf")
    assert (found.content, found.media_type) == (make_pdf(), "application/pdf")
    assert found.name == "Giấy ATTP.pdf"
    assert len(found.digest) == 64


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_keeps_its_kind_and_stays_legible(kind: str) -> None:
    found = paper_file(picture(kind, (4000, 3000)), "giay")
    image = Image.open(io.BytesIO(found.content))
    assert (image.format, found.media_type) == (kind, f"image/{kind.lower()}")
    assert max(image.size) == MAX_SCAN_SIDE


def test_position_and_camera_are_left_behind_and_the_page_stands_upright() -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Camera"
    exif[ExifTags.Base.Orientation] = 6
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitudeRef] = "N"
    for kind in ("JPEG", "PNG", "WEBP"):
        found = paper_file(picture(kind, exif=exif), "a.jpeg" if kind == "JPEG" else "")
        image = Image.open(io.BytesIO(found.content))
        assert image.size == (200, 300)
        assert not image.getexif()
        assert b"Camera" not in found.content


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", ""),
        (b"%PDF-1.7 without an end", "a.pdf"),
        (b"GIF89a", "a.gif"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "a.svg"),
        (b"<html><script>alert(1)</script>", "a.png"),
        (b"x" + make_pdf(), "a.pdf"),
        (b"PK\x03\x04 macros", "a.docx"),
        (picture("PNG")[:100], "a.png"),
    ],
    ids=["empty", "cut pdf", "gif", "svg", "html", "late pdf", "zip", "cut png"],
)
def test_everything_else_is_refused(data: bytes, name: str) -> None:
    with pytest.raises(FileUnsupportedError) as caught:
        paper_file(data, name)
    assert (caught.value.status, caught.value.field) == (415, "file")


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (make_pdf(), "anh.png"),
        (make_pdf(), "anh.JPG"),
        (picture("PNG"), "giay.pdf"),
        (picture("PNG"), "anh.jpeg"),
    ],
)
def test_a_name_that_says_another_kind_is_refused(data: bytes, name: str) -> None:
    with pytest.raises(FileNameError) as caught:
        paper_file(data, name)
    assert caught.value.status == 415


def test_what_is_too_large_is_refused_before_it_is_decoded() -> None:
    with pytest.raises(FileTooLargeError) as caught:
        paper_file(b"%PDF-1.7" + b"\0" * MAX_FILE_BYTES, "a.pdf")
    assert caught.value.status == 413
    with pytest.raises(PhotoTooLargeError) as bomb:
        paper_file(huge_png(30_000, 30_000), "a.png")
    assert bomb.value.status == 413


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("Giấy chứng nhận.pdf", "Giấy chứng nhận.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\giay\\a.PDF", "a.pdf"),
        ('a"; filename="b.exe', "a__ filename__b_exe.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "a__Set-Cookie_ x.pdf"),
        ("=cmd|calc.pdf", "cmd_calc.pdf"),
        ("", "file.pdf"),
        ("....", "file.pdf"),
        ("\u202efdp.exe", "fdp_exe.pdf"),
    ],
)
def test_names_become_safe_for_headers_and_disks(name: str, safe: str) -> None:
    assert safe_name(name, "application/pdf") == safe


@given(st.text(max_size=300))
def test_no_name_escapes(name: str) -> None:
    found = safe_name(name, "image/png")
    assert found.endswith(".png")
    assert len(found) <= 84
    assert not set(found) & set("/\\\"';:\r\n\0<>|")
    assert not found.startswith(".")


def test_the_parts_make_the_whole() -> None:
    content = bytes(range(256)) * 2000
    file = PaperFile(name="a.pdf", media_type="application/pdf", content=content)
    assert b"".join(file.parts) == content
    assert max(map(len, file.parts)) == PART_BYTES
