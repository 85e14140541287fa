"""Public blueprints: pages for strangers, which neither read nor set a cookie."""

from collections.abc import Iterable

from flask import Flask, g, has_request_context, request

_CONFIG = "PUBLIC_BLUEPRINTS"


def make_public(app: Flask, blueprints: Iterable[str]) -> None:
    """Mark blueprints (by name) as public.

    Static files, the API and addresses that lead nowhere always are.
    """
    known: frozenset[str] = app.config.get(_CONFIG, frozenset())
    app.config[_CONFIG] = known | set(blueprints)

    @app.before_request
    def know_the_room() -> None:
        names = app.config[_CONFIG]
        g.public = (
            request.endpoint in {None, "static"}
            or request.blueprint in names
            or request.path.startswith("/api/")
        )


def is_public() -> bool:
    """Return whether this request is for a public page (or none at all)."""
    return not has_request_context() or bool(g.get("public", True))
