"""What strangers put into forms and uploads: refused in words, nothing stored."""

import io
import struct
import zlib
from collections.abc import Callable

import pytest
from PIL import ExifTags, Image
from sqlalchemy import select

from tests.catalog.make_catalog import huge_png
from tests.hostile.make_world import World
from tests.hostile.wire import multipart
from traceability.catalog.models import Product, ProductPhoto
from traceability.verification import photo

LOT = "/01/09520000000011/10/LO-1"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def lot_form(world: World, **changes: str) -> dict[str, str]:
    return {
        "product": world.a.product.public_id,
        "site": world.a.site.public_id,
        "production_date": "20/11/2026",
        "quantity": "10",
        "unit": "KGM",
        **changes,
    }


BAD_LOTS = [
    ({"production_date": "30/02/2026"}, 422),
    ({"production_date": "23/11/2026"}, 422),
    ({"production_date": "01/01/0001"}, 422),
    ({"packaging_date": "01/11/2026"}, 422),
    ({"expiry": "31/12/9999"}, 422),
    ({"quantity": "0"}, 422),
    ({"quantity": "-5"}, 422),
    ({"quantity": "12kg"}, 422),
    ({"quantity": "1e5"}, 422),
    ({"quantity": "NaN"}, 422),
    ({"quantity": "٣"}, 422),
    ({"quantity": "9" * 400}, 422),
    ({"unit": "tạ"}, 422),
    ({"lot_number": "A" * 21}, 422),
    ({"lot_number": "LÔ"}, 422),
    ({"lot_number": "A/B"}, 422),
    ({"stage": "conjuring"}, 422),
    ({"product": "nothing"}, 404),
    ({"site": "' OR 1=1--"}, 404),
    ({"variety": "a\u200bb"}, 422),
    ({"variety": "a\u202eb"}, 422),
    ({"variety": "a\x00b"}, 400),
    ({"variety\x00": "b"}, 400),
    ({"inputs-0-quantity": "1"}, 422),
    ({"inputs-999-quantity": "1"}, 422),
    ({"inputs-0-outside": "Chè búp", "inputs-0-quantity": "1"}, 422),
]


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(("changes", "status"), BAD_LOTS)
def test_a_lot_s_form_refuses_and_keeps_what_was_typed(
    world: World, changes: dict[str, str], status: int
) -> None:
    sent = lot_form(world, **changes)
    answer = world.people["producer-a"].form("/batches/new", sent)
    assert answer.status == status, answer.text
    if status == 422:
        assert 'value="20/11/2026"' in answer.text or "production_date" in changes


def test_more_out_than_in_is_told_with_both_totals(world: World) -> None:
    line = {
        "inputs-0-outside": "Chè búp",
        "inputs-0-quantity": "5",
        "inputs-0-unit": "KGM",
    }
    answer = world.people["producer-a"].form("/batches/new", lot_form(world, **line))
    assert answer.status == 409
    assert "5 kg" in answer.text
    assert "10 kg" in answer.text


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"gtin": "09520000000012"}, 422),
        ({"gtin": "0" * 15}, 422),
        ({"gtin": "٠٩٥٢٠٠٠٠٠٠٠٠١١"}, 422),
        ({"gtin": "09520000000011"}, 409),
        ({"internal_code": "nhỏ"}, 422),
        ({"gtin": "09520000000011", "internal_code": "A"}, 422),
        ({}, 422),
        ({"internal_code": "MOI", "net_amount": "9" * 30}, 422),
        ({"internal_code": "MOI", "shelf_life_days": "9" * 5000}, 422),
        ({"internal_code": "MOI", "ocop_set": "gold"}, 422),
        ({"internal_code": "MOI", "name_vi": "a" * 201}, 422),
        ({"internal_code": "MOI", "name_vi": "Chè mẫu A"}, 409),
        ({"internal_code": "MOI", "name_vi": "Che\u0300 mẫu A"}, 409),
        ({"internal_code": "MOI", "name_vi": "Chè\u200b mẫu A"}, 422),
        ({"internal_code": "MOI", "name_vi": "\u202eA uẫm èhC"}, 422),
        ({"internal_code": "MOI", "name_vi": "Сhè mẫu A"}, 409),
    ],
)
def test_a_product_s_form_refuses(
    world: World, values: dict[str, str], status: int
) -> None:
    sent = {"name_vi": "Chè khác hẳn", **values}
    answer = world.people["producer-a"].form("/products/new", sent)
    assert answer.status == status, answer.text


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    "changes",
    [
        {"stars": "6"},
        {"stars": "0"},
        {"stars": "9" * 30},
        {"stars": "4.5"},
        {"points": "101"},
        {"points": "69"},
        {"points": "-1"},
        {"issued": "29/02/2027"},
        {"issued": "31/12/9999"},
        {"issued": "01/01/0001"},
        {"recognised_by": "me"},
        {"rules": "my own"},
    ],
)
def test_stars_that_no_decision_gives_are_refused(
    world: World, changes: dict[str, str]
) -> None:
    sent = {
        "stars": "4",
        "points": "82",
        "recognised_by": "province",
        "decision_no": "1",
        "decided_by": "UBND tỉnh mẫu",
        "certificate_no": "M-1",
        "issued": "01/06/2026",
        **changes,
    }
    address = f"/recognitions/new/{world.b.product.public_id}"
    assert world.people["officer"].form(address, sent).status == 422


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "gold"},
        {"count": "0"},
        {"count": "-1"},
        {"count": "1000001"},
        {"count": "9" * 4400},
        {"count": "1e3"},
        {"stock": "../a4-65"},
    ],
)
def test_labels_nobody_can_print_are_refused(
    world: World, changes: dict[str, str]
) -> None:
    sent = {"kind": "serial", "count": "1", "stock": "a4-24", **changes}
    address = f"/batches/{world.a.issued.public_id}/labels"
    assert world.people["producer-a"].form(address, sent).status == 422


def test_an_api_key_that_lasts_as_long_as_the_calendar_is_made(world: World) -> None:
    sent = {"name": "Mãi mãi", "scopes": "batches:read", "expires": "31/12/9999"}
    answer = world.people["producer-b"].form("/account/api-keys", sent)
    assert answer.status == 200
    assert "tx_" in answer.text


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"x=" + b"a" * (8 * 1024 * 1024), FORM, 413),
        (b"x=" + b"a" * (3 * 1024 * 1024), FORM, 413),
        (b"a=1&" * 1001, FORM, 413),
        (multipart({str(n): "1" for n in range(1001)}, "b"), {}, 413),
        (multipart({"a": "x" * (3 * 1024 * 1024)}, "b"), {}, 413),
        (b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n", {}, 400),
        (b"no boundary at all", {"Content-Type": "multipart/form-data"}, 400),
        (b"%zz=%ff&%=", FORM, 400),
        (b"", FORM, 400),
    ],
)
def test_bodies_no_form_has_are_refused(
    world: World, body: bytes, headers: dict[str, str], status: int
) -> None:
    kind = {"Content-Type": "multipart/form-data; boundary=b", **headers}
    answer = world.people["producer-a"].send("POST", "/products/new", kind, body)
    assert answer.status == status, answer.text


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({}, 422),
        ({"kind": "gold", "text": "x"}, 422),
        ({"kind": "other-lot", "text": "x"}, 422),
        ({"kind": "quality", "text": "x" * 1001}, 422),
        ({"kind": "quality", "text": "x" * 20_000}, 413),
        ({"kind": "quality", "text": "a\u202eb"}, 422),
        ({"kind": "quality", "text": "a\x00b"}, 400),
        ({"kind": "quality", "text": "x", "contact": "y" * 201}, 422),
        ({"kind": "quality", "text": "x", "website": "http://spam.example"}, 303),
    ],
)
def test_reports_that_tell_nothing_are_not_kept(
    world: World, values: dict[str, str], status: int
) -> None:
    assert world.stranger().form(f"/report{LOT}", values).status == status


def test_a_flood_of_reports_about_one_lot_is_bounded(world: World) -> None:
    lot = f"/report/01/{world.household.product.gtin}/10/LO-3"
    sent = {"kind": "quality", "text": "Chè bị mốc"}
    statuses = [world.stranger().form(lot, sent).status for _ in range(22)]
    assert statuses == [303] * 20 + [429] * 2


def picture(kind: str = "PNG", **extra: object) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (64, 48), "green").save(stream, kind, **extra)
    return stream.getvalue()


def with_place() -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.ImageDescription] = "NHA-TOI"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (21.0, 35.0, 1.0)
    return picture("JPEG", exif=exif.tobytes())


def text_bomb() -> bytes:
    """A PNG whose compressed text would fill the memory."""
    content = b"bomb\0\0" + zlib.compress(b"x" * 80_000_000)
    chunk = b"zTXt" + content
    size, check = struct.pack(">I", len(content)), struct.pack(">I", zlib.crc32(chunk))
    whole = picture()
    return whole[:33] + size + chunk + check + whole[33:]


PHOTOS: list[tuple[str, Callable[[], bytes], int]] = [
    ("a PDF", lambda: b"%PDF-1.7\n%%EOF", 415),
    ("an SVG with a script", lambda: b"<svg><script>alert(1)</script></svg>", 415),
    ("a page", lambda: b"<html><script>alert(1)</script>", 415),
    ("a GIF", lambda: picture("GIF"), 415),
    ("a TIFF", lambda: picture("TIFF"), 415),
    ("half a PNG", lambda: picture()[:80], 415),
    ("a PNG's head", lambda: b"\x89PNG\r\n\x1a\n", 415),
    ("noise", lambda: bytes(range(256)) * 40, 415),
    ("30,000 × 30,000", lambda: huge_png(30_000, 30_000), 413),
    ("4 billion × 1", lambda: huge_png(2**32 - 1, 1), 413),
    ("0 × 0", lambda: huge_png(0, 0), 415),
    ("a text bomb", text_bomb, 415),
]


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    ("make", "status"), [pytest.param(*rest, id=name) for name, *rest in PHOTOS]
)
def test_a_product_s_photo_is_a_photo(
    world: World, make: Callable[[], bytes], status: int
) -> None:
    parts: dict[str, str | tuple[str, bytes]] = {
        "name_vi": "Chè có ảnh",
        "internal_code": "ANH",
        "photo": ("../../x.png", make()),
    }
    answer = world.people["producer-a"].upload("/products/new", parts)
    assert answer.status == status, answer.text
    assert "Chè có ảnh" in answer.text


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    ("make", "status"),
    [pytest.param(*rest, id=name) for name, *rest in PHOTOS if name != "a PDF"],
)
def test_a_photo_to_be_verified_is_a_photo(
    world: World, make: Callable[[], bytes], status: int
) -> None:
    answer = world.stranger().upload("/verify", {"photo": ("x.png", make())})
    assert answer.status == status, answer.text


@pytest.mark.parametrize(
    ("data", "status"),
    [(b"", 415), (b"%PDF-1.7\n%%EOF", 415), (b"%PDF-" + b"\0" * 5000, 415)],
)
def test_a_sheet_to_be_verified_is_a_sheet(
    world: World, data: bytes, status: int
) -> None:
    answer = world.stranger().upload("/verify", {"photo": ("x.pdf", data)})
    assert answer.status == status


def test_a_photo_without_a_code_is_told_so(world: World) -> None:
    answer = world.stranger().upload("/verify", {"photo": ("x.png", picture())})
    assert answer.status == 422


def test_photos_that_take_long_leave_the_other_threads_free(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(photo, "WAIT_SECONDS", 0.1)
    with photo.READERS, photo.READERS:
        answer = world.stranger().upload("/verify", {"photo": ("x.png", picture())})
        assert answer.status == 503
        assert world.stranger().get("/verify").status == 200
    answer = world.stranger().upload("/verify", {"photo": ("x.png", picture())})
    assert answer.status == 422


def test_where_a_photo_was_taken_is_left_behind(world: World) -> None:
    b = world.people["producer-b"]
    sent = with_place()
    assert b"NHA-TOI" in sent
    parts: dict[str, str | tuple[str, bytes]] = {
        "name_vi": "Chè có ảnh GPS",
        "internal_code": "ANH-GPS",
        "photo": ("x.jpg", sent),
    }
    assert b.upload("/products/new", parts).status == 303
    with world.use.database.reading() as session:
        owned = select(Product).where(Product.internal_code == "ANH-GPS")
        digest = session.scalars(owned).one().photo_digest
        assert session.get(ProductPhoto, digest) is not None
    answer = world.stranger().get(f"/photos/{digest}.webp")
    assert answer.headers.get_content_type() == "image/webp"
    assert b"NHA-TOI" not in answer.body
    with Image.open(io.BytesIO(answer.body)) as served:
        assert not served.getexif()
