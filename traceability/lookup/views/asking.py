"""Read the link a request names, from the raw target."""

from flask import Response, request

from traceability.core.errors import DomainError
from traceability.gs1.digital_link import DigitalLink
from traceability.gs1.query import Query
from traceability.lookup.showing.looking import Asked
from traceability.web.context import services
from traceability.web.i18n import gettext as _
from traceability.web.problems import answer, of_domain, wants_problem
from traceability.web.raw_target import raw_target
from traceability.web.rendering import render


def asked_link(prefix: str = "") -> tuple[Asked, Query]:
    """Return the link after ``prefix`` of the raw path, and its query.

    Raises the errors of ``gs1.errors``, 400 all.
    """
    raw_path, raw_query = raw_target()
    path = raw_path.removeprefix(prefix)
    origin = services().identity.origin
    link, query = DigitalLink.parse_target(origin, path, raw_query)
    return Asked(link, query), query


def refused(error: DomainError) -> Response:
    """Return a refusal: a problem for programs, a page in the public dress for people.

    The digit that a wrong check digit should have been is part of the sentence.
    """
    if wants_problem() or request.method == "OPTIONS":
        return answer(of_domain(error))
    response = render(
        "lookup/refused.html",
        error.status,
        detail=_(error.message, **error.params),
        code=error.code,
    )
    response.headers["Cache-Control"] = "no-store"
    return response
