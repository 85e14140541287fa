"""Write something down: choose what happened, then fill in what belongs to it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, abort, request, url_for
from sqlalchemy.orm import Session

from traceability.catalog.models import Site
from traceability.catalog.paper_files import paper_file
from traceability.catalog.queries import sites_of
from traceability.core.errors import DomainError
from traceability.core.permissions import Role
from traceability.core.quantity import UNITS
from traceability.events import wording
from traceability.events.chains import ANYWHERE_AFTER_PACK, chains, chains_of_set
from traceability.events.composing import INPUTS, OUTPUT, SUBJECT
from traceability.events.diary.queries import last_site_of, received_lots
from traceability.events.elements import units_of
from traceability.events.entry.service import (
    ANY_LOT,
    ELSEWHERE,
    Desk,
    EventDraft,
    record_event,
)
from traceability.events.errors import ElementMissingError, KindUnknownError
from traceability.events.keeping.service import keep_file
from traceability.events.kinds import Kind, KindElement, kind as kind_of, kinds
from traceability.events.ports import KnownLot, LotBook
from traceability.events.schemas import (
    FILE,
    asked,
    draft_of,
    entry_schema,
    needed,
)
from traceability.records.notary import notary_of
from traceability.web.auth import actor, require
from traceability.web.context import services
from traceability.web.forms import Form
from traceability.web.i18n import gettext as _, language
from traceability.web.rendering import render
from traceability.web.submitting import STORED, gone_on, own_organisation, submitted

Answer = Response | Any
BY_AUTHORITY = frozenset({"inspect"})
ADD_LINE = "add-line"
GOODS = tuple(UNITS)
MOST_TAKEN = 50
MEASURED = ("qty_unit", "qty_out_unit")  # as the lot is
# What the rule of withdrawal days judges by: asked in the open though not required.
OPEN = {"input_use": frozenset({"withdrawal_days", "last_use_date"})}
INPUT_OF = {"event_time": "day", "place": "site"}


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that may have happened, as the picture list shows it."""

    kind: Kind
    name: str
    detail: str


def add_to(blueprint: Blueprint) -> None:
    """Give the room's blueprint these pages."""
    blueprint.add_url_rule("/diary/new", "choose", choose)
    blueprint.add_url_rule(
        "/diary/new/<kind_id>", "enter", enter, methods=["GET", "POST"]
    )


@require(Role.PRODUCER)
def choose() -> Response:
    """Show what may have happened: the steps of the product's chain, then the rest.

    Of a lot that is issued, only what is done with a lot: it came into being already.
    """
    lot = _lot()
    steps = [
        one
        for one in chain_steps(lot.ocop_set if lot else "")
        if lot is None
        or lot.draft
        or not (one.kind.makes_lot or one.kind.about_growing)
    ]
    after = [_choice(kind_of(one)) for one in sorted(ANYWHERE_AFTER_PACK)]
    known = {one.kind.id for one in steps}
    return render(
        "events/choose.html",
        steps=steps,
        others=[one for one in after if one.kind.id not in known and _open(one.kind)],
        lot=lot,
        site=request.args.get("site", ""),
    )


def chain_steps(ocop_set: str) -> list[Choice]:
    """Return the steps of the chains a product may have come by, in their order.

    Where the set names no chain: every kind, in the order of the table.
    """
    found = chains_of_set(ocop_set) or chains()
    named = {step.kind: step for one in found for step in one.steps}
    order = sorted(
        (one for one in kinds() if one.id in named and _open(one)),
        key=lambda one: max(chain.position(one.id) or 0 for chain in found),
    )
    single = len(found) == 1
    return [
        _choice(one, named[one.id].detail.in_language(language()) if single else "")
        for one in order
    ]


def _open(one: Kind) -> bool:
    return one.id not in ELSEWHERE and one.id not in BY_AUTHORITY


def _choice(one: Kind, detail: str = "") -> Choice:
    return Choice(one, wording.kind_name(one.id), detail)


@require(Role.PRODUCER)
def enter(kind_id: str) -> Answer:
    """Fill in one kind's form and sign it."""
    one = _kind(kind_id)
    form = Form(entry_schema(one)(), _initial(one))

    def write(session: Session) -> None:
        draft = with_file(session, draft_of(one, form.data))
        record_event(session, draft, desk=desk())

    return entry_form(form, one, write, done=_("It is written down and signed."))


def entry_form(
    form: Form,
    one: Kind,
    write: Callable[[Session], object],
    *,
    done: str,
    wrong: Any = None,
) -> Answer:
    """Sign what was sent and go on, or show the form with everything typed in it.

    ``wrong`` is the entry that this one puts right.
    """
    if request.method == "POST" and request.form.get("action") == ADD_LINE:
        form.load(request.form)
        return _page(form, one, HTTPStatus.OK, wrong, blank=3)
    status = submitted(form, lambda session: beside(write, session))
    if status == STORED:
        lot = request.form.get("lot") or request.form.get("output_lot") or None
        return gone_on(done, url_for("events.index", lot=lot))
    return _page(form, one, status, wrong)


def beside(write: Callable[[Session], object], session: Session) -> object:
    """Write; say at the right input what was refused of the time or the place."""
    try:
        return write(session)
    except ElementMissingError as error:
        if error.field != INPUTS:
            raise
        raise ElementMissingError("Say what went in: a lot or a source.") from error
    except DomainError as error:
        field = error.field or ""
        error.field = None if field == INPUTS else INPUT_OF.get(field, error.field)
        raise


def desk() -> Desk:
    """Return the desk of whoever is signed in."""
    use = services()
    return Desk(actor=actor(), notary=notary_of(use), lots=use.get(LotBook))


def with_file(session: Session, draft: EventDraft) -> EventDraft:
    """Return the draft with the file that was sent beside it, kept."""
    sent = request.files.get(FILE)
    if sent is None or not sent.filename:
        return draft
    file = paper_file(sent.stream.read(), sent.filename)
    clock = services().clock
    value = keep_file(session, file, owner=own_organisation(), clock=clock)
    return replace(draft, elements={**draft.elements, FILE: value})


def _kind(kind_id: str) -> Kind:
    try:
        one = kind_of(kind_id)
    except KindUnknownError:
        abort(HTTPStatus.NOT_FOUND)
    if not _open(one):
        abort(HTTPStatus.NOT_FOUND)
    return one


def _initial(one: Kind) -> dict[str, Any]:
    """Start from the lot asked for, today, and the place of the last entry."""
    use, lot = services(), _lot()
    with use.database.reading() as session:
        place = request.args.get("site") or last_site_of(session, own_organisation())
    started = {"site": place, "day": use.clock.today()}
    if lot is None:
        return started
    named: dict[str, Any] = {
        name: lot.link for name in (SUBJECT, OUTPUT) if one.element(name)
    }
    if not named:
        named = {INPUTS: [{"lot": lot.link}]}
    return started | {"lot": lot.link} | named | dict.fromkeys(MEASURED, lot.unit)


def _page(
    form: Form, one: Kind, status: int, wrong: Any = None, *, blank: int = 1
) -> Response:
    owner = own_organisation()
    with services().database.reading() as session:
        sites = _usable(sites_of(session, owner))
        lots = _known_lots(session, owner)
    shown, opened = asked(one), OPEN.get(one.id, frozenset())
    optional = [each for each in shown if not needed(each)]
    return render(
        "events/form.html",
        status,
        form=form,
        kind=one,
        name=wording.kind_name(one.id),
        needed=[each for each in shown if needed(each)],
        opened=[each for each in optional if each.id in opened],
        optional=[each for each in optional if each.id not in opened],
        element_name=wording.element_name,
        choices=_choices,
        units=lambda each: [(code, wording.unit_text(code)) for code in units_of(each)],
        goods=[(code, wording.unit_text(code)) for code in GOODS],
        sites=sites,
        lots=lots,
        wrong=wrong,
        blank=blank,
        typed_lot=one.id in ANY_LOT,
    )


def _known_lots(session: Session, owner: int) -> list[KnownLot]:
    """Return the lots one may speak of: one's own, and those taken in from others."""
    book = services().get(LotBook)
    taken = (
        book.find(session, link, owner)
        for link in received_lots(session, owner, most=MOST_TAKEN)
    )
    own = book.own(session, owner)
    links = {one.link for one in own}
    return [*own, *(one for one in taken if one and one.link not in links)]


def _usable(sites: Sequence[Site]) -> list[Site]:
    return [site for site in sites if site.state == "active"]


def _choices(one: KindElement) -> list[tuple[str, str]]:
    return [
        (choice.id, choice.name.in_language(language()))
        for choice in one.element.choices
    ]


def _lot() -> KnownLot | None:
    text = request.args.get("lot", "")
    if not text:
        return None
    use = services()
    with use.database.reading() as session:
        return use.get(LotBook).find(session, text, own_organisation())
