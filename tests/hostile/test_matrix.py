"""Every address of the service, asked by everybody, about things of somebody else.

The addresses come from the URL map: a new one is asked too, and needs a thing of its
kind in ``make_matrix.places_of``.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from tests.hostile.make_matrix import (
    Call,
    ask,
    body_of,
    calls,
    programs,
    scope_of,
)
from tests.hostile.make_things import IMPORTED, PRIVATE
from tests.hostile.make_world import HOUSEHOLD, SUPPLIER, World
from tests.hostile.wire import Answer, Wire
from traceability.accounts.models import ApiKey, Person, SignIn
from traceability.records.models import StoredDisclosure

OPEN_TO_ALL = {"accounts.sign_in", "accounts.home", "inspection.session"}
CLOSED = {"/certificates/<public_id>/files/<digest>"}  # its producer keeps it closed
DOCUMENTS = ("/api/v1/openapi.json", "/api/v1/docs")
STRANGERS = {"nobody", "producer-b", "other"}
# Pages whose forms are another's work: who may send them about things of A.
HIS_WORK: dict[str, tuple[str, ...]] = {
    "inspector": ("/reports", "/inspection"),
    "officer": ("/recognitions", "/reports", "/batches", "/label-quotas"),
    "administrator": ("/admin", "/reports", "/label-quotas"),
}


def callers(world: World, call: Call) -> dict[str, Wire]:
    """Everybody who could mean it: keys open no pages, cookies no API.

    The document of the API heeds no key: one of each producer is enough.
    """
    if call.is_api:
        names = ("both", "other") if call.path.startswith(DOCUMENTS) else ()
        return {"nobody": world.stranger(), **programs(world, *names)}
    return {"nobody": world.stranger(), **world.people}


@pytest.fixture(scope="module")
def world(world: World) -> World:
    """Rights are the application's: what the wire does to requests is tested beside."""
    return world.inside()


@pytest.fixture(scope="module")
def document(world: World) -> Any:
    return world.stranger().get("/api/v1/openapi.json").json()


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


@pytest.fixture(scope="module")
def looks(world: World) -> list[tuple[Call, str, Answer]]:
    """What every caller gets from every address that can be looked at."""
    before = world.state()
    found = [
        (call, name, caller.get(call.path))
        for call in calls(world, "GET")
        for name, caller in callers(world, call).items()
    ]
    assert world.state() == before
    return found


def test_no_look_fails_or_tells_a_secret_of_the_house(
    looks: list[tuple[Call, str, Answer]], secrets_of_the_house: list[str]
) -> None:
    for call, name, answer in looks:
        where = f"{name}: {call.path}"
        assert answer.status < 500, where
        for secret in secrets_of_the_house:
            assert secret not in answer.text, where


def test_behind_every_address_stands_a_thing_that_somebody_may_see(
    looks: list[tuple[Call, str, Answer]],
) -> None:
    """Without this, the refusals below would say nothing."""
    seen = {call.rule.rule for call, _, answer in looks if answer.status in {200, 307}}
    asked = {call.rule.rule for call, _, _ in looks if call.rule.arguments}
    assert asked - seen == CLOSED


def test_nothing_private_reaches_who_should_not_know_it(
    world: World, looks: list[tuple[Call, str, Answer]]
) -> None:
    a = world.a
    hidden = [HOUSEHOLD, SUPPLIER, a.draft.public_id, world.ids["import"], IMPORTED]
    for call, name, answer in looks:
        private = [*hidden, *PRIVATE] if name in STRANGERS else hidden
        if name not in STRANGERS | {"inspector"}:
            continue
        for one in private:
            if one not in call.path:
                assert one not in _said(answer), f"{name}: {call.path}: {one}"
        if a.draft.lot_number not in call.path:
            assert a.draft.lot_number not in _said(answer), f"{name}: {call.path}"


def _said(answer: Answer) -> str:
    """What an answer tells beyond the address that was asked for."""
    return "" if answer.status == 303 else answer.text


def test_another_producer_s_lists_name_nothing_of_a_s(
    world: World, looks: list[tuple[Call, str, Answer]]
) -> None:
    a, ids = world.a, world.ids
    own = [a.product.public_id, a.site.public_id, a.draft.public_id, ids["event"]]
    own += [a.issued.public_id, world.run.public_id, ids["paper"], ids["import"]]
    own += [a.ids["certificate"], a.ids["right"]]
    for call, name, answer in looks:
        if name in {"producer-b", "other"} and not (
            call.is_public or call.rule.arguments
        ):
            for one in own:
                assert one not in answer.text, f"{name}: {call.path}"


def test_another_producer_finds_none_of_a_s_things(
    looks: list[tuple[Call, str, Answer]],
) -> None:
    asked = 0
    for call, name, answer in looks:
        if name in {"producer-b", "other"} and _is_somebody_s(call):
            assert answer.status in {403, 404}, f"{name}: {call.path}"
            asked += 1
    assert asked >= 40


def _is_somebody_s(call: Call) -> bool:
    return call.names_a_thing and not call.is_public


def test_what_is_a_s_and_what_is_nobody_s_are_answered_alike(
    world: World, document: Any
) -> None:
    """Otherwise the difference tells that there is such a thing; nothing changes."""
    before = world.state()
    strangers = {"page": world.people["producer-b"], "api": world.program("other")}
    asked = 0
    for call in calls(world, "GET", "WRITE"):
        if not _is_somebody_s(call):
            continue
        caller = strangers["api" if call.is_api else "page"]
        body = body_of(document, call) if call.is_api else None
        of_a = ask(caller, call, call.path, body)
        of_nobody = ask(caller, call, call.nowhere, body)
        told = (of_a.status, of_a.code)
        assert told == (of_nobody.status, of_nobody.code), f"{call.method} {call.path}"
        assert of_a.status in {403, 404, 422, 415}, f"{call.method} {call.path}"
        asked += 1
    assert asked >= 90
    assert world.state() == before


def test_nobody_s_form_is_believed_without_its_token(world: World) -> None:
    """Pages that store anything refuse a form that another site could have sent."""
    before = world.state()
    for call in calls(world, "WRITE"):
        if call.is_public or call.is_api:
            continue
        for name, caller in {"nobody": world.stranger(), **world.people}.items():
            kept, caller.token = caller.token, ""
            answer = caller.form(call.path, {"active": "0", "name": "x"})
            caller.token = kept
            assert answer.status == 400, f"{name}: {call.path}"
    assert world.state() == before


def test_with_a_token_of_one_s_own_nobody_writes_to_a_s_things(world: World) -> None:
    before = world.state()
    for call in calls(world, "WRITE"):
        if call.is_api or not _is_somebody_s(call):
            continue
        for name, caller in world.people.items():
            if name == "producer-a" or call.path.startswith(HIS_WORK.get(name, ())):
                continue
            answer = ask(caller, call, call.path)
            assert answer.status in {403, 404}, f"{name}: {call.path}"
    assert world.state() == before


def test_pages_of_a_role_are_closed_to_the_others(world: World) -> None:
    """What stands at the start of an address says whose work it is."""
    closed = {
        "inspector": (
            *("/batches", "/products", "/labels", "/label-quotas", "/admin"),
            "/recognitions",
        ),
        "officer": ("/products", "/labels", "/admin", "/account/api-keys/"),
        "producer-a": ("/admin", "/recognitions", "/inspections", "/label-quotas"),
        "administrator": ("/batches", "/products", "/labels", "/sites", "/producer"),
    }
    for call in calls(world, "GET"):
        if call.is_public or call.is_api:
            continue
        for name, starts in closed.items():
            if call.path.startswith(starts):
                answer = world.people[name].get(call.path)
                assert answer.status in {403, 404}, f"{name}: {call.path}"


def test_strangers_are_led_to_the_sign_in_page_and_back(
    looks: list[tuple[Call, str, Answer]],
) -> None:
    for call, name, answer in looks:
        if name != "nobody" or call.is_public or call.is_api:
            continue
        if call.rule.endpoint not in OPEN_TO_ALL:
            assert answer.status == 303, call.path
            assert answer.headers["Location"].startswith("/sign-in?next=/"), call.path


def test_a_key_does_only_what_its_scope_says(world: World, document: Any) -> None:
    """Every operation, asked with each single scope that is not the one it needs."""
    before = world.state()
    asked = 0
    for call in calls(world, "GET", "WRITE"):
        scope = scope_of(document, call) if _is_documented(call) else None
        if scope is None:
            continue
        for name, caller in _single_scopes(world):
            if name != scope:
                answer = ask(caller, call, call.path, body_of(document, call))
                assert answer.status == 403, f"{name}: {call.method} {call.path}"
                asked += 1
        keyless = ask(world.stranger(), call, call.path, body_of(document, call))
        assert keyless.status == 401, f"{call.method} {call.path}"
        cookie = ask(world.people["producer-a"], call, call.path)
        assert cookie.status == 401, f"{call.method} {call.path}"
    assert asked >= 500
    assert world.state() == before


def _is_documented(call: Call) -> bool:
    return call.is_api and not call.path.startswith(DOCUMENTS)


def _single_scopes(world: World) -> Iterator[tuple[str, Wire]]:
    for name, caller in programs(world).items():
        if ":" in name:
            yield name, caller


def test_api_keys_open_no_pages(world: World) -> None:
    for call in calls(world, "GET"):
        if not (call.is_public or call.is_api or call.rule.endpoint in OPEN_TO_ALL):
            assert world.program().get(call.path).status == 303, call.path


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
