"""Links as labels, fingers and scanners mangle them: /01/, /X/ and their pages."""

import pytest

from tests.hostile.make_world import World

GTIN = "/01/09520000000011"
pytestmark = pytest.mark.usefixtures("unchanged")

STATUSES = [
    (GTIN, 307),
    (f"{GTIN}/", 307),
    ("/01/9520000000011", 307),
    (f"{GTIN}/10/LO-1", 307),
    (f"{GTIN}/10/A%2FB", 307),
    (f"{GTIN}?linkType=gs1:pip", 307),
    (f"{GTIN}?linkType=linkset", 200),
    (f"{GTIN}?linkType=all", 200),
    (f"{GTIN}?linkType=gs1:nonsense", 404),
    (f"{GTIN}?linkType=%3Cscript%3E", 404),
    ("/01/09520000000998", 404),
    ("/X/KHONG-CO", 404),
    ("/01/0952000000012", 400),
    ("/01/09520000000012", 400),
    ("/01/095200000000111", 400),
    ("/01/%D9%A0%D9%A9%D9%A5%D9%A2", 400),
    ("/01/%EF%BC%90%EF%BC%99%EF%BC%95", 400),
    ("/01/", 400),
    ("/01", 400),
    ("/X/", 400),
    ("/X/a", 400),
    ("/X/A_B", 400),
    ("/X/" + "A" * 21, 400),
    (f"{GTIN}/10/", 400),
    (f"{GTIN}/10", 400),
    (f"{GTIN}//10/A", 400),
    (f"{GTIN}/10/" + "A" * 21, 400),
    (f"{GTIN}/10/%F0%9F%8D%B5", 400),
    (f"{GTIN}/10/L%C3%94", 400),
    (f"{GTIN}/10/%3Cscript%3E", 307),  # CSET 82 holds < and >: a lot like any other
    (f"{GTIN}/10/A/10/B", 400),
    (f"{GTIN}/21/1/10/A", 400),
    (f"{GTIN}/10/A/22/B", 400),
    (f"{GTIN}/17/260101", 400),
    (f"{GTIN}/10/A/foo", 400),
    (f"{GTIN}/foo", 400),
    (f"{GTIN}?17=260230", 400),
    (f"{GTIN}?10=", 400),
    (f"{GTIN}?10=A&10=B", 400),
    (f"{GTIN}?99999=1", 400),
    (f"{GTIN}?linkType=gs1:pip&linkType=gs1:epcis", 400),
    (f"{GTIN}/10/LO-1/21/0000000000000", 404),
    (f"{GTIN}/10/LO-1/21/abc", 404),
    ("/414/9520000000011", 400),
    ("/99/1", 400),
    ("/garbage", 400),
    ("/garbage/deeper", 404),
    ("/favicon.ico", 404),
    ("/wp-login.php", 404),
    ("/.env", 404),
    ("//evil.example/01/09520000000011", 404),
]


@pytest.mark.parametrize(("target", "status"), STATUSES)
def test_each_link_gets_its_status(world: World, target: str, status: int) -> None:
    answer = world.stranger().get(target)
    assert answer.status == status, answer.text
    assert "<script>" not in answer.text


@pytest.mark.parametrize(("target", "status"), STATUSES)
def test_programs_get_a_problem_with_a_code(
    world: World, target: str, status: int
) -> None:
    answer = world.stranger().get(target, Accept="application/json")
    if answer.status >= 400:
        assert answer.code
        assert answer.problem["status"] == answer.status


def test_the_digit_expected_is_shown(world: World) -> None:
    answer = world.stranger().get("/01/09520000000012", Accept_Language="vi")
    assert answer.status == 400
    assert "1" in answer.text
    problem = world.stranger().get("/01/09520000000012", Accept="application/json")
    assert problem.code == "check-digit"
    assert "1" in problem.problem["detail"]


def test_a_slash_inside_a_lot_survives(world: World) -> None:
    answer = world.stranger().get(f"{GTIN}/10/A%2FB?s=1&x=%2F")
    assert answer.headers["Location"] == f"/p{GTIN}/10/A%2FB?s=1&x=%2F"


def test_a_serial_of_another_lot_is_not_found_and_noted(world: World) -> None:
    serial = world.labels[0].serial
    answer = world.stranger().get(f"{GTIN}/10/NHAP-1/21/{serial}")
    assert answer.status == 404


def test_a_seal_of_nonsense_breaks_nothing(world: World) -> None:
    link = f"{GTIN}/10/LO-1/21/{world.labels[0].serial}"
    for seal in ("", "1", "9" * 200, "9" * 5000, "x" * 200, "%00", "-1", "٣" * 3):
        sent = seal if seal.isascii() else "%D9%A3" * 3
        for address in (link, f"/p{link}", f"/verify?link=https://tx.example{link}"):
            joint = "%3F" if address.startswith("/verify") else "?"
            assert world.stranger().get(f"{address}{joint}s={sent}").status < 500


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_any_site_may_ask_and_read_where_it_leads(world: World, method: str) -> None:
    origin = {"Origin": "https://elsewhere.example"}
    answer = world.stranger().send(method, GTIN, origin)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    if method == "OPTIONS":
        allowed = answer.headers["Access-Control-Allow-Methods"]
        assert {"GET", "HEAD", "OPTIONS"} <= set(allowed.split(", "))
    assert 'rel="linkset"' in answer.headers["Link"]


@pytest.mark.parametrize(
    "code",
    ["//evil.example", "https://evil.example/01/09520000000011", "javascript:alert(1)"],
)
def test_search_never_leads_elsewhere(world: World, code: str) -> None:
    answer = world.stranger().get(f"/find?code={code}")
    assert answer.status == 400
    assert "Location" not in answer.headers


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "(" * 2000,
        "(01)",
        "(01)09520000000011(10)",
        "https://evil.example/01/09520000000011",
        "HTTPS://TX.EXAMPLE" + GTIN,
        "https://tx.example" + GTIN + "/10/%ED%A0%80",
        "javascript:alert(1)",
        "%F0%9F%8D%B5",
        "9" * 2000,
        "http://[::1",
        "https://tx.example:99999" + GTIN,
        "https://[v1.x]/01/",
        "//",
    ],
)
def test_any_text_has_a_verdict(world: World, text: str) -> None:
    page = world.stranger().get(f"/verify?link={text}")
    assert page.status == 200
    assert 'href="javascript' not in page.text
    answer = world.stranger().get(f"/api/v1/verify?link={text}")
    assert answer.status == 200
    assert answer.json()["verdict"] != "verified"
    assert len(answer.json()["checks"]) == 11
    assert world.stranger().get(f"/api/v1/evidence?link={text}").status < 500


@pytest.mark.parametrize(
    "query",
    ["", "?link=", "?link=x&link=y", "?lnk=x", "?link=" + "x" * 2001],
)
def test_verify_asks_for_exactly_one_link(world: World, query: str) -> None:
    answer = world.stranger().get(f"/api/v1/verify{query}")
    assert answer.status == 422
    assert answer.code
