"""Where a typed code, number or link leads."""

from flask import Blueprint, Response, request

from traceability.core.errors import DomainError
from traceability.lookup.typed import link_typed
from traceability.lookup.views.asking import refused
from traceability.web.context import services


def find() -> Response:
    """Lead from what was typed to its link; the link is then resolved and counted."""
    try:
        typed = link_typed(request.args.get("code", ""), services().identity)
    except DomainError as error:
        return refused(error)
    response = Response(status=303)
    response.headers["Location"] = typed
    response.headers["Cache-Control"] = "no-store"
    return response


def add_to(blueprint: Blueprint) -> None:
    """Give the blueprint its search."""
    blueprint.add_url_rule("/find", view_func=find)
