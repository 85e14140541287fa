"""The catalogue as programs use it."""

import io
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.api.make_api import BASE, Farm, Program, make_authority, make_farm, problem
from tests.catalog.make_catalog import huge_png, make_gtin, make_jpeg, make_pdf
from tests.web.make_web import make_app, make_services
from traceability.core.ports import Clock
from traceability.db.database import Database
from traceability.web.context import Services

SITE = {"kind": "plot", "name": "Đồi chè", "commune_code": "05587"}
CERTIFICATE = {
    "kind": "vietgap",
    "number": "SAMPLE-01",
    "body": "Sở mẫu",
    "issued": "2025-06-15",
    "expires": "2027-06-15",
}
RIGHT = {"kind": "gi", "sign": "Bắc Kạn", "state": "registered", "register_no": "106"}


@pytest.fixture
def use(tmp_path: Path, database: Database, clock: Clock) -> Services:
    return make_services(tmp_path / "home", database, clock)


@pytest.fixture
def app(use: Services) -> Flask:
    return make_app(use)


@pytest.fixture
def farm(use: Services, app: Flask) -> Farm:
    return make_farm(use, app)


@pytest.fixture
def other(use: Services, app: Flask) -> Program:
    return make_farm(use, app, 1).program


@pytest.fixture
def officer(use: Services, app: Flask) -> Program:
    return make_authority(use, app)


def upload(program: Program, path: str, **sent: Any) -> TestResponse:
    return program.app.test_client().post(
        f"/api/v1{path}",
        data=sent,
        content_type="multipart/form-data",
        headers={"Authorization": f"Bearer {program.key}"},
        base_url=BASE,
    )


def test_a_place_is_added_read_listed_changed_and_retired(
    farm: Farm, other: Program
) -> None:
    program = farm.program
    sent = SITE | {"latitude": "21.59422", "longitude": "105.84817", "gln": None}
    added = program.post("/sites", sent | {"area_code": "x", "area_hectares": "1.5"})
    found = added.get_json()
    assert added.status_code == 201
    assert (found["latitude"], found["area_hectares"]) == ("21.59422", "1.5")
    assert (found["area_code_unusual"], found["state"]) == (True, "active")
    path = f"/sites/{found['id']}"
    assert program.get(path).get_json() == found
    refused = problem(program.patch(path, {"latitude": None}))
    assert (refused["code"], refused["field"]) == ("point-invalid", "latitude")
    whole = {"state": "retired", "latitude": None, "longitude": None}
    changed = program.patch(path, whole).get_json()
    assert changed == found | whole
    first = program.get("/sites?limit=1").get_json()
    assert [one["id"] for one in first["items"]] == [found["id"]]
    second = program.get(first["next"]).get_json()
    assert second["items"][0]["id"] == farm.site
    for answer in (other.get(path), other.patch(path, {"name": "x"})):
        assert problem(answer)["code"] == "site-not-found"


BAD_PLACES: list[tuple[dict[str, Any], str, int]] = [
    ({"commune_code": "99999"}, "commune-unknown", 422),
    ({"gln": "9520000050017"}, "check-digit", 400),
    ({"latitude": "91", "longitude": "0"}, "point-invalid", 422),
    ({"area_hectares": "0"}, "area-invalid", 422),
    ({"name": "a\u200b"}, "invalid", 422),
    ({"kind": "moon"}, "invalid", 422),
    ({"colour": "red"}, "invalid", 422),
]


def test_a_place_that_cannot_be_is_refused(farm: Farm) -> None:
    for changed, code, status in BAD_PLACES:
        refused = problem(farm.program.post("/sites", SITE | changed))
        assert (refused["code"], refused["status"]) == (code, status)


def test_a_product_is_added_changed_and_says_what_it_lacks(
    farm: Farm, other: Program, officer: Program
) -> None:
    program = farm.program
    sent = {"gtin": str(make_gtin(9)), "name_vi": "Trà sen", "ocop_set": "tea"}
    shops = ["https://shop.example/tra", "HTTPS://SHOP.example/tra"]
    added = program.post("/products", sent | {"brand": "Sen", "shop_links": shops})
    found = added.get_json()
    assert added.status_code == 201
    assert found["shop_links"] == shops[:1]
    path = f"/products/{found['id']}"
    lacks = program.get(f"{path}/missing-fields").get_json()
    by_document = {
        one["document"]: {field["id"] for field in one["missing"]}
        for one in lacks["documents"]
    }
    assert by_document["passport"] == {"party_id", "origin"}
    assert {"ingredients", "use_storage", "net_quantity"} <= by_document["label"]
    told = program.patch("/producer", {"tax_code": "0100109106", "address": "Xã mẫu"})
    assert told.get_json() == program.get("/producer").get_json()
    changed = program.patch(
        path,
        {
            "origin": "Việt Nam",
            "net_amount": "0.1",
            "net_unit": "KGM",
            "state": "retired",
        },
    )
    assert (changed.get_json()["net_amount"], changed.get_json()["brand"]) == (
        "0.1",
        "Sen",
    )
    lacks = officer.get(f"{path}/missing-fields").get_json()
    assert [one["id"] for one in lacks["documents"][1]["missing"]] == []
    assert problem(other.get(path))["code"] == "product-not-found"
    assert problem(officer.patch(path, {"origin": "x"}))["status"] == 403
    listed = officer.get("/products").get_json()["items"]
    assert {found["id"], farm.product} <= {one["id"] for one in listed}
    assert found["id"] not in str(other.get("/products").get_json())


BAD_PRODUCTS: list[tuple[dict[str, Any], str, str]] = [
    ({"gtin": None}, "product-key-missing", "gtin"),
    ({"internal_code": "X-1"}, "product-key-missing", "gtin"),
    ({"gtin": "9520001001018"}, "check-digit", "gtin"),
    ({"brand": "Sеn"}, "confusable-with", "brand"),
    ({"name_vi": "Trà sеn"}, "disguised-letters", "name_vi"),
    ({"shop_links": ["http://a.example/"]}, "shop-link-invalid", "shop_links"),
    ({"ocop_set": "moon"}, "product-set-unknown", "ocop_set"),
    ({"net_amount": "5"}, "unit-unknown", "net_unit"),
    ({"net_amount": 5, "net_unit": "KGM"}, "invalid", "net_amount"),
    ({"alcohol_percent": "101"}, "alcohol-invalid", "alcohol_percent"),
    ({"shelf_life_days": True}, "invalid", "shelf_life_days"),
]


def test_a_product_that_cannot_be_is_refused(farm: Farm) -> None:
    first = {"internal_code": "SEN", "name_vi": "Khác", "brand": "Sen"}
    assert farm.program.post("/products", first).status_code == 201
    sent = {"gtin": str(make_gtin(9)), "name_vi": "Trà nhài"}
    for changed, code, field in BAD_PRODUCTS:
        refused = problem(farm.program.post("/products", sent | changed))
        assert (refused["code"], refused["field"]) == (code, field)


def test_photos_are_sent_ordered_described_and_removed(
    farm: Farm, other: Program
) -> None:
    program, path = farm.program, f"/products/{farm.product}/photos"
    for colour in ("olive", "navy"):
        photo = (io.BytesIO(make_jpeg(colour)), "a.jpg")
        added = upload(program, path, photo=photo, alt=colour)
        assert added.status_code == 201, added.get_data(as_text=True)
    digest = str(_photos(program, farm)[1]["digest"])
    shown = program.post(f"{path}/{digest}/up").get_json()["photos"]
    assert [one["alt"] for one in shown] == ["navy", "olive"]
    assert _status(program, shown[0]["url"]) == 200
    described = program.patch(f"{path}/{digest}", {"alt": "Đồi chè"})
    assert described.get_json()["alt"] == "Đồi chè"
    assert other.send("DELETE", f"{path}/{digest}").status_code == 404
    assert program.send("DELETE", f"{path}/{digest}").status_code == 200
    assert problem(program.send("DELETE", f"{path}/{digest}"))["status"] == 404
    assert [one["alt"] for one in _photos(program, farm)] == ["olive"]


def _photos(program: Program, farm: Farm) -> list[dict[str, Any]]:
    answer = program.get(f"/products/{farm.product}").get_json()
    found: list[dict[str, Any]] = answer["photos"]
    return found


def _status(program: Program, url: str) -> int:
    client = program.app.test_client()
    return client.get(url.removeprefix(BASE), base_url=BASE).status_code


BAD_FILES = [
    (make_pdf(), "anh.png", 415),
    (b"<svg><script/></svg>", "a.svg", 415),
    (huge_png(30_000, 30_000), "a.png", 413),
]


def test_bad_uploads_are_refused_and_nothing_is_stored(farm: Farm) -> None:
    program = farm.program
    photos = f"/products/{farm.product}/photos"
    certificate = program.post("/certificates", CERTIFICATE).get_json()
    files = f"/certificates/{certificate['id']}/files"
    for data, name, status in BAD_FILES:
        refused = upload(program, photos, photo=(io.BytesIO(data), name))
        assert problem(refused)["status"] == status
        refused = upload(program, files, file=(io.BytesIO(data), name))
        assert problem(refused)["status"] == status
    assert problem(upload(program, files))["status"] == 422
    assert _photos(program, farm) == []
    assert program.get(f"/certificates/{certificate['id']}").get_json()["files"] == []


def test_a_certificate_is_added_read_filed_and_withdrawn(
    farm: Farm, other: Program, officer: Program
) -> None:
    program = farm.program
    sent = CERTIFICATE | {"products": [farm.product], "sites": [farm.site]}
    added = program.post("/certificates", sent | {"scope": "Chè khô"})
    found = added.get_json()
    assert (added.status_code, found["state"]) == (201, "valid")
    assert found["products"] == [farm.product]
    path = f"/certificates/{found['id']}"
    file = upload(program, f"{path}/files", file=(io.BytesIO(make_pdf()), "a.pdf"))
    digest = file.get_json()["sha256"]
    opened = program.patch(f"{path}/files/{digest}", {"is_public": True})
    assert opened.get_json()["is_public"] is True
    for reader in (program, officer):
        handed = reader.get(f"{path}/files/{digest}")
        assert handed.data == make_pdf()
        assert handed.headers["Content-Disposition"].startswith("attachment")
        assert reader.get(path).get_json()["files"][0]["sha256"] == digest
    for asked in (path, f"{path}/files/{digest}"):
        assert problem(other.get(asked))["code"] == "certificate-not-found"
    foreign = CERTIFICATE | {"number": "2", "products": [farm.product]}
    assert problem(other.post("/certificates", foreign))["status"] == 404
    assert program.send("DELETE", f"{path}/files/{digest}").status_code == 200
    gone = {"on": "2026-11-22", "reason": "Vi phạm"}
    withdrawn = program.post(f"{path}/withdraw", gone).get_json()
    assert (withdrawn["state"], withdrawn["files"]) == ("withdrawn", [])
    again = problem(program.post(f"{path}/withdraw", gone))
    assert again["code"] == "certificate-withdrawn"
    listed = program.get("/certificates").get_json()
    assert [one["id"] for one in listed["items"]] == [found["id"]]
    assert len(officer.get("/certificates").get_json()["items"]) == 1
    assert other.get("/certificates").get_json()["items"] == []


def test_a_right_is_added_put_right_and_withdrawn(
    farm: Farm, other: Program, officer: Program
) -> None:
    program = farm.program
    added = program.post("/ip-rights", RIGHT | {"product": farm.product})
    found = added.get_json()
    assert added.status_code == 201
    assert (found["register_no_unusual"], found["shown_to_buyers"]) == (True, False)
    path = f"/ip-rights/{found['id']}"
    half = problem(program.patch(path, {"right_to_use": "QSD-05"}))
    assert (half["code"], half["field"]) == ("right-to-use-dates", "right_to_use_date")
    whole = {"right_to_use": "QSD-05", "right_to_use_date": "2023-05-10"}
    fixed = program.patch(path, whole | {"register_no": "00106"}).get_json()
    assert (fixed["register_no_unusual"], fixed["shown_to_buyers"]) == (False, True)
    assert officer.get(path).get_json() == fixed
    assert problem(other.get(path))["code"] == "ip-right-not-found"
    assert (
        problem(other.post("/ip-rights", RIGHT | {"product": farm.product}))["status"]
        == 404
    )
    gone = {"on": "2026-11-22", "reason": "Trả lại"}
    withdrawn = program.post(f"{path}/withdraw", gone).get_json()
    assert (withdrawn["validity"], withdrawn["shown_to_buyers"]) == ("withdrawn", False)
    refused = problem(program.patch(path, {"sign": "x"}))
    assert refused["code"] == "ip-right-withdrawn"
    for reader in (program, officer):
        assert len(reader.get("/ip-rights").get_json()["items"]) == 1


def test_a_repeated_post_is_done_once(farm: Farm) -> None:
    key = {"Idempotency-Key": "che-1"}
    first = farm.program.post("/certificates", CERTIFICATE, **key)
    assert farm.program.post("/certificates", CERTIFICATE, **key).data == first.data
    changed = farm.program.post("/certificates", CERTIFICATE | {"number": "2"}, **key)
    assert problem(changed)["code"] == "key-reuse"
