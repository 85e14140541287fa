"""The public page of a product, a lot or a label, in every state."""

from http import HTTPStatus
from urllib.parse import urlencode

from flask import Blueprint, Response

from traceability.core.errors import DomainError
from traceability.lookup.queries import Lead
from traceability.lookup.showing.queries import public_page
from traceability.lookup.verdict_line import detail_of
from traceability.lookup.views.asking import asked_link, refused
from traceability.lookup.wording import RESULTS, kind_names, right_values
from traceability.web.context import services
from traceability.web.publishing import cacheable
from traceability.web.rendering import render

PREFIX = "/p"
PAGE_SECONDS = 30
_STATUSES = {
    Lead.NOWHERE: HTTPStatus.NOT_FOUND,
    Lead.NEVER_ISSUED: HTTPStatus.NOT_FOUND,
    Lead.OTHER_LOT: HTTPStatus.NOT_FOUND,
    Lead.VOID: HTTPStatus.GONE,
}


def show(path: str) -> Response:
    """Return the page; it may be cached for some seconds, scans are counted before."""
    del path  # the raw target is read: a slash inside a lot survives
    try:
        return shown_page(PREFIX)
    except DomainError as error:
        return refused(error)


def shown_page(prefix: str = "") -> Response:
    """Return the page of the link after ``prefix`` of the raw path."""
    use = services()
    asked, _query = asked_link(prefix)
    with use.database.reading() as session:
        page = public_page(session, asked, use)
    status = _STATUSES.get(page.found.lead, HTTPStatus.OK)
    response = render(
        "lookup/page.html",
        status,
        page=page,
        kind_names=kind_names(),
        right_values=right_values,
        result_names=RESULTS,
        detail_of=detail_of,
        canonical=str(asked.link),
        verify_address="/verify?" + urlencode({"link": asked.text}),
    )
    if status is not HTTPStatus.OK:
        response.headers["Cache-Control"] = "no-store"
        return response
    return cacheable(response, max_age=PAGE_SECONDS)


def add_to(blueprint: Blueprint) -> None:
    """Give the blueprint the public page."""
    blueprint.add_url_rule("/p/<path:path>", view_func=show, endpoint="page")
