"""The public page of a product, a lot or a label, in every state."""

from collections.abc import Callable
from http import HTTPStatus

from flask import Blueprint, Response, request

from traceability.core.errors import DomainError
from traceability.lookup.queries import Lead
from traceability.lookup.shapes import FilledPage
from traceability.lookup.showing.looking import Asked
from traceability.lookup.showing.queries import moment_of, public_page
from traceability.lookup.stored import Page, PageStore, StoredPage
from traceability.lookup.views.asking import asked_link, refused
from traceability.lookup.views.guarding import guard, state_of
from traceability.lookup.views.lending import PLAIN, PageLoan, reads_gzip
from traceability.lookup.views.shaping import shaped, whole
from traceability.scans.service import ScanCounter
from traceability.web.context import Services, services
from traceability.web.i18n import language, speaking
from traceability.web.kept import hold, lend
from traceability.web.raw_target import raw_target

PREFIX = "/p"
RETRIES = 2  # for a page whose scans are stored while it is made
# Whoever keeps a page asks each time whether it still holds: a recall shows at once.
FRESHNESS = "public, max-age=0, must-revalidate"
_STATUSES = {
    Lead.NOWHERE: HTTPStatus.NOT_FOUND,
    Lead.NEVER_ISSUED: HTTPStatus.NOT_FOUND,
    Lead.OTHER_LOT: HTTPStatus.NOT_FOUND,
    Lead.VOID: HTTPStatus.GONE,
}


def show(path: str) -> Response:
    """Return the page; scans are counted before, by the resolver."""
    del path  # the raw target is read: a slash inside a lot survives
    try:
        return shown_page(PREFIX)
    except DomainError as error:
        return refused(error)


def shown_page(prefix: str = "") -> Response:
    """Return the page of the link after ``prefix`` of the raw path.

    A page that was rendered already is sent again while nothing it rests on changed:
    the database, the day, the keys, the log's head, the scans that wait to be stored.
    """
    with speaking(language()):  # so that each word need not ask
        return _shown(services(), prefix)


def _shown(use: Services, prefix: str) -> Response:
    asked, _query = asked_link(prefix)
    counter, link = use.get(ScanCounter), asked.canonical
    waiting = counter.settled(link)
    response = _answer(use, asked, prefix, waiting.count)
    for _again in range(RETRIES):
        if not counter.stored_since(link, waiting):
            break  # else some scans may be told twice
        waiting = counter.settled(link)
        response = _answer(use, asked, prefix, waiting.count)
    return response


def _answer(use: Services, asked: Asked, prefix: str, waiting: int) -> Response:
    moment = moment_of(use)
    state = state_of(moment, waiting)
    store, key = use.get(PageStore), (language(), asked.text)
    kept = store.get(key, state)
    # Where a scan is counted (the resolver), nothing is answered without being asked.
    holds = guard(use, asked, state) if prefix else None
    if kept is not None:
        return _sent(kept, holds)
    with use.database.looking() as session:
        page = public_page(session, asked, use, moment, waiting)
    stored: Page | None = shaped(page, asked)
    if stored is None:
        response = whole(page, asked, _STATUSES.get(page.found.lead, HTTPStatus.OK))
        if response.status_code != HTTPStatus.OK:
            response.headers["Cache-Control"] = "no-store"
            return response
        stored = StoredPage(response.get_data(), language())
    if moment.stamp is None or not page.settled:
        return _sent(stored, None)
    store.put(key, state, stored)
    if holds is not None and isinstance(stored, FilledPage):
        _lend(use)
    return _sent(stored, holds)


def _lend(use: Services) -> None:
    """Let the pages of other labels go out under the head of this answer."""
    target = "?".join(filter(None, raw_target()))
    if PLAIN.fullmatch(target):
        lend(PageLoan(use, language(), _wants_gzip()))


def _wants_gzip() -> bool:
    return reads_gzip(request.headers.get("Accept-Encoding", ""))


def _sent(page: Page, holds: Callable[[], bool] | None) -> Response:
    """Return a page as the caller can read it, or 304 where it holds these bytes.

    Given a guard, the answer may be given again while that says so.
    """
    packed = _wants_gzip()
    etag = page.named(packed=packed)
    headers = {
        "ETag": etag,
        "Cache-Control": FRESHNESS,
        "Content-Language": page.language,
        "Vary": "Accept-Encoding, Accept-Language",
        "Access-Control-Allow-Origin": "*",
    }
    if request.if_none_match.contains(etag.strip('"')):
        body = b""
        response = Response(status=HTTPStatus.NOT_MODIFIED, headers=headers)
    else:
        body = page.packed if packed else page.body
        if packed:
            headers["Content-Encoding"] = "gzip"
        response = Response(body, headers=headers)
    if holds is not None:
        hold(body, holds)
    return response


def add_to(blueprint: Blueprint) -> None:
    """Give the blueprint the public page."""
    blueprint.add_url_rule("/p/<path:path>", view_func=show, endpoint="page")
