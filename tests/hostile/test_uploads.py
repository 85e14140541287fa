"""Files that are not what they say, and addresses that lead people away."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from sqlalchemy import select

from tests.batches.importing.make_files import changed, csv_file, row, xlsx_file
from tests.hostile.make_things import PDF, picture
from tests.hostile.make_world import World
from tests.hostile.test_forms import PHOTOS
from tests.hostile.wire import Answer, Wire
from traceability.catalog.models import CertificateFile
from traceability.events.models import EventFile

Sender = Callable[[World, str, bytes], Answer]
_PAGE = b"<!doctype html><script>alert(1)</script>"
# No PDF, JPEG, PNG or WebP, whatever they are called.
FALSE_PAPERS: list[tuple[str, bytes, int]] = [
    ("x.pdf", _PAGE, 415),
    ("x.png", PDF, 415),
    ("x.pdf", picture(), 415),
    ("x.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", 415),
    ("x.pdf", b"%PDF-1.7 without an end", 415),
    ("x.exe", b"MZ\x90\x00" + bytes(400), 415),
    ("x.zip", xlsx_file([row(1)]), 415),
    ("x.pdf", b"", 415),
    ("x.jpg", b"\xff\xd8\xff" + bytes(40), 415),
]


def to_papers(world: World, name: str, data: bytes) -> Answer:
    path = f"/certificates/{world.a.ids['certificate']}/files"
    return world.people["producer-a"].upload(path, {"file": (name, data)})


def to_papers_api(world: World, name: str, data: bytes) -> Answer:
    path = f"/api/v1/certificates/{world.a.ids['certificate']}/files"
    return world.program().upload(path, {"file": (name, data)})


def to_diary(world: World, name: str, data: bytes) -> Answer:
    entry = {"day": "20/11/2026", "clock": "07:00", "site": world.a.site.public_id}
    gone = {"lot": world.a.issued.digital_link, "qty": "1", "qty_unit": "KGM"}
    parts: dict[str, Any] = {**entry, **gone, "file": (name, data)}
    return world.people["producer-a"].upload("/diary/new/destroy", parts)


def to_photos(world: World, name: str, data: bytes) -> Answer:
    path = f"/products/{world.a.product.public_id}/photos"
    return world.people["producer-a"].upload(path, {"photo": (name, data)})


def to_photos_api(world: World, name: str, data: bytes) -> Answer:
    path = f"/api/v1/products/{world.a.product.public_id}/photos"
    return world.program().upload(path, {"photo": (name, data), "alt": ""})


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("send", [to_papers, to_papers_api, to_diary])
@pytest.mark.parametrize(("name", "data", "status"), FALSE_PAPERS)
def test_a_paper_is_known_by_its_content(
    world: World, send: Sender, name: str, data: bytes, status: int
) -> None:
    if send is to_diary and not data:
        return  # an empty choice is no file: the entry stands without
    answer = send(world, name, data)
    assert answer.status in {status, 422}, answer.text
    assert b"<script>alert(1)" not in answer.body


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("send", [to_photos, to_photos_api])
@pytest.mark.parametrize(
    ("make", "status"), [pytest.param(*rest, id=name) for name, *rest in PHOTOS]
)
def test_a_photo_is_a_photo_wherever_it_is_sent(
    world: World, send: Sender, make: Callable[[], bytes], status: int
) -> None:
    assert send(world, "x.png", make()).status == status


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    "send", [to_papers, to_papers_api, to_diary, to_photos, to_photos_api]
)
def test_a_file_over_the_limit_is_413(world: World, send: Sender) -> None:
    answer = send(world, "x.pdf", PDF[:9] + bytes(9 * 1024 * 1024))
    assert answer.status == 413


NAMES = [
    "../../../etc/passwd.pdf",
    "..\\..\\boot.pdf",
    '"><script>alert(1)</script>.pdf',
    "a\u202egnp.pdf",
    "x" * 300 + ".pdf",
    "ngày 20%0d%0aSet-Cookie: a=1.pdf",
    "=cmd|calc.pdf",
    ".pdf",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_file_s_name_is_a_name_and_nothing_more(world: World, name: str) -> None:
    assert to_papers(world, name, PDF + name.encode()).status == 303
    certificate = world.a.ids["certificate"]
    with world.use.database.reading() as session:
        kept = session.scalars(
            select(CertificateFile).order_by(CertificateFile.id.desc()).limit(1)
        ).one()
    path = f"/certificates/{certificate}/files/{kept.digest}/download"
    assert_harmless(world.people["producer-a"].get(path), "application/pdf")
    assert not set(kept.name) & set('/\\"<>\r\n\u202e')
    page = world.people["producer-a"].get(f"/certificates/{certificate}/files")
    assert "<script>alert(1)" not in page.text
    gone = f"/certificates/{certificate}/files/{kept.digest}/remove"
    assert world.people["producer-a"].form(gone).status == 303


@pytest.mark.parametrize("name", NAMES[:3])
def test_evidence_is_handed_out_as_a_file(world: World, name: str) -> None:
    answer = to_diary(world, name, PDF + name.encode())
    assert answer.status == 303, answer.text
    with world.use.database.reading() as session:
        kept = session.scalars(
            select(EventFile).order_by(EventFile.id.desc()).limit(1)
        ).one()
    assert not set(kept.name) & set('/\\"<>\r\n')


def assert_harmless(answer: Answer, media_type: str) -> None:
    """A file to keep, of one type, which no browser opens as a page."""
    assert answer.status == 200
    assert answer.headers.get_content_type() == media_type
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    [disposition] = answer.headers.get_all("Content-Disposition", [])
    assert disposition.startswith("attachment")
    assert answer.headers.get("Set-Cookie", "").find("a=1") < 0
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


IMPORTS: Mapping[str, tuple[bytes, str]] = {
    "a PDF": (PDF, "import-kind"),
    "macros": (
        changed(xlsx_file([row(1)]), {"xl/vbaProject.bin": b"x"}),
        "import-kind",
    ),
    "a bomb": (
        changed(xlsx_file([row(1)]), {"xl/x.xml": bytes(30_000_000)}),
        "import-too-large",
    ),
    "an old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99), "import-kind"),
    "semicolons": (csv_file([row(1)]).replace(b",", b";"), "import-delimiter"),
    "an entity": (
        changed(
            xlsx_file([row(1)]),
            {
                "xl/workbook.xml": b'<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
                b"<w>&x;</w>"
            },
        ),
        "import-workbook",
    ),
    "a page": (_PAGE, "import-column"),
}


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("name", IMPORTS)
def test_a_file_of_lots_is_one(world: World, name: str) -> None:
    data, rule = IMPORTS[name]
    a = world.people["producer-a"]
    sent = a.upload("/batches/import", {"file": ("../../lots.xlsx", data)})
    assert sent.status == 303
    place = str(sent.headers["Location"])
    page = a.get(place)
    assert rule in page.text
    assert "<script>alert(1)" not in page.text
    assert a.form(place, {"how": "issue"}).status == 422
    report = a.get(f"{place}/report.csv")
    assert report.headers.get_content_type() == "text/csv"
    a.get(place)
    assert a.form(f"{place}/delete").status == 303


@pytest.mark.usefixtures("unchanged")
def test_a_file_of_lots_over_the_limit_is_413(world: World) -> None:
    a = world.people["producer-a"]
    a.get("/batches/import")
    answer = a.upload("/batches/import", {"file": ("x.csv", b"a" * 3_000_000)})
    assert answer.status == 413


SHOPS = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)//https://shop.example",
    "http://shop.example/che",
    "//shop.example/che",
    "https://shop.example@evil.example/",
    "https://evil.example\\@shop.example/",
    "https://127.1/",
    "https://[::ffff:169.254.169.254]/",
    "https://localhost/",
    "https://shop.example:8443/",
    "https://shop.example/\r\nSet-Cookie: a=1",
    'https://shop.example/"><script>alert(1)</script>',
    "data:text/html,<script>alert(1)</script>",
    "https://",
    "shop.example",
]


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("url", SHOPS)
def test_a_shop_s_address_leads_to_a_shop(world: World, url: str) -> None:
    a = world.people["producer-a"]
    values = {"name_vi": "Chè bán mạng", "internal_code": "MANG", "shops-0-url": url}
    answer = a.form("/products/new", values)
    assert answer.status == 422
    assert "<script>alert(1)" not in answer.text
    path = f"/api/v1/products/{world.a.product.public_id}"
    sent = world.program().program("PATCH", path, {"shop_links": [url]})
    assert sent.status in {400, 422}, sent.text
    assert sent.headers.get("Set-Cookie") is None


def test_a_shop_is_a_link_that_tells_it_nothing(world: World) -> None:
    path = f"/api/v1/products/{world.a.product.public_id}"
    link = "https://shop.example/che?q=%3Cscript%3E&x=1"
    before = world.program().get(path).json()["shop_links"]
    changed_ = world.program().program("PATCH", path, {"shop_links": [link]})
    assert changed_.status == 200, changed_.text
    lot = f"01/{world.a.product.gtin}/10/{world.a.issued.lot_number}"
    page = world.stranger().get(f"/p/{lot}").text
    tag = next(part for part in page.split("<a ") if "shop.example" in part)
    assert {"noopener", "noreferrer", "nofollow"} <= set(
        tag.partition('rel="')[2].partition('"')[0].split()
    )
    world.program().program("PATCH", path, {"shop_links": before})


@pytest.mark.parametrize(
    "host", ["evil.example", "tx.example.evil.example", "tx.example@evil.example"]
)
def test_no_redirect_is_built_from_a_foreign_host(world: World, host: str) -> None:
    lot = f"/01/{world.a.product.gtin}/10/{world.a.issued.lot_number}"
    for path in (lot, "/batches", "/verify", "/api/v1/openapi.json", "/diary"):
        answer = Wire(world.port, host=host).get(path)
        assert host not in answer.headers.get("Location", ""), path
        assert answer.status in {400, 421}, path
    absolute = world.stranger().send("GET", f"http://{host}{lot}")
    assert host not in absolute.headers.get("Location", "")
    assert host not in absolute.text


@pytest.mark.parametrize(
    "path", ["/diary/new", "/batches/import", "/expiring", "/producer"]
)
@pytest.mark.parametrize(
    "target", ["//evil.example", "/\\evil.example", "/%5cevil.example"]
)
def test_pages_that_are_new_lead_nobody_away_either(
    world: World, path: str, target: str
) -> None:
    answer = world.stranger().get(f"{path}?next={target}&back={target}")
    assert answer.headers["Location"].startswith("/sign-in?next=/")
    a = world.people["producer-a"].get(f"{path}?next={target}&back={target}")
    assert a.status == 200
    assert 'href="//evil' not in a.text
    assert 'href="/\\' not in a.text
