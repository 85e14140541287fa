"""The GS1 resolver: a code's link leads on to its page, or lists what there is."""

import json
import re
from collections.abc import Sequence
from http import HTTPStatus

from flask import Blueprint, Response, request
from flask.blueprints import BlueprintSetupState
from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound
from werkzeug.routing import BaseConverter

from traceability.batches.record import RECORD_TYPE
from traceability.core.errors import DomainError
from traceability.gs1.digital_link import DigitalLink
from traceability.gs1.errors import LinkInvalidError
from traceability.gs1.query import Query
from traceability.lookup.errors import CodeUnknownError, LinkTypeUnknownError
from traceability.lookup.linkset import (
    CONTEXT,
    DEFAULT,
    DEFAULT_MULTI,
    LINKSET,
    LINKSET_TYPE,
    LevelLinks,
    Subject,
    description_file,
    document_of,
    levels_of,
    target_of,
    wished,
)
from traceability.lookup.queries import Found, Lead
from traceability.lookup.service import note_other_lot
from traceability.lookup.showing.queries import found_by
from traceability.lookup.views.asking import asked_link, refused
from traceability.lookup.views.page import shown_page
from traceability.records.models import SignedRecord
from traceability.records.queries import latest_record
from traceability.scans.service import ScanCounter
from traceability.web.context import Services, services
from traceability.web.i18n import language
from traceability.web.problems import answer, of_http, wants_problem
from traceability.web.publishing import published
from traceability.web.raw_target import raw_target
from traceability.web.rendering import render

METHODS = ["GET", "HEAD", "OPTIONS"]
NAME = "OCOP traceability"
_COUNTED = {Lead.LOT, Lead.LABEL, Lead.VOID}
_DAY_SECONDS = 24 * 3600
_SHORT_SECONDS = 60
_FILE_OR_DEEPER = re.compile(r"[./]")


class KeyPath(BaseConverter):
    """A path that starts with a key: digits (GS1) or X (ours), raw slashes and all."""

    regex = "(?:[0-9]+|X)(?:/.*)?"
    part_isolating = False


def resolve(key_path: str) -> Response:
    """Lead on to the page of a code (307), or to what was wished for.

    The raw target is read, not ``key_path``: a slash inside a lot survives.
    """
    del key_path
    try:
        response = _resolved()
    except DomainError as error:
        response = refused(error)
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = "Link, Location"
    return response


def _resolved() -> Response:
    use = services()
    asked, query = asked_link()
    if request.method == "OPTIONS":
        return _allowed(asked.link)
    with use.database.reading() as session:
        found = found_by(session, asked.link, use)
        record = _record_of(session, found)
    if not found.lead.found:
        return _not_there(found, use)
    levels = levels_of(_subject(found, record), use.identity)
    wish = _wish(query)
    if wish == LINKSET:
        return _linkset(found, levels)
    if wish != DEFAULT:
        return _elsewhere(found.link, levels, wish)
    return _to_the_page(found, use)


def _wish(query: Query) -> str:
    """Return the wished link type. Raises ``LinkTypeUnknownError``."""
    if query.link_type is None:
        asks = LINKSET_TYPE in request.accept_mimetypes.values()
        return LINKSET if asks else DEFAULT
    wish = wished(query.link_type)
    if not wish:
        raise LinkTypeUnknownError(
            "There is no link type %(type)s.", type=query.link_type
        )
    return DEFAULT if wish == DEFAULT_MULTI else wish


def _record_of(session: Session, found: Found) -> SignedRecord | None:
    if found.batch is None:
        return None
    return latest_record(session, found.batch.digital_link, RECORD_TYPE)


def _subject(found: Found, record: SignedRecord | None) -> Subject:
    name = found.product.name.in_language(language()) if found.product else ""
    return Subject(
        link=found.link,
        name=name,
        lot=_lot_in(found),
        record_id=record.public_id if record else "",
        log_index=record.log_index if record else 0,
    )


def _lot_in(found: Found) -> DigitalLink | None:
    if found.batch is None:
        return None
    named = found.link.lot is not None
    return found.link.lot_link() if named else found.batch_link


def _not_there(found: Found, use: Services) -> Response:
    """Answer for a code that leads nowhere, with the page that says so."""
    _count(found, use)
    if found.lead is Lead.OTHER_LOT and request.method == "GET":
        with use.database.transaction() as session:
            note_other_lot(session, found, clock=use.clock)
    if wants_problem():
        raise CodeUnknownError("This code is not registered here.")
    response = shown_page()
    response.headers["Cache-Control"] = "no-store"
    return response


def _to_the_page(found: Found, use: Services) -> Response:
    _count(found, use)
    target = _with_query(f"/p{found.link.path()}", raw_target()[1])
    return _redirect(found.link, target)


def _elsewhere(link: DigitalLink, levels: Sequence[LevelLinks], wish: str) -> Response:
    target = target_of(levels, wish)
    if target is None:
        raise LinkTypeUnknownError("There is no link type %(type)s.", type=wish)
    return _redirect(link, _with_query(target.href, raw_target()[1]))


def _with_query(address: str, raw_query: str) -> str:
    """Pass the query string on whole and raw, before a fragment if there is one."""
    if not raw_query:
        return address
    address, mark, fragment = address.partition("#")
    joint = "&" if "?" in address else "?"
    return f"{address}{joint}{raw_query}{mark}{fragment}"


def _redirect(link: DigitalLink, target: str) -> Response:
    response = Response(status=HTTPStatus.TEMPORARY_REDIRECT)
    response.headers["Location"] = target
    response.headers["Cache-Control"] = "no-store"
    response.headers["Link"] = _linkset_header(link)
    response.vary.update(("Accept", "Accept-Language"))
    return response


def _linkset_header(link: DigitalLink) -> str:
    return f'<{link}?linkType=linkset>; rel="linkset"; type="{LINKSET_TYPE}"'


def _allowed(link: DigitalLink) -> Response:
    response = Response(status=HTTPStatus.NO_CONTENT)
    response.headers["Allow"] = ", ".join(METHODS)
    response.headers["Access-Control-Allow-Methods"] = ", ".join(METHODS)
    response.headers["Access-Control-Allow-Headers"] = "Accept, Accept-Language"
    response.headers["Link"] = _linkset_header(link)
    return response


def _linkset(found: Found, levels: Sequence[LevelLinks]) -> Response:
    kinds = [LINKSET_TYPE, "application/json", "text/html"]
    if request.accept_mimetypes.best_match(kinds, LINKSET_TYPE) == "text/html":
        response = render("lookup/linkset.html", found=found, levels=levels)
        response.headers["Cache-Control"] = f"public, max-age={_SHORT_SECONDS}"
    else:
        body = json.dumps(document_of(levels), ensure_ascii=False)
        response = published(body, LINKSET_TYPE, max_age=_SHORT_SECONDS)
    response.headers["Link"] = (
        f'<{CONTEXT}>; rel="http://www.w3.org/ns/json-ld#context"; '
        f'type="application/ld+json", {_linkset_header(found.link)}'
    )
    response.vary.update(("Accept", "Accept-Language"))
    return response


def _count(found: Found, use: Services) -> None:
    """Count a scan: a browser's plain GET of a lot's or label's link."""
    if request.method != "GET" or found.lead not in _COUNTED:
        return
    use.get(ScanCounter).count(
        str(found.link),
        found.lead.value,
        address=request.remote_addr or "",
        user_agent=request.user_agent.string,
    )


def describe() -> Response:
    """Return the resolver description file."""
    body = json.dumps(description_file(services().identity, NAME))
    return published(body, "application/json", max_age=_DAY_SECONDS)


def lonely_word(error: NotFound) -> Response:
    """Answer 400 for one segment that is no link of GS1, 404 for other dead ends.

    A name with a dot is a file that browsers look for.
    """
    path, _query = raw_target()
    word = path.strip("/")
    if request.routing_exception is error and word and not _FILE_OR_DEEPER.search(word):
        return refused(LinkInvalidError("A link starts with /01/ or /X/."))
    return answer(of_http(error))


def add_to(blueprint: Blueprint) -> None:
    """Give the blueprint the resolver's paths."""
    blueprint.record_once(_teach)
    blueprint.add_url_rule(
        "/<key_path:key_path>",
        view_func=resolve,
        methods=METHODS,
        provide_automatic_options=False,
    )
    blueprint.add_url_rule("/.well-known/gs1resolver", view_func=describe)
    blueprint.app_errorhandler(HTTPStatus.NOT_FOUND)(lonely_word)


def _teach(state: BlueprintSetupState) -> None:
    state.app.url_map.converters["key_path"] = KeyPath
