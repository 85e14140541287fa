"""Put entries right: say that one is wrong, enter another, erase what is private."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, request, url_for
from sqlalchemy.orm import Session

from traceability.core.permissions import Role
from traceability.events import wording
from traceability.events.composing import SUBJECT
from traceability.events.correcting.service import (
    ErrorDraft,
    declare_error,
    erase_values,
)
from traceability.events.diary.queries import site_of
from traceability.events.entry.service import EventDraft
from traceability.events.entry.views import desk, entry_form, with_file
from traceability.events.kinds import kind as kind_of
from traceability.events.models import TraceEvent
from traceability.events.queries import elements_of, event_by_uuid
from traceability.events.schemas import (
    FILE,
    ReasonSchema,
    correction_schema,
    draft_of,
    values_of,
)
from traceability.events.vocabulary import ErrorReason
from traceability.web.auth import actor, require
from traceability.web.context import services
from traceability.web.forms import Form
from traceability.web.i18n import gettext as _
from traceability.web.rendering import render
from traceability.web.submitting import STORED, gone_on, submitted

Answer = Response | Any


def add_to(blueprint: Blueprint) -> None:
    """Give the room's blueprint these pages."""
    methods = ["GET", "POST"]
    address = "/diary/<uuid:uuid>"
    blueprint.add_url_rule(f"{address}/wrong", "wrong", wrong, methods=methods)
    blueprint.add_url_rule(f"{address}/correct", "correct", correct, methods=methods)
    blueprint.add_url_rule(f"{address}/erase", "erase", erase, methods=methods)


@require(Role.PRODUCER)
def wrong(uuid: Any) -> Answer:
    """Say that something written down never happened."""
    use, form = services(), Form(ReasonSchema(), {})
    event = _event(uuid)

    def write(session: Session) -> None:
        note = form.data["note"]
        draft = ErrorDraft(reason=ErrorReason.DID_NOT_OCCUR, note=note)
        mine = event_by_uuid(session, str(uuid), actor=actor())
        declare_error(session, mine, draft, desk=desk())

    status = submitted(form, write)
    if status == STORED:
        address = url_for("events.show", uuid=uuid)
        return gone_on(_("The entry is marked as wrong."), address)
    name = wording.kind_name(event.stage)
    return render(
        "events/wrong.html", status, form=form, event=event, name=name, use=use
    )


@require(Role.PRODUCER)
def correct(uuid: Any) -> Answer:
    """Enter what is right in the place of an entry."""
    event = _event(uuid)
    one = kind_of(event.stage)
    form = Form(correction_schema(one)(), _values(event))

    def write(session: Session) -> None:
        mine = event_by_uuid(session, str(uuid), actor=actor())
        draft = ErrorDraft(
            reason=ErrorReason.INCORRECT_DATA,
            note=form.data["note"],
            corrective=_whole(session, mine, form),
        )
        declare_error(session, mine, draft, desk=desk())

    done = _("The right entry is signed; the wrong one stays, crossed out.")
    return entry_form(form, one, write, done=done, wrong=event)


@require(Role.PRODUCER)
def erase(uuid: Any) -> Answer:
    """Erase the values of an entry that are not public, after asking once."""
    event = _event(uuid)
    if request.method == "POST":
        with services().database.transaction() as session:
            mine = event_by_uuid(session, str(uuid), actor=actor())
            clock = services().clock
            erase_values(session, mine, actor=actor(), clock=clock)
        address = url_for("events.show", uuid=uuid)
        return gone_on(_("What was not public is erased."), address)
    name = wording.kind_name(event.stage)
    return render("events/erase.html", event=event, name=name)


def _whole(session: Session, event: TraceEvent, form: Form) -> EventDraft:
    """Return what is right, with what a form cannot show: several lots, a kept file."""
    draft = with_file(session, draft_of(kind_of(event.stage), form.data))
    before, now = elements_of(session, event), dict(draft.elements)
    lots = before.get(SUBJECT, [])
    if lots and now.get(SUBJECT) == lots[:1]:
        now[SUBJECT] = lots
    if FILE in before:
        now.setdefault(FILE, before[FILE])
    return replace(draft, elements=now)


def _event(uuid: Any) -> TraceEvent:
    with services().database.reading() as session:
        return event_by_uuid(session, str(uuid), actor=actor())


def _values(event: TraceEvent) -> dict[str, Any]:
    with services().database.reading() as session:
        elements = elements_of(session, event)
        place = site_of(session, event)
    values = values_of(kind_of(event.stage), event.event_time, elements)
    return {**values, "site": place.public_id if place else ""}
