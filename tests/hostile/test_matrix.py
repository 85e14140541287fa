"""Every address of the service, asked by everybody, about things of somebody else.

The addresses come from the URL map: a new one is asked too, without a word here.
"""

import re
from collections.abc import Iterator

import pytest
from sqlalchemy import select
from werkzeug.routing import Rule

from tests.hostile.make_world import HOUSEHOLD, SUPPLIER, World
from tests.hostile.wire import Answer, Wire
from tests.web.make_web import make_app
from traceability.accounts.models import ApiKey, Person, SignIn
from traceability.records.models import StoredDisclosure

PLACE = re.compile(r"<(?:[^:<>]+:)?([a-z_]+)>")
OWN_ROOMS = ("/account", "/activity", "/reports", "/")
OPEN_TO_ALL = {"accounts.sign_in", "accounts.home"}


def rules(world: World) -> list[Rule]:
    app = make_app(world.use)
    return sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint))


def address(world: World, rule: Rule) -> str:
    """The rule's address with A's ids filled in."""
    filled = {"public_id": _id_for(world, rule.rule), **_others(world)}
    return PLACE.sub(lambda place: filled[place[1]], rule.rule)


def _id_for(world: World, path: str) -> str:
    a = world.a
    batch = a.issued if path.startswith("/api/") else a.draft
    known = {
        "/admin/organisations": a.organisation.public_id,
        "/api/v1/batches": batch.public_id,
        "/batches": batch.public_id,
        "/certificates": a.ids["certificate"],
        "/ip-rights": a.ids["right"],
        "/products": a.product.public_id,
        "/recognitions": world.recognition.public_id,
        "/sites": a.site.public_id,
        "/records": world.ids["record"],
        "/reports": world.ids["report"],
    }
    return next((known[start] for start in known if path.startswith(start)), "")


def _others(world: World) -> dict[str, str]:
    lot = f"01/{world.a.product.gtin}/10/{world.a.draft.lot_number}"
    return {
        "digest": "0" * 64,
        "path": lot,
        "key_path": lot,
        "filename": "public.css",
        "run_id": world.run.public_id,
        "format_": "csv",
        "name": "hold",
        "product_id": world.a.product.public_id,
        "code": "invalid",
        "key_id": "1",
        "person_id": "1",
    }


def callers(world: World) -> dict[str, Wire]:
    programs = {scope: world.program(scope) for scope in world.keys}
    return {"nobody": world.stranger(), **world.people, **programs}


def calls(world: World, methods: set[str]) -> Iterator[tuple[Rule, str, str]]:
    for rule in rules(world):
        for method in sorted((rule.methods or set()) & methods):
            yield rule, method, address(world, rule)


@pytest.fixture(scope="module")
def secrets_of_the_house(world: World) -> list[str]:
    """Hashes, salts and digests, which no page shows to anybody."""
    with world.use.database.reading() as session:
        hashes = session.scalars(select(Person.password_hash)).all()
        digests = session.scalars(select(ApiKey.digest)).all()
        tokens = session.scalars(select(SignIn.token_digest)).all()
        salts = session.scalars(select(StoredDisclosure.salt)).all()
    return [*map(_text, [*hashes, *digests, *tokens]), *(one.hex() for one in salts)]


def _text(value: str | bytes) -> str:
    return value.hex() if isinstance(value, bytes) else value


def test_no_look_ever_fails_or_tells_what_it_should_not(
    world: World, secrets_of_the_house: list[str]
) -> None:
    before = world.rows()
    for rule, _method, path in calls(world, {"GET"}):
        for name, caller in callers(world).items():
            answer = caller.get(path)
            where = f"{name}: {path}"
            assert answer.status < 500, where
            for secret in secrets_of_the_house:
                assert secret not in answer.text, where
            if name in {"producer-b", "inspector", "nobody", "other"}:
                _assert_silent(world, rule, answer, where)
    assert world.rows() == before


def _assert_silent(world: World, rule: Rule, answer: Answer, where: str) -> None:
    for private in (HOUSEHOLD, SUPPLIER, world.a.draft.public_id):
        assert private not in _said(answer), where
    lot = world.a.draft.lot_number
    names_it_himself = {"path", "key_path"} & rule.arguments
    if not names_it_himself:
        assert lot not in _said(answer), where


def _said(answer: Answer) -> str:
    """What an answer tells beyond the address that was asked for."""
    return "" if answer.status == 303 else answer.text


def test_another_producer_finds_none_of_a_s_things(world: World) -> None:
    b, program = world.people["producer-b"], world.program("other")
    for rule, _method, path in calls(world, {"GET"}):
        if _is_public(rule) or not rule.arguments:
            continue
        caller = program if path.startswith("/api/") else b
        assert caller.get(path).status in {403, 404}, path


def _is_public(rule: Rule) -> bool:
    room = rule.endpoint.partition(".")[0]
    public = {"lookup", "verification", "records", "transparency", "signing"}
    board = rule.endpoint.startswith("lookup.reports.")
    if rule.endpoint == "catalog.photo":
        return True
    return room in public | {"static", "problems", "health"} and not board


def test_nobody_s_form_is_believed_without_its_token(world: World) -> None:
    """Pages that store anything refuse a form that another site could have sent."""
    before = world.rows()
    for rule, _method, path in calls(world, {"POST"}):
        if _is_public(rule) or path.startswith("/api/"):
            continue
        for name, caller in {"nobody": world.stranger(), **world.people}.items():
            kept, caller.token = caller.token, ""
            answer = caller.form(path, {"active": "0", "name": "x"})
            caller.token = kept
            assert answer.status == 400, f"{name}: {path}"
    assert world.rows() == before


def test_a_token_of_one_person_is_none_of_another(world: World) -> None:
    b = world.people["producer-b"]
    kept, b.token = b.token, world.people["producer-a"].token
    answer = b.form("/account/api-keys", {"name": "x", "scopes": "batches:read"})
    b.token = kept
    assert answer.status == 400


def test_a_form_from_another_site_is_refused(world: World) -> None:
    b = world.people["producer-b"]
    answer = b.send(
        "POST",
        "/sign-out",
        {
            "Referer": "https://evil.example/",
            "Content-Type": "application/x-www-form-urlencoded",
        },
        f"csrf_token={b.token}".encode(),
    )
    assert answer.status == 400


def test_with_a_token_of_one_s_own_nobody_writes_to_a_s_things(world: World) -> None:
    before = world.rows()
    wrong = {name: one for name, one in world.people.items() if name != "producer-a"}
    for rule, _method, path in calls(world, {"POST"}):
        if _is_public(rule) or path.startswith("/api/") or not rule.arguments:
            continue
        for name, caller in wrong.items():
            if _is_his_work(name, path):
                continue
            answer = caller.form(path, {"active": "0"})
            assert answer.status in {403, 404}, f"{name}: {path}"
    assert world.rows() == before


def _is_his_work(name: str, path: str) -> bool:
    mine: dict[str, tuple[str, ...]] = {
        "inspector": ("/reports",),
        "officer": ("/recognitions", "/reports", "/batches"),
        "administrator": ("/admin", "/account/api-keys", "/reports"),
    }
    return path.startswith(mine.get(name, ()))


def test_strangers_are_led_to_the_sign_in_page_and_back(world: World) -> None:
    for rule, _method, path in calls(world, {"GET"}):
        if _is_public(rule) or rule.endpoint in OPEN_TO_ALL or "/api/" in path:
            continue
        answer = world.stranger().get(path)
        assert answer.status == 303, path
        assert answer.headers["Location"].startswith("/sign-in?next=/"), path


def test_api_keys_do_only_what_their_scopes_say(world: World) -> None:
    lot = f"/api/v1/batches/{world.a.issued.public_id}"
    reads = {"batches:read": 200, "batches:write": 403, "labels:write": 403}
    writes = {"batches:read": 403, "batches:write": 422, "labels:write": 403}
    for scope, status in reads.items():
        assert world.program(scope).get("/api/v1/batches").status == status
        assert world.program(scope).get(lot).status == status
    for scope, status in writes.items():
        assert world.program(scope).json("/api/v1/batches", {}).status == status
    for scope in ("batches:read", "labels:write"):
        assert world.program(scope).json(f"{lot}/issue", "").status == 403


def test_api_keys_open_no_pages_and_cookies_no_api(world: World) -> None:
    for path in ("/batches", "/products", "/admin/people", "/account"):
        assert world.program().get(path).status == 303
    for name in ("producer-a", "administrator"):
        assert world.people[name].get("/api/v1/batches").status == 401


@pytest.mark.parametrize(
    "path",
    [
        "/account/api-keys/{}/revoke",
        "/admin/people/{}/state",
        "/admin/people/{}/password",
        "/batches/{}/issue",
    ],
)
@pytest.mark.parametrize("number", ["0", "-1", "9" * 30, "9" * 4400, "1e3"])
def test_ids_that_name_nothing_are_404(world: World, path: str, number: str) -> None:
    for name in ("producer-a", "administrator"):
        answer = world.people[name].form(path.format(number))
        assert answer.status in {403, 404}, answer.text


@pytest.mark.parametrize(
    "path",
    ["/activity?before={}", "/reports?page={}", "/batches?page={}", "/labels?page={}"],
)
@pytest.mark.parametrize("number", ["", "0", "-1", "9" * 30, "9" * 5000, "x", "%D9%A3"])
def test_page_numbers_that_lead_nowhere_break_nothing(
    world: World, path: str, number: str
) -> None:
    answer = world.people["producer-a"].get(path.format(number))
    assert answer.status in {200, 404}


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "/%09/evil.example",
        "javascript:alert(1)",
        "/\x0bevil",
        "http:evil.example",
        "@evil.example",
    ],
)
def test_after_signing_in_nobody_is_led_away(world: World, target: str) -> None:
    stranger = world.stranger()
    stranger.get("/sign-in")
    answer = stranger.form(
        "/sign-in",
        {
            "login": "b@example.com",
            "password": "lua-nep-cai-hoa-vang",
            "next": target,
        },
    )
    assert answer.status == 303
    place = answer.headers["Location"]
    assert place.startswith("/")
    assert not place.startswith(("//", "/\\"))
