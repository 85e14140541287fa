"""The tables of units are built by a script; forms of every room search them."""

import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from tests.accounts.make_accounts import make_signed_in
from tests.web.make_web import make_app
from traceability.catalog.units.build import TABLES, build, main
from traceability.core.permissions import Role
from traceability.web.context import Services

SMALL: dict[str, Any] = {
    "code_corrections": {"23737": "23938"},
    "former": {
        "52": {"name": "Tỉnh Bình Định", "now": "52"},
        "46": {"name": "Thành phố Huế", "now": "46", "also": "Thừa Thiên Huế"},
        "64": {"name": "Tỉnh Gia Lai", "now": "52"},
    },
}


def sample() -> dict[str, list[dict[str, str]]]:
    decomposed = unicodedata.normalize("NFD", "Xã Ia Mơ")
    return {
        "provinces": [
            {"province_code": "52", "name": "Gia Lai", "place_type": "Tỉnh"},
            {
                "province_code": "46",
                "name": "Thành phố Huế",
                "place_type": "Thành phố Trung Ương",
            },
        ],
        "wards": [
            {"ward_code": "23737", "province_code": "52", "name": decomposed},
            {"ward_code": "19753", "province_code": "46", "name": "Phường Phú Xuân"},
        ],
    }


def test_the_script_sorts_corrects_and_composes() -> None:
    assert build(sample(), SMALL) == {
        "provinces.csv": "code,name\n46,Thành phố Huế\n52,Tỉnh Gia Lai\n",
        "communes.csv": (
            "code,province,name\n19753,46,Phường Phú Xuân\n23938,52,Xã Ia Mơ\n"
        ),
        "province_succession.csv": (
            "old_code,old_name,also,new_code\n46,Thành phố Huế,Thừa Thiên Huế,46\n"
            "52,Tỉnh Bình Định,,52\n64,Tỉnh Gia Lai,,52\n"
        ),
    }


@pytest.mark.parametrize("change", ["twice", "lost", "unfollowed"])
def test_tables_that_contradict_one_another_are_refused(change: str) -> None:
    source = sample()
    if change == "twice":
        source["wards"].append(source["wards"][1])
    elif change == "lost":
        source["wards"][1]["province_code"] = "47"
    else:
        source["provinces"].pop()
    with pytest.raises(ValueError, match="codes twice"):
        build(source, SMALL)


def test_a_package_is_read_from_its_folder(tmp_path: Path) -> None:
    """What stands in the tables, put back into the package's form, gives them again."""
    rows = {
        name: [
            line.split(",")
            for line in (TABLES / f"{name}.csv").read_text("utf-8").splitlines()[1:]
        ]
        for name in ("provinces", "communes")
    }
    package = [
        {"type": "header", "version": "1.1"},
        {
            "type": "table",
            "name": "provinces",
            "data": [
                {"province_code": code, "name": name, "place_type": name.split(" ")[0]}
                | ({"place_type": "Thành phố"} if name.startswith("Thành") else {})
                | ({"name": name.removeprefix("Tỉnh ")})
                for code, name in rows["provinces"]
            ],
        },
        {
            "type": "table",
            "name": "wards",
            "data": [
                {
                    "ward_code": {"23938": "23737"}.get(code, code),
                    "province_code": province,
                    "name": name,
                }
                for code, province, name in reversed(rows["communes"])
            ],
        },
    ]
    (tmp_path / "address.json").write_text(json.dumps(package), encoding="utf-8")
    main(tmp_path, tmp_path)
    for name in ("provinces.csv", "communes.csv", "province_succession.csv"):
        assert (tmp_path / name).read_bytes() == (TABLES / name).read_bytes()


def test_an_administrator_finds_a_commune_by_its_old_province(
    light_use: Services,
) -> None:
    browser = make_signed_in(light_use, Role.ADMINISTRATOR)
    path = "/admin/organisations/new"
    sent = {"kind": "household", "name_vi": "Hộ mẫu", "name_public": "1"}
    browser.get(path)
    looked = sent | {"commune_words": "dong van, ha giang", "find": "1"}
    assert browser.post(path, looked).status_code == 200
    assert "Xã Đồng Văn, tỉnh Tuyên Quang" in browser.page
    assert "Tỉnh Hà Giang nay thuộc tỉnh Tuyên Quang" in browser.page
    assert 'value="Hộ mẫu"' in browser.page
    undecided = sent | {"commune_words": "dong van, ha giang"}
    assert browser.post(path, undecided).status_code == 422
    assert "Hãy chọn xã, phường trong danh sách." in browser.page
    made = browser.post(path, undecided | {"commune_code": "00721"})
    assert made.status_code == 303
    browser.get(made.location)
    assert "Xã Đồng Văn, tỉnh Tuyên Quang" in browser.page
    looked = sent | {"commune_words": "khong co noi nay", "find": "1"}
    assert browser.post(made.location, looked).status_code == 200
    assert "Không tìm thấy" in browser.page
    assert 'name="commune_code"' in browser.page


def test_programs_ask_without_a_key_what_a_code_meant(light_use: Services) -> None:
    client = make_app(light_use).test_client()

    def ask(path: str) -> tuple[int, Any]:
        answer = client.get(f"/api/v1/units/{path}")
        return answer.status_code, answer.get_json()

    assert len(ask("provinces")[1]["items"]) == 34
    assert len(ask("provinces?on=2025-06-30")[1]["items"]) == 63
    status, then = ask("15?on=2025-06-30")
    assert (status, then["name"], then["now_name"]) == (
        200,
        "Tỉnh Yên Bái",
        "Tỉnh Lào Cai",
    )
    assert ask("15")[1]["name"] == "Tỉnh Lào Cai"
    assert ask("05587")[1]["province_code"] == "19"
    refused = [ask(path) for path in ("02", "99999", "05587?on=2025-06-30")]
    assert [(status, body["code"]) for status, body in refused] == [
        (422, "province-unknown"),
        (422, "commune-unknown"),
        (422, "commune-unknown"),
    ]


def test_programs_find_communes_by_an_old_province(light_use: Services) -> None:
    client = make_app(light_use).test_client()
    answer = client.get("/api/v1/units/communes?q=dong+van+ha+giang&limit=5").get_json()
    assert answer["items"] == [
        {
            "code": "00721",
            "name": "Xã Đồng Văn",
            "full_name": "Xã Đồng Văn, tỉnh Tuyên Quang",
            "province_code": "08",
            "formerly_code": "02",
            "formerly_name": "Tỉnh Hà Giang",
        }
    ]
