"""Who asks: the port through which accounts tells, and the guard of views."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from flask import Flask, g, redirect, request, url_for

from traceability.core.errors import ForbiddenError, UnauthorizedError
from traceability.core.permissions import Actor, Role, Scope
from traceability.web.public import is_public

P = ParamSpec("P")
R = TypeVar("R")
Loader = Callable[[], Actor | None]
SIGN_IN = "accounts.sign_in"


def register_loader(app: Flask, loader: Loader) -> None:
    """Hand in what finds the actor of a request: sign-in cookie or API key."""

    @app.before_request
    def offer_loader() -> None:
        g.load_actor = loader


def is_api() -> bool:
    """Return whether this request is for the API, which answers with problems."""
    return request.path.startswith("/api/")


def current_actor() -> Actor | None:
    """Return who asks; nobody on public pages, which read no cookie."""
    if "actor" not in g:
        loader: Loader | None = g.get("load_actor")
        silent = loader is None or (is_public() and not is_api())
        g.actor = None if silent or loader is None else loader()
    found: Actor | None = g.actor
    return found


def actor() -> Actor:
    """Return who asks, under ``require``. Raises ``UnauthorizedError`` elsewhere."""
    found = current_actor()
    if found is None:
        raise UnauthorizedError("Please sign in first.")
    return found


def require(
    *roles: Role, scope: Scope | None = None
) -> Callable[[Callable[P, R]], Callable[P, Any]]:
    """Let a view be called only by people in one of the roles (any, if none is named).

    An API key passes only where the view names a scope and the key holds it. Nobody
    signed in: pages lead to the sign-in page and back, the API raises
    ``UnauthorizedError``; a wrong role or scope raises ``ForbiddenError``.
    """

    def decorate(view: Callable[P, R]) -> Callable[P, Any]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> Any:
            found = current_actor()
            if found is None:
                if is_api():
                    raise UnauthorizedError("An API key is needed.")
                return redirect(url_for(SIGN_IN, next=_here()), code=303)
            check(found, roles, scope)
            return view(*args, **kwargs)

        return guarded

    return decorate


def check(found: Actor, roles: tuple[Role, ...], scope: Scope | None) -> None:
    """Raise ``ForbiddenError`` unless the actor may do what is asked."""
    if found.scopes is not None and scope not in found.scopes:
        if scope is None:
            raise ForbiddenError("This API key may not do that.")
        raise ForbiddenError(
            "This API key lacks the scope %(scope)s.", scope=scope.value
        )
    if roles and not found.has(*roles):
        raise ForbiddenError("Your role does not allow this.")


def _here() -> str:
    """Return the address to come back to; a form that was sent cannot be replayed."""
    if request.method not in {"GET", "HEAD"}:
        return "/"
    return request.full_path.removesuffix("?")


def safe_next(target: str | None) -> str:
    """Return a path of ours to go on to, or ``/``: never another site."""
    if not target or not target.startswith("/") or target.startswith("//"):
        return "/"
    if "\\" in target or any(ord(character) < ord(" ") for character in target):
        return "/"
    return target
