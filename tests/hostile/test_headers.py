"""The headers that browsers are told to keep to, and the cookies, on every page."""

import re

import pytest

from tests.hostile.make_world import World
from tests.hostile.wire import Answer

LOT = "/01/09520000000011/10/LO-1"
PUBLIC = [
    "/",
    LOT,
    f"{LOT}?linkType=linkset",
    f"/p{LOT}",
    f"/p{LOT}?lang=en",
    f"/report{LOT}",
    "/report/sent",
    "/verify",
    f"/verify?link=https://tx.example{LOT}",
    "/find?code=x",
    "/garbage",
    "/garbage/deeper",
    "/01/09520000000012",
    "/problems",
    "/healthz",
    "/readyz",
    "/log/checkpoint",
    "/log/vkey",
    "/.well-known/jwks.json",
    "/.well-known/did.json",
    "/.well-known/trust-list.json",
    "/.well-known/trust-list.jws",
    "/.well-known/gs1resolver",
    "/contexts/v1",
    "/records/nothing",
    "/api/v1/openapi.json",
    f"/api/v1/verify?link=https://tx.example{LOT}",
    "/api/v1/batches",
    "/static/public.css",
    "/static/nothing.css",
    "/%00",
]
SIGNED_IN = ["/batches", "/products", "/labels", "/account", "/activity", "/reports"]


def assert_hardened(answer: Answer, path: str) -> None:
    policy = dict(
        part.strip().partition(" ")[::2]
        for part in answer.headers["Content-Security-Policy"].split(";")
    )
    assert policy["default-src"] == "'none'", path
    assert policy["script-src"] == "'self'", path
    assert policy["frame-ancestors"] == "'none'", path
    assert policy["base-uri"] == "'none'", path
    assert policy["form-action"] == "'self'", path
    assert "unsafe" not in answer.headers["Content-Security-Policy"], path
    assert answer.headers["X-Content-Type-Options"] == "nosniff", path
    assert answer.headers["Referrer-Policy"] == "same-origin", path
    assert answer.headers["Strict-Transport-Security"], path
    assert "Server" not in answer.headers, path


@pytest.mark.parametrize("path", PUBLIC)
def test_public_answers_are_hardened_and_set_no_cookie(world: World, path: str) -> None:
    answer = world.stranger().get(path)
    assert answer.status < 500
    assert_hardened(answer, path)
    if path != "/":
        assert "Set-Cookie" not in answer.headers
    assert "Cookie" not in answer.headers.get("Vary", "") or path == "/"


@pytest.mark.parametrize("path", SIGNED_IN)
def test_pages_of_people_are_hardened_and_never_stored(world: World, path: str) -> None:
    answer = world.people["producer-a"].get(path)
    assert answer.status == 200
    assert_hardened(answer, path)
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "path", [*SIGNED_IN, f"/p{LOT}", "/verify", "/", f"/report{LOT}"]
)
def test_pages_need_no_script_or_style_of_their_own(world: World, path: str) -> None:
    page = world.people["producer-a"].get(path).text
    assert not re.search(r"<script(?![^>]*\bsrc=)", page)
    assert not re.search(r"<style\b|\sstyle=", page)
    assert not re.search(r"\son[a-z]+=", page)
    assert not re.search(r'(?:src|action)="(?:https?:)?//(?!tx\.example)', page)


def test_the_session_cookie_is_for_this_host_and_no_script(world: World) -> None:
    line = world.stranger().get("/sign-in").headers["Set-Cookie"]
    name, *flags = [part.strip() for part in line.split(";")]
    assert name.startswith("__Host-session=")
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(flags)
    assert not [one for one in flags if one.startswith("Domain")]


def test_a_cookie_means_nothing_on_public_pages(world: World) -> None:
    for path in (
        f"/p{LOT}",
        "/verify",
        LOT,
        "/log/checkpoint",
        "/.well-known/did.json",
    ):
        alone = world.stranger().get(path)
        signed_in = world.people["administrator"].get(path)
        assert signed_in.body == alone.body, path
        assert "Set-Cookie" not in signed_in.headers, path


def test_signing_out_ends_the_session_everywhere(world: World) -> None:
    one = world.stranger()
    one.sign_in("inspector@example.com", "lua-nep-cai-hoa-vang")
    stolen = dict(one.cookies)
    assert one.form("/sign-out").status == 303
    thief = world.stranger()
    thief.cookies = stolen
    assert thief.get("/account").status == 303


def test_an_answer_s_type_is_told_and_never_guessed(world: World) -> None:
    kinds = {
        "/log/checkpoint": "text/plain",
        "/log/tile/0/000.p/1": "application/octet-stream",
        "/.well-known/trust-list.jws": "application/jose",
        "/.well-known/jwks.json": "application/jwk-set+json",
        f"/records/{world.ids['record']}": "application/vc+jwt",
    }
    for path, kind in kinds.items():
        answer = world.stranger().get(path)
        assert answer.status == 200, path
        assert answer.headers.get_content_type() == kind, path
