"""The diary: what was written down of lots and places, one entry, its file."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, abort, request

from traceability.catalog.queries import own_site
from traceability.core.canonical import Json
from traceability.core.permissions import Role
from traceability.events import wording
from traceability.events.correcting import views as correcting
from traceability.events.diary.queries import (
    content_of,
    file_of_event,
    lots_by_event,
    page_of_events,
    records_of_event,
    site_of,
    sites_of_events,
    strangers_of,
)
from traceability.events.entry import views as entry
from traceability.events.entry.service import ELSEWHERE
from traceability.events.kinds import Kind, kinds
from traceability.events.ports import KnownLot, LotBook
from traceability.events.queries import (
    EventSearch,
    event_by_uuid,
    owns,
    visible_elements,
)
from traceability.events.schemas import LISTED
from traceability.web.auth import actor, require
from traceability.web.context import services
from traceability.web.rendering import render
from traceability.web.submitting import own_organisation

blueprint = Blueprint("events", __name__)
entry.add_to(blueprint)
correcting.add_to(blueprint)
PAGE = 50
_PAGE_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Line:
    """One element as the page of an entry shows it."""

    name: str
    text: str
    public: bool


@blueprint.get("/diary")
@require(Role.PRODUCER)
def index() -> Response:
    """List what was written down, newest first: of all, of one lot, of one place.

    Of an own lot what others wrote down too: it does not stand on the lot's page.
    """
    owner, page = own_organisation(), _page()
    lot = _lot(owner)
    with services().database.reading() as session:
        site = own_site(session, owner, request.args["site"]) if _said("site") else None
        search = EventSearch(
            organisation_id=None if lot and lot.owner_id == owner else owner,
            lot=lot.link if lot else "",
            site_id=site.id if site else None,
        )
        events = page_of_events(session, search, page=page, size=PAGE)
        lots = lots_by_event(session, events)
        sites = sites_of_events(session, events)
        strangers = strangers_of(session, events, owner)
    return render(
        "events/index.html",
        events=events[:PAGE],
        further=len(events) > PAGE,
        page=page,
        lots=lots,
        sites=sites,
        strangers=strangers,
        lot=lot,
        site=site,
        kind_name=wording.kind_name,
        lot_number=wording.lot_number,
    )


@blueprint.get("/diary/<uuid:uuid>")
@require(Role.PRODUCER, Role.OFFICER)
def show(uuid: Any) -> Response:
    """Show one entry with everything the caller may see of it."""
    with services().database.reading() as session:
        event = event_by_uuid(session, str(uuid), actor=actor())
        elements = visible_elements(session, event, actor=actor())
        records = records_of_event(session, event)
        place = site_of(session, event)
        mine = owns(actor(), event)
        file = file_of_event(session, event) if mine else None
    one = next((each for each in kinds() if each.id == event.stage), None)
    return render(
        "events/show.html",
        event=event,
        name=wording.kind_name(event.stage),
        lines=_lines(one, elements) if one else [],
        records=records,
        place=place,
        file=file,
        reason=wording.REASONS.get(event.error_reason or ""),
        mine=mine,
        enterable=one is not None and one.id not in ELSEWHERE,
    )


@blueprint.get("/diary/<uuid:uuid>/file")
@require(Role.PRODUCER, Role.OFFICER)
def file(uuid: Any) -> Response:
    """Hand out the evidence kept beside an entry."""
    with services().database.reading() as session:
        event = event_by_uuid(session, str(uuid), actor=actor())
        kept = file_of_event(session, event) if owns(actor(), event) else None
        if kept is None:
            abort(404)
        content = content_of(session, kept)
    answer = Response(content, mimetype=kept.media_type)
    answer.headers.set("Content-Disposition", "attachment", filename=kept.name)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _lines(one: Kind, elements: dict[str, Json] | Any) -> list[Line]:
    return [
        Line(
            wording.element_name(each),
            wording.shown_value(each.element, elements[each.id]),
            each.public or each.id in LISTED,
        )
        for each in one.elements
        if each.id in elements and each.id not in {"event_time", "place"}
    ]


def _lot(owner: int) -> KnownLot | None:
    text = _said("lot")
    if not text:
        return None
    use = services()
    with use.database.reading() as session:
        found = use.get(LotBook).find(session, text, owner)
    if found is None:
        abort(404)
    return found


def _said(name: str) -> str:
    return request.args.get(name, "").strip()


def _page() -> int:
    page = request.args.get("page", "1")
    plain = page.isascii() and page.isdecimal() and len(page) <= _PAGE_DIGITS
    if not plain or int(page) < 1:
        abort(404)
    return int(page)
