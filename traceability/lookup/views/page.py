"""The public page of a product, a lot or a label, in every state."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from wsgiref.types import WSGIEnvironment

from flask import Blueprint, Response, request
from werkzeug.datastructures import Headers
from werkzeug.http import parse_accept_header

from traceability.core.errors import DomainError
from traceability.core.ports import Clock
from traceability.db.stamps import Stamps
from traceability.lookup.queries import Lead
from traceability.lookup.showing.looking import Asked
from traceability.lookup.showing.queries import moment_of, public_page
from traceability.lookup.stored import Page, PageStore, StoredPage
from traceability.lookup.views.asking import asked_link, refused
from traceability.lookup.views.shaping import shaped, whole
from traceability.scans.service import ScanCounter
from traceability.verification.room import Outside, outside_of
from traceability.web.context import Services, services
from traceability.web.i18n import language, speaking
from traceability.web.kept import hold

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


@dataclass(frozen=True, slots=True)
class _Guard:
    """Tells whether anything changed that a page of a link rests on."""

    link: str
    state: Hashable
    outside: Outside
    stamps: Stamps
    counter: ScanCounter
    clock: Clock

    def holds(self) -> bool:
        """Return whether the page would be rendered in the same state now."""
        outside = self.outside.state()
        if outside is None:
            return False
        stamp, waiting = self.stamps.now(), self.counter.waiting(self.link)
        return (stamp, self.clock.today(), *outside, waiting) == self.state


def _guard(use: Services, asked: Asked, state: Hashable) -> Callable[[], bool]:
    return _Guard(
        asked.canonical,
        state,
        outside_of(use),
        use.get(Stamps),
        use.get(ScanCounter),
        use.clock,
    ).holds


class Whole(Response):
    """An answer of 200 whose headers need nothing put right."""

    def get_wsgi_headers(self, environ: WSGIEnvironment) -> Headers:
        """Return the headers as they are: a copy of twenty costs what a check does."""
        del environ
        return self.headers


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
    state = (moment.stamp, moment.day, moment.interval, moment.head, waiting)
    store, key = use.get(PageStore), (language(), asked.text)
    kept = store.get(key, state)
    # Where a scan is counted (the resolver), nothing is answered without being asked.
    guard = _guard(use, asked, state) if prefix else None
    if kept is not None:
        return _sent(kept, guard)
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
    return _sent(stored, guard)


def _sent(page: Page, guard: Callable[[], bool] | None) -> Response:
    """Return a page as the caller can read it, or 304 where it holds these bytes.

    Given a guard, the answer may be given again while that says so.
    """
    packed = _reads_gzip(request.headers.get("Accept-Encoding", ""))
    etag = f"{page.etag}-gzip" if packed else page.etag
    headers = {
        "ETag": f'"{etag}"',
        "Cache-Control": FRESHNESS,
        "Content-Language": page.language,
        "Vary": "Accept-Encoding, Accept-Language",
        "Access-Control-Allow-Origin": "*",
    }
    if request.if_none_match.contains(etag):
        body = b""
        response = Response(status=HTTPStatus.NOT_MODIFIED, headers=headers)
    else:
        body = page.packed if packed else page.body
        if packed:
            headers["Content-Encoding"] = "gzip"
        response = Whole(body, headers=headers)
    if guard is not None:
        hold(body, guard)
    return response


@lru_cache(maxsize=256)
def _reads_gzip(accepted: str) -> bool:
    return bool(parse_accept_header(accepted).quality("gzip") > 0)


def add_to(blueprint: Blueprint) -> None:
    """Give the blueprint the public page."""
    blueprint.add_url_rule("/p/<path:path>", view_func=show, endpoint="page")
