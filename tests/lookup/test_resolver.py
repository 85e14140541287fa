"""The resolver over real sockets: raw targets, headers, link types, refusals."""

import json

import pytest

from tests.lookup.make_lookup import Street
from traceability.gs1.digital_link import DigitalLink
from traceability.lookup.queries import reports_for
from traceability.scans.queries import history

GTIN = "/01/09520001001017"


def test_a_scan_leads_to_the_page_and_is_not_cached(still_street: Street) -> None:
    answer = still_street.ask(still_street.label)
    assert answer.status == 307
    assert answer.headers["location"] == f"/p{still_street.label}"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["vary"] == "Accept, Accept-Language"
    assert "set-cookie" not in answer.headers
    assert answer.headers["link"] == (
        f"<https://tx.example{still_street.label}?linkType=linkset>; "
        'rel="linkset"; type="application/linkset+json"'
    )


def test_the_query_string_is_passed_on_raw(still_street: Street) -> None:
    raw = "s=12&x=%2F%20a+b&&17=261122"
    answer = still_street.ask(f"{still_street.label}?{raw}")
    assert answer.headers["location"] == f"/p{still_street.label}?{raw}"


def test_an_old_short_code_leads_to_the_long_one(still_street: Street) -> None:
    answer = still_street.ask("/01/9520001001017/10/CHE-1/")
    assert answer.headers["location"] == f"/p{still_street.lot}"


def test_the_absolute_form_of_a_target_is_read(still_street: Street) -> None:
    answer = still_street.ask(f"https://tx.example{still_street.lot}")
    assert answer.headers["location"] == f"/p{still_street.lot}"


def test_a_slash_inside_a_lot_survives(still_street: Street) -> None:
    answer = still_street.ask(f"{GTIN}/10/A%2fB")
    assert (answer.status, answer.headers["location"]) == (307, f"/p{GTIN}/10/A%2FB")
    page = still_street.ask(answer.headers["location"])
    assert page.status == 200
    assert "Không ai đăng ký lô A/B tại đây." in page.text


@pytest.mark.parametrize(
    ("target", "code"),
    [
        ("/01/09520001001018", "check-digit"),
        ("/01/095200010010170", "key-invalid"),
        ("/01", "link-invalid"),
        ("/01/", "link-invalid"),
        ("/01//10/A", "link-invalid"),
        ("/X", "link-invalid"),
        ("/X/che", "key-invalid"),
        (f"{GTIN}/foo", "link-invalid"),
        (f"{GTIN}/10/A/foo", "link-invalid"),
        (f"{GTIN}/10/A//", "link-invalid"),
        (f"{GTIN}/21/S/10/A", "link-invalid"),
        (f"{GTIN}/10/A/10/B", "link-invalid"),
        (f"{GTIN}/17/261122", "link-invalid"),
        (f"{GTIN}/89/1", "link-invalid"),
        (f"{GTIN}/10/L%C3%B4", "lot-invalid"),
        (f"{GTIN}/10/{'A' * 21}", "lot-invalid"),
        (f"{GTIN}/10/%F0%9F%8D%B5", "lot-invalid"),
        (f"{GTIN}/10/A%00", "target-invalid"),
        (f"{GTIN}/10/A%0d%0aX:1", "target-invalid"),
        (f"{GTIN}/10/%2e%2E", "target-invalid"),
        (f"{GTIN}/10/%zz", "target-invalid"),
        (f"{GTIN}/10/%ff", "target-invalid"),
        (f"{GTIN}/10/A?10=B", "link-invalid"),
        (f"{GTIN}/10/A?17=260230", "ai-date-invalid"),
        (f"{GTIN}/10/A?05=1", "link-invalid"),
        ("/00/123456789012345675", "link-invalid"),
        ("/414/9520000050016", "link-invalid"),
        ("/12345", "link-invalid"),
        ("/garbage", "link-invalid"),
        ("/%D9%A0%D9%A1", "link-invalid"),
        ("/p/01/09520001001018", "check-digit"),
        ("/report/01/09520001001018", "check-digit"),
    ],
)
def test_a_bad_link_is_400_for_people_and_programs(
    still_street: Street, target: str, code: str
) -> None:
    problem = still_street.ask(target, Accept="application/problem+json")
    assert problem.status == 400
    assert problem.headers["content-type"] == "application/problem+json"
    assert json.loads(problem.body)["code"] == code
    page = still_street.ask(target)
    assert page.status == 400
    assert page.headers["content-type"] == "text/html; charset=utf-8"


def test_a_wrong_check_digit_shows_the_expected_one(still_street: Street) -> None:
    answer = still_street.ask("/01/09520001001018")
    assert "chữ số cuối phải là 7, không phải 8" in answer.text


def test_a_file_that_browsers_look_for_is_just_not_there(still_street: Street) -> None:
    assert still_street.ask("/favicon.ico").status == 404
    assert still_street.ask("/no/such/page").status == 404


def test_options_and_head_answer_like_get(still_street: Street) -> None:
    options = still_street.ask(
        still_street.lot, "OPTIONS", Origin="https://shop.example"
    )
    assert options.status == 204
    assert options.headers["access-control-allow-methods"] == "GET, HEAD, OPTIONS"
    assert 'rel="linkset"' in options.headers["link"]
    head = still_street.ask(still_street.lot, "HEAD")
    assert (head.status, head.body) == (307, b"")
    for answer in (options, head):
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.headers["access-control-expose-headers"] == "Link, Location"
    assert still_street.ask(GTIN + "/foo", "OPTIONS").status == 400
    assert still_street.ask(still_street.lot, "POST", body="").status == 405


@pytest.mark.parametrize(
    ("query", "accept"),
    [
        ("", "application/linkset+json"),
        ("?linkType=linkset", "*/*"),
        ("?linkType=all", "application/json"),
    ],
)
def test_the_linkset_is_given_to_programs(
    still_street: Street, query: str, accept: str
) -> None:
    answer = still_street.ask(still_street.label + query, Accept=accept)
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/linkset+json"
    assert "http://www.w3.org/ns/json-ld#context" in answer.headers["link"]
    anchors = [item["anchor"] for item in json.loads(answer.body)["linkset"]]
    home = "https://tx.example"
    assert anchors == [
        home + still_street.label,
        home + still_street.lot,
        home + still_street.product,
    ]


def test_every_link_of_a_linkset_leads_somewhere(still_street: Street) -> None:
    answer = still_street.ask(f"{still_street.label}?linkType=linkset", Accept="*/*")
    items = json.loads(answer.body)["linkset"]
    hrefs = {
        target["href"].removeprefix("https://tx.example").partition("#")[0]
        for item in items
        for targets in item.values()
        if isinstance(targets, list)
        for target in targets
    }
    statuses = {href: still_street.ask(href, Accept="*/*").status for href in hrefs}
    assert {href for href, status in statuses.items() if status != 200} == set()


def test_people_get_the_linkset_as_a_page(still_street: Street) -> None:
    answer = still_street.ask(f"{still_street.lot}?linkType=linkset")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "gs1:traceability" in answer.text


@pytest.mark.parametrize(
    "wish", ["gs1:pip", "https://gs1.org/voc/pip", "gs1:defaultLinkMulti"]
)
def test_a_wished_link_type_leads_there(still_street: Street, wish: str) -> None:
    answer = still_street.ask(f"{still_street.lot}?linkType={wish}")
    assert answer.status == 307
    assert f"/p{still_street.lot}" in answer.headers["location"]
    assert answer.headers["location"].endswith(f"?linkType={wish}")


def test_a_fragment_stays_behind_the_query(still_street: Street) -> None:
    answer = still_street.ask(f"{still_street.lot}?linkType=gs1:traceability")
    assert answer.headers["location"] == (
        f"https://tx.example/p{still_street.lot}?linkType=gs1:traceability#way"
    )


@pytest.mark.parametrize("wish", ["gs1:epcis", "nonsense", "gs1:"])
def test_a_link_type_that_is_not_there_is_404(still_street: Street, wish: str) -> None:
    answer = still_street.ask(f"{still_street.lot}?linkType={wish}", Accept="*/*")
    assert answer.status == 404


def test_a_product_nobody_registered_is_404(still_street: Street) -> None:
    answer = still_street.ask("/01/09506000134352/10/A")
    assert answer.status == 404
    assert "Không tìm thấy mã này" in answer.text
    problem = still_street.ask("/01/09506000134352", Accept="application/json")
    assert json.loads(problem.body)["code"] == "code-not-found"


def test_an_internal_code_is_resolved_and_never_called_gs1(
    still_street: Street,
) -> None:
    path = DigitalLink.parse(still_street.house.source.digital_link).path()
    assert path.startswith("/X/LA-TUOI/10/")
    assert still_street.ask(path).headers["location"] == f"/p{path}"


def test_the_resolver_describes_itself(still_street: Street) -> None:
    answer = still_street.ask("/.well-known/gs1resolver")
    assert answer.status == 200
    assert json.loads(answer.body)["resolverRoot"] == "https://tx.example"


def test_only_plain_scans_are_counted(light_street: Street) -> None:
    link = f"https://tx.example{light_street.label}"
    light_street.ask(light_street.label, "HEAD")
    light_street.ask(light_street.label, "OPTIONS")
    light_street.ask(f"{light_street.label}?linkType=linkset")
    light_street.ask(f"/p{light_street.label}")
    light_street.ask(light_street.label, User_Agent="Googlebot/2.1")
    light_street.ask(f"{light_street.lot}/21/0000000000000")
    assert light_street.counter.waiting(link) == 0
    light_street.ask(light_street.label)
    light_street.ask(light_street.label + "?utm=1")
    light_street.counter.flush()
    with light_street.house.use.database.reading() as session:
        assert history(session, link).count == 2


def test_a_scan_is_stored_under_its_canonical_link(street: Street) -> None:
    street.ask(street.lot + "/?x=1")
    street.counter.flush()
    with street.house.use.database.reading() as session:
        found = history(session, f"https://tx.example{street.lot}", single=False)
    assert (found.count, str(found.first)) == (1, "2026-11-22")


def test_a_genuine_serial_under_another_lot_is_404_and_told_once(
    street: Street,
) -> None:
    other = DigitalLink.parse(street.house.another_lot().digital_link)
    serial = street.house.serials[1].serial
    for _ in range(2):
        answer = street.ask(f"{other.path()}/21/{serial}")
        assert answer.status == 404
        assert "Không tìm thấy mã này" in answer.text
        assert "Mã do hệ thống này cấp, nhưng cho lô khác." in answer.text
    with street.house.use.database.reading() as session:
        (report,) = reports_for(session, street.house.officer, handled=False)
    assert (report.kind, report.about) == ("other-lot", str(other))


@pytest.mark.parametrize(
    ("code", "path"),
    [("9520001001017", GTIN), ("https://tx.example/p/01/09520001001017", GTIN)],
)
def test_a_typed_code_leads_to_its_link(
    still_street: Street, code: str, path: str
) -> None:
    answer = still_street.ask(f"/find?code={code}")
    assert (answer.status, answer.headers["location"]) == (303, path)


def test_a_code_nobody_can_read_is_400(still_street: Street) -> None:
    answer = still_street.ask("/find?code=xin+ch%C3%A0o")
    assert answer.status == 400
    assert "Hãy gõ đường dẫn dưới mã QR" in answer.text
