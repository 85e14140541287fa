"""Names that would like to be code: stored as typed, shown as text everywhere."""

import csv
import io

import pytest
from sqlalchemy import select

from tests.hostile.make_world import World
from tests.hostile.wire import Answer, Wire
from traceability.catalog.models import Product, Site

MARKUP = "<script>alert(1)</script>"
PAYLOAD = "=cmd|'/C calc'!A0 " + MARKUP + " {{7*7}} ' OR 1=1--"


@pytest.fixture(scope="module")
def issued(world: World) -> dict[str, str]:
    """A producer types the payload wherever a text may stand; a lot comes of it."""
    a, admin = world.people["producer-a"], world.people["administrator"]
    done(admin, "/admin/organisations/new", {"kind": "farm", "name_vi": PAYLOAD})
    done(
        admin,
        f"/admin/organisations/{world.a.organisation.public_id}",
        {"kind": "cooperative", "name_vi": PAYLOAD, "name_public": "1"},
    )
    done(
        a,
        "/products/new",
        {
            "internal_code": "TAN-CONG",
            **dict.fromkeys(
                ("name_vi", "name_en", "pack_text", "story_vi", "ingredients"), PAYLOAD
            ),
            "storage": PAYLOAD,
            "net_amount": "5",
        },
    )
    done(a, "/sites/new", {"kind": "facility", "name": PAYLOAD, "commune": "05587"})
    product, site = newest(world)
    lot = {
        "product": product,
        "site": site,
        "lot_number": "TC-1",
        "production_date": "20/11/2026",
        "quantity": "10",
        "unit": "KGM",
        "variety": PAYLOAD,
        "inputs-0-outside": PAYLOAD,
        "inputs-0-supplier": PAYLOAD,
        "inputs-0-quantity": "11",
        "inputs-0-unit": "KGM",
    }
    batch = done(a, "/batches/new", lot)
    done(a, f"{batch}/issue", {})
    spec = {"kind": "serial", "count": "2", "stock": "a4-24"}
    run = done(a, f"{batch}/labels", spec)
    return {"batch": batch, "run": run, "public": "/X/TAN-CONG/10/TC-1"}


@pytest.fixture(scope="module")
def sheets(world: World, issued: dict[str, str]) -> dict[str, Answer]:
    """The run's files, as long as they are made."""
    a, run = world.people["producer-a"], issued["run"]
    return {one: a.get(f"{run}/sheet.{one}") for one in ("pdf", "svg", "png", "csv")}


@pytest.fixture(scope="module")
def told(
    world: World, issued: dict[str, str], sheets: dict[str, Answer]
) -> dict[str, str]:
    """The lot is reported and held, in the same words; then no more files are made."""
    assert sheets
    a = world.people["producer-a"]
    reason = dict.fromkeys(("reason_vi", "advice_vi", "contact"), PAYLOAD)
    report = {"kind": "other", "text": PAYLOAD, "contact": PAYLOAD}
    done(world.stranger(), f"/report{issued['public']}", report)
    done(a, f"{issued['batch']}/hold", {**reason, "confirmed": "1"})
    return issued


def done(who: Wire, path: str, values: dict[str, str]) -> str:
    answer = who.form(path, values)
    assert answer.status == 303, answer.text
    return str(answer.headers["Location"])


def newest(world: World) -> tuple[str, str]:
    """The product and the site that were registered last."""
    with world.use.database.reading() as session:
        product = session.scalars(select(Product).order_by(Product.id.desc())).first()
        site = session.scalars(select(Site).order_by(Site.id.desc())).first()
        assert product is not None
        assert site is not None
        assert (product.name_vi, site.name) == (PAYLOAD, PAYLOAD)
        return product.public_id, site.public_id


def test_nothing_that_was_typed_becomes_markup(
    world: World, told: dict[str, str]
) -> None:
    pages = ["/batches", "/products", "/sites", "/labels", "/reports", "/activity"]
    a_sees = [*pages, "/", told["batch"], told["run"], "/batches/new", "/account"]
    seen = {
        "producer-a": a_sees,
        "officer": ["/batches", told["batch"], "/reports", "/recognitions/new"],
        "administrator": ["/admin/organisations", "/admin/people", "/activity"],
    }
    shown = 0
    for name, paths in seen.items():
        for path in paths:
            answer = world.people[name].get(path)
            assert answer.status in {200, 303}, path
            assert MARKUP not in answer.text, path
            assert "= 49" not in answer.text, path
            shown += "{{7*7}}" in answer.text
    assert shown >= 8  # verbatim, not interpreted and not left out


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_public_sees_it_as_text(
    world: World, told: dict[str, str], language: str
) -> None:
    link = f"https://tx.example{told['public']}"
    for path in (f"/p{told['public']}", f"/report{told['public']}"):
        answer = world.stranger().get(f"{path}?lang={language}")
        assert answer.status == 200
        assert MARKUP not in answer.text
        assert "{{7*7}}" in answer.text
    verdict = world.stranger().get(f"/verify?link={link}")
    assert MARKUP not in verdict.text
    linkset = world.stranger().get(f"{told['public']}?linkType=linkset")
    assert linkset.headers.get_content_type() == "application/linkset+json"


def test_a_record_shows_it_as_text_and_signs_it_as_typed(
    world: World, told: dict[str, str]
) -> None:
    link = f"https://tx.example{told['public']}"
    evidence = world.stranger().get(f"/api/v1/evidence?link={link}").json()
    assert evidence["records"]
    page = world.people["producer-a"].get(told["batch"]).text
    [record, *_] = [
        f"/records/{one.partition(chr(34))[0]}"
        for one in page.split('href="/records/')[1:]
    ]
    answer = world.stranger().get(record, Accept="text/html")
    assert answer.status == 200
    assert MARKUP not in answer.text


@pytest.mark.parametrize("form", ["pdf", "svg", "png"])
def test_labels_are_printed_with_it(sheets: dict[str, Answer], form: str) -> None:
    answer = sheets[form]
    assert answer.status == 200
    assert MARKUP.encode() not in answer.body


def test_no_cell_of_the_list_starts_as_a_formula(
    sheets: dict[str, Answer],
) -> None:
    answer = sheets["csv"]
    assert answer.headers.get_content_type() == "text/csv"
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert len(rows) == 3
    cells = [cell for row in rows[1:] for cell in row]
    assert [cell for cell in cells if cell[:1] in set("=+-@\t\r")] == []
    assert any("cmd|" in cell for cell in cells)


def test_errors_repeat_nothing_as_markup(world: World) -> None:
    sent = "%3Cscript%3Ealert(1)%3C/script%3E"
    for path in (
        f"/{sent}",
        f"/01/{sent}",
        f"/p/01/09520000000011/10/{sent}",
        f"/problems/{sent}",
        f"/records/{sent}",
        f"/find?code={sent}",
        f"/verify?link={sent}",
        f"/sign-in?next=/{sent}",
        f"/01/09520000000011?linkType={sent}",
        f"/static/{sent}",
        f"/log/tile/{sent}",
        f"/?lang={sent}",
    ):
        answer = world.stranger().get(path)
        assert answer.status < 500, path
        assert MARKUP not in answer.text, path


def test_a_refused_form_keeps_what_was_typed_as_text(world: World) -> None:
    a = world.people["producer-a"]
    for path, values in (
        ("/products/new", {"name_vi": PAYLOAD, "gtin": '"><script>alert(1)</script>'}),
        ("/batches/new", {"variety": PAYLOAD, "lot_number": MARKUP, "quantity": "x"}),
        ("/sites/new", {"name": PAYLOAD, "gln": MARKUP}),
        ("/certificates/new", {"number": PAYLOAD, "issued": MARKUP}),
    ):
        answer = a.form(path, values)
        assert answer.status == 422, path
        assert MARKUP not in answer.text, path
        assert "{{7*7}}" in answer.text, path
    stranger = world.stranger()
    stranger.get("/sign-in")
    page = stranger.form("/sign-in", {"login": MARKUP, "password": "x"})
    assert page.status in {401, 422}
    assert MARKUP not in page.text
