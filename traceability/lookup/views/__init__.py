"""Pages for strangers, the resolver, and the board of reports."""

from flask import Blueprint

from traceability.lookup.views import (
    board,
    landing,
    page,
    reporting,
    resolver,
    scratching,
)

blueprint = Blueprint("lookup", __name__)
resolver.add_to(blueprint)
page.add_to(blueprint)
landing.add_to(blueprint)
reporting.add_to(blueprint)
scratching.add_to(blueprint)
# Nested, so that it is no public blueprint: it reads who is signed in.
blueprint.register_blueprint(board.blueprint)
