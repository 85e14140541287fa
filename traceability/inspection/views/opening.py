"""Open a label or a lot: by its link, its number, or a photo of the code."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from flask import Blueprint, Response, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug import Response as Answer

from traceability.batches.wording import STATES
from traceability.core.errors import DomainError
from traceability.core.permissions import Role
from traceability.events.wording import kind_name
from traceability.gs1.digital_link import DigitalLink
from traceability.inspection.opening.queries import Opened, opened
from traceability.inspection.visit import MAX_LINK
from traceability.inspection.wording import RESULTS, SIGNS, labels_line
from traceability.records.models import SignedRecord
from traceability.records.queries import signature_counts
from traceability.signing.keystore import KeyStore
from traceability.verification.photo import MAX_BYTES, codes_in_turn
from traceability.verification.printed.queries import links_of_serial, lot_of
from traceability.verification.room import Sources, sources_of
from traceability.verification.service import verify_link
from traceability.verification.typed import link_of, serial_of
from traceability.verification.wording import CheckLine, Line, check_lines, line_of
from traceability.web.auth import actor, require
from traceability.web.context import services
from traceability.web.i18n import gettext as _
from traceability.web.rendering import render

MOST = 20  # codes of one photo, or lots of one serial, that are offered


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedPage:
    """A label or lot as the page shows it."""

    text: str
    line: Line
    checks: list[CheckLine]
    opened: Opened | None
    labels: str


@require(Role.INSPECTOR)
def open_label() -> Response:
    """Show a label or lot with all that is known of it, or ask for its link."""
    text = request.args.get("link", "")[:MAX_LINK].strip()
    if not text:
        return _page([])
    return _page(_links(text), text=text)


@require(Role.INSPECTOR)
def read_photo() -> Answer:
    """Read the codes of a photo; one is opened, several become a list."""
    sent = request.files.get("photo")
    data = sent.read(MAX_BYTES + 1) if sent else b""
    try:
        codes = codes_in_turn(data)
    except DomainError as refusal:
        told = _(refusal.message, **refusal.params)
        return _page([], refusal=told, status=refusal.status)
    if len(codes) == 1:
        return redirect(url_for("inspection.open_label", link=codes[0]), 303)
    return _page(codes)


def _links(text: str) -> list[str]:
    """Return the links a text stands for; a bare serial may be that of several."""
    use = services()
    serial = serial_of(text)
    if serial is None:
        return [link_of(text, use.identity.origin)]
    with use.database.reading() as session:
        return links_of_serial(session, serial, sources=sources_of(use)) or [text]


def _page(
    links: list[str], *, text: str = "", refusal: str = "", status: int = 200
) -> Response:
    page = None
    if len(links) == 1:
        with services().database.reading() as session:
            page = _opened_page(session, links[0])
    return render(
        "inspection/open.html",
        status,
        text=text,
        links=links[:MOST],
        page=page,
        refusal=refusal,
        results=RESULTS,
        signs=SIGNS,
        states=STATES,
        kind_name=kind_name,
        own=actor().organisation_id,
    )


def _opened_page(session: Session, link: str) -> OpenedPage:
    sources = sources_of(services())
    report = verify_link(session, link, sources=sources)
    found = _found(session, link, sources)
    return OpenedPage(
        text=_with_lot(link, found),
        line=line_of(report),
        checks=check_lines(report),
        opened=found,
        labels=labels_line(found.labels) if found else "",
    )


def _with_lot(text: str, found: Opened | None) -> str:
    """Return a stamp's link with the lot it is bound to: a visit is to the lot."""
    if found is None:
        return text
    link = DigitalLink.parse(text)
    if link.lot is not None:
        return text
    return str(replace(link, lot=found.batch.lot_number))


def _found(session: Session, link: str, sources: Sources) -> Opened | None:
    try:
        parsed = DigitalLink.parse(link)
    except DomainError:
        return None
    if parsed.origin != services().identity.origin:
        return None
    batch = lot_of(session, parsed, sources)
    return opened(session, parsed, batch, counts=signatures())


def signatures() -> Callable[[SignedRecord], bool]:
    """Return what tells whether a record's signature counts."""
    store = services().get(KeyStore)
    return lambda one: signature_counts(one, lambda: store.ring)


def add_to(blueprint: Blueprint) -> None:
    """Give the room's blueprint these pages."""
    blueprint.add_url_rule("/inspection/open", "open_label", open_label)
    blueprint.add_url_rule(
        "/inspection/open", "read_photo", read_photo, methods=["POST"]
    )
