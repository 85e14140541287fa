"""Who may call a view, and where one may be led."""

import pytest
from flask import Flask
from hypothesis import given, strategies as st

from traceability.core.errors import ForbiddenError, UnauthorizedError
from traceability.core.permissions import Actor, Role, Scope
from traceability.web.auth import actor, check, safe_next

PERSON = Actor(
    kind="person",
    id=1,
    name="x",
    organisation_id=1,
    roles=frozenset({Role.PRODUCER}),
)
KEY = Actor(
    kind="api-key",
    id=1,
    name="x",
    organisation_id=1,
    roles=frozenset({Role.PRODUCER}),
    scopes=frozenset({Scope.LABELS_WRITE}),
)


@pytest.mark.parametrize(
    ("who", "roles", "scope"),
    [
        (PERSON, (), None),
        (PERSON, (Role.PRODUCER, Role.OFFICER), None),
        (PERSON, (Role.PRODUCER,), Scope.BATCHES_READ),
        (KEY, (Role.PRODUCER,), Scope.LABELS_WRITE),
    ],
)
def test_who_fits_passes(
    who: Actor, roles: tuple[Role, ...], scope: Scope | None
) -> None:
    check(who, roles, scope)


@pytest.mark.parametrize(
    ("who", "roles", "scope"),
    [
        (PERSON, (Role.OFFICER,), None),
        (KEY, (Role.PRODUCER,), None),
        (KEY, (Role.PRODUCER,), Scope.BATCHES_WRITE),
        (KEY, (Role.OFFICER,), Scope.LABELS_WRITE),
    ],
)
def test_who_does_not_fit_is_refused(
    who: Actor, roles: tuple[Role, ...], scope: Scope | None
) -> None:
    with pytest.raises(ForbiddenError):
        check(who, roles, scope)


def test_outside_a_guarded_view_nobody_acts() -> None:
    with Flask(__name__).test_request_context("/"), pytest.raises(UnauthorizedError):
        actor()


@given(st.text(max_size=30))
def test_the_next_page_is_always_ours(text: str) -> None:
    for target in (text, f"/{text}", f"//{text}", f"https://{text}"):
        led = safe_next(target)
        assert led.startswith("/")
        assert not led.startswith(("//", "/\\"))
